import Expressions
import Kernels
import Networks
import Problems
import Testing

import Risk

private func problem(_ target: String, on interval: ClosedRange<Double> = 0...1) throws -> Problem {
  Problem(
    input: .uniform(lower: interval.lowerBound, upper: interval.upperBound),
    target: try Expression(parsing: target, variables: ["x"]))
}

extension PopulationGradient {
  fileprivate var flat: [Double] { innerWeights + innerBiases + outerWeights + [outerBias] }
}

/// A small generator for networks of the tests (SplitMix64).
private struct Generator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func real(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }
}

private func randomNetwork(width: Int, seed: UInt64) -> ShallowNetwork {
  var g = Generator(state: seed)
  return ShallowNetwork(
    innerWeights: (0..<width).map { _ in g.real(-2...2) }, innerBiases: (0..<width).map { _ in g.real(-1...1) },
    outerWeights: (0..<width).map { _ in g.real(-1...1) }, outerBias: g.real(-1...1))
}

@Suite struct PopulationRiskTests {
  @Test(arguments: ReferenceNetwork.all)
  func referenceNetworks(_ reference: ReferenceNetwork) throws {
    for values in reference.values {
      let evaluation = try PopulationRisk(problem: problem(values.target)).evaluate(reference.network)
      #expect(abs(evaluation.risk - values.risk) <= 1e-14 * values.risk, "\(reference.name) \(values.target)")
      #expect(evaluation.error <= 1e-13 * values.risk)
      let scale = values.gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for (computed, exact) in zip(evaluation.gradient.flat, values.gradient) {
        #expect(abs(computed - exact) <= 1e-14 * max(abs(exact), scale / 10), "\(reference.name) \(values.target)")
        if exact == 0 { #expect(computed == 0) }
      }
    }
  }

  /// Central differences of the risk: an independent path to the gradient, with targets of every form.
  @Test(arguments: ["x^2 + 2*x", "sin(3*x)", "x^4 * sin(x)", "x^(1/4)", "exp(x) - 1", "abs(x - 0.3)"])
  func gradientAgreesWithDifferences(_ target: String) throws {
    let risk = try PopulationRisk(problem: problem(target))
    let network = randomNetwork(width: 6, seed: 7)
    let gradient = risk.evaluate(network).gradient
    let step = 1e-5
    func difference(_ path: WritableKeyPath<ShallowNetwork, Double>) -> Double {
      var up = network
      up[keyPath: path] += step
      var down = network
      down[keyPath: path] -= step
      return (risk.evaluate(up).risk - risk.evaluate(down).risk) / (2 * step)
    }
    for j in 0..<6 {
      // Where a kink moves, the risk is twice but not three times differentiable: the differences are good to O(step).
      #expect(abs(difference(\.innerWeights[j]) - gradient.innerWeights[j]) <= 2e-8)
      #expect(abs(difference(\.innerBiases[j]) - gradient.innerBiases[j]) <= 2e-8)
      #expect(abs(difference(\.outerWeights[j]) - gradient.outerWeights[j]) <= 1e-9)
    }
    #expect(abs(difference(\.outerBias) - gradient.outerBias) <= 1e-9)
  }

  /// Constant networks have closed-form risks: int (c - f)^2, here with f = x^p on [0, 1].
  @Test(arguments: [("x^(1/4)", 0.25), ("sqrt(x)", 0.5), ("x^0.1", 0.1), ("x^3.7", 3.7), ("x^60.5", 60.5)])
  func realPowers(_ target: String, _ p: Double) throws {
    let risk = try PopulationRisk(problem: problem(target))
    // The second neuron cuts the interval and contributes nothing.
    let network = ShallowNetwork(
      innerWeights: [1, 1], innerBiases: [-0.01, -0.6], outerWeights: [0, 0], outerBias: 0.7)
    let exact = 0.49 - 1.4 / (p + 1) + 1 / (2 * p + 1)
    let evaluation = risk.evaluate(network)
    #expect(abs(evaluation.risk - exact) <= 2e-15)
    #expect(abs(evaluation.gradient.outerBias - 2 * (0.7 - 1 / (p + 1))) <= 2e-15)
  }

  /// A network that equals the target has risk zero up to rounding, whatever large terms cancel inside it.
  @Test func cancellation() throws {
    let risk = try PopulationRisk(problem: problem("2*x - 1"))
    let network = ShallowNetwork(
      innerWeights: [1, 1, 1], innerBiases: [1, 1, 1], outerWeights: [1e6, -1e6, 2], outerBias: -3)
    #expect(risk.evaluate(network).risk <= 1e-31)
  }

  @Test func deadNeuronsAndEdges() throws {
    let risk = try PopulationRisk(problem: problem("x^2 + 2*x"))
    // Dead, on everywhere with w = 0, off with w = 0, kink exactly at an end from both sides, kink outside.
    let network = ShallowNetwork(
      innerWeights: [1, 0, 0, 1, -1, 1, -1], innerBiases: [-3, 1, -1, 0, 1, -1, 0],
      outerWeights: [1, 1, 1, 1, 1, 1, 1], outerBias: 0)
    let evaluation = risk.evaluate(network)
    // N = 1 + x + (1 - x) = 2 on [0, 1]: int (2 - x^2 - 2 x)^2 = 4 - 4/3 - 4 + 1/5 + 1 + 4/3.
    #expect(abs(evaluation.risk - (4 - 4.0 / 3 - 4 + 0.2 + 1 + 4.0 / 3)) <= 1e-15)
    for j in [0, 2, 5, 6] {
      #expect(evaluation.gradient.innerWeights[j] == 0)
      #expect(evaluation.gradient.innerBiases[j] == 0)
      #expect(evaluation.gradient.outerWeights[j] == 0)
    }
  }

  /// Coincident kinks: the cells between them have length zero.
  @Test func coincidentKinks() throws {
    let risk = try PopulationRisk(problem: problem("sin(3*x)"))
    let one = ShallowNetwork(innerWeights: [1], innerBiases: [-0.5], outerWeights: [0.75], outerBias: 0.1)
    let three = ShallowNetwork(
      innerWeights: [1, 2, 1], innerBiases: [-0.5, -1, -0.5], outerWeights: [0.25, 0.125, 0.25], outerBias: 0.1)
    #expect(abs(risk.evaluate(one).risk - risk.evaluate(three).risk) <= 1e-16)
  }

  @Test func otherIntervals() throws {
    // N = x + 2 relu(x - 1/2), f = x^2 on [-1, 2], density 1/3; a second cut at -1/2 changes nothing.
    let risk = try PopulationRisk(problem: problem("x^2", on: -1...2))
    let network = ShallowNetwork(
      innerWeights: [1, -1, 1, 1], innerBiases: [0, 0, -0.5, 0.5], outerWeights: [1, -1, 2, 0], outerBias: 0)
    // int (x - x^2)^2 over [-1, 1/2] + int (3 x - 1 - x^2)^2 over [1/2, 2], exactly: (31/30 + 1/60) + (0.65625 - ...)
    func antiderivative(_ a: [Double], _ x: Double) -> Double {
      var sum = 0.0
      for i in 0..<3 {
        for j in 0..<3 {
          var power = 1.0
          for _ in 0...(i + j) { power *= x }
          sum += a[i] * a[j] * power / Double(i + j + 1)
        }
      }
      return sum
    }
    let exact =
      (antiderivative([0, 1, -1], 0.5) - antiderivative([0, 1, -1], -1) + antiderivative([-1, 3, -1], 2)
        - antiderivative([-1, 3, -1], 0.5)) / 3
    #expect(abs(risk.evaluate(network).risk - exact) <= 1e-15)
  }

  @Test func targetsWithoutExactRisk() throws {
    #expect(throws: RiskError.targetNotFinite(x: 0, value: -.infinity)) {
      try PopulationRisk(problem: problem("log(x)"))
    }
    #expect(throws: RiskError.targetNotFinite(x: 0, value: .infinity)) {
      try PopulationRisk(problem: problem("1/x"))
    }
    #expect(throws: RiskError.self) { try PopulationRisk(problem: problem("1/(x - 0.3)")) }
    do {
      _ = try PopulationRisk(problem: problem("sin(1/(x + 1e-6))"))
      Issue.record("a target with 160,000 periods was accepted")
    } catch let error as RiskError {
      guard case .targetNotIntegrable(let x) = error else { throw error }
      #expect(x < 0.01)
      #expect(
        error.description.hasPrefix(
          "the risk of this target cannot be computed to a relative error of 1e-12: it varies"))
    }
    #expect(
      RiskError.targetNotFinite(x: 0, value: -.infinity).description
        == "the target is not finite on the input interval (it is -inf at x = 0.0); choose an interval on which it is")
  }

  /// A narrow feature between smooth stretches is neither overlooked nor makes the risk of "no feature" look exact.
  @Test func narrowFeatures() throws {
    let one = ShallowNetwork(innerWeights: [1], innerBiases: [-2], outerWeights: [0], outerBias: 1)
    for width in [1e-2, 1e-3, 1e-4] {
      let risk = try PopulationRisk(problem: problem("1 + exp(-((x - 0.3) / \(width))^2)"))
      let evaluation = risk.evaluate(one)
      // The integral of exp(-2 u^2) over the line.
      let exact = width * (Double.pi / 2).squareRoot()
      #expect(abs(evaluation.risk - exact) <= 1e-12 * exact)
    }
  }

  /// A small power on top of a large constant: the constant is taken away before squaring.
  @Test func smallPowersOnLargeConstants() throws {
    let network = ShallowNetwork(innerWeights: [1], innerBiases: [-0.5], outerWeights: [0], outerBias: 1000)
    let evaluation = try PopulationRisk(problem: problem("1000 + 0.001*sqrt(x)")).evaluate(network)
    // On the cell that begins at 0 the result is exact, on the other one as exact as f can be evaluated.
    #expect(abs(evaluation.risk - 5e-7) <= evaluation.error)
    #expect(evaluation.error <= 1e-15)
    let tiny = try PopulationRisk(problem: problem("100 + 1e-7*sqrt(x)"))
    for bias in [100, 100.0000001, 99.9999999] {
      let network = ShallowNetwork(innerWeights: [1], innerBiases: [-2], outerWeights: [0], outerBias: bias)
      #expect(tiny.evaluate(network).risk >= 0)
    }
  }

  @Test func overflowingSquare() throws {
    #expect(throws: RiskError.self) { try PopulationRisk(problem: problem("1e200 * x")) }
  }

  /// Kinks of the target inside the interval: found by bisection.
  @Test func kinkedTarget() throws {
    let risk = try PopulationRisk(problem: problem("abs(x - 0.3)"))
    let zero = ShallowNetwork(innerWeights: [1], innerBiases: [-0.7], outerWeights: [0], outerBias: 0)
    let evaluation = risk.evaluate(zero)
    let exact = (0.3 * 0.3 * 0.3 + 0.7 * 0.7 * 0.7) / 3
    #expect(abs(evaluation.risk - exact) <= 1e-15)
    #expect(evaluation.error <= 1e-12)
  }
}

@Suite struct QuadratureRuleTests {
  @Test(arguments: 1...60)
  func gaussLegendreIsExact(_ n: Int) {
    let rule = QuadratureRule.gaussLegendre(n)
    #expect(rule.nodes == rule.nodes.sorted())
    for degree in 0..<(2 * n) {
      let sum = zip(rule.nodes, rule.weights).reduce(0) { sum, point in
        sum + point.1 * (0..<degree).reduce(1) { power, _ in power * point.0 }
      }
      let exact = degree % 2 == 0 ? 2 / Double(degree + 1) : 0
      #expect(abs(sum - exact) <= 2e-14)
    }
  }

  @Test func kronrodIsExact() {
    let rule = QuadratureRule.gaussKronrod21
    for degree in 0...31 {
      let powers = rule.nodes.map { x in (0..<degree).reduce(1.0) { power, _ in power * x } }
      let exact = degree % 2 == 0 ? 2 / Double(degree + 1) : 0
      #expect(abs(zip(powers, rule.weights).reduce(0) { $0 + $1.0 * $1.1 } - exact) <= 1e-15)
      if degree <= 19 {
        #expect(abs(zip(powers, rule.lowerOrderWeights!).reduce(0) { $0 + $1.0 * $1.1 } - exact) <= 1e-15)
      }
    }
  }
}
