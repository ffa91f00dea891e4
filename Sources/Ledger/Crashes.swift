import Foundation
import GRDB
import Outcomes

/// A trial that traps: it ended the process that computed nothing else.
public struct CrashRecord: Sendable, Hashable {
  public var cell: CellKey
  public var trial: TrialIndex
  /// The number of the signal by which the process ended.
  public var signal: Int
  /// When that was found, to the second.
  public var found: Date

  public init(cell: CellKey, trial: TrialIndex, signal: Int, found: Date = Date()) {
    self.cell = cell
    self.trial = trial
    self.signal = signal
    self.found = found
  }
}

extension LedgerWriter {
  /// Stores that a trial traps, in a transaction of its own. Nothing changes where that is known already.
  ///
  /// - Precondition: the cell belongs to the study.
  public func record(_ crash: CrashRecord) throws(LedgerError) {
    let cell = stored(crash.cell)
    let (run, hash) = (run, hash)
    try connection.write { db in
      try db.execute(
        sql: """
          INSERT INTO crash (cell, trial, run, found_at, signal) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (cell, trial) DO NOTHING
          """,
        arguments: [cell.id, crash.trial.value, run, Timestamp.text(crash.found), crash.signal])
      if db.changesCount > 0 { try LedgerSeals(db: db, study: hash).seal(.crash, row: db.lastInsertedRowID) }
    }
  }

  /// The ledger from the root, without symbolic links: its neighbours have names that begin like this.
  public var absolutePath: String { LedgerPath.absolute(path) }
}

extension LedgerReader {
  /// The trials that are known to trap, by cell in the order of the study and by trial; none in ledgers up to schema 6.
  public func crashes() throws(LedgerError) -> [CrashRecord] {
    try connection.read { db in
      guard try LedgerSchema.version(of: db) >= 7 else { return [] }
      return try StoredCell.all(db, path: path).flatMap { cell in
        try Row.fetchAll(
          db, sql: "SELECT trial, signal, found_at FROM crash WHERE cell = ? ORDER BY trial", arguments: [cell.id]
        ).map { row in
          let trial: Int = try row.decode(atIndex: 0)
          let signal: Int = try row.decode(atIndex: 1)
          guard (0..<TrialIndex.limit).contains(trial), (1...127).contains(signal) else {
            throw LedgerError.damaged(
              path: path, reason: "a crash of trial \(trial) of cell \(cell.record.label) by signal \(signal) cannot be"
            )
          }
          return CrashRecord(
            cell: cell.record.key, trial: TrialIndex(trial), signal: signal,
            found: try Timestamp.stored(row.decode(atIndex: 2), path: path))
        }
      }
    }
  }
}
