import Expressions
import Kernels

/// How a step moves the parameters.
public enum Optimizer: String, Sendable, Hashable, CaseIterable {
  /// Stochastic gradient descent: theta = theta - rate * (gradient of the mini-batch risk).
  case sgd
}

/// Which trials see which mini-batches.
public enum BatchStream: String, Sendable, Hashable, CaseIterable {
  /// Every trial has its own stream: trials are independent.
  case independent
  /// All trials of a cell see the same batches: statements are conditional on that stream.
  case shared
}

/// How a network is trained.
public struct TrainingPlan: Sendable, Hashable {
  public let optimizer: Optimizer
  /// Expression in the step n = 0, 1, ... and the width h.
  public let learningRate: Expression
  public let steps: Int
  public let batchSize: Int
  public let batchStream: BatchStream

  public init(optimizer: Optimizer, learningRate: Expression, steps: Int, batchSize: Int, batchStream: BatchStream) {
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.steps = steps
    self.batchSize = batchSize
    self.batchStream = batchStream
  }

  /// The largest number of steps: the rates of a cell are kept as a table of 4 bytes a step.
  public static let maximumSteps = 10_000_000
  public static let maximumBatchSize = MiniBatch.maximumSize
}
