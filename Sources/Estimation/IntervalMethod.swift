/// How the bounds of a probability are computed.
///
/// The raw value is the method's name in machine-readable output.
public enum IntervalMethod: String, Sendable, Hashable, CaseIterable {
  /// Exact for a number of trials fixed in advance.
  case clopperPearson = "clopper-pearson"
  /// Valid at every number of trials, however it came about.
  case confidenceSequence = "confidence-sequence"

  /// The name that tables and messages use.
  public var text: String {
    switch self {
    case .clopperPearson: "Clopper-Pearson"
    case .confidenceSequence: "confidence sequence"
    }
  }

  /// What the method promises, as a phrase to follow its name.
  public var promise: String {
    switch self {
    case .clopperPearson: "exact for the number of trials planned before the first look"
    case .confidenceSequence: "valid at every look and for every stopping rule"
    }
  }
}

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
