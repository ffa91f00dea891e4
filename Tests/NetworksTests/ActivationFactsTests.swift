import Kernels
import Networks
import TestSupport
import Testing

/// The table of facts against values and derivatives by the C library.
@Suite struct ActivationFactsTests {
  private static let grid = (-800...800).map { Double($0) / 100 }

  private static func value(_ activation: Activation, _ z: Double) -> Double {
    DenseNetworkReference.value(activation, at: z)
  }

  @Test("lines between kinks", arguments: activations)
  func lines(_ activation: Activation) {
    let facts = activation.facts
    #expect(facts.lines.isEmpty || facts.lines.count == facts.kinks.count + 1)
    #expect(zip(facts.kinks, facts.kinks.dropFirst()).allSatisfy { $0 < $1 })
    if facts.isPiecewiseAffine {
      for z in Self.grid {
        let segment = facts.segment(of: z)
        #expect(facts.lines[segment].value(at: z) == Self.value(activation, z))
        #expect(facts.derivatives[segment] == DenseNetworkReference.derivative(activation, at: z))
        let before = facts.kinks.count { $0 < z }
        let upTo = facts.kinks.count { $0 <= z }
        #expect((before...upTo).contains(segment))
      }
    } else {
      let ends = [-3] + facts.kinks + [3]
      // Not in the middle, where chords of odd functions meet them.
      let isCurved = zip(ends, ends.dropFirst()).contains { a, b in
        let chord = 0.7 * Self.value(activation, a) + 0.3 * Self.value(activation, b)
        // Far above rounding; a curved function that is this close to a chord of length 3 or more would be noticed.
        return abs(Self.value(activation, 0.7 * a + 0.3 * b) - chord) > 1e-3
      }
      #expect(isCurved)
    }
  }

  /// One-sided values, first and second differences agree everywhere but at kinks.
  @Test("kinks", arguments: activations)
  func kinks(_ activation: Activation) {
    let h = 0x1p-10
    func isSmooth(_ z: Double) -> Bool {
      func sides(_ sign: Double) -> [Double] {
        let v = [1.0, 2, 3].map { Self.value(activation, z + sign * $0 * h) }
        return [v[0], sign * (v[1] - v[0]) / h, (v[2] - 2 * v[1] + v[0]) / (h * h)]
      }
      // Where there is no kink the sides differ by at most 4 h times the largest third derivative, 6: 0.03. At a kink
      // a value or a slope jumps by 0.99 or more, or a second derivative by 1 or more.
      return zip(sides(-1), sides(1)).allSatisfy { abs($0 - $1) < 0.2 }
    }
    let isLine = Set(activation.facts.lines).count == 1
    for z in Self.grid where abs(z) < 6 {
      let isKink = activation.facts.kinks.contains(z) && !isLine
      #expect(isSmooth(z) == !isKink, "\(activation) at \(z)")
    }
    #expect(activation.facts.isAnalytic == activation.facts.kinks.isEmpty)
  }

  @Test("continuous, homogeneous, bounded, rectified, dying", arguments: activations)
  func properties(_ activation: Activation) {
    let facts = activation.facts
    func value(_ z: Double) -> Double { Self.value(activation, z) }
    if facts.isPiecewiseAffine {
      // Slopes of at most 1 over 2^-39 = 2e-12, against jumps of 1.
      let isContinuous = Self.grid.allSatisfy { abs(value($0 + 0x1p-40) - value($0 - 0x1p-40)) < 1e-9 }
      #expect(facts.isPiecewiseLinear == isContinuous)
    } else {
      #expect(!facts.isPiecewiseLinear)
    }
    #expect(facts.isHomogeneous == Self.grid.allSatisfy { value(2 * $0) == 2 * value($0) })
    #expect(facts.isBounded == [-1e6, -30, 30, 1e6].allSatisfy { abs(value($0)) <= 1 })
    if let slope = facts.rectifiedSlope {
      #expect(Self.grid.allSatisfy { value($0) == ($0 > 0 ? $0 : slope * $0) })
    } else {
      #expect(activation.kind != .relu && activation.kind != .leakyReLU)
    }
    let isInactive = Self.grid.allSatisfy {
      $0 > 0 || value($0) == 0 && DenseNetworkReference.derivative(activation, at: $0) == 0
    }
    // A leaky neuron of slope 0 is none of those that are counted.
    #expect(facts.canDie == (isInactive && activation.kind != .leakyReLU))
    #expect(facts.isStraightThrough == (activation.kind == .threshold))
  }

  @Test("parameters")
  func parameters() {
    #expect(Activation.defaultParameter(.leakyReLU) == 0.01 && Activation(.leakyReLU).parameter == 0.01)
    #expect(Activation.defaultParameter(.elu) == 1 && Activation(.elu).parameter == 1)
    for kind in Activation.Kind.allCases where kind != .leakyReLU && kind != .elu {
      #expect(Activation.defaultParameter(kind) == nil && Activation(kind).parameter == 0)
    }
  }

  @Test("values", arguments: activations)
  func values(_ activation: Activation) {
    for (z, value) in zip(Self.grid, activation.values(at: Self.grid)) {
      // `ProgramBuilder.apply` states a few 2^-53 times max(1, |z|): here 3.6 of them.
      #expect(abs(value - Self.value(activation, z)) <= 4e-16 * max(1, abs(z)))
    }
    #expect(activation.values(at: []) == [])
  }
}
