/// The kernels of one level that do not depend on a precision, as function values.
///
/// What each function does stands at its definition in the kernel sources. `registers` is scratch memory of
/// `programScratchCount` doubles for the programs that a function runs.
public struct KernelFunctions: Sendable {
  public typealias PhiloxWords =
    @Sendable (
      _ words: UnsafeMutablePointer<UInt32>, _ groups: Int, _ firstBlock: UInt32, _ step: UInt32, _ high: UInt64,
      _ key: UInt64
    ) -> Void
  public typealias Draws =
    @Sendable (
      _ out: UnsafeMutablePointer<Double>, _ count: Int, _ step: UInt32, _ high: UInt64, _ key: UInt64
    ) -> Void
  /// Points [count][dimension], values [count].
  public typealias EvaluateProgram =
    @Sendable (
      _ program: ProgramCode, _ registers: UnsafeMutablePointer<Double>, _ points: UnsafePointer<Double>,
      _ dimension: Int, _ values: UnsafeMutablePointer<Double>, _ count: Int
    ) -> Void
  public typealias DrawUniformInputs =
    @Sendable (
      _ batch: UnsafeMutableRawPointer, _ size: Int, _ lower: Float, _ upper: Float, _ step: UInt32, _ high: UInt64,
      _ key: UInt64
    ) -> Void
  public typealias DrawInputsByQuantile =
    @Sendable (
      _ batch: UnsafeMutableRawPointer, _ size: Int, _ lower: Float, _ upper: Float, _ step: UInt32, _ high: UInt64,
      _ key: UInt64, _ quantile: ProgramCode, _ registers: UnsafeMutablePointer<Double>
    ) -> Void
  public typealias SumBatch =
    @Sendable (
      _ batch: UnsafeMutableRawPointer, _ size: Int, _ target: ProgramCode, _ registers: UnsafeMutablePointer<Double>
    ) -> Void
  public typealias IndexBatch =
    @Sendable (_ batch: UnsafeMutableRawPointer, _ size: Int, _ lower: Float, _ upper: Float) -> Void
  public typealias CopySamples =
    @Sendable (
      _ batch: UnsafeMutableRawPointer, _ size: Int, _ target: ProgramCode, _ registers: UnsafeMutablePointer<Double>,
      _ inputs: UnsafeMutableRawPointer, _ targets: UnsafeMutableRawPointer, _ isDouble: Bool, _ stride: Int
    ) -> Void
  public typealias DrawVectorSamples =
    @Sendable (
      _ inputs: UnsafeMutableRawPointer, _ targets: UnsafeMutableRawPointer, _ isDouble: Bool, _ size: Int,
      _ dimension: Int, _ stride: Int, _ isNormal: Bool, _ offsets: UnsafePointer<Double>,
      _ scales: UnsafePointer<Double>, _ step: UInt32, _ high: UInt64, _ key: UInt64, _ target: ProgramCode,
      _ registers: UnsafeMutablePointer<Double>
    ) -> Void
  public typealias MultiplyAddRounds = @Sendable (_ iterations: Int) -> Float

  public let philoxWords: PhiloxWords
  public let uniforms: Draws
  public let standardNormals: Draws
  public let evaluateProgram: EvaluateProgram
  public let drawUniformInputs: DrawUniformInputs
  public let drawInputsByQuantile: DrawInputsByQuantile
  public let sumBatch: SumBatch
  public let indexBatch: IndexBatch
  public let copySamples: CopySamples
  public let drawVectorSamples: DrawVectorSamples
  public let multiplyAddRounds: MultiplyAddRounds

  public init(
    philoxWords: @escaping PhiloxWords, uniforms: @escaping Draws, standardNormals: @escaping Draws,
    evaluateProgram: @escaping EvaluateProgram, drawUniformInputs: @escaping DrawUniformInputs,
    drawInputsByQuantile: @escaping DrawInputsByQuantile, sumBatch: @escaping SumBatch,
    indexBatch: @escaping IndexBatch, copySamples: @escaping CopySamples,
    drawVectorSamples: @escaping DrawVectorSamples, multiplyAddRounds: @escaping MultiplyAddRounds
  ) {
    self.philoxWords = philoxWords
    self.uniforms = uniforms
    self.standardNormals = standardNormals
    self.evaluateProgram = evaluateProgram
    self.drawUniformInputs = drawUniformInputs
    self.drawInputsByQuantile = drawInputsByQuantile
    self.sumBatch = sumBatch
    self.indexBatch = indexBatch
    self.copySamples = copySamples
    self.drawVectorSamples = drawVectorSamples
    self.multiplyAddRounds = multiplyAddRounds
  }
}
