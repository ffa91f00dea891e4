import KernelInterface

/// One network in double precision on points with weights: its values and the gradient of its weighted squared
/// residuals, by the dense kernel with lanes over neurons.
///
/// One thread's working memory. Points go through the kernel in tiles of fixed length, so that results do not depend on
/// how much memory there is.
public final class PointRisk {
  public let architecture: Architecture
  private let kernels: NetworkKernels
  private let widths: [Int32]
  private let places: [Int]
  private let parameterMemory: AlignedMemory<Double>
  private let gradientMemory: AlignedMemory<Double>
  private let inputMemory: AlignedMemory<Double>
  private let targetMemory: AlignedMemory<Double>
  private let weightMemory: AlignedMemory<Double>
  private let scratchMemory: AlignedMemory<UInt8>

  /// Points that go through the kernel at a time.
  static let tile = 1024

  /// - Parameter parameters: layer by layer the weights as [output][input], then the biases.
  public init(_ architecture: Architecture, _ parameters: [Double], kernels table: KernelTable) {
    precondition(parameters.count == architecture.parameterCount)
    self.architecture = architecture
    kernels = table.networks(.float64)
    widths = architecture.widths.map(Int32.init)
    let layout = ParameterLayout(architecture: architecture, kernel: .denseNeurons, precision: .float64)
    places = layout.places()
    parameterMemory = AlignedMemory(count: layout.count)
    parameterMemory.fill(0)
    for (place, value) in zip(places, parameters) { parameterMemory.pointer[place] = value }
    gradientMemory = AlignedMemory(count: layout.count)
    inputMemory = AlignedMemory(count: Self.tile * architecture.inputDimension)
    targetMemory = AlignedMemory(count: Self.tile)
    weightMemory = AlignedMemory(count: Self.tile)
    scratchMemory = AlignedMemory(
      count: kernels.denseNeuronsScratchByteCount(widths, architecture.layers, Self.tile))
  }

  private func copy(_ source: [Double], _ range: Range<Int>, to memory: AlignedMemory<Double>) {
    source.withUnsafeBufferPointer {
      memory.pointer.update(from: $0.baseAddress! + range.lowerBound, count: range.count)
    }
  }

  /// The tiles of `count` points.
  private func tiles(_ count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: Self.tile).map { $0..<min($0 + Self.tile, count) }
  }

  /// The network's values at inputs [count][dimension].
  public func values(at inputs: [Double]) -> [Double] {
    let d = architecture.inputDimension
    precondition(inputs.count % d == 0)
    return [Double](unsafeUninitializedCapacity: inputs.count / d) { values, count in
      count = inputs.count / d
      for tile in tiles(count) {
        copy(inputs, tile.lowerBound * d..<tile.upperBound * d, to: inputMemory)
        kernels.denseNeuronsValues(
          parameterMemory.pointer, widths, architecture.layers, architecture.activation.kind.code,
          architecture.activation.parameter,
          inputMemory.pointer, targetMemory.pointer, tile.count, scratchMemory.pointer)
        (values.baseAddress! + tile.lowerBound).update(from: targetMemory.pointer, count: tile.count)
      }
    }
  }

  /// The gradient of the sum of weights[i] (N(x_i) - targets[i])^2, of their mean without weights, layer by layer the
  /// weights as [output][input], then the biases.
  public func gradient(at inputs: [Double], targets: [Double], weights: [Double]?) -> [Double] {
    let d = architecture.inputDimension
    precondition(inputs.count == targets.count * d && (weights == nil || weights!.count == targets.count))
    var gradient = [Double](repeating: 0, count: places.count)
    weightMemory.fill(1 / Double(targets.count))
    for tile in tiles(targets.count) {
      copy(inputs, tile.lowerBound * d..<tile.upperBound * d, to: inputMemory)
      copy(targets, tile, to: targetMemory)
      if let weights { copy(weights, tile, to: weightMemory) }
      _ = kernels.denseNeuronsGradient(
        parameterMemory.pointer, gradientMemory.pointer, widths, architecture.layers, architecture.activation.kind.code,
        architecture.activation.parameter, inputMemory.pointer, targetMemory.pointer, weightMemory.pointer, tile.count,
        scratchMemory.pointer)
      for (i, place) in places.enumerated() { gradient[i] += gradientMemory.pointer[place] }
    }
    return gradient
  }
}
