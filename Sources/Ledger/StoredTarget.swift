import Foundation
import GRDB
import Outcomes

/// A number of trials that a run was asked to reach in a cell.
package struct StoredTarget: Sendable, Hashable {
  package var cell: CellKey
  /// 0 ... 2^40.
  package var trials: Int
  /// Outcomes of the cell that were stored when the target was set: 0 means that nobody can have looked before.
  package var done: Int
  package var set: Date
  /// The run that set it.
  package var run: Int
  /// By which the sampling may end before; empty where the number is planned.
  package var rule: String
  /// Numbers of trials at which the cell is looked at, rising; empty where none are planned.
  package var stages: [Int]
}

extension StoredTarget {
  /// The targets of a cell in the order they were set.
  static func all(_ db: Database, cell: StoredCell, path: String) throws -> [StoredTarget] {
    let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM target WHERE cell = ?", arguments: [cell.id]) ?? 0
    guard count <= mostTargets else {
      throw LedgerError.damaged(
        path: path,
        reason: "it has \(count) targets of \(cell.record.nameInMessages), and at most \(mostTargets) are kept")
    }
    return try Row.fetchAll(db, sql: "SELECT * FROM target WHERE cell = ? ORDER BY id", arguments: [cell.id])
      .map { try StoredTarget($0, cell: cell.record, path: path) }
  }

  /// These bound the memory that a file of others can take; the second one is in bytes.
  private static let mostTargets = 100_000
  private static let longestText = 100_000

  private init(_ row: Row, cell: CellRecord, path: String) throws {
    func number(_ column: String) throws -> Int {
      let number: Int = try row.decode(forColumn: column)
      guard (0...TrialIndex.limit).contains(number) else {
        throw LedgerError.damaged(
          path: path,
          reason: "a target of \(cell.nameInMessages) has \(number) under \"\(column)\", which is no number of trials")
      }
      return number
    }
    // Before schema 6 there were neither rules nor stages.
    func text(_ column: String) throws -> String {
      row.hasColumn(column) ? try row.text(column, atMost: Self.longestText, path: path) : ""
    }
    self.cell = cell.key
    (trials, done) = (try number("trials"), try number("done"))
    set = try Timestamp.stored(row.decode(forColumn: "set_at"), path: path)
    run = try row.decode(forColumn: "run")
    rule = try text("rule")
    let list = try text("stages")
    stages = list.isEmpty ? [] : list.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard stages.allSatisfy((1...TrialIndex.limit).contains), zip(stages, stages.dropFirst()).allSatisfy(<) else {
      throw LedgerError.damaged(
        path: path, reason: "a target of \(cell.nameInMessages) has stages that are no rising numbers of trials")
    }
  }
}
