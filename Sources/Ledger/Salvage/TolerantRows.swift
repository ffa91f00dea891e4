import GRDB

/// The rows of tables of a damaged file that can still be read, by their row ids: what an index says counts for nothing.
struct TolerantRows {
  let db: Database

  /// Calls `body` with every row that can be read, ascending by row id, which is the first column.
  ///
  /// - Returns: whether all could be read.
  @discardableResult
  func forEach(_ table: LedgerTable, _ columns: String, _ body: (Row) throws -> Void) throws -> Bool {
    var next = Int64.min
    var isComplete = true
    while true {
      do {
        let rows = try Row.fetchCursor(db, sql: Self.sql(table, columns), arguments: [next])
        while let row = try rows.next() {
          let id: Int64 = try row.decode(atIndex: 0)
          try body(row)
          guard id < .max else { return isComplete }
          next = id + 1
        }
        return isComplete
      } catch let error as DatabaseError where Self.isDamage(error) {
        isComplete = false
        guard let start = firstReadable(table, columns, from: next) else { return false }
        next = start
      }
    }
  }

  /// A row by its id; nil where it cannot be read.
  func row(_ table: LedgerTable, _ columns: String, id: Int64) -> Row? {
    try? Row.fetchOne(
      db, sql: "SELECT rowid, \(columns) FROM \(table.name) NOT INDEXED WHERE rowid = ?", arguments: [id])
  }

  private static func sql(_ table: LedgerTable, _ columns: String) -> String {
    "SELECT rowid, \(columns) FROM \(table.name) NOT INDEXED WHERE rowid >= ? ORDER BY rowid"
  }

  private static func isDamage(_ error: DatabaseError) -> Bool {
    [.SQLITE_CORRUPT, .SQLITE_TOOBIG, .SQLITE_NOMEM, .SQLITE_IOERR].contains(error.resultCode)
  }

  /// Where reading can go on behind a place where it cannot: a page, or a tree of pages, covers a range of row ids.
  private func firstReadable(_ table: LedgerTable, _ columns: String, from broken: Int64) -> Int64? {
    func row(from start: Int64) -> (isReadable: Bool, id: Int64?) {
      do {
        let row = try Row.fetchOne(db, sql: Self.sql(table, columns) + " LIMIT 1", arguments: [start])
        return (true, try row?.decode(atIndex: 0))
      } catch {
        return (false, nil)
      }
    }
    // Row ids of a ledger count from 1.
    var (unreadable, step) = (max(broken, 0), Int64(1))
    while !row(from: unreadable + step).isReadable {
      guard step < 1 << 60 else { return nil }
      unreadable += step
      step *= 2
    }
    var readable = unreadable + step
    while readable - unreadable > 1 {
      let middle = unreadable + (readable - unreadable) / 2
      if row(from: middle).isReadable { readable = middle } else { unreadable = middle }
    }
    return row(from: readable).id
  }
}
