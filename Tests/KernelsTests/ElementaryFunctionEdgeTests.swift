import Kernels
import Testing

/// Values at the edges, one line a case.
@Suite("elementary functions: edges")
struct ElementaryFunctionEdgeTests {
  private static let inf = Double.infinity
  private static let nan = Double.nan
  private static let tiny = Double.leastNonzeroMagnitude
  private static let huge = Double.greatestFiniteMagnitude

  private static let unary: [(Operation, [(Double, Double)])] = [
    (
      .exp,
      [
        (0, 1), (-0.0, 1), (inf, inf), (-inf, 0), (nan, nan), (tiny, 1), (-tiny, 1), (huge, inf), (-huge, 0),
        // The last argument with a finite result, and the first without.
        (0x1.62e42fefa39efp+9, 0x1.fffffffffff2ap+1023), (0x1.62e42fefa39f0p+9, inf),
        // The last argument with a result above 0, and the first without; the last with a normal result.
        (-0x1.74910d52d3051p+9, 0x1p-1074), (-0x1.74910d52d3052p+9, 0),
        (-0x1.6232bdd7abcd2p+9, 0x1.000000000007cp-1022),
      ]
    ),
    (
      .log,
      [
        (0, -inf), (-0.0, -inf), (1, 0), (inf, inf), (-inf, nan), (nan, nan), (-1, nan), (-tiny, nan),
        (tiny, -0x1.74385446d71c3p+9), (0x1p-1022, -0x1.6232bdd7abcd2p+9), (huge, 0x1.62e42fefa39efp+9),
        (1 + 0x1p-52, 0x1.fffffffffffffp-53), (1 - 0x1p-53, -0x1p-53),
      ]
    ),
    (
      .sin,
      [
        (0, 0), (-0.0, -0.0), (inf, nan), (-inf, nan), (nan, nan), (tiny, tiny), (-tiny, -tiny),
        ((0x1p20).nextUp, nan), (-(0x1p20).nextUp, nan), (huge, nan),
      ]
    ),
    (
      .cos,
      [
        (0, 1), (-0.0, 1), (inf, nan), (-inf, nan), (nan, nan), (tiny, 1), (-tiny, 1), ((0x1p20).nextUp, nan),
        (-(0x1p20).nextUp, nan), (huge, nan),
      ]
    ),
    (
      .tan,
      [
        (0, 0), (-0.0, -0.0), (inf, nan), (-inf, nan), (nan, nan), (tiny, tiny), (-tiny, -tiny),
        ((0x1p20).nextUp, nan),
      ]
    ),
    (
      .tanh,
      [
        (0, 0), (inf, 1), (-inf, -1), (nan, nan), (tiny, tiny), (-tiny, -tiny), (huge, 1), (-huge, -1), (20, 1),
        (-20, -1),
      ]
    ),
    (
      .squareRoot,
      [(0, 0), (-0.0, -0.0), (inf, inf), (-inf, nan), (nan, nan), (-1, nan), (tiny, 0x1p-537), (0x1p-1022, 0x1p-511)]
    ),
    (.absolute, [(0, 0), (-0.0, 0), (inf, inf), (-inf, inf), (nan, nan), (-tiny, tiny), (-huge, huge)]),
    (.negate, [(0, -0.0), (-0.0, 0), (inf, -inf), (nan, nan), (tiny, -tiny)]),
    (
      .floor,
      [
        (0, 0), (inf, inf), (-inf, -inf), (nan, nan), (tiny, 0), (-tiny, -1), (huge, huge), (-huge, -huge),
        (0.5, 0), (-0.5, -1), (1.5, 1), (2.5, 2), (-1.5, -2), (-2.5, -3), (3, 3), (-3, -3), (1 - 0x1p-53, 0),
        (0x1p51 - 0.5, 0x1p51 - 1), (0.5 - 0x1p51, -0x1p51), (0x1p52 + 1, 0x1p52 + 1),
      ]
    ),
  ]

  private static let normal: [(Operation, [(Double, Double)])] = [
    (
      .normalQuantile,
      [
        (0, -inf), (-0.0, -inf), (1, inf), (0.5, 0), (nan, nan), (-tiny, nan), ((1.0).nextUp, nan), (inf, nan),
        (-inf, nan),
      ]
    ),
    (
      .errorFunction,
      [
        (0, 0), (inf, 1), (-inf, -1), (nan, nan), (huge, 1), (-huge, -1), (6, 1), (-6, -1), (tiny, tiny),
        (0x1p-1000, 0x1.20dd750429b6dp-1000),
      ]
    ),
  ]

  @Test("the normal quantile and the error function", arguments: KernelLevel.supported)
  func normal(_ level: KernelLevel) {
    for (operation, cases) in Self.normal {
      let values = Program.unary(operation).evaluate(at: cases.map(\.0), kernels: KernelTable(level))
      for ((x, expected), y) in zip(cases, values) {
        #expect(expected.isNaN ? y.isNaN : y == expected, "\(operation)(\(x)) is \(y), not \(expected)")
      }
    }
  }

  @Test("comparisons and scaled sums", arguments: KernelLevel.supported)
  func comparisons(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let numbers = [-Self.inf, -1, -Self.tiny, 0, Self.tiny, 2, Self.huge, Self.inf]
    for (i, a) in numbers.enumerated() {
      for (k, b) in numbers.enumerated() {
        #expect(Program.binary(.lessThan, with: b).evaluate(at: [a], kernels: kernels) == [i < k ? 1 : 0])
      }
    }
    #expect(Program.binary(.lessThan, with: 0).evaluate(at: [-0.0, .nan], kernels: kernels) == [0, 0])
    #expect(Program.binary(.lessThan, with: .nan).evaluate(at: [1], kernels: kernels) == [0])
    // x + 3 * y, rounded twice: fused, it would be 2^-104.
    let scaled = Program(
      instructions: [
        instruction(.constant, to: 2, 0, 1), instruction(.add, to: 2, 2, 0), instruction(.addScaled, to: 2, 1, 0),
      ],
      constants: [1 + 0x1p-52, 0], variableCount: 2, registerCount: 3, result: 2)
    let x = -(1 + 0x1p-52) * (1 + 0x1p-52)
    #expect(scaled.evaluate(at: [x, 1 + 0x1p-52, 0.5, 1], dimension: 2, kernels: kernels) == [0, 1.5 + 0x1p-52])
  }

  @Test("functions of one argument", arguments: KernelLevel.supported)
  func unary(_ level: KernelLevel) {
    for (operation, cases) in Self.unary {
      let values = Program.unary(operation).evaluate(at: cases.map(\.0), kernels: KernelTable(level))
      for ((x, expected), y) in zip(cases, values) {
        let same = expected.isNaN ? y.isNaN : y.bitPattern == expected.bitPattern
        #expect(same, "\(operation)(\(x)) is \(y), not \(expected)")
      }
    }
  }

  private static let powers: [(Double, Double, Double)] = [
    (0, 0, 1), (-0.0, 0, 1), (inf, 0, 1), (-inf, 0, 1), (nan, 0, 1), (5, -0.0, 1),
    (0, 2, 0), (0, 0.5, 0), (0, -1, inf), (0, -2, inf), (0, -0.5, inf), (0, 1500, 0), (0, inf, 0), (-0.0, 3, -0.0),
    (2, 1023, 0x1p1023), (2, -1022, 0x1p-1022), (2, -1023, 0x1p-1023), (2, 1025, inf), (2, -1076, 0), (2, inf, inf),
    (2, -inf, 0),
    (0.5, inf, 0), (0.5, -inf, inf), (0.5, 1023, 0x1p-1023), (0.5, -1023, 0x1p1023), (0.5, 1075, 0),
    (-2, 3, -8), (-2, 4, 16), (-2, -3, -0.125), (-2, -2, 0.25), (-8, 1.0 / 3, nan), (-1, 0.5, nan),
    (-1, 1023, -1), (-1, 1022, 1), (10, 22, 1e22), (10, -2, 1 / 1e2), (3, 33, 5_559_060_566_555_523),
    (inf, 2, inf), (inf, -2, 0), (-inf, 3, -inf), (inf, 0.5, inf), (inf, -0.5, 0), (4, 0.5, 2), (1, 0.37, 1),
    (nan, 2, nan), (nan, 0.5, nan), (2, nan, nan), (1e200, 2, inf), (1e-200, 2, 0), (1, 1e300, 1),
  ]

  @Test("powers", arguments: KernelLevel.supported)
  func powers(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    for (a, b, expected) in Self.powers {
      let values =
        Program.binary(.power, with: b).evaluate(at: [a], kernels: kernels)
        + Program.binary(.power, of: a).evaluate(at: [b], kernels: kernels)
      for y in values {
        let same = expected.isNaN ? y.isNaN : y.bitPattern == expected.bitPattern
        #expect(same, "\(a)^\(b) is \(y), not \(expected)")
      }
    }
  }

  @Test("powers of 1/2 and 2 are exact", arguments: KernelLevel.supported)
  func powersOfTwo(_ level: KernelLevel) {
    func two(to exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }
    let kernels = KernelTable(level)
    let exponents = Array(-1023...1023)
    let reals = exponents.map(Double.init)
    #expect(Program.binary(.power, of: 2).evaluate(at: reals, kernels: kernels) == exponents.map(two))
    #expect(Program.binary(.power, of: 0.5).evaluate(at: reals, kernels: kernels) == exponents.map { two(to: -$0) })
    for k in -64...64 {
      let sign: Double = k % 2 == 0 ? 1 : -1
      let values = Program.power(k).evaluate(at: [2, 0.5, -2, -0.5], kernels: kernels)
      #expect(values == [two(to: k), two(to: -k), sign * two(to: k), sign * two(to: -k)])
    }
    #expect(Program.power(0).evaluate(at: [0, .infinity, .nan], kernels: kernels) == [1, 1, 1])
    #expect(Program.power(-3).evaluate(at: [0, .infinity], kernels: kernels) == [.infinity, 0])
  }

  @Test("the smaller and the larger of two numbers", arguments: KernelLevel.supported)
  func minimumAndMaximum(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let numbers = [-Self.inf, -1, -Self.tiny, 0, Self.tiny, 2, Self.huge, Self.inf]
    for (i, a) in numbers.enumerated() {
      for (k, b) in numbers.enumerated() {
        #expect(Program.binary(.minimum, with: b).evaluate(at: [a], kernels: kernels) == [numbers[min(i, k)]])
        #expect(Program.binary(.maximum, with: b).evaluate(at: [a], kernels: kernels) == [numbers[max(i, k)]])
      }
      // NaN from either side stays: a target that is not a number somewhere must not look like one.
      for operation in [Operation.minimum, .maximum] {
        #expect(Program.binary(operation, with: .nan).evaluate(at: [a], kernels: kernels)[0].isNaN)
        #expect(Program.binary(operation, of: .nan).evaluate(at: [a], kernels: kernels)[0].isNaN)
      }
    }
  }

  @Test("a program without a point, and programs longer than a strip", arguments: KernelLevel.supported)
  func counts(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    #expect(Program.everything.evaluate(at: [], kernels: kernels) == [])
    for count in [1, 7, 8, 9, 255, 256, 257, 511, 512, 513, 1000] {
      let points = (0..<count).map(Double.init)
      #expect(Target.identity.program.evaluate(at: points, kernels: kernels) == points)
      #expect(Target.quadratic.program.evaluate(at: points, kernels: kernels) == points.map { $0 * $0 + 2 * $0 })
    }
  }
}
