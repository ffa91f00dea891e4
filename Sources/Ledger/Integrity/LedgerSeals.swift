import Foundation
import GRDB
import Outcomes

/// The checksums of all that is no outcome: of the rows of a ledger, and of which rows there are.
///
/// Each row of study, cells, targets, runs, observables and blocks has a seal, a checksum of its other columns, so that a
/// number that has changed is found out. A tally for each table, its number of rows and the exclusive or of their
/// checksums, tells of rows that are missing, or are too many.
struct LedgerSeals {
  let db: Database
  /// The study's hash.
  let study: String

  // MARK: - Writing

  /// Seals a row that was inserted or changed.
  func seal(_ table: LedgerTable, row id: Int64) throws {
    let row = try row(table, id)
    let old = try row.bytes(atIndex: 0)
    let new = Self.seal(of: row, table, study)
    guard old != new else { return }
    try db.cachedStatement(sql: "UPDATE \(table.name) SET seal = ? WHERE rowid = ?")
      .execute(arguments: [Data(new), id])
    if old.isEmpty {
      try count(table, rows: 1, toggling: [new])
    } else {
      try count(table, rows: 0, toggling: [old, new])
    }
  }

  /// Takes a row that is to be deleted out of the tally of its table.
  func unseal(_ table: LedgerTable, row id: Int64) throws {
    try count(table, rows: -1, toggling: [try row(table, id).bytes(atIndex: 0)])
  }

  /// Changes the tally of a table.
  ///
  /// - Parameters:
  ///   - rows: how many more there are.
  ///   - checksums: of rows that came or went.
  func count(_ table: LedgerTable, rows: Int, toggling checksums: [[UInt8]]) throws {
    var tally = try stored(table) ?? LedgerTally()
    tally.rows += rows
    for checksum in checksums { tally.toggle(checksum) }
    try store(tally, table)
  }

  /// Stores the tallies of empty tables.
  static func beginTallies(_ db: Database) throws {
    for table in LedgerTable.allCases where table.checksumColumn != nil {
      try LedgerSeals(db: db, study: "").store(LedgerTally(), table)
    }
  }

  /// Seals all rows and counts them anew, for a ledger that had no seals.
  func renew() throws {
    for table in LedgerTable.allCases where table.checksumColumn != nil {
      try store(LedgerTally(), table)
      if table.hasSeals {
        try db.execute(sql: "UPDATE \(table.name) SET seal = x''")
        for id in try Int64.fetchAll(db, sql: "SELECT rowid FROM \(table.name)") { try seal(table, row: id) }
      } else {
        try store(tally(table) { _, _ in true }, table)
      }
    }
  }

  private func store(_ tally: LedgerTally, _ table: LedgerTable) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO tally (name, rows, digest) VALUES (?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET rows = excluded.rows, digest = excluded.digest
        """
    ).execute(arguments: [table.name, tally.rows, Data(tally.digest)])
  }

  // MARK: - Reading

  /// Checks every seal and every tally.
  ///
  /// - Throws: ``LedgerError/damaged(path:reason:)`` with the first that is wrong.
  func check(path: String) throws {
    for table in LedgerTable.allCases where table.checksumColumn != nil { try check(table, path: path) }
  }

  /// Checks the seals and the tally of a table.
  func check(_ table: LedgerTable, path: String) throws {
    let counted = try tally(table) { row, checksum in
      guard table.hasSeals else { return true }
      return checksum == Self.seal(of: row, table, study)
    } orElse: { row in
      throw LedgerError.damaged(
        path: path, reason: "row \(row) of its table \"\(table.name)\" does not match its checksum")
    }
    guard let stored = try stored(table) else {
      throw LedgerError.damaged(path: path, reason: "it lacks the tally of its table \"\(table.name)\"")
    }
    guard counted == stored else {
      throw LedgerError.damaged(
        path: path,
        reason: counted.rows == stored.rows
          ? "the rows of its table \"\(table.name)\" are not those that were stored"
          : "its table \"\(table.name)\" has \(counted.rows) rows, and \(stored.rows) were stored")
    }
  }

  /// Whether a row has its seal.
  ///
  /// - Parameters:
  ///   - row: as ``select(_:)`` reads it.
  ///   - place: of the seal, where it is the second value, behind the row id.
  func isSealed(_ row: Row, _ table: LedgerTable, sealAt place: Int = 0) throws -> Bool {
    try row.bytes(atIndex: place) == Self.seal(of: row, table, study)
  }

  /// SQL that reads the rows of a table: the checksum, the row id, and for tables with seals the columns in the order of the
  /// table.
  static func select(_ table: LedgerTable) -> String {
    let checksum = table.checksumColumn ?? "NULL"
    return "SELECT \(checksum), rowid\(table.hasSeals ? ", *" : "") FROM \(table.name)"
  }

  private func row(_ table: LedgerTable, _ id: Int64) throws -> Row {
    let statement = try db.cachedStatement(sql: Self.select(table) + " WHERE rowid = ?")
    guard let row = try Row.fetchOne(statement, arguments: [id]) else {
      preconditionFailure("a row of \(table.name) is sealed after it was written")
    }
    return row
  }

  private func tally(
    _ table: LedgerTable, _ isSound: (Row, [UInt8]) throws -> Bool, orElse fail: (Int64) throws -> Void = { _ in }
  ) throws -> LedgerTally {
    var tally = LedgerTally()
    let rows = try Row.fetchCursor(db, sql: Self.select(table))
    while let row = try rows.next() {
      let checksum = try row.bytes(atIndex: 0)
      if try !isSound(row, checksum) { try fail(row.decode(atIndex: 1)) }
      tally.rows += 1
      tally.toggle(checksum)
    }
    return tally
  }

  private func stored(_ table: LedgerTable) throws -> LedgerTally? {
    let statement = try db.cachedStatement(sql: "SELECT rows, digest FROM tally WHERE name = ?")
    return try Row.fetchOne(statement, arguments: [table.name]).map {
      LedgerTally(rows: try $0.decode(atIndex: 0), digest: try $0.bytes(atIndex: 1))
    }
  }

  // MARK: - The seal of a row

  /// The first 16 bytes of SHA-256 over, in this order: "row", the study hash (64 ASCII digits), the name of the table
  /// and a zero byte, and for each column but the seal its kind (one byte: 0 NULL, 1 integer, 2 real, 3 text, 4 blob), for
  /// text and blobs the number of bytes (unsigned 64-bit, little-endian), and the value (integers and IEEE 754 binary64
  /// little-endian, text in UTF-8).
  private static func seal(of row: Row, _ table: LedgerTable, _ study: String) -> [UInt8] {
    var bytes = Array(("row" + study + table.name).utf8) + [0]
    // Behind the checksum and the row id.
    for (name, value) in row.dropFirst(2) where name != "seal" {
      switch value.storage {
      case .null: bytes += [0]
      case .int64(let value):
        bytes += [1]
        bytes.append(UInt64(bitPattern: value), bytes: 8)
      case .double(let value):
        bytes += [2]
        bytes.append(value)
      case .string(let value):
        bytes += [3]
        bytes.append(UInt64(value.utf8.count), bytes: 8)
        bytes += value.utf8
      case .blob(let value):
        bytes += [4]
        bytes.append(UInt64(value.count), bytes: 8)
        bytes += value
      }
    }
    return Array(SHA256.digest(of: bytes).prefix(BlockChecksum.size))
  }
}

extension LedgerWriter {
  /// Seals whatever is in a file, for tests: as if who changed it knew how.
  ///
  /// - Parameter blocks: whether columns and blocks get new checksums, too.
  package static func renewSeals(path: String, blocks: Bool = false) throws(LedgerError) {
    let connection = try LedgerConnection.writing(path, pageLimit: nil)
    try connection.write { db in
      let hash = try String.fetchOne(db, sql: "SELECT hash FROM study") ?? ""
      if blocks {
        for cell in try StoredCell.all(db, path: path) {
          try BlockRows(db: db, cell: cell, study: hash, path: path).renewChecksums()
        }
      }
      try LedgerSeals(db: db, study: hash).renew()
    }
  }
}

/// How many rows a table has, and the exclusive or of their checksums.
struct LedgerTally: Hashable {
  var rows = 0
  var digest = [UInt8](repeating: 0, count: BlockChecksum.size)

  /// Takes a checksum in, or out again. Checksums of another length than they should have do not fit in.
  mutating func toggle(_ checksum: [UInt8]) {
    for (place, byte) in checksum.prefix(digest.count).enumerated() { digest[place] ^= byte }
  }
}
