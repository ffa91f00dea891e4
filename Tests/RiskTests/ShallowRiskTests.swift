import Expressions
import Kernels
import Networks
import Problems
import Risk
import TestSupport
import Testing

/// Shallow ReLU networks with scalar uniform inputs.
/// Where nothing else is said bounds are of rounding: risks state theirs, 2^-51 times the sum of the moduli that go
/// into them (`RiskEvaluation.error`), and in these tests the moduli are a few units.
@Suite struct ShallowRiskTests {
  @Test(arguments: ReferenceNetwork.all)
  func referenceNetworks(_ reference: ReferenceNetwork) throws {
    for values in reference.values {
      let evaluation = try PopulationRisk(problem: Problem(values.target)).evaluate(reference.network, kernels: widest)
      // References have 17 digits. The stated error may be 1e-13 of the risk, as the moduli exceed it where terms
      // cancel; it is a worst case, and roundings of either sign come to a tenth of it.
      #expect(abs(evaluation.risk - values.risk) <= 1e-14 * values.risk, "\(reference.name) \(values.target)")
      #expect(evaluation.error <= 1e-13 * values.risk)
      let scale = values.gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for (computed, exact) in zip(evaluation.gradient, values.gradient) {
        #expect(abs(computed - exact) <= 1e-14 * max(abs(exact), scale / 10), "\(reference.name) \(values.target)")
        if exact == 0 { #expect(computed == 0) }
      }
    }
  }

  /// Central differences of the risk: an independent path to the gradient, with targets of every form.
  @Test(arguments: ["x^2 + 2*x", "sin(3*x)", "x^4 * sin(x)", "x^(1/4)", "exp(x) - 1", "abs(x - 0.3)"])
  func gradientAgreesWithDifferences(_ target: String) throws {
    let risk = try PopulationRisk(problem: Problem(target))
    let network = randomNetwork(width: 6, seed: 7)
    let gradient = risk.evaluate(network, kernels: widest).gradient
    let step = 1e-5
    for k in gradient.indices {
      var up = network
      up.parameters[k] += step
      var down = network
      down.parameters[k] -= step
      let difference =
        (risk.evaluate(up, kernels: widest).risk - risk.evaluate(down, kernels: widest).risk) / (2 * step)
      // Where a kink moves, the risk is twice but not three times differentiable: the differences are good to O(step).
      // In v and c the risk is a quadratic polynomial, and rounding is all: 2^-51 / (2 step) = 2e-11 times the
      // moduli.
      #expect(abs(difference - gradient[k]) <= (k < 12 ? 2e-8 : 1e-9))
    }
  }

  /// Constant networks have closed-form risks: int (c - f)^2, here with f = x^p on [0, 1].
  @Test(arguments: [("x^(1/4)", 0.25), ("sqrt(x)", 0.5), ("x^0.1", 0.1), ("x^3.7", 3.7), ("x^60.5", 60.5)])
  func realPowers(_ target: String, _ p: Double) throws {
    let risk = try PopulationRisk(problem: Problem(target))
    // The second neuron cuts the interval and contributes nothing.
    let network = Network(
      innerWeights: [1, 1], innerBiases: [-0.01, -0.6], outerWeights: [0, 0], outerBias: 0.7)
    let exact = 0.49 - 1.4 / (p + 1) + 1 / (2 * p + 1)
    let evaluation = risk.evaluate(network, kernels: widest)
    // Moduli of at most 0.5 + 1.3 + 0.9: 2^-51 of that is 1.2e-15, and the formulas round too.
    #expect(abs(evaluation.risk - exact) <= 2e-15)
    #expect(abs(evaluation.gradient.last! - 2 * (0.7 - 1 / (p + 1))) <= 2e-15)
  }

  /// A network that equals the target has risk zero up to rounding, whatever large terms cancel inside it.
  @Test func cancellation() throws {
    let risk = try PopulationRisk(problem: Problem("2*x - 1"))
    let network = Network(
      innerWeights: [1, 1, 1], innerBiases: [1, 1, 1], outerWeights: [1e6, -1e6, 2], outerBias: -3)
    // The square of a residual within 3e-16: a rounding of numbers of size 1, not of 1e6.
    #expect(risk.evaluate(network, kernels: widest).risk <= 1e-31)
  }

  @Test func deadNeuronsAndEdges() throws {
    let risk = try PopulationRisk(problem: Problem("x^2 + 2*x"))
    // Dead, on everywhere with w = 0, off with w = 0, kink exactly at an end from both sides, kink outside.
    let network = Network(
      innerWeights: [1, 0, 0, 1, -1, 1, -1], innerBiases: [-3, 1, -1, 0, 1, -1, 0],
      outerWeights: [1, 1, 1, 1, 1, 1, 1], outerBias: 0)
    let evaluation = risk.evaluate(network, kernels: widest)
    // N = 1 + x + (1 - x) = 2 on [0, 1]: int (2 - x^2 - 2 x)^2 = 4 - 4/3 - 4 + 1/5 + 1 + 4/3.
    // Four units in the last place of 1.2; the formula has numbers up to 4, and so has the risk.
    #expect(abs(evaluation.risk - (4 - 4.0 / 3 - 4 + 0.2 + 1 + 4.0 / 3)) <= 1e-15)
    for j in [0, 2, 5, 6] {
      for block in 0..<3 { #expect(evaluation.gradient[7 * block + j] == 0) }
    }
  }

  /// Coincident kinks: the cells between them have length zero.
  @Test func coincidentKinks() throws {
    let risk = try PopulationRisk(problem: Problem("sin(3*x)"))
    let one = Network(innerWeights: [1], innerBiases: [-0.5], outerWeights: [0.75], outerBias: 0.1)
    let three = Network(
      innerWeights: [1, 2, 1], innerBiases: [-0.5, -1, -0.5], outerWeights: [0.25, 0.125, 0.25], outerBias: 0.1)
    // The same lines on the same cells: 2^-53 for numbers below 1.
    #expect(abs(risk.evaluate(one, kernels: widest).risk - risk.evaluate(three, kernels: widest).risk) <= 1e-16)
  }

  @Test func otherIntervals() throws {
    // N = x + 2 relu(x - 1/2), f = x^2 on [-1, 2], density 1/3; a second cut at -1/2 changes nothing.
    let risk = try PopulationRisk(problem: Problem("x^2", on: -1...2))
    let network = Network(
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
    #expect(abs(risk.evaluate(network, kernels: widest).risk - exact) <= 1e-15)
  }

  @Test func targetsWithoutExactRisk() throws {
    #expect(throws: RiskError.targetNotFinite(x: 0, value: -.infinity)) {
      try PopulationRisk(problem: Problem("log(x)"))
    }
    #expect(throws: RiskError.targetNotFinite(x: 0, value: .infinity)) {
      try PopulationRisk(problem: Problem("1/x"))
    }
    #expect(throws: RiskError.self) { try PopulationRisk(problem: Problem("1/(x - 0.3)")) }
    do {
      _ = try PopulationRisk(problem: Problem("sin(1/(x + 1e-6))"))
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
    let one = Network(innerWeights: [1], innerBiases: [-2], outerWeights: [0], outerBias: 1)
    for width in [1e-2, 1e-3, 1e-4] {
      let risk = try PopulationRisk(problem: Problem("1 + exp(-((x - 0.3) / \(width))^2)"))
      let evaluation = risk.evaluate(one, kernels: widest)
      // The integral of exp(-2 u^2) over the line.
      let exact = width * (Double.pi / 2).squareRoot()
      // `TargetSearch.tolerance`.
      #expect(abs(evaluation.risk - exact) <= 1e-12 * exact)
    }
  }

  /// A small power on top of a large constant: the constant is taken away before squaring.
  @Test func smallPowersOnLargeConstants() throws {
    let network = Network(innerWeights: [1], innerBiases: [-0.5], outerWeights: [0], outerBias: 1000)
    let evaluation = try PopulationRisk(problem: Problem("1000 + 0.001*sqrt(x)")).evaluate(network, kernels: widest)
    // On the cell that begins at 0 the result is exact, on the other one as exact as f can be evaluated.
    #expect(abs(evaluation.risk - 5e-7) <= evaluation.error)
    // f is evaluated to 1000 * 2^-53 = 1.1e-13; with a residual below 1e-3 its square is off by 2e-16, and a few of
    // these are stated.
    #expect(evaluation.error <= 1e-15)
    let tiny = try PopulationRisk(problem: Problem("100 + 1e-7*sqrt(x)"))
    for bias in [100, 100.0000001, 99.9999999] {
      let network = Network(innerWeights: [1], innerBiases: [-2], outerWeights: [0], outerBias: bias)
      #expect(tiny.evaluate(network, kernels: widest).risk >= 0)
    }
  }

  @Test func overflowingSquare() throws {
    #expect(throws: RiskError.self) { try PopulationRisk(problem: Problem("1e200 * x")) }
  }

  /// Kinks of the target inside the interval: found by bisection.
  @Test func kinkedTarget() throws {
    let risk = try PopulationRisk(problem: Problem("abs(x - 0.3)"))
    let zero = Network(innerWeights: [1], innerBiases: [-0.7], outerWeights: [0], outerBias: 0)
    let evaluation = risk.evaluate(zero, kernels: widest)
    let exact = (0.3 * 0.3 * 0.3 + 0.7 * 0.7 * 0.7) / 3
    #expect(abs(evaluation.risk - exact) <= 1e-15)
    // `TargetSearch.tolerance`, of a risk below 1.
    #expect(evaluation.error <= 1e-12)
  }
}
