import KernelsBaseline
import Randomness

/// The inputs of one optimizer step: sorted uniform numbers on an interval, with the target's values, prepared for
/// exact gradients.
///
/// One thread's working memory; drawing overwrites it.
public final class MiniBatch {
  /// The largest batch, for the sake of memory: 32 bytes a sample, 72 where it is indexed.
  public static let maximumSize = 1 << 20

  public let size: Int
  /// Inputs are drawn from [lower, upper].
  public let lower: Float
  public let upper: Float
  public let kernels: KernelTable
  private let storage: AlignedMemory<UInt8>
  var memory: UnsafeMutableRawPointer { UnsafeMutableRawPointer(storage.pointer) }
  private let target: Program

  /// - Parameters:
  ///   - size: samples of a batch, at least 1.
  ///   - target: the function to learn; evaluated in double precision.
  public init(size: Int, lower: Float, upper: Float, target: Program, kernels: KernelTable) {
    precondition((1...Self.maximumSize).contains(size))
    // The buckets of an indexed batch need a finite scale.
    precondition(lower < upper && (upper - lower).isFinite && (Float(size) / (upper - lower)).isFinite)
    self.size = size
    self.lower = lower
    self.upper = upper
    self.target = target
    self.kernels = kernels
    storage = AlignedMemory(count: batchByteCount(size: size))
  }

  /// Draws the batch of an optimizer step of a stream.
  @inline(__always)
  public func draw(_ stream: StreamAddress, step: UInt32) {
    kernels.functions.drawBatch(
      memory, size, lower, upper, step, stream.high, stream.key, target.instructions, target.instructions.count,
      target.constants, target.result)
  }

  /// Prepares the batch that was drawn last for `ShallowEnsemble.descendOnIndexedBatch`: worth it from a few networks
  /// a batch on.
  public func index() {
    kernels.functions.indexBatch(memory, size, lower, upper)
  }

  /// The inputs in increasing order.
  public var inputs: [Float] {
    [Float](unsafeUninitializedCapacity: size) { buffer, count in
      batchInputs(memory, size: size, into: buffer.baseAddress!)
      count = size
    }
  }
}
