/// How the training of one network ended, and what was kept on the way.
public struct TrainedTrial: Sendable, Hashable {
  public enum End: Sendable, Hashable {
    /// All steps done, or as many as it took to meet the stopping criterion; the parameters of the iterate that the
    /// optimizer reports.
    case finished([Double], steps: Int)
    /// A parameter became infinite or NaN in this step, counted from 1; 0 when it was so from the start.
    case diverged(step: Int)
  }

  /// The parameters as they were drawn, before they were rounded to the precision of the training.
  public internal(set) var initial: [Double]
  public package(set) var end: End
  /// At the checkpoints that were reached, in their order. A trial that met the stopping criterion stays where it is.
  public internal(set) var checkpoints: [Checkpoint] = []
  /// Of a trial that was trained by the gradient flow and has not diverged.
  public internal(set) var flow: FlowRecord?

  public struct Checkpoint: Sendable, Hashable {
    /// Steps done.
    public let step: Int
    public let parameters: [Double]
    /// Norm over the trained parameters of the gradient of the next step's mini-batch, before any clipping; without
    /// mini-batches of the population gradient.
    public let batchGradientNorm: Double
  }
}
