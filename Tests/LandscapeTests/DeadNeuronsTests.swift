import Kernels
import Landscape
import Networks
import Problems
import TestSupport
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

  /// The pre-activations of every layer as lines between points, to which each layer adds those where they pass a kink.
  private func deadByInterpolation(_ network: Network, on lower: Double, _ upper: Double) -> [Int] {
    let activation = network.architecture.activation
    let kinks = activation.kind == .clipping ? [0.0, 1] : [0]
    var inputs = [[lower], [upper]]
    return (1...network.architecture.depth).map { layer in
      let weights = Array(network[ParameterBlock(layer: layer, kind: .weights)])
      let biases = Array(network[ParameterBlock(layer: layer, kind: .biases)])
      let z = inputs.map { input in
        biases.indices.map { j -> Double in
          var sum = biases[j]
          for (k, x) in input.enumerated() { sum += weights[j * input.count + k] * x }
          return sum
        }
      }
      var points = [z[0]]
      for (left, right) in zip(z, z.dropFirst()) {
        var shares: [Double] = []
        for (a, b) in zip(left, right) {
          for kink in kinks where (a < kink) != (b < kink) && a != kink && b != kink {
            shares.append((kink - a) / (b - a))
          }
        }
        for share in shares.sorted() {
          points.append(zip(left, right).map { (a: Double, b: Double) -> Double in a + share * (b - a) })
        }
        points.append(right)
      }
      inputs = points.map { $0.map { DenseNetworkReference.value(activation, at: $0) } }
      return biases.indices.count { j in z.allSatisfy { $0[j] <= 0 } }
    }
  }

  /// Biases that are 0, as networks start, small ones, and those that leave many neurons dead.
  @Test("all layers of deep networks", arguments: [Activation.Kind.relu, .clipping])
  func deepNetworks(_ kind: Activation.Kind) {
    var generator = SplitMix64(state: 21)
    var deaths = [0, 0, 0]
    for hidden in [[2, 2], [5, 3], [3, 3, 3], [12, 9], [4, 6, 2, 5]] {
      let architecture = Architecture(hidden: hidden, activation: Activation(kind))
      for trial in 0..<60 {
        let shift = [0, 0.2, 1][trial % 3]
        let parameters = architecture.blocks.flatMap { block -> [Double] in
          let bound = 2 / Double(architecture.fanIn(layer: block.layer)).squareRoot()
          return (0..<architecture.count(block)).map { _ -> Double in
            block.kind == .weights ? generator.uniform(-bound, bound) : shift * generator.uniform(-1, 0.3)
          }
        }
        let network = Network(architecture: architecture, parameters: parameters)
        let (lower, upper) = trial % 2 == 0 ? (0.0, 1.0) : (-1.0, 2.0)
        let dead = network.deadNeurons(of: Problem(inputs: .law(.uniform(lower: lower, upper: upper)), target: nil))
        let expected = deadByInterpolation(network, on: lower, upper)
        #expect(dead == expected.reduce(0, +), "\(hidden), trial \(trial): \(parameters)")
        deaths[trial % 3] += dead ?? 0
      }
    }
    #expect(deaths.allSatisfy { $0 > 20 })
  }
}
