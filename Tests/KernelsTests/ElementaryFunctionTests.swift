import Foundation
import Kernels
import TestSupport
import Testing

// The reference is extended precision where the processor has it: its error is about 2^-11 ulp of a double. Elsewhere
// it is the C library in double precision, which is within 1 ulp of the exact value, and the bounds grow by that.
#if arch(x86_64)
  private typealias Precise = Float80
  private let referenceError = 0.01
#else
  private typealias Precise = Double
  private let referenceError = 1.0
#endif

/// A function, its reference, the points of the sweep and the bound in ulp of the reference.
private struct Sweep {
  let operation: Operation
  let reference: (Precise) -> Precise
  let points: [Double]
  let bound: Double

  /// The largest error over the points, in ulp of the reference's value.
  func largestError(_ kernels: KernelTable) -> Double {
    var largest = 0.0
    for (x, y) in zip(points, Program.unary(operation).evaluate(at: points, kernels: kernels)) {
      largest = max(largest, error(y, reference(Precise(x))))
    }
    return largest
  }
}

/// |value - exact| in ulp of the exact value rounded to double; infinite when only one of them is finite.
private func error(_ value: Double, _ exact: Precise) -> Double {
  let rounded = Double(exact)
  guard value.isFinite, rounded.isFinite else { return value == rounded ? 0 : .infinity }
  return Double(abs(Precise(value) - exact) / Precise(rounded.ulp))
}

private func uniforms(_ count: Int, _ lower: Double, _ upper: Double, seed: UInt64) -> [Double] {
  var random = SplitMix64(state: seed)
  return (0..<count).map { _ in random.uniform(lower, upper) }
}

/// Numbers of either sign and every order of magnitude between 2^lower and 2^upper.
private func magnitudes(_ count: Int, _ lower: Int, _ upper: Int, seed: UInt64) -> [Double] {
  var random = SplitMix64(state: seed)
  return (0..<count).map { _ in
    let sign: FloatingPointSign = random.next() & 1 == 0 ? .plus : .minus
    return Double(
      sign: sign, exponent: Int.random(in: lower..<upper, using: &random), significand: random.uniform(1, 2))
  }
}

@Suite("elementary functions: accuracy")
struct ElementaryFunctionTests {
  @Test("exp is within 1 ulp", arguments: KernelLevel.supported)
  func exponential(_ level: KernelLevel) {
    let points =
      uniforms(20_000, -745.2, 709.8, seed: 1) + uniforms(20_000, -1, 1, seed: 2) + magnitudes(5000, -60, 0, seed: 3)
    let sweep = Sweep(operation: .exp, reference: { Foundation.exp($0) }, points: points, bound: 1)
    #expect(sweep.largestError(KernelTable(level)) <= sweep.bound + referenceError)
  }

  @Test("log is within 1 ulp", arguments: KernelLevel.supported)
  func logarithm(_ level: KernelLevel) {
    // All exponents, subnormal numbers too; and the neighbourhood of 1, where the result is small.
    let points =
      magnitudes(20_000, -1022, 1024, seed: 4).map(abs) + uniforms(20_000, 0.5, 2, seed: 5)
      + magnitudes(5000, -50, -1, seed: 6).map { 1 + $0 } + uniforms(500, 0, 0x1p-1022, seed: 7)
    let sweep = Sweep(operation: .log, reference: { Foundation.log($0) }, points: points, bound: 1)
    #expect(sweep.largestError(KernelTable(level)) <= sweep.bound + referenceError)
  }

  private static var angles: [Double] {
    uniforms(20_000, -10, 10, seed: 8) + uniforms(20_000, -0x1p20, 0x1p20, seed: 9)
      + magnitudes(5000, -60, 20, seed: 10) + [0x1p20, -0x1p20]
      // Next to multiples of pi / 2.
      + (0..<5000).map { Double(Precise($0 * 133) * (Precise.pi / 2)) }
  }

  @Test("sin and cos are within 1 ulp", arguments: KernelLevel.supported)
  func sineAndCosine(_ level: KernelLevel) {
    let sine = Sweep(operation: .sin, reference: { Foundation.sin($0) }, points: Self.angles, bound: 1)
    #expect(sine.largestError(KernelTable(level)) <= sine.bound + referenceError)
    let cosine = Sweep(operation: .cos, reference: { Foundation.cos($0) }, points: Self.angles, bound: 1)
    #expect(cosine.largestError(KernelTable(level)) <= cosine.bound + referenceError)
  }

  /// The three parts of pi / 2 hold 119 bits, so the absolute error of the reduced argument grows with the multiple that
  /// is taken off. All doubles next to the multiples up to 2^20 were tried: the largest error is 1.063 ulp, at the first
  /// of these points. Of all multiples the others come nearest to a double. The values were computed with 60 digits.
  @Test(
    "sin and cos where the reduction cancels most: one unit from the rounded value", arguments: KernelLevel.supported)
  func cancellation(_ level: KernelLevel) {
    let cases: [(Operation, Double, Double)] = [
      (.cos, 0x1.93c05c9ed3cbcp+18, -0x1.065d73720c4f9p-52), (.cos, 0x1.6c6cbc45dc8dep+5, -0x1.6d61b58c99c43p-61),
      (.cos, 0x1.39c6fd67805a7p+18, -0x1.988efe18ff83fp-55), (.cos, 0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54),
      (.sin, 0x1.39c6fd67805a7p+19, 0x1.988efe18ff83fp-54), (.sin, 0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53),
    ]
    for (operation, x, exact) in cases {
      let y = Program.unary(operation).evaluate(at: [x], kernels: KernelTable(level))[0]
      #expect(abs(y - exact) <= exact.ulp)
    }
  }

  @Test("tan is within 3 ulp, tanh within 2", arguments: KernelLevel.supported)
  func tangents(_ level: KernelLevel) {
    let tangent = Sweep(operation: .tan, reference: { Foundation.tan($0) }, points: Self.angles, bound: 3)
    #expect(tangent.largestError(KernelTable(level)) <= tangent.bound + referenceError)
    let points =
      uniforms(20_000, -22, 22, seed: 11) + uniforms(20_000, -1, 1, seed: 12) + magnitudes(5000, -300, 5, seed: 13)
    let hyperbolic = Sweep(operation: .tanh, reference: { Foundation.tanh($0) }, points: points, bound: 2)
    #expect(hyperbolic.largestError(KernelTable(level)) <= hyperbolic.bound + referenceError)
  }

  @Test("the error function is within 1 ulp", arguments: KernelLevel.supported)
  func errorFunction(_ level: KernelLevel) {
    let points = uniforms(40_000, -6.5, 6.5, seed: 20) + magnitudes(5000, -300, 5, seed: 21)
    let sweep = Sweep(operation: .errorFunction, reference: { erf($0) }, points: points, bound: 1)
    #expect(sweep.largestError(KernelTable(level)) <= sweep.bound + referenceError)
  }

  /// One Newton step from the value towards the root of erfc(-x / sqrt(2)) / 2 = p, in extended precision, tells the
  /// error. Upper tails are tested by the exact symmetry p -> 1 - p where it is one.
  @Test("the normal quantile has a relative error below 1e-15", arguments: KernelLevel.supported)
  func normalQuantile(_ level: KernelLevel) {
    var random = SplitMix64(state: 22)
    let points =
      uniforms(20_000, 0, 0.5, seed: 23) + (0..<20_000).map { _ in Foundation.exp(random.uniform(-700, -0.7)) }
      + [0x1p-1022, 0x1p-1000, 0.075, 0.0749999, 1.3887943864964e-11, 0.49999999999]
    let values = Program.unary(.normalQuantile).evaluate(at: points, kernels: KernelTable(level))
    for (p, value) in zip(points, values) {
      let x = Precise(value)
      let density = exp(-x * x / 2) / (2 * Precise.pi).squareRoot()
      let error = (erfc(-x / Precise(2).squareRoot()) / 2 - Precise(p)) / density
      #expect(abs(error) <= abs(x) * 1e-15, "quantile at \(p)")
    }
    let dyadic = (1..<512).map { Double($0) / 1024 }
    let lower = Program.unary(.normalQuantile).evaluate(at: dyadic, kernels: KernelTable(level))
    let upper = Program.unary(.normalQuantile).evaluate(at: dyadic.map { 1 - $0 }, kernels: KernelTable(level))
    #expect(lower == upper.map { -$0 })
  }

  /// Values of SciPy's special.ndtri and special.erf, which use other approximations.
  @Test("quantile and error function agree with SciPy", arguments: KernelLevel.supported)
  func scipy(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    for (p, quantile) in Self.quantiles {
      let value = Program.unary(.normalQuantile).evaluate(at: [p], kernels: kernels)[0]
      // 1e-15 as above, and half a unit in the last of SciPy's 15 or 16 printed digits, up to 1.3e-15 of the number.
      #expect(abs(value - quantile) <= 2e-15 * abs(quantile))
    }
    for (x, expected) in Self.errorFunctions {
      let value = Program.unary(.errorFunction).evaluate(at: [x], kernels: kernels)[0]
      // A unit in the last place of numbers up to 1, twice (here and in SciPy), and the printed digits.
      #expect(abs(value - expected) <= 4e-16)
    }
  }

  private static let quantiles: [(Double, Double)] = [
    (1e-300, -37.0470962993612),
    (1e-20, -9.262340089798409),
    (1e-12, -7.034483825301131),
    (1e-05, -4.264890793922825),
    (0.001, -3.090232306167813),
    (0.02, -2.053748910631823),
    (0.07, -1.4757910281791706),
    (0.08, -1.4050715603096329),
    (0.25, -0.6744897501960817),
    (0.4, -0.2533471031357997),
    (0.6, 0.2533471031357997),
    (0.9, 1.2815515655446004),
    (0.97, 1.8807936081512509),
    (0.999, 3.090232306167813),
    (0.999999999, 5.997807019601637),
  ]
  private static let errorFunctions: [(Double, Double)] = [
    (-5.5, -0.9999999999999927),
    (-3.0, -0.9999779095030014),
    (-2.0, -0.9953222650189527),
    (-1.0, -0.8427007929497148),
    (-0.5, -0.5204998778130465),
    (1e-09, 1.1283791670955127e-09),
    (0.3, 0.3286267594591274),
    (0.84, 0.7651427114549945),
    (0.85, 0.7706680576083524),
    (1.2, 0.9103139782296353),
    (1.3, 0.9340079449406524),
    (2.8, 0.9999249868053346),
    (2.9, 0.9999589021219005),
    (4.5, 0.9999999998033839),
    (6.5, 1.0),
  ]

  /// x^n by at most |n| - 1 roundings that each reach the result, and one of the reciprocal.
  @Test("integer powers have a relative error of at most |n| 2^-53", arguments: KernelLevel.supported)
  func integerPower(_ level: KernelLevel) {
    let points = uniforms(300, -30, 30, seed: 14) + magnitudes(100, -14, 14, seed: 15)
    for n in -64...64 {
      let values = Program.power(n).evaluate(at: points, kernels: KernelTable(level))
      for (x, y) in zip(points, values) {
        var exact: Precise = 1
        for _ in 0..<abs(n) { exact *= Precise(x) }
        if n < 0 { exact = 1 / exact }
        // The reference multiplies as often, with its own rounding.
        #expect(abs(Precise(y) - exact) <= abs(exact) * Precise(abs(n)) * (0x1p-53 + 2 * Precise.ulpOfOne))
      }
    }
  }

  @Test("real powers have a relative error of at most (2 + |b log a|) 2^-52", arguments: KernelLevel.supported)
  func power(_ level: KernelLevel) {
    var random = SplitMix64(state: 16)
    for _ in 0..<200 {
      // A fixed exponent, then a fixed base; results between 1e-290 and 1e290.
      let exponent = random.uniform(-5, 5)
      let bases = magnitudes(100, -150, 150, seed: random.next()).map(abs)
      let base = Foundation.exp(random.uniform(-1, 1))
      let exponents = uniforms(100, -600, 600, seed: random.next())
      let kernels = KernelTable(level)
      let ofBases = zip(bases, Program.binary(.power, with: exponent).evaluate(at: bases, kernels: kernels))
      let ofExponents = zip(exponents, Program.binary(.power, of: base).evaluate(at: exponents, kernels: kernels))
      for (a, b, y) in ofBases.map({ ($0, exponent, $1) }) + ofExponents.map({ (base, $0, $1) }) {
        let exact = Foundation.pow(Precise(a), Precise(b))
        let bound = (2 + abs(b * Foundation.log(a)) + referenceError) * 0x1p-52
        guard abs(b * Foundation.log(a)) < 670 else { continue }
        #expect(abs(Precise(y) - exact) <= abs(exact) * Precise(bound))
      }
    }
  }

  @Test("powers with an integral exponent have a relative error of at most |b| 2^-53", arguments: KernelLevel.supported)
  func integralPower(_ level: KernelLevel) {
    let points = uniforms(100, -1.9, 1.9, seed: 17)
    for b in [1, 2, 3, 10, 63, 64, 65, 511, 512, 700, 1000, 1023, -1, -2, -3, -64, -1000, -1023] {
      let values = Program.binary(.power, with: Double(b)).evaluate(at: points, kernels: KernelTable(level))
      for (x, y) in zip(points, values) {
        let exact = Foundation.pow(Precise(x), Precise(b))
        guard abs(exact) > 0x1p-1000, abs(exact) < 0x1p1000 else { continue }
        // The reference's own rounding, and that of its logarithm, grows with b too.
        #expect(abs(Precise(y) - exact) <= abs(exact) * Precise(abs(b)) * (0x1p-53 + 2 * Precise.ulpOfOne))
      }
    }
  }

  @Test("the operations of IEEE 754, abs, floor, min and max are exact", arguments: KernelLevel.supported)
  func exact(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let points =
      magnitudes(2000, -1022, 1024, seed: 18) + magnitudes(2000, -3, 50, seed: 19)
      + (-50...50).map { Double($0) / 4 } + [0x1p51 - 0.5, 0.5 - 0x1p51, 0x1p52 - 1, 0x1p53, 1 - 0x1p-53]
    func check(_ program: Program, _ expected: (Double) -> Double) {
      #expect(bits(program.evaluate(at: points, kernels: kernels)) == bits(points.map(expected)))
    }
    check(.unary(.squareRoot)) { $0.squareRoot() }
    check(.unary(.absolute), abs)
    check(.unary(.negate)) { -$0 }
    // A zero of either sign.
    check(
      Program(
        instructions: [instruction(.floor, to: 1, 0), instruction(.constant, to: 2), instruction(.add, to: 1, 1, 2)],
        constants: [0], registerCount: 3, result: 1)
    ) { Foundation.floor($0) + 0 }
    check(.binary(.minimum, with: 1.25)) { Swift.min($0, 1.25) }
    check(.binary(.maximum, with: -1.25)) { Swift.max($0, -1.25) }
    check(.binary(.minimum, of: 1.25)) { Swift.min($0, 1.25) }
    check(.binary(.maximum, of: -1.25)) { Swift.max($0, -1.25) }
    check(.binary(.add, with: 1.25)) { $0 + 1.25 }
    check(.binary(.subtract, with: 1.25)) { $0 - 1.25 }
    check(.binary(.subtract, of: 1.25)) { 1.25 - $0 }
    check(.binary(.multiply, with: 1.3)) { $0 * 1.3 }
    check(.binary(.divide, with: 1.3)) { $0 / 1.3 }
    check(.binary(.divide, of: 1.3)) { 1.3 / $0 }
  }
}
