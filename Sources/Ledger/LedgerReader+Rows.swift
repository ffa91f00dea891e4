import Foundation
import GRDB

// Columns are decoded by `decode`, which throws where GRDB's subscripts trap: damage may have left a NULL anywhere.

extension StoredStudy {
  static func fetch(_ db: Database, path: String) throws -> StoredStudy {
    guard let row = try Row.fetchOne(db, sql: "SELECT * FROM study") else {
      throw LedgerError.damaged(path: path, reason: "it has no study")
    }
    let hash: String = try row.decode(forColumn: "hash")
    guard hash.utf8.count == 64, hash.allSatisfy(\.isHexDigit) else {
      throw LedgerError.damaged(path: path, reason: "\"\(hash)\" is no study hash")
    }
    let study = StudyRecord(
      name: try row.decode(forColumn: "name"), definition: try row.decode(forColumn: "definition"),
      identity: row.hasColumn("identity") ? try row.decode(forColumn: "identity") : "",
      verdict: row.hasColumn("identity")
        ? try String.fetchOne(db, sql: "SELECT verdict FROM run ORDER BY id DESC LIMIT 1") ?? "" : "", hash: hash,
      cells: row.hasColumn("cells") ? try row.decode(forColumn: "cells") : "")
    let schema = try LedgerSchema.version(of: db)
    return StoredStudy(
      study: study, kernelLevel: try row.decode(forColumn: "kernel_level"),
      created: try Timestamp.stored(row.decode(forColumn: "created"), path: path),
      version: try row.decode(forColumn: "version"), schema: schema,
      hashedText: try hashedText(db, study, schema: schema))
  }

  private static func hashedText(_ db: Database, _ study: StudyRecord, schema: Int) throws -> String? {
    if schema >= LedgerSchema.firstSealedVersion { return nil }
    if schema < 4 { return study.definition }
    // SQLite writes columns that are added later behind a comma on a line of its own.
    let sql = try String.fetchOne(db, sql: "SELECT sql FROM sqlite_schema WHERE name = 'study'")
    return sql?.contains("\n, ") == true ? nil : study.identity
  }
}

extension StoredRun {
  /// The runs in the order of starting.
  static func all(_ db: Database, path: String) throws -> [StoredRun] {
    let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM run") ?? 0
    guard count <= mostRuns else {
      throw LedgerError.damaged(path: path, reason: "it has \(count) runs, and at most \(mostRuns) are kept")
    }
    return try Row.fetchAll(db, sql: "SELECT * FROM run ORDER BY id").map { try StoredRun(row: $0, path: path) }
  }

  /// These bound the memory that a file of others can take; the second one is in bytes.
  static let mostRuns = 100_000
  private static let longestText = 100_000

  init(row: Row, path: String) throws {
    func number(_ column: String, _ range: ClosedRange<Int>) throws -> Int {
      let number: Int = try row.decode(forColumn: column)
      guard range.contains(number) else {
        throw LedgerError.damaged(path: path, reason: "a run has \(number) under \"\(column)\", which is impossible")
      }
      return number
    }
    func text(_ column: String) throws -> String { try row.text(column, atMost: Self.longestText, path: path) }
    let numbers = 0...Int(Int32.max)
    let seed: String = try row.decode(forColumn: "seed")
    guard let seedNumber = UInt64(seed) else {
      throw LedgerError.damaged(path: path, reason: "\"\(seed)\" is no seed")
    }
    id = try row.decode(forColumn: "id")
    run = RunRecord(
      started: try Timestamp.stored(row.decode(forColumn: "started"), path: path),
      host: try text("host"), processID: try number("pid", numbers),
      ranks: try number("ranks", numbers), threads: try number("threads", numbers),
      kernelLevel: try text("kernel_level"), version: try text("version"),
      revision: row.hasColumn("revision") ? try text("revision") : "",
      arithmetic: row.hasColumn("arithmetic") ? try number("arithmetic", numbers) : 0,
      compiler: try text("compiler"), mpi: try text("mpi"),
      commandLine: try text("command_line"), seed: seedNumber)
    let finished: String? = try row.decode(forColumn: "finished")
    self.finished = try finished.map { try Timestamp.stored($0, path: path) }
    ending = try row.decode(forColumn: "ending")
    verdict = row.hasColumn("verdict") ? try row.decode(forColumn: "verdict") : ""
  }
}

/// Dates as the ledger stores them: UTC, ISO 8601, whole seconds, such as `2026-11-21T09:30:00Z`.
enum Timestamp {
  static func text(_ date: Date) -> String { date.formatted(.iso8601) }

  static func date(_ text: String) -> Date? { try? Date(text, strategy: .iso8601) }
}

extension Timestamp {
  static func stored(_ text: String, path: String) throws -> Date {
    guard let date = date(text) else { throw LedgerError.damaged(path: path, reason: "\"\(text)\" is no date") }
    return date
  }
}

extension Row {
  /// A text of at most so many bytes: a longer one could be read, but takes a report more room than it has.
  func text(_ column: String, atMost bytes: Int, path: String) throws -> String {
    let text: String = try decode(forColumn: column)
    guard text.utf8.count <= bytes else {
      throw LedgerError.damaged(
        path: path,
        reason: "its column \"\(column)\" has a text of \(text.utf8.count) bytes, and at most \(bytes) are kept")
    }
    return text
  }

  /// The bytes of a column; none for NULL.
  func bytes(atIndex index: Int) throws -> [UInt8] {
    try withUnsafeData(atIndex: index) { $0.map { [UInt8]($0) } ?? [] }
  }
}
