/// Trials of a cell in their order, and whether they are enough.
///
/// What it comes to is a function of the rule and of the results of the trials: the first look that ends the sampling does
/// so wherever and whenever the trials were computed.
public struct StoppingMonitor: Sendable, Hashable {
  public let rule: StoppingRule
  /// Trials that were planned, without the rule, before the first look: looks begin there. 0 for none.
  public let planned: Int
  /// The trials so far.
  public private(set) var counts = BracketedProportion(successes: 0, failures: 0, trials: 0)
  private var first: BracketedProportion?
  /// Whether the stages of the rule were planned before the first trial.
  private let hasPlannedStages: Bool
  /// Why no further trial is needed; nil as long as some are.
  public private(set) var ending: Ending?

  public enum Ending: Sendable, Hashable {
    case met
    case impossible(StoppingRule.Obstacle)
    /// The most trials are done, and the goal is not met.
    case exhausted
  }

  /// - Parameter hasPlannedStages: whether stages were planned before the first trial; otherwise they are looks like others,
  ///   with the bounds of a confidence sequence.
  public init(_ rule: StoppingRule, planned: Int = 0, hasPlannedStages: Bool = true) {
    self.rule = rule
    self.planned = planned
    self.hasPlannedStages = hasPlannedStages
  }

  /// Takes in the next trial.
  ///
  /// - Parameter success: nil where it is undecided.
  /// - Precondition: ``ending`` is nil.
  public mutating func add(_ success: Bool?) {
    precondition(ending == nil, "no trial comes after the last look")
    counts = BracketedProportion(
      successes: counts.successes + (success == true ? 1 : 0), failures: counts.failures + (success == false ? 1 : 0),
      trials: counts.trials + 1)
    if counts.trials == planned { first = counts }
    guard counts.trials >= planned, counts.trials == planned || rule.looks(at: counts.trials) else { return }
    if isMet {
      ending = .met
    } else if let obstacle = rule.obstacle(for: counts) {
      ending = .impossible(obstacle)
    } else if counts.trials >= rule.mostTrials {
      ending = .exhausted
    }
  }

  /// Whether what a report says of these trials meets the goal.
  private var isMet: Bool {
    if case .stages(let stages) = rule.looks, hasPlannedStages {
      return rule.isMet(by: Estimate(counts, under: .staged(of: stages.count), at: rule.confidence))
    }
    if planned == 0 { return rule.isMet(by: counts) }
    return rule.isMet(
      by: Estimate(counts, first: first, under: .extended(planned: planned), at: rule.confidence))
  }

  /// See ``StoppingRule/likelyTrials(after:hasPlannedStages:)``.
  public var likelyTrials: Int? { rule.likelyTrials(after: counts, hasPlannedStages: hasPlannedStages) }
}
