/// Training by the gradient flow theta' = -G(theta) from the initialization (Eberle, Jentzen, Riekert and Weiss,
/// arXiv:2108.08106): a step follows it for the flow time of its learning rate, where descent takes a step of Euler's method.
public struct FlowPlan: Sendable, Hashable {
  /// Learning rates are flow times; the precision is double.
  public var steps: StepPlan
  public var integrator: FlowIntegrator
  /// The error of a step of the integration that is allowed in a parameter, in proportion to it and, a tenth of this, by
  /// itself.
  public var tolerance: Double
  /// The most steps of the integration, with those that are taken again: a flow that needs more is left where it is.
  public var mostSteps: Int

  public static let defaultTolerance = 1e-6
  public static let defaultMostSteps = 1_000_000

  /// - Precondition: the precision of the steps is double.
  public init(
    steps: StepPlan, integrator: FlowIntegrator = .automatic, tolerance: Double = defaultTolerance,
    mostSteps: Int = defaultMostSteps
  ) {
    precondition(steps.precision == .float64)
    self.steps = steps
    self.integrator = integrator
    self.tolerance = tolerance
    self.mostSteps = mostSteps
  }

  /// The flow times of the steps in networks of a width.
  func rates(width: Int) -> RateTable { RateTable(steps, width: width, flowTimeFactor: 1) }
}

/// By which method a flow is followed.
public enum FlowIntegrator: String, Sendable, Hashable, CaseIterable {
  /// Dormand and Prince's method, and ``chebyshev`` from where the flow has become stiff.
  case automatic = "auto"
  case dormandPrince = "dormand-prince"
  case bogackiShampine = "bogacki-shampine"
  /// Runge-Kutta-Chebyshev, of order 2: for stiff flows.
  case chebyshev = "rkc2"
}

/// What is known of the way of a trial along the flow.
public struct FlowRecord: Sendable, Hashable {
  /// Where the flow was left: less than the flow time of all steps where the integration took too many steps, and where a
  /// trial met the stopping criterion.
  public var time: Double
  /// Steps of the integration, with those that were taken again.
  public var steps: Int
  /// The difference between L at the start less L at the end and the integral of |G|^2 over the time, which are equal
  /// (arXiv:2108.08106), in proportion to L at the start. Nil where that is 0.
  public var energyError: Double?
}
