import Estimation
import Foundation
import GRDB
import Outcomes

/// Reads a ledger, also while a writer writes it, without changing it.
///
/// Each call reads one committed state. Blocks are only ever added, so what an earlier call has reported as stored is
/// there in a later one.
public struct LedgerReader: Sendable {
  let connection: LedgerConnection

  init(connection: LedgerConnection) { self.connection = connection }

  public var path: String { connection.path }

  /// Opens the ledger at `path`.
  ///
  /// If a writer was killed in the middle of a transaction, its journal has to be rolled back before anything can be
  /// read. That needs write access to file and folder: it is done here, under the writer's lock.
  ///
  /// - Throws: ``LedgerError``, such as ``LedgerError/empty(path:)`` where no study has been stored yet and
  ///   ``LedgerError/interrupted(path:reason:)`` where a journal cannot be rolled back.
  public static func open(path: String) throws(LedgerError) -> LedgerReader {
    try LedgerPath.checkReadable(path)
    let connection = try LedgerConnection.reading(path)
    try connection.read { db in
      guard try !LedgerIdentity.isEmpty(db, path: path) else { throw LedgerError.empty(path: path) }
      try LedgerIdentity.check(db, path: path)
    }
    return LedgerReader(connection: connection)
  }

  /// Whether a path names a file of SQLite, such as a ledger, or what is called like one and is no regular file: what else it
  /// is shows when it is opened. A pipe may bring a study, but not by the name of a ledger, and nobody waits for its writer.
  public static func mayBeLedger(_ path: String) -> Bool {
    LedgerPath.isDatabase(path) || path.hasSuffix(".landfall") && LedgerPath.kind(path) == .special
  }

  /// What a user is to know of a ledger whose rows have no seals; nil for one of the present schema.
  public func schemaNote() throws(LedgerError) -> String? {
    let schema = try study().schema
    guard schema < LedgerSchema.firstSealedVersion else { return nil }
    return
      "\(path) has ledger schema \(schema), which has no checksums of targets, runs, source and confidence: damage there "
      + "would not be seen. The next run on it brings it to schema \(LedgerSchema.version), which has them."
  }

  /// Whether some process writes the ledger.
  public var lock: LockState { LedgerLock.state(of: path) }

  public func study() throws(LedgerError) -> StoredStudy {
    try connection.read { try StoredStudy.fetch($0, path: path) }
  }

  /// The study with its cells, of one state of the ledger.
  public func studyAndCells() throws(LedgerError) -> (StoredStudy, [CellRecord]) {
    try connection.read { db in
      (try StoredStudy.fetch(db, path: path), try StoredCell.all(db, path: path).map(\.record))
    }
  }

  /// The cells in the order of the study that was run last.
  public func cells() throws(LedgerError) -> [CellRecord] {
    try connection.read { try StoredCell.all($0, path: path).map(\.record) }
  }

  /// The runs in the order of starting.
  public func runs() throws(LedgerError) -> [StoredRun] {
    try connection.read { db in
      try StoredRun.all(db, path: path)
    }
  }

  /// The targets, cell by cell in the order they were set, for tests.
  package func targets() throws(LedgerError) -> [StoredTarget] {
    try connection.read { db in
      try StoredCell.all(db, path: path).flatMap { try StoredTarget.all(db, cell: $0, path: path) }
    }
  }

  /// How far `cell` is. A cell that the ledger does not have counts as one without target and outcomes.
  public func progress(of cell: CellKey) throws(LedgerError) -> CellProgress {
    try connection.read { db in
      guard let cell = try StoredCell.find(db, key: cell, path: path) else {
        return CellProgress(target: nil, stored: 0, prefix: 0, plan: .anytime)
      }
      return try CellProgress(db, cell: cell, path: path)
    }
  }

  /// The block of `cell` that has a trial, verified; nil where it is not stored.
  public func block(
    of cell: CellKey, containing trial: TrialIndex, reading content: BlockContent = .everything
  ) throws(LedgerError) -> BlockRecord? {
    let ranges = try connection.read { db -> (previous: Range<Int>, last: Range<Int>) in
      guard let cell = try StoredCell.find(db, key: cell, path: path) else { return (0..<0, 0..<0) }
      var (previous, last) = (0..<0, 0..<0)
      try BlockRanges.forEach(db, cell: cell, below: trial.value + 1, path: path) { (previous, last) = (last, $0) }
      return (previous, last)
    }
    guard ranges.last.contains(trial.value) else { return nil }
    var cursor = BlockCursor(
      connection: connection, cell: cell, after: ranges.previous, limit: ranges.last.lowerBound + 1, content: content)
    return try cursor.next()
  }

  /// The blocks of `cell` that begin below `limit`, in ascending order, verified.
  ///
  /// The blocks below ``CellProgress/prefix`` make up exactly the gap-free prefix, also while the ledger is written.
  ///
  /// - Parameter content: what is read of them. The blocks of a cell without analyses have none in any case.
  public func blocks(
    of cell: CellKey, below limit: Int = TrialIndex.limit, reading content: BlockContent = .outcomes
  ) -> BlockCursor {
    BlockCursor(connection: connection, cell: cell, after: 0..<0, limit: limit, content: content)
  }
}
