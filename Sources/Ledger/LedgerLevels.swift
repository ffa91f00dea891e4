import Foundation
import GRDB

// Reference levels are worked out once and kept, because the search for them takes seconds. The ledger does not look
// into their bytes.

extension LedgerWriter {
  /// Keeps the reference levels named by `key`, in the place of what was kept under this name.
  ///
  /// - Precondition: the key has no zero byte.
  public func storeLevels(key: String, bytes: [UInt8]) throws(LedgerError) {
    precondition(!key.utf8.contains(0), "the key of levels has no zero byte")
    let checksum = BlockChecksum.ofLevels(bytes, key: key)
    let hash = hash
    try connection.write { db in
      let old = try Row.fetchOne(db, sql: "SELECT checksum FROM level WHERE key = ?", arguments: [key])
      let gone = try old.map { [try $0.bytes(atIndex: 0)] } ?? []
      try LedgerSeals(db: db, study: hash).count(.level, rows: 1 - gone.count, toggling: gone + [checksum])
      try db.execute(
        sql: """
          INSERT INTO level (key, checksum, bytes) VALUES (?, ?, ?)
          ON CONFLICT (key) DO UPDATE SET checksum = excluded.checksum, bytes = excluded.bytes
          """, arguments: [key, Data(checksum), Data(bytes)])
    }
  }
}

extension LedgerReader {
  /// The reference levels named by `key`; nil if none are kept.
  ///
  /// - Throws: ``LedgerError/damagedLevels(path:key:)`` if their checksum does not match.
  public func levels(key: String) throws(LedgerError) -> [UInt8]? {
    try connection.read { db in
      guard try LedgerSchema.version(of: db) >= 3 else { return nil }
      return try LedgerLevels.bytes(db, key: key, path: path)
    }
  }
}

enum LedgerLevels {
  /// The bytes that are kept under a key, verified; nil for none.
  static func bytes(_ db: Database, key: String, path: String) throws -> [UInt8]? {
    guard let row = try Row.fetchOne(db, sql: "SELECT checksum, bytes FROM level WHERE key = ?", arguments: [key])
    else { return nil }
    let bytes = try row.bytes(atIndex: 1)
    guard try row.bytes(atIndex: 0) == BlockChecksum.ofLevels(bytes, key: key) else {
      throw LedgerError.damagedLevels(path: path, key: key)
    }
    return bytes
  }

  /// More than any study asks for.
  static let most = 100_000

  /// Checks all that are kept.
  static func check(_ db: Database, path: String) throws {
    guard try LedgerSchema.version(of: db) >= 3 else { return }
    let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM level") ?? 0
    guard count <= most else {
      throw LedgerError.damaged(path: path, reason: "it has \(count) reference levels, and at most \(most) are kept")
    }
    for key in try String.fetchAll(db, sql: "SELECT key FROM level") { _ = try bytes(db, key: key, path: path) }
  }
}
