import Foundation
import GRDB
import Outcomes

/// What was copied of a damaged ledger.
public struct SalvageSummary: Sendable, Hashable {
  public struct Cell: Sendable, Hashable {
    public var record: CellRecord
    /// Trials whose blocks were copied.
    public var copied = 0
    /// Trials whose blocks are damaged.
    public var lost = 0
  }

  /// In the order of the study.
  public var cells: [Cell]
  /// Damaged blocks of which it is not known how many trials they had, or of which cell.
  public var lostBlocks = 0
  /// Whether what was asked for, and when, is known: bounds depend on it.
  public var hasTargets = true
}

extension LedgerWriter {
  /// Stores what is sound of a damaged ledger in a new one, and closes it.
  ///
  /// - Parameters:
  ///   - path: of the new ledger. There is nothing yet.
  ///   - study: as today's program writes it.
  ///   - cells: of the study, in its order, as they are in the damaged ledger where they are sound there.
  ///   - wholeTrials: the trials of cells whose trajectories are kept whole.
  ///   - run: who does it; with kernel level and arithmetic of the outcomes.
  /// - Throws: ``LedgerError``; a file that was begun is removed.
  public static func salvage(
    _ ledger: DamagedLedger, to path: String, study: StudyRecord, cells: [CellRecord],
    wholeTrials: [CellKey: Set<Int>], run: RunRecord
  ) throws(LedgerError) -> SalvageSummary {
    guard LedgerPath.kind(LedgerPath.absolute(path)) == .missing else { throw .exists(path: path) }
    let writer = try open(path: path, study: study, cells: cells, run: run) { stored, _ in stored.study }
    do throws(LedgerError) {
      let summary = try writer.copy(ledger, cells: cells, wholeTrials: wholeTrials)
      try writer.finish(ending: "salvaged what is sound of \(ledger.path)")
      return summary
    } catch {
      writer.close()
      try? FileManager.default.removeItem(atPath: LedgerPath.absolute(path))
      throw error
    }
  }

  private func copy(
    _ ledger: DamagedLedger, cells records: [CellRecord], wholeTrials: [CellKey: Set<Int>]
  ) throws(LedgerError) -> SalvageSummary {
    var summary = SalvageSummary(cells: records.map { SalvageSummary.Cell(record: $0) })
    let places = Dictionary(records.enumerated().map { ($1.key, $0) }) { first, _ in first }
    let (path, hash, ownRun) = (path, hash, run)
    try connection.write { db in
      try ledger.connection.read { source in
        let sound = try SoundBlocks(
          source, ledger, hash: ledger.hash, records: Dictionary(records.map { ($0.key, $0) }) { first, _ in first })
        let runs = try Self.copy(ledger.runs, db, hash: hash)
        let trajectories = try sound.trajectories()
        try sound.forEach { block, run in
          guard let place = places[block.cell] else { return }
          let cell = stored(block.cell)
          let own = trajectories[block.cell]
          let whole = Set(own?.whole.map(\.trial) ?? [])
          let isComplete =
            cell.record.checkpoints.isEmpty
            || own?.cover(block.trials) == true
              && wholeTrials[block.cell, default: []].allSatisfy { !block.trials.contains($0) || whole.contains($0) }
          let rows = BlockRows(db: db, cell: cell, study: hash, path: path)
          if isComplete, (try? rows.insert(block, run: runs[run] ?? ownRun)) == true {
            summary.cells[place].copied += block.trials.count
          } else {
            summary.cells[place].lost += block.trials.count
          }
        } lost: { cell, trials in
          if let cell, let place = places[cell] { summary.cells[place].lost += trials } else { summary.lostBlocks += 1 }
        }
        for (key, own) in trajectories {
          try TrajectoryRows(db: db, cell: stored(key), study: hash, path: path).add(own.pages, whole: own.whole)
        }
        try TolerantRows(db: source).forEach(.level, "key, checksum, bytes", Self.level(into: db, hash: hash))
        try copyCrashes(source, ledger, db, runs: runs)
        summary.hasTargets = try copyTargets(source, ledger, db, runs: runs)
      }
    }
    return summary
  }

  /// - Returns: the new ids of the runs by the old ones.
  private static func copy(_ runs: [StoredRun], _ db: Database, hash: String) throws -> [Int: Int] {
    var ids: [Int: Int] = [:]
    for run in runs {
      let id = try insert(run.run, verdict: run.verdict, study: hash, db)
      try db.execute(
        sql: "UPDATE run SET finished = ?, ending = ? WHERE id = ?",
        arguments: [run.finished.map(Timestamp.text), run.ending, id])
      try LedgerSeals(db: db, study: hash).seal(.run, row: Int64(id))
      ids[run.id] = id
    }
    return ids
  }

  private static func level(into db: Database, hash: String) -> (Row) throws -> Void {
    var seen = 0
    return { row in
      seen += 1
      guard seen <= LedgerLevels.most, let key = try? row.decode(String.self, atIndex: 1),
        let checksum = try? row.bytes(atIndex: 2),
        let bytes = try? row.bytes(atIndex: 3), checksum == BlockChecksum.ofLevels(bytes, key: key)
      else { return }
      try db.execute(
        sql: "INSERT INTO level (key, checksum, bytes) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING",
        arguments: [key, Data(checksum), Data(bytes)])
      if db.changesCount > 0 { try LedgerSeals(db: db, study: hash).count(.level, rows: 1, toggling: [checksum]) }
    }
  }

  private func copyCrashes(_ source: Database, _ ledger: DamagedLedger, _ db: Database, runs: [Int: Int]) throws {
    guard ledger.schema >= LedgerSchema.firstSealedVersion else { return }
    let (own, found) = (LedgerSeals(db: db, study: hash), LedgerSeals(db: source, study: ledger.hash))
    try TolerantRows(db: source).forEach(.crash, "cell, trial, run, found_at, signal") { row in
      let whole = try? Row.fetchOne(
        source, sql: LedgerSeals.select(.crash) + " NOT INDEXED WHERE rowid = ?",
        arguments: [try row.decode(Int64.self, atIndex: 0)])
      guard let whole, try found.isSealed(whole, .crash), let key = ledger.cellIDs[try row.decode(atIndex: 1)],
        cells[key] != nil
      else { return }
      let (trial, oldRun, date, signal): (Int, Int, String, Int) = (
        try row.decode(atIndex: 2), try row.decode(atIndex: 3), try row.decode(atIndex: 4), try row.decode(atIndex: 5)
      )
      try db.execute(
        sql: "INSERT INTO crash (cell, trial, run, found_at, signal) VALUES (?, ?, ?, ?, ?)",
        arguments: [stored(key).id, trial, runs[oldRun] ?? run, date, signal])
      try own.seal(.crash, row: db.lastInsertedRowID)
    }
  }

  /// Copies the targets if all are sound. Otherwise it is not known what was planned before the first trial: the largest of those
  /// that are sound are set anew, as if somebody had looked.
  ///
  /// - Returns: whether all are sound.
  private func copyTargets(
    _ source: Database, _ ledger: DamagedLedger, _ db: Database, runs: [Int: Int]
  ) throws -> Bool {
    let seals = LedgerSeals(db: db, study: hash)
    var found: [(id: Int64, cell: Int, target: StoredTarget)] = []
    for (id, key) in ledger.cellIDs where cells[key] != nil {
      let old = StoredCell(id: id, position: 0, record: stored(key).record, columns: [])
      let targets = (try? StoredTarget.all(source, cell: old, path: ledger.path)) ?? []
      let ids =
        (try? Int64.fetchAll(source, sql: "SELECT id FROM target WHERE cell = ? ORDER BY id", arguments: [id])) ?? []
      found += zip(ids, targets).map { ($0, stored(key).id, $1) }
    }
    found.sort { $0.id < $1.id }
    let isComplete =
      ledger.schema < LedgerSchema.firstSealedVersion
      || (try? LedgerSeals(db: source, study: ledger.hash).check(.target, path: ledger.path)) != nil
    func insert(_ cell: Int, _ target: StoredTarget, done: Int, run: Int) throws {
      try db.execute(
        sql: "INSERT INTO target (cell, trials, done, set_at, run, rule, stages) VALUES (?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          cell, target.trials, done, Timestamp.text(target.set), run, target.rule,
          target.stages.map(String.init).joined(separator: ","),
        ])
      try seals.seal(.target, row: db.lastInsertedRowID)
    }
    if isComplete {
      for (_, cell, target) in found { try insert(cell, target, done: target.done, run: runs[target.run] ?? run) }
    } else {
      for (cell, targets) in Dictionary(grouping: found, by: \.cell).sorted(by: { $0.key < $1.key }) {
        guard let largest = targets.max(by: { $0.target.trials < $1.target.trials }) else { continue }
        try insert(cell, largest.target, done: max(1, largest.target.done), run: run)
      }
    }
    return isComplete
  }
}
