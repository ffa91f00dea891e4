/// What is kept of a trial: what the end of its training determines, the same bytes everywhere.
///
/// Whether it is good is judged from this and the limit of the flow (``TrialAnalysis``), by the criterion of a study.
public struct Outcome: Sendable, Hashable {
  /// Exact population risk of the trained network; infinity for a diverged trial.
  public var risk: Double
  /// Estimate of the error of `risk`: of quadrature, where it is not exact, and of rounding.
  public var riskError: Double
  /// Euclidean norm of the population gradient over the trained parameters; infinity for a diverged trial.
  public var gradientNorm: Double
  /// Optimizer steps done: the study's steps, or the step at which the trial diverged.
  public var steps: Int
  /// Dead neurons of the trained network; nil where they were not counted: after divergence, or for activations whose
  /// neurons cannot die.
  public var deadNeurons: Int?

  public init(risk: Double, riskError: Double, gradientNorm: Double, steps: Int, deadNeurons: Int? = nil) {
    self.risk = risk
    self.riskError = riskError
    self.gradientNorm = gradientNorm
    self.steps = steps
    self.deadNeurons = deadNeurons
  }

  /// The outcome of a trial whose numbers overflowed at `step`.
  public static func diverged(at step: Int) -> Outcome {
    Outcome(risk: .infinity, riskError: 0, gradientNorm: .infinity, steps: step)
  }

  /// Whether a parameter, the risk or its gradient became infinite or NaN: no other trial has infinite risk.
  public var hasDiverged: Bool { risk == .infinity }
}
