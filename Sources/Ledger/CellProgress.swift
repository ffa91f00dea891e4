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
  /// after a look; extended if it is longer. Anytime otherwise: unfinished, or without such a target.
  public var plan: SamplingPlan

  public init(target: Int?, stored: Int, prefix: Int, plan: SamplingPlan) {
    self.target = target
    self.stored = stored
    self.prefix = prefix
    self.plan = plan
  }
}

extension CellProgress {
  init(_ db: Database, cell: StoredCell, path: String) throws {
    var (stored, prefix) = (0, 0)
    try BlockRanges.forEach(db, cell: cell, below: TrialIndex.limit, path: path) { range in
      stored += range.count
      if range.lowerBound == prefix { prefix = range.upperBound }
    }
    let targets = try Row.fetchAll(
      db, sql: "SELECT trials, done FROM target WHERE cell = ? ORDER BY id", arguments: [cell.id])
    let target: Int? = try targets.last?.decode(atIndex: 0)
    let planned: Int? = try targets.last { try $0.decode(Int.self, atIndex: 1) == 0 }?.decode(atIndex: 0)
    let plan: SamplingPlan =
      if let planned, planned <= prefix { prefix == planned ? .fixed : .extended(planned: planned) } else { .anytime }
    self.init(target: target, stored: stored, prefix: prefix, plan: plan)
  }
}
