import Foundation
import GRDB
import Outcomes

extension LedgerWriter {
  /// Asks for `trials` trials of one cell, for tests.
  package func target(_ cell: CellKey, trials: Int, at date: Date = Date()) throws(LedgerError) {
    try target([cell], trials: trials, at: date)
  }

  /// Asks for `trials` trials of each of `cells`, in one transaction. Stored with its date unless it is the cell's latest
  /// target anyway; a target below what is already stored is kept as given.
  ///
  /// - Precondition: the cells belong to the study, and 0 <= trials <= ``TrialIndex/limit``.
  public func target(_ cells: [CellKey], trials: Int, at date: Date = Date()) throws(LedgerError) {
    precondition((0...TrialIndex.limit).contains(trials), "a cell holds at most 2^40 trials")
    let cells = cells.map(stored)
    let run = run
    try connection.write { db in
      for cell in cells {
        let latest = try Int.fetchOne(
          db, sql: "SELECT trials FROM target WHERE cell = ? ORDER BY id DESC LIMIT 1", arguments: [cell.id])
        guard latest != trials else { continue }
        try db.execute(
          sql: "INSERT INTO target (cell, trials, done, set_at, run) VALUES (?, ?, ?, ?, ?)",
          arguments: [cell.id, trials, try Self.storedTrials(db, cell), Timestamp.text(date), run])
      }
    }
  }

  /// Stores the outcomes of a block, its analyses and its trajectories, in one transaction. They are on disk when this returns;
  /// nothing of them is if it throws, and the writer can go on.
  ///
  /// - Throws: ``LedgerError/overlap(path:cell:trials:stored:)`` if a trial of the block is stored already,
  ///   ``LedgerError/diskFull(path:)``, or another ``LedgerError``.
  /// - Precondition: the cell belongs to the study, the block has analyses if the cell has, and trajectories at its
  ///   checkpoints.
  public func commit(_ block: BlockRecord) throws(LedgerError) {
    let cell = stored(block.cell)
    precondition(
      block.trajectories.checkpoints == cell.record.checkpoints.count, "a block has trajectories at its checkpoints")
    precondition(
      block.analyses.count == (cell.record.hasAnalysis ? block.outcomes.count : 0),
      "a block has analyses if its cell has"
    )
    let (path, run, hash, trials) = (path, run, hash, block.trials)
    let records = Outcome.records(of: block.outcomes)
    let form = cell.record.hasAnalysis ? AnalysisForm.present : .none
    let checksum = BlockChecksum.of(
      records: records, study: hash, cell: block.cell, first: trials.lowerBound, count: trials.count,
      domain: form.domain)
    let analyses = TrialAnalysis.records(of: block.analyses)
    try connection.write { db in
      // Stored blocks do not overlap one another, so of those that begin before the end of this one the last reaches
      // farthest.
      let neighbour = try db.cachedStatement(
        sql: "SELECT first, count FROM block WHERE cell = ? AND first < ? ORDER BY first DESC LIMIT 1")
      if let row = try Row.fetchOne(neighbour, arguments: [cell.id, trials.upperBound]) {
        let range = try BlockRanges.checked(
          first: row.decode(atIndex: 0), count: row.decode(atIndex: 1), after: 0..<0, cell: cell.record, path: path)
        guard range.upperBound <= trials.lowerBound else {
          throw LedgerError.overlap(path: path, cell: cell.record, trials: trials, stored: range)
        }
      }
      let insertion = try db.cachedStatement(
        sql: """
          INSERT INTO block (cell, first, count, run, seconds, checksum, outcomes, analysis_form)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """)
      try insertion.execute(arguments: [
        cell.id, trials.lowerBound, trials.count, run, block.seconds, Data(checksum), Data(records),
        form.rawValue,
      ])
      if cell.record.hasAnalysis {
        let checksum = BlockChecksum.of(
          records: analyses, study: hash, cell: block.cell, first: trials.lowerBound, count: trials.count,
          domain: .analyses)
        // A row that damage has moved here gives way.
        let insertion = try db.cachedStatement(
          sql: "INSERT OR REPLACE INTO analysis (cell, first, count, checksum, records) VALUES (?, ?, ?, ?, ?)")
        try insertion.execute(arguments: [
          cell.id, trials.lowerBound, trials.count, Data(checksum), Data(analyses),
        ])
      }
      try TrajectoryRows(db: db, cell: cell, study: hash, path: path).add(block.trajectories)
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

  private func stored(_ key: CellKey) -> StoredCell {
    guard let cell = cells[key] else { preconditionFailure("cell \(key.text) is not in the ledger \(path)") }
    return cell
  }
}
