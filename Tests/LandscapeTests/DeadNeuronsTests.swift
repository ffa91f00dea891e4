import Kernels
import Landscape
import Networks
import Problems
import Testing

@Suite struct DeadNeuronsTests {
  /// Neurons x - 0.6, 0.3 - x, x - 0.4, and 0.5 - x: on [0.35, 0.55] the first two are inactive, on [0, 1] none.
  @Test func outerPiecesOfADensityThatAreZero() {
    let network = Network(
      innerWeights: [1, -1, 1, -1], innerBiases: [-0.6, 0.3, -0.4, 0.5], outerWeights: [1, 1, 1, 1], outerBias: 0)
    func dead(_ pieces: [[Double]]) -> Int? {
      let density = PiecewisePolynomial(breaks: [0, 0.35, 0.45, 0.55, 1], pieces: pieces)
      return network.deadNeurons(of: Problem(inputs: .law(.density(density)), target: nil))
    }
    #expect(dead([[0, 0], [5], [5], [0]]) == 2)
    // A piece that is zero in the middle does not count.
    #expect(dead([[1], [0], [0], [1]]) == 0)
    #expect(dead([[0], [5], [5], [0, 0, 1]]) == 1)
  }
}
