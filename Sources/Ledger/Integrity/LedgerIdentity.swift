import GRDB
import Outcomes

/// What kind of file a connection has, and whether it is sound.
enum LedgerIdentity {
  /// Whether the file has no content yet: zero bytes, or a creation that was interrupted.
  ///
  /// - Throws: ``LedgerError/notDatabase(path:)`` for a file of a few bytes, which SQLite takes for an empty one.
  static func isEmpty(_ db: Database, path: String) throws -> Bool {
    if 1..<512 ~= LedgerPath.size(LedgerPath.absolute(path)) { throw LedgerError.notDatabase(path: path) }
    // In a transaction that may write, SQLite counts one page of an empty file.
    return try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0 <= 1
      && Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
      && Int.fetchOne(db, sql: "PRAGMA application_id") == 0
      && LedgerSchema.version(of: db) == 0
  }

  /// Checks a file that is not empty: application id, schema, structure, and every row that is no outcome. The checksums of
  /// outcomes are compared when they are read.
  static func check(_ db: Database, path: String) throws {
    let version = try checkKind(db, path: path)
    try checkStructure(db, path: path)
    guard version >= LedgerSchema.firstSealedVersion else { return }
    try LedgerSeals(db: db, study: StoredStudy.fetch(db, path: path).study.hash).check(path: path)
  }

  /// Checks every value and every checksum of a ledger that is about to be written, the outcomes too: nothing is built on
  /// damage. Reads the file once more.
  static func checkContent(_ db: Database, path: String) throws {
    let hash = try StoredStudy.fetch(db, path: path).study.hash
    _ = try StoredRun.all(db, path: path)
    for cell in try StoredCell.all(db, path: path) {
      _ = try CellProgress(db, cell: cell, path: path)
      try checkBlocks(db, cell: cell, study: hash, path: path)
      let rows = TrajectoryRows(db: db, cell: cell, study: hash, path: path)
      try rows.forEachRange { _ = try rows.aggregate($0) }
      for trial in try rows.wholeTrials() { _ = try rows.wholeTrajectory(of: trial) }
    }
    try LedgerLevels.check(db, path: path)
  }

  private static func checkBlocks(_ db: Database, cell: StoredCell, study hash: String, path: String) throws {
    var last = 0..<0
    if try LedgerSchema.version(of: db) < 5 {
      let blocks = BlocksOfSchema4(db: db, cell: cell, study: hash, path: path)
      while let end = try blocks.page(
        after: last, below: TrialIndex.limit, trials: 10_000, reading: .outcomesAndAnalyses
      ).last { last = end.trials }
    } else {
      let blocks = BlockRows(db: db, cell: cell, study: hash, path: path)
      while let end = try blocks.page(
        after: last, below: TrialIndex.limit, trials: 10_000, of: cell.record.columns
      ).last { last = end.trials }
    }
  }

  /// Checks application id and schema, which a damaged ledger must have, too, to be read at all.
  ///
  /// - Returns: the version of the schema.
  @discardableResult static func checkKind(_ db: Database, path: String) throws -> Int {
    let applicationID = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    guard applicationID == LedgerSchema.applicationID else {
      throw LedgerError.foreign(path: path, applicationID: applicationID)
    }
    let version = try LedgerSchema.version(of: db)
    guard (1...LedgerSchema.version).contains(version) else { throw LedgerError.schema(path: path, version: version) }
    try LedgerShape.check(db, version: version, path: path)
    return version
  }

  /// Checks that the file is complete, and that every page, row and index has its place. Reads the file once.
  private static func checkStructure(_ db: Database, path: String) throws {
    // SQLite reads what is missing at the end as zeros.
    let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
    let pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
    let size = LedgerPath.size(LedgerPath.absolute(path))
    guard size == pages * pageSize else {
      throw LedgerError.damaged(
        path: path, reason: "it has \(size) bytes, and its \(pages) pages should have \(pages * pageSize)")
    }
    let findings = try String.fetchAll(db, sql: "PRAGMA integrity_check(1)")
    guard findings == ["ok"] else {
      // A line with the name of the database comes first.
      let reason = findings.first?.split(separator: "\n").last.map(String.init)
      throw LedgerError.damaged(path: path, reason: reason ?? "SQLite finds its structure broken")
    }
  }
}
