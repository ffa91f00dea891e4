import KernelInterface
import Kernels

/// The memory of a call of the dense kernel with lanes over neurons, in the layout that `NetworkKernels` describes.
///
/// What the kernel must not read is NaN before the call, what it must not write is checked after it.
struct DenseNeuronsCall {
  let architecture: Architecture
  let precision: Precision
  let kernels: NetworkKernels

  init(_ architecture: Architecture, _ precision: Precision, _ table: KernelTable) {
    self.architecture = architecture
    self.precision = precision
    kernels = table.networks(precision)
  }

  struct Result {
    var risk: Double
    /// Layer by layer the weights as [output][input], then the biases.
    var gradient: [Double]
    /// The gradient's entries of the padding.
    var padding: [Double]
    /// Whether the memory behind gradient and scratch is untouched.
    var isContained: Bool
  }

  func gradient(parameters: [Double], inputs: [Double], targets: [Double], weights: [Double]? = nil) -> Result {
    let places = places()
    let widths = architecture.widths.map(Int32.init)
    let parameterMemory = RawNumbers(padded(parameters), precision)
    let gradient = RawNumbers(Array(repeating: .nan, count: places.count), precision)
    let scratchBytes = kernels.denseNeuronsScratchByteCount(widths, architecture.layers, targets.count)
    let scratch = RawNumbers(Array(repeating: .nan, count: scratchBytes / precision.byteCount), precision)
    let inputMemory = RawNumbers(inputs, precision)
    let targetMemory = RawNumbers(targets, precision)
    let weightMemory = weights.map { RawNumbers($0, precision) }
    let risk = kernels.denseNeuronsGradient(
      parameterMemory.pointer, gradient.pointer, widths, architecture.layers, architecture.activation.kind.code,
      architecture.activation.parameter, inputMemory.pointer, targetMemory.pointer, weightMemory?.pointer,
      targets.count,
      scratch.pointer)
    var plain = [Double](repeating: .nan, count: architecture.parameterCount)
    var padding: [Double] = []
    for (value, place) in zip(gradient.numbers, places) {
      if let place { plain[place] = value } else { padding.append(value) }
    }
    return Result(
      risk: risk, gradient: plain, padding: padding, isContained: gradient.isContained && scratch.isContained)
  }

  func values(parameters: [Double], inputs: [Double]) -> [Double] {
    let size = inputs.count / architecture.inputDimension
    let widths = architecture.widths.map(Int32.init)
    let parameterMemory = RawNumbers(padded(parameters), precision)
    let values = RawNumbers(Array(repeating: .nan, count: size), precision)
    let scratchBytes = kernels.denseNeuronsScratchByteCount(widths, architecture.layers, size)
    let scratch = RawNumbers(Array(repeating: .nan, count: scratchBytes / precision.byteCount), precision)
    let inputMemory = RawNumbers(inputs, precision)
    kernels.denseNeuronsValues(
      parameterMemory.pointer, widths, architecture.layers, architecture.activation.kind.code,
      architecture.activation.parameter,
      inputMemory.pointer, values.pointer, size, scratch.pointer)
    precondition(values.isContained && scratch.isContained)
    return values.numbers
  }

  /// For every number of the padded layout its place in the plain vector, nil for padding.
  private func places() -> [Int?] {
    let widths = architecture.widths
    var places: [Int?] = []
    for (layer, block) in architecture.parameterRanges.enumerated() {
      let fanIn = widths[layer]
      let neurons = widths[layer + 1]
      if layer == architecture.layers - 1 {
        places += (0..<fanIn).map { block.weights.lowerBound + $0 }
        places += Array(repeating: nil, count: -fanIn & 15)
      } else {
        for input in 0..<fanIn {
          places += (0..<neurons).map { block.weights.lowerBound + $0 * fanIn + input }
          places += Array(repeating: nil, count: -neurons & 15)
        }
      }
      places += block.biases.map { $0 }
      places += Array(repeating: nil, count: -neurons & 15)
    }
    return places
  }

  /// Parameters in the padded layout, where padding is 0.
  private func padded(_ parameters: [Double]) -> [Double] { places().map { $0.map { parameters[$0] } ?? 0 } }
}

/// Numbers of a precision, aligned to 64 bytes, with a guard behind them.
private final class RawNumbers {
  let pointer: UnsafeMutableRawPointer
  private let count: Int
  private let precision: Precision
  private static let guardBytes = 256

  init(_ numbers: [Double], _ precision: Precision) {
    self.precision = precision
    count = numbers.count
    pointer = .allocate(byteCount: count * precision.byteCount + Self.guardBytes, alignment: 64)
    switch precision {
    case .float32: pointer.initializeMemory(as: Float.self, from: numbers.map(Float.init), count: count)
    case .float64: pointer.initializeMemory(as: Double.self, from: numbers, count: count)
    }
    (pointer + count * precision.byteCount).initializeMemory(as: UInt8.self, repeating: 0xa5, count: Self.guardBytes)
  }

  deinit { pointer.deallocate() }

  var numbers: [Double] {
    (0..<count).map {
      precision == .float32
        ? Double(pointer.load(fromByteOffset: $0 * 4, as: Float.self))
        : pointer.load(fromByteOffset: $0 * 8, as: Double.self)
    }
  }

  var isContained: Bool {
    (0..<Self.guardBytes).allSatisfy {
      pointer.load(fromByteOffset: count * precision.byteCount + $0, as: UInt8.self) == 0xa5
    }
  }
}
