/// What is kept of a trial: what the end of its training determines, the same bytes everywhere.
///
/// Whether it is good is judged from this and the limit of the flow (``TrialAnalysis``), by the criterion of a study.
public struct Outcome: Sendable, Hashable {
  /// Exact population risk of the trained network; infinity for a diverged trial, NaN for a crashed one.
  public var risk: Double
  /// Estimate of the error of `risk`: of quadrature, where it is not exact, and of rounding; NaN for a crashed trial.
  public var riskError: Double
  /// Euclidean norm of the population gradient over the trained parameters; infinity for a diverged trial, NaN for a
  /// crashed one.
  public var gradientNorm: Double
  /// Optimizer steps done: the study's steps, or the step at which the trial diverged; 0 for a crashed one.
  public var steps: Int
  /// Dead neurons of the trained network; nil where they were not counted: after divergence or a crash, or for activations whose
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

  /// The outcome of a trial that traps: nothing is known of it, and all its observables are missing.
  public static let crashed = Outcome(risk: .nan, riskError: .nan, gradientNorm: .nan, steps: 0)

  /// Whether the trial traps: no other one has a risk that is no number. Whoever reads risks leaves it out, or bounds it
  /// by 0 and infinity.
  public var hasCrashed: Bool { risk.isNaN }

  // By bits, so that crashed outcomes are equal.

  public static func == (a: Self, b: Self) -> Bool {
    a.risk.bitPattern == b.risk.bitPattern && a.riskError.bitPattern == b.riskError.bitPattern
      && a.gradientNorm.bitPattern == b.gradientNorm.bitPattern && a.steps == b.steps
      && a.deadNeurons == b.deadNeurons
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(risk.bitPattern)
    hasher.combine(riskError.bitPattern)
    hasher.combine(gradientNorm.bitPattern)
    hasher.combine(steps)
    hasher.combine(deadNeurons)
  }
}
