/// The kernels of one level as function values: what the three kernel modules, compiled from the same sources, offer.
///
/// What each function does stands at its definition in the kernel sources.
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
  public typealias EvaluateProgram =
    @Sendable (
      _ instructions: UnsafePointer<UInt32>, _ instructionCount: Int, _ constants: UnsafePointer<Double>,
      _ result: Int, _ registers: UnsafeMutablePointer<Double>, _ points: UnsafePointer<Double>,
      _ values: UnsafeMutablePointer<Double>, _ count: Int
    ) -> Void
  public typealias DrawBatch =
    @Sendable (
      _ batch: UnsafeMutableRawPointer, _ size: Int, _ lower: Float, _ upper: Float, _ step: UInt32, _ high: UInt64,
      _ key: UInt64, _ instructions: UnsafePointer<UInt32>, _ instructionCount: Int,
      _ constants: UnsafePointer<Double>, _ result: Int
    ) -> Void
  public typealias IndexBatch =
    @Sendable (_ batch: UnsafeMutableRawPointer, _ size: Int, _ lower: Float, _ upper: Float) -> Void
  public typealias ShallowGradient =
    @Sendable (
      _ parameters: UnsafePointer<Float>, _ order: UnsafeMutablePointer<UInt32>,
      _ gradient: UnsafeMutablePointer<Float>, _ width: Int, _ batch: UnsafeMutableRawPointer, _ batchSize: Int,
      _ lower: Float, _ upper: Float, _ scratch: UnsafeMutableRawPointer
    ) -> Void
  public typealias ShallowDescentStep =
    @Sendable (
      _ parameters: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, _ width: Int, _ rate: Float,
      _ trained: UInt32
    ) -> Bool
  public typealias MultiplyAddRounds = @Sendable (_ iterations: Int) -> Float

  public let philoxWords: PhiloxWords
  public let uniforms: Draws
  public let standardNormals: Draws
  public let evaluateProgram: EvaluateProgram
  public let drawBatch: DrawBatch
  public let indexBatch: IndexBatch
  public let shallowGradient: ShallowGradient
  public let shallowGradientOnIndexedBatch: ShallowGradient
  public let shallowDescentStep: ShallowDescentStep
  public let multiplyAddRounds: MultiplyAddRounds

  public init(
    philoxWords: @escaping PhiloxWords, uniforms: @escaping Draws, standardNormals: @escaping Draws,
    evaluateProgram: @escaping EvaluateProgram, drawBatch: @escaping DrawBatch, indexBatch: @escaping IndexBatch,
    shallowGradient: @escaping ShallowGradient, shallowGradientOnIndexedBatch: @escaping ShallowGradient,
    shallowDescentStep: @escaping ShallowDescentStep, multiplyAddRounds: @escaping MultiplyAddRounds
  ) {
    self.philoxWords = philoxWords
    self.uniforms = uniforms
    self.standardNormals = standardNormals
    self.evaluateProgram = evaluateProgram
    self.drawBatch = drawBatch
    self.indexBatch = indexBatch
    self.shallowGradient = shallowGradient
    self.shallowGradientOnIndexedBatch = shallowGradientOnIndexedBatch
    self.shallowDescentStep = shallowDescentStep
    self.multiplyAddRounds = multiplyAddRounds
  }
}
