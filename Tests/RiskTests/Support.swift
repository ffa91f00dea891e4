import Expressions
import Kernels
import Networks
import Problems
import Risk
import Testing

let widest = KernelTable(.widest)

/// Uniform inputs and a target in x.
func problem(_ target: String, on interval: ClosedRange<Double> = 0...1) throws -> Problem {
  try problem(target, .uniform(lower: interval.lowerBound, upper: interval.upperBound))
}

func problem(_ target: String, _ law: InputLaw) throws -> Problem {
  let variables = law.dimension == 1 ? ["x"] : (1...law.dimension).map { "x\($0)" }
  return Problem(input: law, target: try Expression(parsing: target, variables: variables))
}

/// A small generator for networks of the tests (SplitMix64).
struct Generator {
  var state: UInt64

  mutating func real(_ lower: Double, _ upper: Double) -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return lower + (upper - lower) * (Double((z ^ (z >> 31)) >> 11) * 0x1p-53)
  }
}

/// w in [-2, 2], all others in [-1, 1].
func randomNetwork(width: Int, seed: UInt64, activation: Activation = .relu) -> Network {
  var g = Generator(state: seed)
  return Network(
    activation: activation, innerWeights: (0..<width).map { _ in g.real(-2, 2) },
    innerBiases: (0..<width).map { _ in g.real(-1, 1) }, outerWeights: (0..<width).map { _ in g.real(-1, 1) },
    outerBias: g.real(-1, 1))
}

/// Weights in +-2 / sqrt(fan-in), biases in [-0.5, 0.5].
func randomNetwork(_ architecture: Architecture, seed: UInt64) -> Network {
  var g = Generator(state: seed)
  let parameters = architecture.blocks.flatMap { block -> [Double] in
    let bound = block.kind == .weights ? 2 / Double(architecture.fanIn(layer: block.layer)).squareRoot() : 0.5
    return (0..<architecture.count(block)).map { _ in g.real(-bound, bound) }
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
