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
