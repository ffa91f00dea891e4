/// How the bounds of a probability are computed.
///
/// The raw value is the method's name in machine-readable output.
public enum IntervalMethod: String, Sendable, Hashable, CaseIterable {
  /// Exact for a number of trials fixed in advance.
  case clopperPearson = "clopper-pearson"
  /// The same at each of several numbers that were fixed in advance, at its part of the error probability.
  case stages = "clopper-pearson-stages"
  /// Valid at every number of trials, however it came about.
  case confidenceSequence = "confidence-sequence"
  /// Both, at half of the error probability each: Clopper-Pearson for the trials planned before the first look, and the
  /// confidence sequence over these and those that were added later.
  case intersection = "planned-and-sequence"

  /// The name that tables and messages use.
  public var text: String {
    switch self {
    case .clopperPearson: "Clopper-Pearson"
    case .stages: "Clopper-Pearson at planned stages"
    case .confidenceSequence: "confidence sequence"
    case .intersection: "intersection of Clopper-Pearson and confidence sequence"
    }
  }

  /// What the method promises, as a phrase to follow its name.
  public var promise: String {
    switch self {
    case .clopperPearson: "exact for the number of trials planned before the first look"
    case .stages:
      "exact at the numbers of trials planned before the first look, each at its part of the error probability"
    case .confidenceSequence: "valid at every look and for every stopping rule"
    case .intersection:
      "of the trials planned before the first look and of all trials, at half of the error probability each"
    }
  }
}

/// How the number of trials of an estimate came about, which decides the bounds that are valid for it.
public enum SamplingPlan: Sendable, Hashable {
  /// The number was planned before the first look at outcomes, and all trials are done.
  case fixed
  /// The first so many were planned before the first look and are done; others were added later, maybe because of what
  /// these had shown.
  case extended(planned: Int)
  /// The number is one of so many stages that were planned before the first look, with a look at each; see ``StagedPlan``.
  case staged(of: Int)
  /// Everything else: a run that is looked at before its end, a stopping rule.
  case anytime

  public var method: IntervalMethod {
    switch self {
    case .fixed: .clopperPearson
    case .extended: .intersection
    case .staged: .stages
    case .anytime: .confidenceSequence
    }
  }

  /// The trials planned before the first look to which others were added; nil where none were.
  public var plannedTrials: Int? { if case .extended(let planned) = self { planned } else { nil } }
}
