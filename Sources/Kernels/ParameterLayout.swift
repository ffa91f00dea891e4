/// Where the parameters of a network stand in the memory of a kernel, beside their order in a plain vector: layer by
/// layer the weights as [output][input], then the biases.
struct ParameterLayout: Sendable {
  let architecture: Architecture
  let kernel: GradientKernel
  /// Networks whose parameters are interleaved: the lanes for `denseNetworks`, 1 otherwise.
  let networks: Int
  /// Numbers in the memory of `networks` networks, a multiple of the lanes.
  let count: Int
  /// For each layer, the memory of its weights and of its biases.
  let blocks: [(weights: Range<Int>, biases: Range<Int>)]

  init(architecture: Architecture, kernel: GradientKernel, precision: Precision) {
    self.architecture = architecture
    self.kernel = kernel
    if kernel == .denseNetworks {
      let networks = precision.lanes
      self.networks = networks
      blocks = architecture.parameterRanges.map { block in
        (
          block.weights.lowerBound * networks..<block.weights.upperBound * networks,
          block.biases.lowerBound * networks..<block.biases.upperBound * networks
        )
      }
      count = architecture.parameterCount * networks
    } else {
      networks = 1
      let widths = architecture.widths
      var next = 0
      blocks = (1...architecture.layers).map { layer in
        let isOutput = layer == architecture.layers
        let weights = isOutput ? Self.padded(widths[layer - 1]) : widths[layer - 1] * Self.padded(widths[layer])
        let block = (
          next..<next + weights, next + weights..<next + weights + (isOutput ? 16 : Self.padded(widths[layer]))
        )
        next = block.1.upperBound
        return block
      }
      count = next
    }
  }

  /// Rounded up to a multiple of 16.
  static func padded(_ width: Int) -> Int { (width + 15) & ~15 }

  /// The place in memory of each parameter of the plain vector, of the first network.
  func places() -> [Int] {
    if kernel == .denseNetworks { return (0..<architecture.parameterCount).map { $0 * networks } }
    var places: [Int] = []
    places.reserveCapacity(architecture.parameterCount)
    let widths = architecture.widths
    for (index, block) in blocks.enumerated() {
      let inputs = widths[index]
      let outputs = widths[index + 1]
      let isOutput = index == blocks.count - 1
      let stride = isOutput ? 1 : Self.padded(outputs)
      for output in 0..<outputs {
        for input in 0..<inputs { places.append(block.weights.lowerBound + input * stride + output) }
      }
      for output in 0..<outputs { places.append(block.biases.lowerBound + output) }
    }
    return places
  }
}
