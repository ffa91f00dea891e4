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
