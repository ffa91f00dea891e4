/// Gradient descent with the exact gradient of the population risk.
public struct PopulationPlan: Sendable, Hashable {
  public var steps: StepPlan

  public init(steps: StepPlan) { self.steps = steps }

  /// The learning rates in networks of a width.
  func rates(width: Int) -> RateTable { RateTable(steps, width: width, flowTimeFactor: 1) }
}
