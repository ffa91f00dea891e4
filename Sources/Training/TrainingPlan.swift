import Expressions
import Kernels

/// Which trials see which mini-batches.
public enum BatchStream: String, Sendable, Hashable, CaseIterable {
  /// Every trial has its own stream: trials are independent.
  case independent
  /// All trials of a cell see the same batches: statements are conditional on that stream.
  case shared
}

/// How the points of a data set become mini-batches.
public typealias DataSampling = SampleSource.Sampling

/// When a trial of population gradient descent ends before its last step. The criterion is checked before every step,
/// on the exact risk and gradient.
public enum StoppingCriterion: Sendable, Hashable {
  /// L <= this bound.
  case risk(atMost: Double)
  /// For every hidden neuron, the Euclidean norm of the gradient of L in its trained weights and bias is at most this.
  case neuronGradient(atMost: Double)
}

/// How a network is trained.
public struct TrainingPlan: Sendable, Hashable {
  public var optimizer: Optimizer
  public var clipping: GradientClipping?
  /// Expression in the step n = 0, 1, ... and the width h.
  public var learningRate: Expression
  public var steps: Int
  public var batchSize: Int
  public var batchStream: BatchStream
  /// Only for problems with a data set.
  public var dataSampling: DataSampling
  public var precision: Precision
  /// Nil: the engine chooses.
  public var kernel: GradientKernel?
  /// Only for the optimizer `population`. Nil: all trials do all steps.
  public var until: StoppingCriterion?

  public init(
    optimizer: Optimizer, learningRate: Expression, steps: Int, batchSize: Int, batchStream: BatchStream,
    clipping: GradientClipping? = nil, dataSampling: DataSampling = .withReplacement, precision: Precision = .float32,
    kernel: GradientKernel? = nil, until: StoppingCriterion? = nil
  ) {
    self.optimizer = optimizer
    self.clipping = clipping
    self.learningRate = learningRate
    self.steps = steps
    self.batchSize = batchSize
    self.batchStream = batchStream
    self.dataSampling = dataSampling
    self.precision = precision
    self.kernel = kernel
    self.until = until
  }

  /// The largest number of steps: the rates of a cell are kept as a table of 8 bytes a step.
  public static let maximumSteps = 10_000_000
  public static let maximumBatchSize = MiniBatch.maximumSize
}
