import KernelsBaseline

/// Parameters of a shallow network in single precision: N(x) = c + sum_j v_j max(w_j x + b_j, 0).
public struct ShallowParameters: Sendable, Hashable {
  /// w, one entry a neuron.
  public var innerWeights: [Float]
  /// b, one entry a neuron.
  public var innerBiases: [Float]
  /// v, one entry a neuron.
  public var outerWeights: [Float]
  /// c.
  public var outerBias: Float

  public init(innerWeights: [Float], innerBiases: [Float], outerWeights: [Float], outerBias: Float) {
    precondition(innerWeights.count == innerBiases.count && innerWeights.count == outerWeights.count)
    self.innerWeights = innerWeights
    self.innerBiases = innerBiases
    self.outerWeights = outerWeights
    self.outerBias = outerBias
  }

  public var width: Int { innerWeights.count }

  /// Whether no parameter is infinite or NaN.
  public var isFinite: Bool {
    outerBias.isFinite && [innerWeights, innerBiases, outerWeights].allSatisfy { $0.allSatisfy(\.isFinite) }
  }
}

/// The parameter blocks of a shallow network that training moves.
public struct TrainedBlocks: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let innerWeights = TrainedBlocks(rawValue: 1)
  public static let innerBiases = TrainedBlocks(rawValue: 2)
  public static let outerWeights = TrainedBlocks(rawValue: 4)
  public static let outerBias = TrainedBlocks(rawValue: 8)
  public static let all: TrainedBlocks = [.innerWeights, .innerBiases, .outerWeights, .outerBias]
}

/// Networks of one width that one thread trains: their parameters, and the order of their kinks from step to step.
public final class ShallowEnsemble {
  public let width: Int
  public let count: Int
  public let kernels: KernelTable
  private let stride: Int
  private let parameterMemory: AlignedMemory<Float>
  private let orderMemory: AlignedMemory<UInt32>
  private let gradientMemory: AlignedMemory<Float>
  private let scratchMemory: AlignedMemory<UInt8>

  private var parameters: UnsafeMutablePointer<Float> { parameterMemory.pointer }
  private var orders: UnsafeMutablePointer<UInt32> { orderMemory.pointer }
  private var gradient: UnsafeMutablePointer<Float> { gradientMemory.pointer }
  private var scratch: UnsafeMutableRawPointer { UnsafeMutableRawPointer(scratchMemory.pointer) }

  /// Bytes of memory a network takes.
  public static func bytesPerNetwork(width: Int) -> Int {
    4 * shallowParameterCount(width: width) + 4 * paddedWidth(width)
  }

  public init(width: Int, count: Int, kernels: KernelTable) {
    precondition(width >= 1 && count >= 1)
    self.width = width
    self.count = count
    self.kernels = kernels
    stride = shallowParameterCount(width: width)
    parameterMemory = AlignedMemory(count: stride * count)
    orderMemory = AlignedMemory(count: paddedWidth(width) * count)
    gradientMemory = AlignedMemory(count: stride)
    scratchMemory = AlignedMemory(count: shallowScratchByteCount(width: width))
  }

  /// The parameters of a network. Setting them starts its training afresh.
  public subscript(index: Int) -> ShallowParameters {
    get {
      precondition((0..<count).contains(index))
      let padded = paddedWidth(width)
      let start = parameters + index * stride
      func block(_ number: Int) -> [Float] {
        Array(UnsafeBufferPointer(start: start + number * padded, count: width))
      }
      return ShallowParameters(
        innerWeights: block(0), innerBiases: block(1), outerWeights: block(2), outerBias: start[3 * padded])
    }
    set {
      precondition((0..<count).contains(index) && newValue.width == width)
      let padded = paddedWidth(width)
      let start = parameters + index * stride
      for j in 0..<padded {
        let real = j < width
        start[j] = real ? newValue.innerWeights[j] : 0
        start[padded + j] = real ? newValue.innerBiases[j] : -1
        start[2 * padded + j] = real ? newValue.outerWeights[j] : 0
      }
      for j in 0..<16 { start[3 * padded + j] = j == 0 ? newValue.outerBias : 0 }
      // Any order would do; this one spares the first step an insertion sort of shuffled kinks.
      let kinks = (0..<width).map { j in
        let kink = -newValue.innerBiases[j] / newValue.innerWeights[j]
        return kink.isFinite ? kink : .infinity
      }
      let order = orders + index * padded
      for (place, j) in (0..<width).sorted(by: { (kinks[$0], $0) < (kinks[$1], $1) }).enumerated() {
        order[place] = UInt32(j)
      }
    }
  }

  /// One step of stochastic gradient descent of a network on a batch of its own.
  ///
  /// - Returns: false when a trained parameter became infinite or NaN.
  @inline(__always)
  public func descend(_ index: Int, batch: MiniBatch, rate: Float, trained: TrainedBlocks) -> Bool {
    kernels.functions.shallowGradient(
      parameters + index * stride, orders + index * paddedWidth(width), gradient, width, batch.memory, batch.size,
      batch.lower, batch.upper, scratch)
    return kernels.functions.shallowDescentStep(
      parameters + index * stride, gradient, width, rate, trained.rawValue)
  }

  /// The same on a batch that is indexed, because many networks share it; the same bits.
  @inline(__always)
  public func descendOnIndexedBatch(_ index: Int, batch: MiniBatch, rate: Float, trained: TrainedBlocks) -> Bool {
    kernels.functions.shallowGradientOnIndexedBatch(
      parameters + index * stride, orders + index * paddedWidth(width), gradient, width, batch.memory, batch.size,
      batch.lower, batch.upper, scratch)
    return kernels.functions.shallowDescentStep(
      parameters + index * stride, gradient, width, rate, trained.rawValue)
  }

  /// The gradient of the batch's mean squared residual at the parameters of a network, block by block.
  public func gradient(_ index: Int, batch: MiniBatch, indexed: Bool = false) -> ShallowParameters {
    let kernel = indexed ? kernels.functions.shallowGradientOnIndexedBatch : kernels.functions.shallowGradient
    let padded = paddedWidth(width)
    kernel(
      parameters + index * stride, orders + index * padded, gradient, width, batch.memory, batch.size, batch.lower,
      batch.upper, scratch)
    func block(_ number: Int) -> [Float] {
      Array(UnsafeBufferPointer(start: gradient + number * padded, count: width))
    }
    return ShallowParameters(
      innerWeights: block(0), innerBiases: block(1), outerWeights: block(2), outerBias: gradient[3 * padded])
  }
}
