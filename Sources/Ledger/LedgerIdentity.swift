import GRDB

/// What kind of file a connection has.
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

  /// Checks application id, schema version and structure of a file that is not empty.
  static func check(_ db: Database, path: String) throws {
    let applicationID = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    guard applicationID == LedgerSchema.applicationID else {
      throw LedgerError.foreign(path: path, applicationID: applicationID)
    }
    let version = try LedgerSchema.version(of: db)
    guard (1...LedgerSchema.version).contains(version) else { throw LedgerError.schema(path: path, version: version) }
    // Checksums tell of rows that have changed; of a damaged page whole rows can be missing. Reads the file once.
    let findings = try String.fetchAll(db, sql: "PRAGMA quick_check(1)")
    guard findings == ["ok"] else {
      // A line with the name of the database comes first.
      let reason = findings.first?.split(separator: "\n").last.map(String.init)
      throw LedgerError.damaged(path: path, reason: reason ?? "SQLite finds its structure broken")
    }
  }
}
