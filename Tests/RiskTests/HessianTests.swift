import Expressions
import Kernels
import Networks
import Problems
import Risk
import TestSupport
import Testing

@Suite struct HessianTests {
  /// The first network of `ReferenceNetwork`, f = x^2 + 2 x: second derivatives integrated by hand.
  @Test func referenceNetwork() throws {
    let network = Network(
      innerWeights: [1, -2], innerBiases: [-0.5, 1], outerWeights: [2, 1.0 / 3], outerBias: 0.25)
    let exact: [[Double]] = [
      [4.0 / 3, 0, 1, 0, -59.0 / 96, 0, 1.5],
      [0, -2.0 / 27, 0, -5.0 / 36, 0, -23.0 / 288, 1.0 / 12],
      [1, 0, 0, 0, -5.0 / 6, 0, 2],
      [0, -5.0 / 36, 0, -2.0 / 9, 0, 0, 1.0 / 3],
      [-59.0 / 96, 0, -5.0 / 6, 0, 1.0 / 12, 0, 0.25],
      [0, -23.0 / 288, 0, 0, 0, 1.0 / 3, 0.5],
      [1.5, 1.0 / 12, 2, 1.0 / 3, 0.25, 0.5, 2],
    ]
    let hessian = try #require(try PopulationRisk(problem: Problem("x^2 + 2*x")).curvature(network)?.hessian)
    #expect(hessian.order == 7)
    // Below: numbers up to 2 from a few terms each; 2e-15 are 9 * 2^-52.
    for (i, row) in exact.enumerated() {
      for (j, value) in row.enumerated() { #expect(abs(hessian[i, j] - value) <= 2e-15, "\(i) \(j)") }
    }
  }

  /// p = 2 x on [0, 1], and a density with a jump.
  private static let laws: [InputLaw] = [
    .uniform(lower: 0, upper: 1),
    .uniform(lower: -1, upper: 2),
    .density(PiecewisePolynomial(breaks: [0, 1], pieces: [[0, 2]])),
    .density(PiecewisePolynomial(breaks: [0, 0.25, 1], pieces: [[2, 1], [0.5, 0, -0.25]])),
    .normal(mean: 0.5, standardDeviation: 0.3, dimension: 1),
  ]

  /// Central differences of the exact gradient: the only error is that of the differences, and rounding.
  @Test(arguments: laws, [Activation.relu, Activation(.leakyReLU, parameter: 0.1)])
  func agreesWithDifferencesOfTheGradient(_ law: InputLaw, _ activation: Activation) throws {
    let risk = try PopulationRisk(problem: Problem("sin(3*x)", law))
    for seed in 0..<10 {
      let network = randomNetwork(width: 1 + seed % 6, seed: UInt64(100 + seed), activation: activation)
      let hessian = try #require(risk.curvature(network)?.hessian)
      let step = 2.5e-7
      for k in network.parameters.indices {
        var up = network
        up.parameters[k] += step
        var down = network
        down.parameters[k] -= step
        let above = risk.evaluate(up, kernels: widest).gradient
        let below = risk.evaluate(down, kernels: widest).gradient
        for i in network.parameters.indices {
          // Rounding is 2^-51 / (2 step) = 9e-10 times the moduli of a gradient, and step^2 = 6e-14 does not count.
          let difference = (above[i] - below[i]) / (2 * step)
          #expect(abs(hessian[i, k] - difference) <= 1e-8, "seed \(seed): \(i) \(k)")
          #expect(hessian[i, k] == hessian[k, i])
        }
      }
    }
  }

  /// Risk and gradient that come with it have the bits of the plain evaluation.
  @Test(arguments: laws)
  func evaluationIsTheSame(_ law: InputLaw) throws {
    let risk = try PopulationRisk(problem: Problem("x^2 + 2*x", law))
    for activation in [Activation.relu, Activation(.leakyReLU)] {
      let network = randomNetwork(width: 9, seed: 3, activation: activation)
      let curvature = try #require(risk.curvature(network))
      #expect(curvature.evaluation == risk.evaluate(network, kernels: widest))
    }
  }

  /// Dead neurons and kinks that coincide; a neuron without inner weight.
  @Test func specialNeurons() throws {
    let risk = try PopulationRisk(problem: Problem("x^2 + 2*x"))
    let network = Network(
      innerWeights: [1, -1, 0, 1, -2], innerBiases: [-3, -0.5, -1, -0.25, 0.5], outerWeights: [2, 1, 1, 0.5, 0.75],
      outerBias: 0)
    let hessian = try #require(risk.curvature(network)?.hessian)
    for j in 0..<3 {
      for block in 0..<3 {
        for k in 0..<16 { #expect(hessian[5 * block + j, k] == 0) }
      }
    }
    // Both kinks at 1/4: neighbours whose active intervals have only that point in common.
    for block in 0..<3 {
      for other in 0..<3 { #expect(hessian[5 * block + 3, 5 * other + 4] == 0) }
    }
    // N = 0.75 (0.5 - 2 x)_+ + 0.5 (x - 1/4)_+ vanishes at 1/4, so r = -(1/16 + 1/2).
    let residual = -0.5625
    // 2 int v^2 p + 2 v r / |w| in the bias of a neuron.
    // A few roundings of numbers below 1, and below of numbers up to 18 (2^-49 each at most).
    #expect(abs(hessian[8, 8] - (2 * 0.25 * 0.75 + 2 * 0.5 * residual)) <= 1e-15)
    #expect(abs(hessian[9, 9] - (2 * 0.5625 * 0.25 + 2 * 0.75 * residual / 2)) <= 1e-15)
    // A neuron that is active everywhere has no kink block.
    let everywhere = Network(innerWeights: [0], innerBiases: [1], outerWeights: [3], outerBias: 0)
    let second = try #require(risk.curvature(everywhere)?.hessian)
    #expect(abs(second[1, 1] - 18) <= 1e-14)
    #expect(abs(second[0, 0] - 6) <= 1e-14)
  }

  @Test func withoutHessian() throws {
    let shallow = randomNetwork(width: 3, seed: 1)
    let scalar = try PopulationRisk(problem: Problem("sin(3*x)"))
    #expect(scalar.curvature(shallow) != nil)
    #expect(scalar.curvature(randomNetwork(width: 3, seed: 1, activation: Activation(.clipping))) == nil)
    #expect(scalar.curvature(randomNetwork(width: 3, seed: 1, activation: Activation(.softplus))) == nil)
    #expect(scalar.curvature(deepened(shallow, shift: 9)) == nil)
    let box = InputLaw.box([InputLaw.Bounds(lower: 0, upper: 1), InputLaw.Bounds(lower: 0, upper: 1)])
    let architecture = Architecture(inputDimension: 2, hidden: [3], activation: .relu)
    let plane = try PopulationRisk(problem: Problem("x1 * x2", box))
    #expect(plane.curvature(randomNetwork(architecture, seed: 1)) == nil)
    let data = Problem(
      inputs: .data(DataSet(origin: .inline, dimension: 1, inputs: [0, 0.5, 1], labels: [0, 1, 0])), target: nil)
    #expect(try PopulationRisk(problem: data).curvature(shallow) == nil)
  }

  @Test func restriction() throws {
    let hessian = try #require(
      try PopulationRisk(problem: Problem("sin(3*x)")).curvature(randomNetwork(width: 2, seed: 5))?.hessian)
    let part = hessian.restricted(to: [3, 0, 6])
    #expect(part.order == 3)
    #expect(part[0, 0] == hessian[3, 3] && part[0, 1] == hessian[3, 0] && part[2, 0] == hessian[6, 3])
  }
}
