import Kernels
import Landscape
import Networks
import Problems
import Risk
import TestSupport
import Testing

@Suite struct FrozenBoundsTests {
  /// n clipped neurons of slope n side by side represent x on [0, 1]: the largest outer weight and the windows are 1/n.
  @Test func clippingWindowsSideBySide() throws {
    let problem = try Problem("x")
    let n = 8
    let network = Network(
      activation: Activation(.clipping), innerWeights: Array(repeating: Double(n), count: n),
      innerBiases: (0..<n).map { -Double($0) }, outerWeights: Array(repeating: 1 / Double(n), count: n), outerBias: 0)
    // The square of a residual within 1e-15, the rounding of eight terms; the bound itself has a few roundings.
    #expect(try PopulationRisk(problem: problem).evaluate(network, kernels: widest).risk <= 1e-30)
    // 4 V^2 + 2 (1/n) (1/n + V)^2.
    let bound = 4.0 / 64 + 2.0 / 8 * (2.0 / 8) * (2.0 / 8)
    #expect(agree(try #require(FrozenBounds.clipping(network, problem: problem)), bound, 1e-14))
    // The biases do not matter.
    var half = network
    for j in 0..<4 { half.parameters[n + j] = -10 }
    #expect(FrozenBounds.clipping(half, problem: problem) == FrozenBounds.clipping(network, problem: problem))

    // Hypotheses that fail.
    var negative = network
    negative.parameters[2 * n] = -1
    #expect(FrozenBounds.clipping(negative, problem: problem) == nil)
    #expect(FrozenBounds.clipping(network, problem: try Problem("1 - x")) == nil)
    #expect(FrozenBounds.rectified(network, problem: problem) == nil)
  }

  /// x^2 has kappa = K = 2: |r| <= J^2.
  @Test func rectified() throws {
    let network = Network(
      innerWeights: [0.5, 0.2], innerBiases: [-0.1, -0.1], outerWeights: [0.4, 0.3], outerBias: 0)
    let bound = try #require(FrozenBounds.rectified(network, problem: Problem("x^2")))
    // The second derivatives are differences: of a parabola rounding is all, 2^-53 divided by the square of a step.
    // For exp they change over a step: see below.
    #expect(agree(bound, 0.0016, 1e-6))
    // exp(x) on [0, 1]: kappa = 1, K = e, up to a step of the differences.
    let other = try #require(FrozenBounds.rectified(network, problem: Problem("exp(x)")))
    #expect(agree(other, (2 * 2.718281828 * 0.04) * (2 * 2.718281828 * 0.04), 2e-3))
    // A target with f''(0) = 0, a concave one, and a line.
    #expect(FrozenBounds.rectified(network, problem: try Problem("x^4 * sin(x)")) == nil)
    #expect(FrozenBounds.rectified(network, problem: try Problem("sin(x)")) == nil)
    #expect(FrozenBounds.rectified(network, problem: try Problem("x")) == nil)
    #expect(FrozenBounds.clipping(network, problem: try Problem("x")) == nil)
  }
}
