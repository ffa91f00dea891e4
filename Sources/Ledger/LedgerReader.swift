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
    let file = LedgerPath.absolute(path)
    switch LedgerPath.kind(file) {
    case .missing: throw .missing(path: path)
    case .folder: throw .unreadable(path: path, reason: "it is a folder")
    case .special: throw .unreadable(path: path, reason: "it is not a regular file")
    case .file: break
    }
    if let reason = LedgerPath.refusal(file, mode: R_OK) { throw .unreadable(path: path, reason: reason) }
    let connection = try LedgerConnection.reading(path)
    try connection.read { db in
      guard try !LedgerIdentity.isEmpty(db, path: path) else { throw LedgerError.empty(path: path) }
      try LedgerIdentity.check(db, path: path)
    }
    return LedgerReader(connection: connection)
  }

  public func study() throws(LedgerError) -> StoredStudy {
    try connection.read { try StoredStudy.fetch($0, path: path) }
  }

  /// The cells in the order of the study that was run last.
  public func cells() throws(LedgerError) -> [CellRecord] {
    try connection.read { try StoredCell.all($0, path: path).map(\.record) }
  }

  /// The runs in the order of starting.
  public func runs() throws(LedgerError) -> [StoredRun] {
    try connection.read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM run ORDER BY id").map { try StoredRun(row: $0, path: path) }
    }
  }

  /// The targets in the order they were set, for tests.
  package func targets() throws(LedgerError) -> [StoredTarget] {
    try connection.read { db in
      let cells = Dictionary(
        uniqueKeysWithValues: try StoredCell.all(db, path: path).map { ($0.id, $0.record.key) })
      return try Row.fetchAll(db, sql: "SELECT cell, trials, done, set_at, run FROM target ORDER BY id").map { row in
        let id: Int = try row.decode(atIndex: 0)
        guard let cell = cells[id] else {
          throw LedgerError.damaged(path: path, reason: "there is a target of cell \(id), but no such cell")
        }
        return StoredTarget(
          cell: cell, trials: try row.decode(atIndex: 1), done: try row.decode(atIndex: 2),
          set: try Timestamp.stored(row.decode(atIndex: 3), path: path), run: try row.decode(atIndex: 4))
      }
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
