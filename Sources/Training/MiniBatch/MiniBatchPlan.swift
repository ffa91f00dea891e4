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

/// Training on mini-batches.
public struct MiniBatchPlan: Sendable, Hashable {
  public var optimizer: Optimizer
  public var steps: StepPlan
  public var batchSize: Int
  public var batchStream: BatchStream
  /// Only for problems with a data set.
  public var dataSampling: DataSampling
  /// Nil: the engine chooses.
  public var kernel: GradientKernel?

  public init(
    optimizer: Optimizer, steps: StepPlan, batchSize: Int, batchStream: BatchStream,
    dataSampling: DataSampling = .withReplacement, kernel: GradientKernel? = nil
  ) {
    self.optimizer = optimizer
    self.steps = steps
    self.batchSize = batchSize
    self.batchStream = batchStream
    self.dataSampling = dataSampling
    self.kernel = kernel
  }

  /// The learning rates in networks of a width.
  func rates(width: Int) -> RateTable { RateTable(steps, width: width, flowTimeFactor: optimizer.flowTimeFactor) }

  public static let maximumBatchSize = MiniBatch.maximumSize
}
