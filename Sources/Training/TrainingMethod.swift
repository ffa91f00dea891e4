import Expressions
import Kernels

/// How a network is trained: by one of these methods, with the settings that mean something for it.
///
/// What differs between methods is decided by a `switch` over them: a new one needs a case with its settings, a trainer
/// (``MethodTrainer``), and what the compiler then asks for.
public enum TrainingMethod: Sendable, Hashable {
  /// Steps of an optimizer along gradients of mini-batches.
  case miniBatch(MiniBatchPlan)
  /// Gradient descent with the exact gradient of the population risk, no sampling.
  case population(PopulationPlan)
  /// The gradient flow itself.
  case flow(FlowPlan)

  /// The steps that a trial takes, with their lengths.
  public var steps: StepPlan {
    switch self {
    case .miniBatch(let plan): plan.steps
    case .population(let plan): plan.steps
    case .flow(let plan): plan.steps
    }
  }

  /// What checkpoints, ends and reports count, up to the end of training.
  public var clock: TrainingClock {
    if case .flow(let plan) = self { .flow(steps: plan.steps.count) } else { .steps(steps.count) }
  }

  /// The precision of the parameters.
  public var precision: Precision { steps.precision }

  /// When a trial ends before the end of training; nil: never.
  public var until: StoppingCriterion? { steps.until }

  /// What moves the parameters along gradients of mini-batches; nil for a method that draws none.
  public var optimizer: Optimizer? {
    switch self {
    case .miniBatch(let plan): plan.optimizer
    case .population, .flow: nil
    }
  }

  /// Whether all trials of a cell see the same batches, so that statements are conditional on them.
  public var sharesBatches: Bool {
    switch self {
    case .miniBatch(let plan): plan.batchStream == .shared
    case .population, .flow: false
    }
  }

  /// The learning rates in networks of a width (the h of expressions).
  public func rates(width: Int) -> RateTable {
    switch self {
    case .miniBatch(let plan): plan.rates(width: width)
    case .population(let plan): plan.rates(width: width)
    case .flow(let plan): plan.rates(width: width)
    }
  }
}

/// What is counted along the training of a trial, with the number at its end.
public enum TrainingClock: Sendable, Hashable {
  /// Steps done.
  case steps(Int)
  /// Steps along the flow, whose flow times the study has chosen.
  case flow(steps: Int)

  /// The number of steps at the end.
  public var steps: Int {
    switch self {
    case .steps(let count), .flow(let count): count
    }
  }
}

/// The steps of a training along gradients.
public struct StepPlan: Sendable, Hashable {
  /// Expression in the step n = 0, 1, ... and the width h.
  public var learningRate: Expression
  public var count: Int
  public var clipping: GradientClipping?
  /// Of the parameters, and of the learning rates.
  public var precision: Precision
  /// Nil: all trials do all steps.
  public var until: StoppingCriterion?
  /// The criterion is checked before step 0 and every step whose number is a multiple of this.
  public var checkInterval: Int

  public init(
    learningRate: Expression, count: Int, clipping: GradientClipping? = nil, precision: Precision = .float32,
    until: StoppingCriterion? = nil, checkInterval: Int = 1
  ) {
    self.learningRate = learningRate
    self.count = count
    self.clipping = clipping
    self.precision = precision
    self.until = until
    self.checkInterval = checkInterval
  }

  /// Whether trials that have done so many steps are compared with the criterion.
  func checks(after steps: Int) -> Bool { until != nil && steps % checkInterval == 0 }

  /// The largest number of steps: the rates of a cell are kept as a table of 8 bytes a step.
  public static let maximumCount = 10_000_000
}
