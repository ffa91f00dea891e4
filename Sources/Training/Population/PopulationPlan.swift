/// Gradient descent with the exact gradient of the population risk.
public struct PopulationPlan: Sendable, Hashable {
  public var steps: StepPlan
  /// Nil: all trials do all steps.
  public var until: StoppingCriterion?

  public init(steps: StepPlan, until: StoppingCriterion? = nil) {
    self.steps = steps
    self.until = until
  }

  /// The learning rates in networks of a width.
  func rates(width: Int) -> RateTable { RateTable(steps, width: width, flowTimeFactor: 1) }
}

/// When a trial ends before its last step. The criterion is checked before every step, on the exact risk and gradient.
public enum StoppingCriterion: Sendable, Hashable {
  /// L <= this bound.
  case risk(atMost: Double)
  /// For every hidden neuron, the Euclidean norm of the gradient of L in its trained weights and bias is at most this.
  case neuronGradient(atMost: Double)
}
