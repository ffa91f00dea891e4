import Kernels

extension Precision {
  /// What gradients may be wrong by, relative to the norm of a parameter block.
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
      switch shape.activation.kind {
      case .relu, .leakyReLU, .threshold: [0]
      case .clipping: [0, 1]
      default: []
      }
    if kinks.isEmpty { return false }
    var values = x
    var isNear = false
    for (layer, block) in shape.blocks.dropLast().enumerated() {
      values = (0..<shape.widths[layer + 1]).map { output in
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
        return Self.value(shape.activation, at: sum)
      }
    }
    return isNear
  }
}
