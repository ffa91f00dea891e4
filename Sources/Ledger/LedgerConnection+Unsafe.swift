import GRDB
import GRDBSQLite

extension LedgerConnection {
  /// The longest text, blob or row that is read, in bytes. A column of the largest block takes less than 1 MB, and the
  /// trajectories of a page that is kept together some.
  static let longestValue = 128 << 20

  /// Sets what keeps the content of a file from doing more than being read.
  ///
  /// - Parameter work: counts the steps of SQLite's machine; whoever fills it up decides how many there may be.
  static func restrict(_ db: Database, work: WorkBudget) throws {
    // Functions and virtual tables that a schema could name are not run for it; CHECK constraints of others neither.
    try db.execute(
      sql: "PRAGMA trusted_schema = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA cell_size_check = ON")
    guard let connection = db.sqliteConnection else { return }
    for (limit, value) in [
      (SQLITE_LIMIT_LENGTH, longestValue), (SQLITE_LIMIT_COLUMN, 100), (SQLITE_LIMIT_ATTACHED, 0),
      (SQLITE_LIMIT_TRIGGER_DEPTH, 4), (SQLITE_LIMIT_WORKER_THREADS, 0),
    ] {
      sqlite3_limit(connection, limit, CInt(value))
    }
    // The budget lives as long as the connection that owns both.
    sqlite3_progress_handler(
      connection, CInt(WorkBudget.unit), { Unmanaged<WorkBudget>.fromOpaque($0!).takeUnretainedValue().spend() },
      Unmanaged.passUnretained(work).toOpaque())
  }
}

/// How many more steps SQLite's machine may take until a statement is interrupted.
final class WorkBudget: @unchecked Sendable {
  /// Steps that are counted together.
  static let unit = 100_000

  // One thread at a time uses a connection: GRDB's queue sees to it.
  private var unitsLeft = Int.max

  /// Allows what reading a file of `bytes` some times takes; nil for whatever is needed.
  func allow(bytes: Int?) {
    unitsLeft = bytes.map { Self.unitsForAnyFile + $0 / Self.unit * Self.stepsPerByte } ?? .max
  }

  fileprivate func spend() -> CInt {
    unitsLeft -= 1
    return unitsLeft < 0 ? 1 : 0
  }

  // The smallest rows, of targets, take some 40 bytes and less than 100 steps each time they are read or checked.
  private static let unitsForAnyFile = 500
  private static let stepsPerByte = 20
}
