import GRDB
import Outcomes

/// A row of the table of cells.
struct StoredCell: Sendable {
  var id: Int
  var record: CellRecord
  /// The columns of the record with their ids, in the same order; none in ledgers up to schema 4.
  var columns: [(id: Int, observable: Observable)]

  /// The cells in the order of the study.
  static func all(_ db: Database, path: String) throws -> [StoredCell] {
    let observables = try StoredObservables(db, path: path)
    return try Row.fetchAll(db, sql: "SELECT \(columns(db)) FROM cell ORDER BY position, id").map {
      try StoredCell(row: $0, observables, path: path)
    }
  }

  /// The cell with this key; nil if the ledger does not have it.
  static func find(_ db: Database, key: CellKey, path: String) throws -> StoredCell? {
    let observables = try StoredObservables(db, path: path)
    return try Row.fetchOne(db, sql: "SELECT \(columns(db)) FROM cell WHERE key = ?", arguments: [key.text])
      .map { try StoredCell(row: $0, observables, path: path) }
  }

  private static func columns(_ db: Database) throws -> String {
    let additions =
      switch try LedgerSchema.version(of: db) {
      case ...1: "'', '', 0, '', ''"
      case 2: "kernel, checkpoints, 0, '', ''"
      case 3: "kernel, checkpoints, analysis, '', ''"
      case 4: "kernel, checkpoints, analysis, limits, ''"
      default: "kernel, checkpoints, analysis, limits, observables"
      }
    return "id, key, label, definition, " + additions
  }

  private init(row: Row, _ stored: StoredObservables, path: String) throws {
    let text: String = try row.decode(atIndex: 1)
    guard let key = CellKey(text: text) else {
      throw LedgerError.damaged(path: path, reason: "\"\(text)\" is no cell key")
    }
    id = try row.decode(atIndex: 0)
    let observables = try stored.list(row.decode(atIndex: 8), path: path)
    columns = observables.filter { $0.observable.moment != .checkpoint }
    let list: String = try row.decode(atIndex: 5)
    let steps = list.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    guard list.isEmpty || CellRecord.areCheckpoints(steps) else {
      throw LedgerError.damaged(path: path, reason: "\"\(list)\" is no list of checkpoints")
    }
    record = CellRecord(
      key: key, label: try row.decode(atIndex: 2), definition: try row.decode(atIndex: 3),
      kernel: try row.decode(atIndex: 4), checkpoints: list.isEmpty ? [] : steps,
      hasAnalysis: try row.decode(atIndex: 6), limits: try row.decode(atIndex: 7))
    record.further = columns.map(\.observable).filter { !record.columns.contains($0) }
    let followed = observables.map(\.observable).filter { $0.moment == .checkpoint }
    if !followed.isEmpty { record.followed = followed }
  }
}
