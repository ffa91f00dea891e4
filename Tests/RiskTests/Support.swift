import Kernels
import Networks
import Problems
import Risk
import TestSupport

extension Problem {
  /// Uniform inputs and a target in x.
  init(_ target: String, on interval: ClosedRange<Double>) throws {
    try self.init(target, .uniform(lower: interval.lowerBound, upper: interval.upperBound))
  }
}

/// w in [-2, 2], all others in [-1, 1].
func randomNetwork(width: Int, seed: UInt64, activation: Activation = .relu) -> Network {
  var g = SplitMix64(state: seed)
  return Network(
    activation: activation, innerWeights: (0..<width).map { _ in g.uniform(-2, 2) },
    innerBiases: (0..<width).map { _ in g.uniform(-1, 1) }, outerWeights: (0..<width).map { _ in g.uniform(-1, 1) },
    outerBias: g.uniform(-1, 1))
}

/// Weights in +-2 / sqrt(fan-in), biases in [-0.5, 0.5].
func randomNetwork(_ architecture: Architecture, seed: UInt64) -> Network {
  var g = SplitMix64(state: seed)
  let parameters = architecture.blocks.flatMap { block -> [Double] in
    let bound = block.kind == .weights ? 2 / Double(architecture.fanIn(layer: block.layer)).squareRoot() : 0.5
    return (0..<architecture.count(block)).map { _ in g.uniform(-bound, bound) }
  }
  return Network(architecture: architecture, parameters: parameters)
}

/// The same function as a network with one more hidden layer that passes positive numbers on: its one neuron is
/// relu(N + shift).
func deepened(_ network: Network, shift: Double) -> Network {
  let architecture = network.architecture
  let last = architecture.blocks.last!
  var parameters = network.parameters
  parameters[architecture.range(last).lowerBound] += shift
  return Network(
    architecture: Architecture(hidden: architecture.hidden + [1], activation: architecture.activation),
    parameters: parameters + [1, -shift])
}

/// Central differences of the risk in the direction of each parameter.
func differences(_ risk: PopulationRisk, _ network: Network, step: Double) -> [Double] {
  network.parameters.indices.map { k in
    var up = network
    up.parameters[k] += step
    var down = network
    down.parameters[k] -= step
    return (risk.evaluate(up, kernels: widest).risk - risk.evaluate(down, kernels: widest).risk) / (2 * step)
  }
}
