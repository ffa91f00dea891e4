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
    let checksum = Data(BlockChecksum.ofLevels(bytes, key: key))
    try connection.write { db in
      try db.execute(
        sql: """
          INSERT INTO level (key, checksum, bytes) VALUES (?, ?, ?)
          ON CONFLICT (key) DO UPDATE SET checksum = excluded.checksum, bytes = excluded.bytes
          """, arguments: [key, checksum, Data(bytes)])
    }
  }
}

extension LedgerReader {
  /// The reference levels named by `key`; nil if none are kept.
  ///
  /// - Throws: ``LedgerError/damagedLevels(path:key:)`` if their checksum does not match.
  public func levels(key: String) throws(LedgerError) -> [UInt8]? {
    try connection.read { db in
      guard try LedgerSchema.version(of: db) >= 3,
        let row = try Row.fetchOne(db, sql: "SELECT checksum, bytes FROM level WHERE key = ?", arguments: [key])
      else { return nil }
      let bytes = try row.bytes(atIndex: 1)
      guard try row.bytes(atIndex: 0) == BlockChecksum.ofLevels(bytes, key: key) else {
        throw LedgerError.damagedLevels(path: path, key: key)
      }
      return bytes
    }
  }
}
