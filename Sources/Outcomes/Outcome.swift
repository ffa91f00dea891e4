/// What is kept of a trial.
public struct Outcome: Sendable, Hashable {
  public var verdict: Verdict
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

  public init(
    verdict: Verdict, risk: Double, riskError: Double, gradientNorm: Double, steps: Int, deadNeurons: Int? = nil
  ) {
    self.verdict = verdict
    self.risk = risk
    self.riskError = riskError
    self.gradientNorm = gradientNorm
    self.steps = steps
    self.deadNeurons = deadNeurons
  }

  /// The outcome of a trial whose numbers overflowed at `step`.
  public static func diverged(at step: Int) -> Outcome {
    Outcome(verdict: .diverged, risk: .infinity, riskError: 0, gradientNorm: .infinity, steps: step)
  }
}
