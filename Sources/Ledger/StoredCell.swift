import GRDB
import Outcomes

/// A row of the table of cells.
struct StoredCell: Sendable {
  var id: Int
  /// Its place in the study that was run last, from 1.
  var position: Int
  var record: CellRecord
  /// The columns of the record with their ids, in the same order; none in ledgers up to schema 4.
  var columns: [(id: Int, observable: Observable)]

  /// The cells in the order of the study.
  static func all(_ db: Database, path: String) throws -> [StoredCell] {
    let observables = try StoredObservables(db, path: path)
    let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM cell") ?? 0
    guard count <= mostCells else {
      throw LedgerError.damaged(path: path, reason: "it has \(count) cells, and a study has at most \(mostCells)")
    }
    let cells = try Row.fetchAll(db, sql: "SELECT \(columns(db)) FROM cell ORDER BY position, id").map {
      try StoredCell(row: $0, observables, path: path)
    }
    guard Set(cells.map(\.record.key)).count == cells.count else {
      throw LedgerError.damaged(path: path, reason: "it has a cell twice")
    }
    return cells
  }

  /// These bound the memory that a file of others can take; texts in bytes.
  static let mostCells = 100_000
  private static let longestList = 1_000_000
  private static let longestLabel = 20_000

  /// The cell with this key; nil if the ledger does not have it.
  ///
  /// - Parameter observables: those of the ledger, if they have been read.
  static func find(
    _ db: Database, key: CellKey, path: String, _ observables: StoredObservables? = nil
  ) throws -> StoredCell? {
    let observables = try observables ?? StoredObservables(db, path: path)
    return try Row.fetchOne(db, sql: "SELECT \(columns(db)) FROM cell WHERE key = ?", arguments: [key.text])
      .map { try StoredCell(row: $0, observables, path: path) }
  }

  /// The cell in this row, whatever an index says; nil where there is none.
  static func find(_ db: Database, row: Int64, path: String, _ observables: StoredObservables) throws -> StoredCell? {
    try Row.fetchOne(db, sql: "SELECT \(columns(db)) FROM cell NOT INDEXED WHERE rowid = ?", arguments: [row])
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
    return "id, key, label, definition, " + additions + ", position"
  }
}

extension StoredCell {
  fileprivate init(row: Row, _ stored: StoredObservables, path: String) throws {
    let text: String = try row.decode(atIndex: 1)
    guard let key = CellKey(text: text) else {
      throw LedgerError.damaged(path: path, reason: "\"\(text)\" is no cell key")
    }
    id = try row.decode(atIndex: 0)
    position = try row.decode(atIndex: 9)
    let observables = try stored.list(row.decode(atIndex: 8), path: path)
    columns = observables.filter { $0.observable.moment != .checkpoint }
    let list: String = try row.decode(atIndex: 5)
    let label: String = try row.decode(atIndex: 2)
    guard list.utf8.count <= Self.longestList, label.utf8.count <= Self.longestLabel else {
      throw LedgerError.damaged(path: path, reason: "label or checkpoints of a cell are longer than those of any study")
    }
    let steps = list.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    guard list.isEmpty || CellRecord.areCheckpoints(steps) else {
      throw LedgerError.damaged(path: path, reason: "\"\(list)\" is no list of checkpoints")
    }
    record = CellRecord(
      key: key, label: label, definition: try row.decode(atIndex: 3),
      kernel: try row.decode(atIndex: 4), checkpoints: list.isEmpty ? [] : steps,
      hasAnalysis: try row.decode(atIndex: 6), limits: try row.decode(atIndex: 7))
    record.further = columns.map(\.observable).filter { !record.columns.contains($0) }
    let followed = observables.map(\.observable).filter { $0.moment == .checkpoint }
    if !followed.isEmpty { record.followed = followed }
  }
}
