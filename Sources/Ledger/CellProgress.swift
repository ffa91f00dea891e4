import Estimation
import GRDB
import Outcomes

/// How far a cell is, read in one transaction.
public struct CellProgress: Sendable, Hashable {
  /// The latest target, in trials; nil if none was set.
  public var target: Int?
  /// Outcomes stored, wherever they lie.
  public var stored: Int
  /// Length of the longest gap-free prefix: every trial with a smaller index is stored. Estimates use these trials and
  /// no others, because the time a trial takes is correlated with its outcome.
  public var prefix: Int
  /// Fixed if the prefix is as long as the last target that was set when the cell had no outcomes, whatever was asked for
  /// after a look; extended if it is longer, or if a rule was set when these trials were done. Anytime otherwise: unfinished, without such a target, or under a rule from the
  /// beginning. Staged at the end of a stage, where that target was one of stages.
  public var plan: SamplingPlan
  /// That last target; nil without one, where it was under a rule, and where a rule was set before it was reached.
  public var planned: Int?
  /// The stages that were planned with it; empty for none, and where others were asked for later.
  public var stages: [Int]
  /// By which the sampling may end before the target, as the latest target has it; empty for no rule.
  public var rule: String

  public init(
    target: Int?, stored: Int, prefix: Int, plan: SamplingPlan, planned: Int? = nil, stages: [Int] = [],
    rule: String = ""
  ) {
    self.target = target
    self.stored = stored
    self.prefix = prefix
    self.plan = plan
    self.planned = planned
    self.stages = stages
    self.rule = rule
  }
}

extension CellProgress {
  init(_ db: Database, cell: StoredCell, path: String) throws {
    var (stored, prefix) = (0, 0)
    try BlockRanges.forEach(db, cell: cell, below: TrialIndex.limit, path: path) { range in
      stored += range.count
      if range.lowerBound == prefix { prefix = range.upperBound }
    }
    let targets = try StoredTarget.all(db, cell: cell, path: path)
    // From the last target that was set before any outcome: what was planned, and what was asked for later.
    let history = targets.lastIndex { $0.done == 0 }.map { targets[$0...] } ?? []
    let plannedStages = history.first?.stages ?? []
    // Another list of stages after the first trial voids the one that was planned.
    let stages = history.allSatisfy { $0.stages == plannedStages } ? plannedStages : []
    var planned: Int?
    if let before = history.first, before.rule.isEmpty, plannedStages.isEmpty { planned = before.trials }
    // A rule that follows planned trials before they were done makes them a part of its sampling.
    let rule = history.first { !$0.rule.isEmpty }
    if let rule, let number = planned, rule.done < number { planned = nil }
    let plan: SamplingPlan =
      if let planned, planned <= prefix {
        prefix == planned && rule == nil ? .fixed : .extended(planned: planned)
      } else if stages.contains(prefix) {
        .staged(of: stages.count)
      } else {
        .anytime
      }
    self.init(
      target: targets.last?.trials, stored: stored, prefix: prefix, plan: plan, planned: planned, stages: stages,
      rule: targets.last?.rule ?? "")
  }
}
