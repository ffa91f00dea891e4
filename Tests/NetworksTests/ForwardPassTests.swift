import Kernels
import Networks
import TestSupport
import Testing

@Suite("the forward pass")
struct ForwardPassTests {
  private static let shapes = [(1, [1]), (1, [7]), (3, [5]), (2, [4, 3]), (1, [3, 2, 4, 3]), (10, [20])]

  @Test("values against plain loops and against the program", arguments: activations)
  func values(_ activation: Activation) {
    var generator = SplitMix64(state: 5)
    for (dimension, hidden) in Self.shapes {
      let network = randomNetwork(
        Architecture(inputDimension: dimension, hidden: hidden, activation: activation), &generator)
      let points = (0..<40).map { _ in (0..<dimension).map { _ in generator.uniform(-3, 3) } }
      let program = network.program.evaluate(at: points.flatMap { $0 }, dimension: dimension)
      for (point, programmed) in zip(points, program) {
        let value = network.value(at: point)
        #expect(value == programmed)
        let expected = network.reference.value(point)
        // Activations are within 4e-16 of the reference; an error of the first layer grows by at most 2 sqrt(fan-in)
        // a layer, 135-fold in the deepest shape: 5e-14, if all signs agree. Sums of up to 21 terms add less.
        // Piecewise affine activations take the same operations.
        let bound = activation.facts.isPiecewiseAffine ? 0 : 1e-13 * max(1, abs(expected))
        #expect(abs(value - expected) <= bound, "\(activation) \(hidden): \(value), not \(expected)")
        if dimension == 1 { #expect(network.value(at: point[0]) == value) }
      }
    }
  }

  @Test("pre-activations, layer by layer")
  func preActivations() {
    // Two neurons 2 x - 1 and 3 - x, then y_1 - y_2 and y_1 + 2 y_2 + 1.
    let network = Network(
      architecture: Architecture(hidden: [2, 2], activation: .relu),
      parameters: [2, -1, -1, 3] + [1, -1, 1, 2, 0, 1] + [1, 1, 0.5])
    #expect(network.preActivations(at: [4], through: 1) == [7, -1])
    #expect(network.preActivations(of: 1, at: [4]) == [7, -1])
    #expect(network.preActivations(at: [4], through: 2) == [7, 8])
    #expect(network.preActivations(of: 2, at: [7, 0]) == [7, 8])
    #expect(network.preActivations(at: [4], through: 3) == [15.5])
    #expect(network.value(at: 4.0) == 15.5)
    #expect(network.value(at: -10.0) == 0 + 27 + 0.5)
  }

  @Test("what is not a number stays so", arguments: activations)
  func notANumber(_ activation: Activation) {
    let network = Network(
      activation: activation, innerWeights: [1], innerBiases: [0], outerWeights: [1], outerBias: 0)
    #expect(network.value(at: Double.nan).isNaN)
  }
}
