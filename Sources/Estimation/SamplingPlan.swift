/// How the number of trials of an estimate came about, which decides the bounds that are valid for it.
public enum SamplingPlan: Sendable, Hashable, CaseIterable {
  /// The number was planned before the first look at outcomes, and all trials are done.
  case fixed
  /// Everything else: a run that is looked at before its end, a cell extended after a look, a stopping rule.
  case anytime

  public var method: IntervalMethod {
    switch self {
    case .fixed: .clopperPearson
    case .anytime: .confidenceSequence
    }
  }
}
