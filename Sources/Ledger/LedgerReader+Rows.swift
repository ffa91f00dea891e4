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
    return StoredStudy(
      study: StudyRecord(
        name: try row.decode(forColumn: "name"), definition: try row.decode(forColumn: "definition"),
        identity: row.hasColumn("identity") ? try row.decode(forColumn: "identity") : "",
        verdict: row.hasColumn("identity")
          ? try String.fetchOne(db, sql: "SELECT verdict FROM run ORDER BY id DESC LIMIT 1") ?? "" : "", hash: hash,
        cells: row.hasColumn("cells") ? try row.decode(forColumn: "cells") : ""),
      kernelLevel: try row.decode(forColumn: "kernel_level"),
      created: try Timestamp.stored(row.decode(forColumn: "created"), path: path),
      version: try row.decode(forColumn: "version"))
  }
}

extension StoredRun {
  init(row: Row, path: String) throws {
    let seed: String = try row.decode(forColumn: "seed")
    guard let number = UInt64(seed) else {
      throw LedgerError.damaged(path: path, reason: "\"\(seed)\" is no seed")
    }
    id = try row.decode(forColumn: "id")
    run = RunRecord(
      started: try Timestamp.stored(row.decode(forColumn: "started"), path: path),
      host: try row.decode(forColumn: "host"), processID: try row.decode(forColumn: "pid"),
      ranks: try row.decode(forColumn: "ranks"), threads: try row.decode(forColumn: "threads"),
      kernelLevel: try row.decode(forColumn: "kernel_level"), version: try row.decode(forColumn: "version"),
      revision: row.hasColumn("revision") ? try row.decode(forColumn: "revision") : "",
      arithmetic: row.hasColumn("arithmetic") ? try row.decode(forColumn: "arithmetic") : 0,
      compiler: try row.decode(forColumn: "compiler"), mpi: try row.decode(forColumn: "mpi"),
      commandLine: try row.decode(forColumn: "command_line"), seed: number)
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
  /// The bytes of a column; none for NULL.
  func bytes(atIndex index: Int) throws -> [UInt8] {
    try withUnsafeData(atIndex: index) { $0.map { [UInt8]($0) } ?? [] }
  }
}
