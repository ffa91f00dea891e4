import KernelsBaseline
import Randomness

/// The inputs of one optimizer step: sorted numbers of a scalar law, with the target's values, prepared for exact
/// gradients.
///
/// One thread's working memory; drawing overwrites it.
public final class MiniBatch {
  /// The largest batch, for the sake of memory: 32 bytes a sample, 72 where it is indexed.
  public static let maximumSize = 1 << 20

  public let size: Int
  public let law: ScalarLaw
  /// Inputs are in [lower, upper].
  public var lower: Float { law.lower }
  public var upper: Float { law.upper }
  public let kernels: KernelTable
  private let storage: AlignedMemory<UInt8>
  var memory: UnsafeMutableRawPointer { UnsafeMutableRawPointer(storage.pointer) }
  private let target: ProgramMemory
  private let quantile: ProgramMemory?
  private let registers: AlignedMemory<Double>

  /// - Parameters:
  ///   - size: samples of a batch, at least 1.
  ///   - target: the function to learn, of one variable; evaluated in double precision.
  public init(size: Int, law: ScalarLaw, target: Program, kernels: KernelTable) {
    precondition((1...Self.maximumSize).contains(size) && target.variableCount == 1)
    // The buckets of an indexed batch need a finite scale.
    precondition((Float(size) / (law.upper - law.lower)).isFinite)
    self.size = size
    self.law = law
    self.kernels = kernels
    self.target = ProgramMemory(target)
    quantile = law.quantile.map(ProgramMemory.init)
    registers = ProgramMemory.registers(for: target, law.quantile ?? target)
    storage = AlignedMemory(count: batchByteCount(size: size))
  }

  /// Batches of uniform numbers on [lower, upper].
  public convenience init(size: Int, lower: Float, upper: Float, target: Program, kernels: KernelTable) {
    self.init(size: size, law: ScalarLaw(lower: lower, upper: upper), target: target, kernels: kernels)
  }

  /// Draws the batch of an optimizer step of a stream.
  public func draw(_ stream: StreamAddress, step: UInt32) {
    drawInputs(stream, step: step)
    kernels.functions.sumBatch(memory, size, target.code, registers.pointer)
  }

  /// Draws the inputs only, for ``samples(into:lane:)``.
  func drawInputs(_ stream: StreamAddress, step: UInt32) {
    if let quantile {
      kernels.functions.drawInputsByQuantile(
        memory, size, lower, upper, step, stream.high, stream.key, quantile.code, registers.pointer)
    } else {
      kernels.functions.drawUniformInputs(memory, size, lower, upper, step, stream.high, stream.key)
    }
  }

  /// Prepares the batch that was drawn last for many networks: worth it from a few networks a batch on.
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

  /// Writes the batch that was drawn last to a lane of `batch`: the samples in increasing order, with their targets.
  public func samples(into batch: SampleBatch, lane: Int = 0) {
    precondition(batch.size == size && batch.dimension == 1 && (0..<batch.lanes).contains(lane))
    let offset = lane * batch.precision.byteCount
    kernels.functions.copySamples(
      memory, size, target.code, registers.pointer, batch.inputs + offset, batch.targets + offset,
      batch.precision == .float64, batch.lanes)
  }
}
