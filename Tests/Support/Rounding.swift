import Kernels

extension Precision {
  /// What gradients may be wrong by, relative to the norm of a parameter block.
  /// A demand that is made of kernels, not a derived bound: 17 * 2^-24, or 9000 * 2^-53. A kernel that sums in double
  /// precision and rounds each component once leaves 2^-24 of it; one that sums n terms in its own precision leaves
  /// about n^(1/2) roundings of either sign.
  package var demand: Double { self == .float32 ? 1e-6 : 1e-12 }

  /// Half a unit in the last place of 1.
  package var rounding: Double { self == .float32 ? 0x1p-24 : 0x1p-53 }

  package func rounded(_ numbers: [Double]) -> [Double] {
    self == .float32 ? numbers.map { Double(Float($0)) } : numbers
  }
}

extension DenseNetworkReference {
  /// Whether rounding in `precision` may decide on which side of a kink a pre-activation at the input is. An input where
  /// a pre-activation is exactly at a kink is not near it.
  package func isNearKink(_ x: [Double], _ precision: Precision) -> Bool {
    let kinks: [Double] =
      switch architecture.activation.kind {
      case .relu, .leakyReLU, .threshold: [0]
      case .clipping: [0, 1]
      default: []
      }
    if kinks.isEmpty { return false }
    var values = x
    var isNear = false
    for (layer, block) in architecture.parameterRanges.dropLast().enumerated() {
      values = (0..<architecture.widths[layer + 1]).map { output in
        let bias = parameters[block.biases.lowerBound + output]
        var sum = bias
        var size = abs(bias)
        for (k, x) in values.enumerated() {
          let term = parameters[block.weights.lowerBound + output * values.count + k] * x
          sum += term
          size += abs(term)
        }
        for kink in kinks where sum != kink && abs(sum - kink) <= 8 * precision.rounding * (size + kink) {
          isNear = true
        }
        return Self.value(architecture.activation, at: sum)
      }
    }
    return isNear
  }
}
