import Kernels
import TestSupport
import Testing

/// 22 parameters.
private let architecture = Architecture(inputDimension: 1, hidden: [7], activation: .relu)

/// Whatever they mean for a method: decays below 1, small rates and epsilons.
private let coefficients = [0.01, 0.9, 0.1, 0.99, 0.01, 1e-8, 0.75, 0.5]

private func ensemble(
  _ level: KernelLevel, _ precision: Precision, _ kernel: GradientKernel = .denseNetworks, count: Int = 1,
  trained: [(weights: Bool, biases: Bool)]? = nil
) -> Ensemble {
  Ensemble(
    architecture: architecture, kernel: kernel, precision: precision, count: count, batchSize: 16,
    kernels: KernelTable(level),
    stateSlots: 3, trained: trained)
}

/// Slots that must start as copies of the parameters.
private func copies(_ method: UpdateMethod) -> [Int] {
  switch method {
  case .averagedGradientDescent: [0]
  case .nesterovLookAhead: [1]
  default: []
  }
}

private let start = (0..<22).map { Double($0 - 11) / 8 }

/// Numbers of both signs and many magnitudes, some of them 0.
private func gradient(_ random: inout SplitMix64) -> [Double] {
  (0..<22).map { i in
    i % 7 == 3 ? 0 : random.uniform(-1, 1) * Double(sign: .plus, exponent: Int(random.next() % 61) - 40, significand: 1)
  }
}

@Suite struct UpdateTests {
  /// Parameters and states after 50 steps, of a network in each of two groups.
  private func bitsAfterSteps(
    _ method: UpdateMethod, _ level: KernelLevel, _ precision: Precision, _ kernel: GradientKernel
  ) -> [[UInt64]] {
    let ensemble = ensemble(level, precision, kernel, count: kernel == .denseNetworks ? precision.lanes + 1 : 2)
    let other = ensemble.networksPerGroup
    for index in [0, other] { ensemble.start(index, at: start, copies: copies(method)) }
    var random = SplitMix64(state: 7)
    for step in 0..<50 {
      for group in 0..<2 {
        ensemble.setGradient(gradient(&random))
        var coefficients = coefficients
        if method == .averagedGradientDescent, step < 3 { coefficients[1] = 1 }
        #expect(ensemble.update(group: group, method, coefficients: coefficients) == 0)
      }
    }
    return [0, other].flatMap { index in
      [bits(ensemble.parameters(index))] + (0..<3).map { bits(ensemble.state(index, slot: $0)) }
    }
  }

  @Test(arguments: UpdateMethod.allCases)
  func bitsAreTheSameAtEveryLevelAndInEveryLayout(_ method: UpdateMethod) {
    for precision in Precision.allCases {
      let reference = bitsAfterSteps(method, .baseline, precision, .denseNetworks)
      #expect(reference[0] != reference[4], "two groups that saw different gradients")
      for level in KernelLevel.supported {
        #expect(bitsAfterSteps(method, level, precision, .denseNetworks) == reference)
        #expect(bitsAfterSteps(method, level, precision, .denseNeurons) == reference)
      }
    }
  }

  @Test func gradientDescentIsOneProductAndOneDifference() {
    for level in KernelLevel.supported {
      let single = ensemble(level, .float32)
      single.start(0, at: start)
      var random = SplitMix64(state: 3)
      let gradient = gradient(&random)
      single.setGradient(gradient)
      #expect(single.update(group: 0, .gradientDescent, coefficients: [0.3]) == 0)
      let expected = zip(start, gradient).map { Double(Float($0) - Float($1) * Float(0.3)) }
      #expect(bits(single.parameters(0)) == bits(expected))

      let double = ensemble(level, .float64)
      double.start(0, at: start)
      double.setGradient(gradient)
      #expect(double.update(group: 0, .gradientDescent, coefficients: [0.3]) == 0)
      #expect(bits(double.parameters(0)) == bits(zip(start, gradient).map { $0 - $1 * 0.3 }))
    }
  }

  @Test func blocksThatAreNotTrainedStay() {
    for kernel in GradientKernel.general {
      let ensemble = ensemble(.widest, .float32, kernel, trained: [(false, true), (true, false)])
      ensemble.start(0, at: start)
      ensemble.setGradient(Array(repeating: 1, count: 22))
      for method in UpdateMethod.allCases {
        #expect(ensemble.update(group: 0, method, coefficients: coefficients) == 0)
      }
      let moved = zip(ensemble.parameters(0), start).map { $0 != $1 }
      // 7 inner weights, 7 inner biases, 7 outer weights, the outer bias.
      #expect(moved == (0..<22).map { (7..<21).contains($0) })
    }
  }

  @Test(arguments: UpdateMethod.allCases)
  func aNetworkThatOverflowsIsTold(_ method: UpdateMethod) {
    for level in KernelLevel.supported {
      for precision in Precision.allCases {
        for invalid in [Double.infinity, -.infinity, .nan] {
          let ensemble = ensemble(level, precision, count: precision.lanes)
          for index in 0..<precision.lanes {
            ensemble.start(index, at: start)
            ensemble.setGradient(Array(repeating: 1, count: 22), lane: index)
          }
          #expect(ensemble.update(group: 0, method, coefficients: coefficients) == 0)
          for lane in [2, 7] {
            var gradient = Array(repeating: 1.0, count: 22)
            gradient[lane + 4] = invalid
            ensemble.setGradient(gradient, lane: lane)
          }
          #expect(ensemble.update(group: 0, method, coefficients: coefficients) == 1 << 2 | 1 << 7)
        }
      }
    }
  }

  /// Methods that square no gradient.
  private static let withoutSquares: [UpdateMethod] = [
    .gradientDescent, .momentum, .averagedMomentum, .nesterov, .nesterovLookAhead, .adamax, .adamaxUnsmoothed,
    .averagedGradientDescent,
  ]

  /// A parameter whose mean square overflowed would never move again.
  @Test(arguments: UpdateMethod.allCases.filter { !withoutSquares.contains($0) })
  func overflowOfSquaresIsTold(_ method: UpdateMethod) {
    for (precision, huge) in [(Precision.float32, 1e25), (.float64, 1e200)] {
      let ensemble = ensemble(.widest, precision, count: 4)
      ensemble.start(3, at: start)
      ensemble.setGradient([huge] + Array(repeating: 0, count: 21), lane: 3)
      #expect(ensemble.update(group: 0, method, coefficients: coefficients) == 1 << 3)
    }
  }

  @Test func decayingAveragesEndAtZero() {
    let methods: [UpdateMethod: [Int]] = [
      .momentum: [0], .averagedMomentum: [0], .nesterov: [0], .nesterovLookAhead: [0], .rmsProp: [0],
      .adadelta: [0, 1], .adam: [0, 1], .adamW: [0, 1], .amsGrad: [0, 1], .adamax: [0],
      .adamaxUnsmoothed: [0, 1], .nadam: [0, 1],
    ]
    for (method, slots) in methods {
      let ensemble = ensemble(.widest, .float32)
      ensemble.start(0, at: start)
      ensemble.setGradient(Array(repeating: -1, count: 22))
      for step in 0..<9500 {
        if step == 3 { ensemble.setGradient(Array(repeating: 0, count: 22)) }
        #expect(ensemble.update(group: 0, method, coefficients: coefficients) == 0)
      }
      for slot in slots { #expect(ensemble.state(0, slot: slot).allSatisfy { $0 == 0 }, "\(method) \(slot)") }
    }
  }

  /// An epsilon that single precision rounds to 0 must not make 0 / 0 of a parameter without a gradient.
  @Test func denominatorsStayPositive() {
    for method in UpdateMethod.allCases {
      let ensemble = ensemble(.widest, .float32)
      ensemble.start(0, at: start, copies: copies(method))
      ensemble.setGradient(Array(repeating: 0, count: 22))
      let coefficients = [0.01, 1e-60, 0.1, 1e-60, 1e-60, 1e-60, 1, 0]
      #expect(ensemble.update(group: 0, method, coefficients: coefficients) == 0)
      #expect(ensemble.parameters(0) == start)
    }
  }
}

@Suite struct GradientNormTests {
  @Test func normsAreThoseOfEachNetwork() {
    for precision in Precision.allCases {
      var reference: [[UInt64]] = []
      for level in KernelLevel.supported {
        var random = SplitMix64(state: 11)
        let many = ensemble(level, precision, count: precision.lanes, trained: [(true, true), (true, false)])
        var expected: [Double] = []
        for lane in 0..<precision.lanes {
          let gradient = gradient(&random).map { precision == .float32 ? Double(Float($0)) : $0 }
          many.setGradient(gradient, lane: lane)
          expected.append(gradient.dropLast().reduce(0) { $0 + $1 * $1 }.squareRoot())
        }
        let norms = many.gradientNorms()
        #expect(norms.count == precision.lanes)
        // Some dozens of squares in another order, in double precision: n / 2 + 1 roundings of 2^-53 at most; 1e-14
        // is 90 of them.
        for (norm, expected) in zip(norms, expected) { #expect(abs(norm - expected) <= 1e-14 * expected) }

        let one = ensemble(level, precision, .denseNeurons)
        one.setGradient(many.gradient(lane: 5))
        let all = many.gradient(lane: 5).reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(one.gradientNorms().count == 1 && abs(one.gradientNorms()[0] - all) <= 1e-14 * all)
        reference.append(bits(norms + one.gradientNorms()))
      }
      #expect(Set(reference).count == 1)
    }
  }

  @Test func gradientsAreScaledByNetwork() {
    for precision in Precision.allCases {
      for level in KernelLevel.supported {
        let lanes = precision.lanes
        let many = ensemble(level, precision, count: lanes, trained: [(true, true), (true, false)])
        let gradient = (0..<22).map { Double($0) - 10 }
        for lane in 0..<lanes { many.setGradient(gradient, lane: lane) }
        many.scaleGradients((0..<lanes).map { 0.1 + Double($0) })
        for lane in 0..<lanes {
          let factor = precision == .float32 ? Double(Float(0.1 + Double(lane))) : 0.1 + Double(lane)
          let scaled = gradient.map { precision == .float32 ? Double(Float($0) * Float(factor)) : $0 * factor }
          #expect(many.gradient(lane: lane) == scaled.dropLast() + [gradient[21]])
        }
        let one = ensemble(level, precision, .denseNeurons)
        one.setGradient(gradient)
        one.scaleGradients([0.25])
        #expect(one.gradient() == gradient.map { $0 / 4 })
      }
    }
  }
}
