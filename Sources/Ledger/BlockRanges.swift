import GRDB
import Outcomes

/// The trial ranges of the stored blocks of a cell. They are read from the primary key's index; the outcomes are not
/// touched.
enum BlockRanges {
  /// Calls `body` with every range that begins below `limit`, in ascending order. Throws if a range is impossible or
  /// overlaps the one before.
  static func forEach(
    _ db: Database, cell: StoredCell, below limit: Int, path: String, _ body: (Range<Int>) throws -> Void
  ) throws {
    let statement = try db.cachedStatement(
      sql: "SELECT first, count FROM block WHERE cell = ? AND first < ? ORDER BY first")
    let rows = try Row.fetchCursor(statement, arguments: [cell.id, limit])
    var last = 0..<0
    while let row = try rows.next() {
      last = try checked(
        first: row.decode(atIndex: 0), count: row.decode(atIndex: 1), after: last, cell: cell.record, path: path)
      try body(last)
    }
  }

  /// The range of a block row that follows the block with range `last`.
  static func checked(first: Int, count: Int, after last: Range<Int>, cell: CellRecord, path: String) throws
    -> Range<Int>
  {
    func damaged(_ damage: BlockDamage) -> LedgerError {
      .damagedBlock(path: path, cell: cell, first: first, count: count, damage: damage)
    }
    guard (0..<TrialIndex.limit).contains(first), (1...TrialIndex.limit - first).contains(count) else {
      throw damaged(.range)
    }
    guard first >= last.upperBound else { throw damaged(.overlap(first: last.lowerBound, count: last.count)) }
    return first..<first + count
  }
}

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
      case ...1: "'', '', 0"
      case 2: "kernel, checkpoints, 0"
      default: "kernel, checkpoints, analysis"
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
      hasAnalysis: try row.decode(atIndex: 6))
  }
}
