import Foundation
import GRDB
import Outcomes

extension LedgerWriter {
  /// Asks for `trials` trials of one cell, for tests.
  package func target(_ cell: CellKey, trials: Int, at date: Date = Date()) throws(LedgerError) {
    try target([(cell, trials)], at: date)
  }

  /// Asks for numbers of trials of cells, in one transaction. Stored with their date unless they are the cell's latest target
  /// anyway; a target below what is already stored is kept as given.
  ///
  /// A target is not lowered, unless the ledger was opened to shrink: planned trials stay planned.
  ///
  /// - Parameters:
  ///   - rule: by which sampling may end before, any text; empty where the numbers are planned.
  ///   - stages: numbers of trials at which the cells are looked at; empty where none are planned.
  /// - Returns: the targets that hold now, in the order of those that were asked for.
  /// - Throws: ``LedgerError/lowerTarget(path:cell:stored:rule:given:)`` where a rule had more trials to go.
  /// - Precondition: the cells belong to the study, and 0 <= trials <= ``TrialIndex/limit``.
  @discardableResult
  public func target(
    _ targets: [(cell: CellKey, trials: Int)], rule: String = "", stages: [Int] = [], at date: Date = Date()
  ) throws(LedgerError) -> [Int] {
    precondition(
      targets.allSatisfy { (0...TrialIndex.limit).contains($0.trials) }, "a cell holds at most 2^40 trials")
    let targets = targets.map { (cell: stored($0.cell), trials: $0.trials) }
    let (run, path, hash, shrinks) = (run, path, hash, shrinks)
    let text = stages.map(String.init).joined(separator: ",")
    return try connection.write { db in
      try targets.map { cell, trials in
        let latest = try StoredTarget.all(db, cell: cell, path: path).last
        if let latest, latest.trials == trials, latest.rule == rule, latest.stages == stages { return trials }
        if let latest, trials < latest.trials, !shrinks {
          guard latest.rule.isEmpty, rule.isEmpty else {
            throw LedgerError.lowerTarget(
              path: path, cell: cell.record, stored: latest.trials, rule: latest.rule, given: trials)
          }
          return latest.trials
        }
        try db.execute(
          sql: "INSERT INTO target (cell, trials, done, set_at, run, rule, stages) VALUES (?, ?, ?, ?, ?, ?, ?)",
          arguments: [cell.id, trials, try Self.storedTrials(db, cell), Timestamp.text(date), run, rule, text])
        try LedgerSeals(db: db, study: hash).seal(.target, row: db.lastInsertedRowID)
        return trials
      }
    }
  }

  /// Stores a block.
  ///
  /// - Returns: whether it was new, see ``commit(_:)-([BlockRecord])``.
  @discardableResult
  public func commit(_ block: BlockRecord) throws(LedgerError) -> Bool { try commit([block])[0] }

  /// Stores blocks, all in one transaction: their columns and their trajectories. They are on disk when this returns;
  /// nothing of them is if it throws, and the writer can go on.
  ///
  /// - Returns: for each block whether it was new; false if the same trials with the same outcomes were stored already.
  /// - Throws: ``LedgerError/overlap(path:cell:trials:stored:)`` if some trials of a block are stored already,
  ///   ``LedgerError/contradiction(path:cell:trials:)`` if all are, with other outcomes,
  ///   ``LedgerError/diskFull(path:)``, or another ``LedgerError``.
  /// - Precondition: the cells belong to the study, and every block has the observables of its cell, and trajectories at
  ///   its checkpoints.
  public func commit(_ blocks: [BlockRecord]) throws(LedgerError) -> [Bool] {
    for block in blocks {
      let cell = stored(block.cell)
      precondition(
        block.trajectories.checkpoints == cell.record.checkpoints.count
          && block.trajectories.observables == (block.trajectories.isEmpty ? 0 : cell.record.followed.count),
        "a block has trajectories at its checkpoints")
      let observables = Set(block.columns.map(\.observable))
      precondition(
        cell.columns.allSatisfy { observables.contains($0.observable) }, "a block has the observables of its cell")
    }
    let (path, run, hash) = (path, run, hash)
    return try connection.write { db in
      try blocks.map { block in
        let cell = stored(block.cell)
        guard try BlockRows(db: db, cell: cell, study: hash, path: path).insert(block, run: run) else { return false }
        try TrajectoryRows(db: db, cell: cell, study: hash, path: path).add(block.trajectories)
        return true
      }
    }
  }

  /// The trial indices below `target` that are not stored, as ranges in ascending order; empty if none is missing.
  ///
  /// The ranges are maximal, but for one exception: where blocks were deleted from a ledger, trajectories of their
  /// trials are still there, and ranges end where such trials begin or end. A block that is to be committed lies in one
  /// range.
  ///
  /// - Precondition: the cell belongs to the study.
  public func missingRanges(_ cell: CellKey, below target: Int) throws(LedgerError) -> [Range<Int>] {
    let cell = stored(cell)
    return try connection.read { db in
      var missing: [Range<Int>] = []
      var next = 0
      try BlockRanges.forEach(db, cell: cell, below: target, path: path) { range in
        if next < range.lowerBound { missing.append(next..<range.lowerBound) }
        next = range.upperBound
      }
      if next < target { missing.append(next..<target) }
      return try TrajectoryRows(db: db, cell: cell, study: hash, path: path).cut(missing)
    }
  }

  func stored(_ key: CellKey) -> StoredCell {
    guard let cell = cells[key] else { preconditionFailure("cell \(key.text) is not in the ledger \(path)") }
    return cell
  }
}
