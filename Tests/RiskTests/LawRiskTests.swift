import Foundation
import Kernels
import Networks
import Problems
import Risk
import TestSupport
import Testing

/// Scalar inputs that are not uniform, and targets with breaks.
/// Bounds of rounding: 2^-51 times the sum of the moduli (`RiskEvaluation.error`), a few units; normal densities are
/// cut off where 2e-19 of the mass is beyond.
@Suite struct LawRiskTests {
  private let rectified = Network(innerWeights: [1], innerBiases: [0], outerWeights: [1], outerBias: 0)

  /// E relu(X)^2 = 1/2, E (relu(X) - X^2)^2 = 1/2 - 2 * 2 / sqrt(2 pi) + 3 for X standard normal.
  @Test func normalMoments() throws {
    let law = InputLaw.normal(mean: 0, standardDeviation: 1, dimension: 1)
    let zero = try PopulationRisk(problem: Problem("0", law)).evaluate(rectified, kernels: widest)
    #expect(abs(zero.risk - 0.5) <= 1e-15 && zero.error <= 1e-14)
    // G = (2 E x relu(x), 2 E relu(x), 2 E relu(x)^2, 2 E relu(x)).
    let mean = 1 / (2 * Double.pi).squareRoot()
    for (computed, exact) in zip(zero.gradient, [1, 2 * mean, 1, 2 * mean]) {
      #expect(abs(computed - exact) <= 2e-15)
    }
    let square = try PopulationRisk(problem: Problem("x^2", law)).evaluate(rectified, kernels: widest)
    // Moduli 0.5, 1.6 and 3, in the risk and in the formula: 2 * 2^-51 * 5.1.
    #expect(abs(square.risk - (3.5 - 4 * mean)) <= 4e-15)
  }

  /// Mean 1/2, standard deviation 0.8, f = sin(x); by SciPy.
  @Test(arguments: [(Activation(.tanh), 0.41647442407408675), (Activation(.relu), 0.3493700907954791)])
  func normalRisks(_ activation: Activation, _ exact: Double) throws {
    let network = Network(
      activation: activation, innerWeights: [1.2, -0.4], innerBiases: [0.1, -0.2], outerWeights: [0.7, -1.1],
      outerBias: 0.3)
    let law = InputLaw.normal(mean: 0.5, standardDeviation: 0.8, dimension: 1)
    let risk = try PopulationRisk(problem: Problem("sin(x)", law))
    let evaluation = risk.evaluate(network, kernels: widest)
    // As for SciPy's values in `ActivationRiskTests`; the stated error may be 1e-12 on each stretch, and differences
    // with the step of 1e-6 are off by 1e-12 / 1e-6.
    #expect(abs(evaluation.risk - exact) <= 1e-14)
    #expect(evaluation.error <= 1e-11 && abs(evaluation.risk - exact) <= evaluation.error)
    for (computed, difference) in zip(evaluation.gradient, differences(risk, network, step: 1e-6)) {
      #expect(abs(computed - difference) <= 1e-6)
    }
  }

  @Test func targetsThatGrowTooFast() throws {
    let law = InputLaw.normal(mean: 1, standardDeviation: 2, dimension: 1)
    #expect(throws: RiskError.targetGrowsTooFast(x: -17)) {
      try PopulationRisk(problem: Problem("exp(x^2 / 16)", law))
    }
    #expect(throws: RiskError.self) { try PopulationRisk(problem: Problem("exp(x^2 / 8)", law)) }
    _ = try PopulationRisk(problem: Problem("exp(x / 4)", law))
    #expect(
      RiskError.targetGrowsTooFast(x: -17).description
        == """
        the risk of this target cannot be computed to a relative error of 1e-12: at x = -17.0 it still matters, as \
        rare as such inputs are; choose a target that grows more slowly than the density of the input falls
        """)
  }

  /// Density 2 x on [0, 1], and the same in two pieces: int_{1/2}^1 (x - 1/2)^2 2 x dx = 7/96.
  @Test(arguments: [
    PiecewisePolynomial(breaks: [0, 1], pieces: [[0, 2]]),
    PiecewisePolynomial(breaks: [0, 0.3, 1], pieces: [[0, 2], [0, 2, 0]]),
  ])
  func polynomialDensities(_ density: PiecewisePolynomial) throws {
    let network = Network(innerWeights: [1], innerBiases: [-0.5], outerWeights: [1], outerBias: 0)
    let zero = try PopulationRisk(problem: Problem("0", .density(density))).evaluate(network, kernels: widest)
    #expect(abs(zero.risk - 7.0 / 96) <= 1e-16)
    #expect(abs(zero.gradient[3] - 2 * (5.0 / 24)) <= 1e-15)
    // f = sqrt(x): int (-sqrt x)^2 2 x over [0, 1] = 2/3 for the zero network.
    let root = try PopulationRisk(problem: Problem("sqrt(x)", .density(density)))
      .evaluate(
        Network(innerWeights: [1], innerBiases: [-0.5], outerWeights: [0], outerBias: 0), kernels: widest)
    // A root at the end of the interval is refined to `TargetSearch.tolerance`, 1e-12, the difference of two rules of
    // which the better one is used.
    #expect(abs(root.risk - 2.0 / 3) <= 1e-13)
    // A smooth network that is constant: int (1/2)^2 = 1/4.
    let smooth = Network(
      activation: Activation(.tanh), innerWeights: [1], innerBiases: [0], outerWeights: [0], outerBias: 0.5)
    let constant = try PopulationRisk(problem: Problem("0", .density(density))).evaluate(smooth, kernels: widest)
    #expect(abs(constant.risk - 0.25) <= 1e-15)
  }

  /// The density 3/4 on [0, 1] and 1/4 on (1, 2]: a jump inside a segment of the network.
  @Test func densityWithAJump() throws {
    let density = PiecewisePolynomial(breaks: [0, 1, 2], pieces: [[0.75], [0.25]])
    let network = Network(innerWeights: [1], innerBiases: [1], outerWeights: [1], outerBias: -1)
    let evaluation = try PopulationRisk(problem: Problem("0", .density(density))).evaluate(network, kernels: widest)
    #expect(abs(evaluation.risk - (0.75 / 3 + 0.25 * 7 / 3)) <= 1e-15)
  }

  /// f jumps at 1/3 from x to x^2 + 1; the break is known, so the risk is exact.
  @Test func piecewisePolynomialTargets() throws {
    let target = Target.piecewisePolynomial(
      PiecewisePolynomial(breaks: [-1, 1.0 / 3, 2], pieces: [[0, 1], [1, 0, 1]]))
    let risk = try PopulationRisk(
      problem: Problem(inputs: .law(.uniform(lower: 0, upper: 1)), target: target))
    // N = 1/2 + x on [0, 1].
    let network = Network(innerWeights: [1], innerBiases: [0.5], outerWeights: [1], outerBias: 0)
    // int_0^(1/3) 1/4 + int_(1/3)^1 (x - 1/2 - x^2)^2, the square being x^4 - 2 x^3 + 2 x^2 - x + 1/4.
    func antiderivative(_ x: Double) -> Double {
      let x2 = x * x
      return x2 * x2 * x / 5 - x2 * x2 / 2 + 2 * x2 * x / 3 - x2 / 2 + x / 4
    }
    let exact = 1.0 / 12 + antiderivative(1) - antiderivative(1.0 / 3)
    let evaluation = risk.evaluate(network, kernels: widest)
    #expect(abs(evaluation.risk - exact) <= 1e-15 && evaluation.error <= 1e-14)
  }

  /// A network that is the teacher has no risk, one that is not has that of the difference.
  @Test func teachers() throws {
    let teacher = randomNetwork(width: 9, seed: 8)
    let target = Target.teacher(
      Teacher(architecture: teacher.architecture, parameters: .given(teacher.parameters)))
    let risk = try PopulationRisk(
      problem: Problem(inputs: .law(.uniform(lower: -1, upper: 1)), target: target))
    // The square of a residual within 3e-15: a dozen roundings of numbers up to 3. Shifted by 1/2 the risk is off by
    // the residual itself.
    #expect(risk.evaluate(teacher, kernels: widest).risk <= 1e-29)
    var shifted = teacher
    shifted.parameters[shifted.parameters.count - 1] += 0.5
    let evaluation = risk.evaluate(shifted, kernels: widest)
    #expect(abs(evaluation.risk - 0.25) <= 1e-14 && evaluation.error <= 1e-13)

    let deep = randomNetwork(Architecture(hidden: [4, 3], activation: Activation(.tanh)), seed: 2)
    let smooth = try PopulationRisk(
      problem: Problem(
        inputs: .law(.normal(mean: 0, standardDeviation: 1, dimension: 1)),
        target: .teacher(Teacher(architecture: deep.architecture, parameters: .given(deep.parameters)))))
    // As above, with activations that are a few 2^-53 off.
    #expect(smooth.evaluate(deep, kernels: widest).risk <= 1e-29)
  }
}
