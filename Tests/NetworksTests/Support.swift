import Kernels
import Networks
import TestSupport

/// Every activation, those with a parameter also with another one.
let activations =
  Activation.Kind.allCases.map { Activation($0) } + [
    Activation(.leakyReLU, parameter: -0.5), Activation(.leakyReLU, parameter: 0), Activation(.elu, parameter: 2.5),
  ]

let piecewiseAffine = activations.filter(\.facts.isPiecewiseAffine)

/// Weights in +-2 / sqrt(fan-in), biases in [-0.5, 0.5].
func randomNetwork(_ architecture: Architecture, _ generator: inout SplitMix64) -> Network {
  let parameters = architecture.blocks.flatMap { block -> [Double] in
    let bound = block.kind == .weights ? 2 / Double(architecture.fanIn(layer: block.layer)).squareRoot() : 0.5
    return (0..<architecture.count(block)).map { _ in generator.uniform(-bound, bound) }
  }
  return Network(architecture: architecture, parameters: parameters)
}

extension Network {
  var reference: DenseNetworkReference {
    DenseNetworkReference(architecture: architecture, parameters: parameters)
  }
}
