/// Where training leads a trial: what is known of the limit of the gradient flow of the risk from the trained network.
///
/// Along the flow the risk never rises, so a verdict that a trial is good needs no limit: the risk itself certifies it.
public enum Verdict: Sendable, CaseIterable {
  /// The risk is at most the study's bound when training ends, or further along the flow.
  case good
  /// The flow has come to rest above the bound, or a theorem says that the risk stays above it.
  case bad
  /// Neither is known: the networks have no flow that is followed, or its budget was over.
  case undecided
  /// A parameter or a risk became infinite or NaN while training. Counts as not good, with infinite risk.
  case diverged
  /// The trial traps, by a fault of this program: nothing is known of it. Counts as undecided in both bounds.
  case crashed

  /// The word that tables, exports and messages use.
  public var text: String {
    switch self {
    case .good: "good"
    case .bad: "bad"
    case .undecided: "undecided"
    case .diverged: "diverged"
    case .crashed: "crashed"
    }
  }

  /// As what tables of counts and bounds have it: crashed trials are undecided.
  public var counted: Verdict { self == .crashed ? .undecided : self }
}
