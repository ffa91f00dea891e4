import Foundation
import GRDB
import Outcomes

/// The one writer of a ledger. Use it from one thread.
///
/// Every call that changes the ledger is one transaction, durable when it returns: a process or machine that dies
/// loses nothing that was committed before. The writer holds an exclusive advisory lock on FILE.lock while it lives.
public final class LedgerWriter {
  public let path: String
  let connection: LedgerConnection
  let hash: String
  /// The cells of the study, by key.
  let cells: [CellKey: StoredCell]
  let run: Int
  /// Cells without outcomes that the ledger has and the study does not; none where it was opened to shrink.
  public let keptCells: [CellRecord]
  /// Whether targets may be lowered.
  let shrinks: Bool
  private var lock: LedgerLock?

  private init(
    path: String, connection: LedgerConnection, hash: String, study: [CellRecord], cells: [CellKey: StoredCell],
    run: Int,
    shrinks: Bool, lock: LedgerLock
  ) {
    self.path = path
    self.connection = connection
    self.hash = hash
    self.cells = cells
    self.run = run
    let given = Set(study.map(\.key))
    keptCells = cells.values.filter { !given.contains($0.record.key) }.sorted { $0.id < $1.id }.map(\.record)
    self.shrinks = shrinks
    self.lock = lock
  }

  deinit { close() }

  /// Creates the ledger at `path`, or continues it.
  ///
  /// A file that does not exist, has zero bytes, or whose creation was interrupted is new: tables, study, cells and run
  /// are then stored in one transaction. Otherwise what identifies the study, the kernel level and the version of the
  /// arithmetic have to be those of the ledger, and the cells of the study are brought up to date: new ones are added, ones
  /// without outcomes that the study no longer has stay, labels and order follow the study. A ledger of an older
  /// schema is brought to the present one in the same transaction. A transaction that a killed writer left unfinished is
  /// rolled back.
  ///
  /// - Parameters:
  ///   - cells: the cells of the study in its order, with distinct keys.
  ///   - run: is stored as a row of its own.
  ///   - addition: what is to be added to the trials that there are.
  ///   - shrinks: whether cells without outcomes that the study no longer has are dropped, and targets may be lowered.
  ///   - restating: the study of a ledger whose rows have no seals, with its cells, as it would be handed over today. Throws
  ///     if they do not belong together.
  /// - Throws: ``LedgerError``; the ledger is unchanged then.
  public static func open(
    path: String, study: StudyRecord, cells: [CellRecord], run: RunRecord, adding addition: Addition = .none,
    shrinks: Bool = false,
    restating: (StoredStudy, [CellRecord]) throws(LedgerError) -> StudyRecord
  ) throws(LedgerError) -> LedgerWriter {
    try open(
      path: path, study: study, cells: cells, run: run, adding: addition, shrinks: shrinks, restating: restating,
      pageLimit: nil)
  }

  /// The same with a file that cannot grow beyond `pageLimit` pages, as if the disk were full.
  package static func open(
    path: String, study: StudyRecord, cells: [CellRecord], run: RunRecord, adding addition: Addition = .none,
    shrinks: Bool = false,
    restating: (StoredStudy, [CellRecord]) throws(LedgerError) -> StudyRecord = { stored, _ in stored.study },
    pageLimit: Int?
  ) throws(LedgerError) -> LedgerWriter {
    precondition(Set(cells.map(\.key)).count == cells.count, "the cells of a study have distinct keys")
    if path.isEmpty { throw .unwritable(path: "\"\"", reason: "the name is empty") }
    let file = LedgerPath.absolute(path)
    let kind = LedgerPath.kind(file)
    if kind == .missing, LedgerPath.isLink(file) {
      throw .unwritable(path: path, reason: "it is a link in a circle, or to a name that is not UTF-8")
    }
    if kind == .folder { throw .unwritable(path: path, reason: "it is a folder") }
    if kind == .special { throw .unwritable(path: path, reason: "it is not a regular file") }
    if kind == .file, LedgerPath.hasOtherNames(file) { throw .otherNames(path: path) }
    let lock = try LedgerLock.acquire(path)
    if kind == .file, let reason = LedgerPath.refusal(file, mode: R_OK | W_OK) {
      throw .unwritable(path: path, reason: reason)
    }
    let connection = try LedgerConnection.writing(path, pageLimit: pageLimit)
    try connection.read { db in
      // Nothing of a file that is no ledger may be changed, so this comes before the settings.
      if try !LedgerIdentity.isEmpty(db, path: path) {
        try LedgerIdentity.check(db, path: path)
        try LedgerIdentity.checkContent(db, path: path)
      }
    }
    try configure(connection)
    let (runID, hash, stored) = try connection.write { db in
      if try LedgerIdentity.isEmpty(db, path: path) {
        try create(db, study: study, run: run)
      } else {
        if try LedgerSchema.version(of: db) < LedgerSchema.version {
          try upgrade(db, path: path, restating)
        }
        try check(db, path: path, study: study, run: run)
      }
      let hash = try StoredStudy.fetch(db, path: path).study.hash
      let id = try insert(run, verdict: study.verdict, study: hash, db)
      try update(
        db, path: path, study: study, hash: hash, cells: cells, adding: addition, shrinks: shrinks)
      return (id, hash, try StoredCell.all(db, path: path))
    }
    return LedgerWriter(
      path: path, connection: connection, hash: hash, study: cells,
      cells: Dictionary(stored.map { ($0.record.key, $0) }) { first, _ in first }, run: runID, shrinks: shrinks,
      lock: lock)
  }

  /// Lets ``LedgerReader/lock`` tell others how many trials are being computed.
  public func announce(inFlight trials: Int) { lock?.announce(inFlight: trials) }

  /// A reader of the same ledger through this writer's connection; valid until the writer is closed.
  public var reader: LedgerReader { LedgerReader(connection: connection) }

  /// Writes into the run's row that it has ended, then closes the ledger.
  ///
  /// - Parameter ending: how, in words: "done", "stopped by SIGTERM".
  public func finish(ending: String, at date: Date = Date()) throws(LedgerError) {
    try connection.write { db in
      try db.execute(
        sql: "UPDATE run SET finished = ?, ending = ? WHERE id = ?", arguments: [Timestamp.text(date), ending, run])
      try LedgerSeals(db: db, study: hash).seal(.run, row: Int64(run))
    }
    close()
  }

  /// Closes the file and drops the lock; the run's row stays open-ended, as after a kill. Does nothing the second time.
  public func close() {
    try? connection.queue.close()
    lock = nil
  }

  /// SQLite's connection, for tests that set limits on it.
  package var database: DatabaseQueue { connection.queue }

  /// Rollback journal, because write-ahead logs do not work on network file systems. Synchronous EXTRA is FULL with one
  /// more fsync, of the folder when the journal is removed: without it a power failure right after a commit could
  /// bring the journal back, and the commit would be rolled back.
  private static func configure(_ connection: LedgerConnection) throws(LedgerError) {
    do {
      let mode = try connection.queue.inDatabase { db in
        try db.execute(sql: "PRAGMA synchronous = EXTRA")
        return try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
      }
      guard mode == "delete" else {
        throw LedgerError.database(path: connection.path, reason: "no rollback journal: journal_mode \(mode ?? "")")
      }
    } catch {
      throw LedgerConnection.translated(error, path: connection.path)
    }
  }
}
