import Estimation
import GRDB
import Outcomes

/// The trajectories of a cell, read in one transaction.
public struct CellTrajectory: Sendable, Hashable {
  /// Numbers of steps, ascending.
  public var checkpoints: [Int]
  /// What is measured at every checkpoint.
  public var observables: [Observable]
  /// Over the longest gap-free prefix of the trial indices.
  public var aggregate: TrajectoryAggregate
  /// How the number of trials came about.
  public var plan: SamplingPlan
  /// The trials whose trajectories are kept whole, ascending; also those behind a gap.
  public var wholeTrials: [Int]

  public var trials: Int { aggregate.trials }
}

extension LedgerReader {
  /// The trajectories of `cell`; nil if it keeps none, or the ledger does not have the cell.
  ///
  /// Every row is verified against its checksum.
  public func trajectory(of cell: CellKey) throws(LedgerError) -> CellTrajectory? {
    try read(cell) { rows in
      let checkpoints = rows.cell.record.checkpoints
      guard !checkpoints.isEmpty else { return nil }
      var aggregate = TrajectoryAggregate(
        checkpoints: checkpoints.count, observables: rows.cell.record.followed.count)
      try rows.forEachRange { range in
        if range.lowerBound == aggregate.trials { aggregate += try rows.aggregate(range) }
      }
      let progress = try CellProgress(rows.db, cell: rows.cell, path: path)
      return CellTrajectory(
        checkpoints: checkpoints, observables: rows.cell.record.followed, aggregate: aggregate,
        // The trials differ where blocks were deleted whose trajectories are still there; and of those that were planned
        // first there is no aggregate of their own.
        plan: aggregate.trials == progress.prefix && progress.plan == .fixed ? .fixed : .anytime,
        wholeTrials: try rows.wholeTrials())
    }
  }

  /// The whole trajectory of a trial; nil if it was not kept.
  public func wholeTrajectory(of cell: CellKey, trial: TrialIndex) throws(LedgerError) -> TrialTrajectory? {
    try read(cell) { try $0.wholeTrajectory(of: trial.value) }
  }

  /// All whole trajectories of `cell`, ascending by trial, for tests.
  package func wholeTrajectories(of cell: CellKey) throws(LedgerError) -> [TrialTrajectory] {
    try read(cell) { rows in try rows.wholeTrials().compactMap { try rows.wholeTrajectory(of: $0) } } ?? []
  }

  private func read<T>(_ key: CellKey, _ body: (TrajectoryRows) throws -> T?) throws(LedgerError) -> T? {
    try connection.read { db in
      guard let cell = try StoredCell.find(db, key: key, path: path) else { return nil }
      let hash = try StoredStudy.fetch(db, path: path).study.hash
      return try body(TrajectoryRows(db: db, cell: cell, study: hash, path: path))
    }
  }
}
