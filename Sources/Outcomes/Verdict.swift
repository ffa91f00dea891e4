/// What a trial came to when its training ended.
///
/// Good and bad are statements about critical points: both require that the trial is stationary. A trial that is not
/// stationary yet is "not converged"; one whose numbers overflowed is "diverged".
public enum Verdict: UInt8, Sendable, CaseIterable {
  /// Stationary, with a risk that meets the study's criterion.
  case good = 0
  /// Stationary, with a risk that does not meet the study's criterion.
  case bad = 1
  /// Not stationary when training ended.
  case notConverged = 2
  /// A parameter or a risk became infinite or NaN. Counts as a failure, with infinite risk.
  case diverged = 3

  /// The word that tables, exports and messages use.
  public var text: String {
    switch self {
    case .good: "good"
    case .bad: "bad"
    case .notConverged: "not converged"
    case .diverged: "diverged"
    }
  }
}
