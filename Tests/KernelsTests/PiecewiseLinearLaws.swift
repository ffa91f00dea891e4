import Foundation
import Kernels
import TestSupport

/// Networks to compare `GradientKernel.piecewiseLinear` with plain loops on.
enum PiecewiseLinearLaw: CaseIterable {
  /// Normal weights of variance 2 / fan-in, zero biases: every first kink stands at 0.
  case he
  /// Normal weights of variance 2 / (fan-in + fan-out), normal biases of deviation 0.3.
  case xavier
  /// All parameters standard normal.
  case standardNormal

  /// Numbers that single precision can hold.
  func draw(_ architecture: Architecture, _ generator: inout SplitMix64) -> [Double] {
    (0..<architecture.layers).flatMap { layer in
      let inputs = architecture.widths[layer]
      let outputs = architecture.widths[layer + 1]
      let (weight, bias): (Double, Double) =
        switch self {
        case .he: ((2 / Double(inputs)).squareRoot(), 0)
        case .xavier: ((2 / Double(inputs + outputs)).squareRoot(), 0.3)
        case .standardNormal: (1, 1)
        }
      let deviations = Array(repeating: weight, count: inputs * outputs) + Array(repeating: bias, count: outputs)
      return deviations.map { Double(Float($0 * generator.normal())) }
    }
  }
}

extension SplitMix64 {
  /// Box-Muller.
  mutating func normal() -> Double {
    (-2 * log(1 - uniform(0, 1))).squareRoot() * cos(2 * .pi * uniform(0, 1))
  }
}

extension MiniBatch {
  /// The gradient of a network at the samples, by plain loops.
  func referenceGradient(_ architecture: Architecture, _ parameters: [Double], _ target: Target) -> ReferenceGradient {
    let inputs = inputs.map(Double.init)
    return DenseNetworkReference(architecture: architecture, parameters: parameters)
      .gradient(inputs: inputs, targets: inputs.map(target.value))
  }
}
