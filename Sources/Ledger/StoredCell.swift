import GRDB
import Outcomes

/// A row of the table of cells.
struct StoredCell: Sendable {
  var id: Int
  var record: CellRecord

  /// The cells in the order of the study.
  static func all(_ db: Database, path: String) throws -> [StoredCell] {
    try Row.fetchAll(db, sql: "SELECT \(columns(db)) FROM cell ORDER BY position, id").map {
      try StoredCell(row: $0, path: path)
    }
  }

  /// The cell with this key; nil if the ledger does not have it.
  static func find(_ db: Database, key: CellKey, path: String) throws -> StoredCell? {
    try Row.fetchOne(db, sql: "SELECT \(columns(db)) FROM cell WHERE key = ?", arguments: [key.text])
      .map { try StoredCell(row: $0, path: path) }
  }

  private static func columns(_ db: Database) throws -> String {
    let additions =
      switch try LedgerSchema.version(of: db) {
      case ...1: "'', '', 0, ''"
      case 2: "kernel, checkpoints, 0, ''"
      case 3: "kernel, checkpoints, analysis, ''"
      default: "kernel, checkpoints, analysis, limits"
      }
    return "id, key, label, definition, " + additions
  }

  private init(row: Row, path: String) throws {
    let text: String = try row.decode(atIndex: 1)
    guard let key = CellKey(text: text) else {
      throw LedgerError.damaged(path: path, reason: "\"\(text)\" is no cell key")
    }
    id = try row.decode(atIndex: 0)
    let list: String = try row.decode(atIndex: 5)
    let steps = list.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    guard list.isEmpty || CellRecord.areCheckpoints(steps) else {
      throw LedgerError.damaged(path: path, reason: "\"\(list)\" is no list of checkpoints")
    }
    record = CellRecord(
      key: key, label: try row.decode(atIndex: 2), definition: try row.decode(atIndex: 3),
      kernel: try row.decode(atIndex: 4), checkpoints: list.isEmpty ? [] : steps,
      hasAnalysis: try row.decode(atIndex: 6), limits: try row.decode(atIndex: 7))
  }
}
