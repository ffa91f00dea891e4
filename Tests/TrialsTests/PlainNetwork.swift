import Kernels
import Networks
import TestSupport

/// A network that descends in double precision and plain loops: nothing in common with the kernels but the formulas.
struct PlainNetwork {
  let architecture: Architecture
  /// Layer by layer the weights as [output][input], then the biases.
  var parameters: [Double]

  private var reference: DenseNetworkReference {
    DenseNetworkReference(architecture: architecture, parameters: parameters)
  }

  func value(_ x: [Double]) -> Double { reference.value(x) }

  /// The mean squared residual at points [sample][coordinate].
  func risk(_ points: [[Double]], _ targets: [Double]) -> Double {
    reference.gradient(inputs: points.flatMap { $0 }, targets: targets).risk
  }

  /// A step of gradient descent, with the gradient of the trained blocks clipped to a norm as PyTorch clips.
  mutating func descend(
    _ points: [[Double]], _ targets: [Double], rate: Double, clipping: Double, trained: [ParameterBlock]
  ) {
    let gradient = reference.gradient(inputs: points.flatMap { $0 }, targets: targets).gradient
    let moved = trained.flatMap { Array(architecture.range($0)) }
    let norm = moved.reduce(0) { $0 + gradient[$1] * gradient[$1] }.squareRoot()
    for place in moved { parameters[place] -= rate * min(1, clipping / (norm + 1e-6)) * gradient[place] }
  }
}
