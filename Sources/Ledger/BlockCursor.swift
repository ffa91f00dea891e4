import Foundation
import GRDB
import Outcomes

/// The blocks of a cell one after the other, each verified against its checksum.
///
/// About a mebibyte of outcomes is read at a time, and no transaction is open in between, so that memory is bounded and
/// a writer can commit while the blocks are gone through. Blocks that are committed meanwhile may or may not appear.
public struct BlockCursor {
  private let connection: LedgerConnection
  private let cell: CellKey
  private let limit: Int
  /// Blocks that are read, the next one last.
  private var page: [BlockRecord] = []
  /// The range of the last block that was read.
  private var last = 0..<0
  private var isAtEnd = false

  /// Outcomes after which a page ends, if the one block that is always read does not have more.
  private static let pageTrials = (1 << 20) / Outcome.recordSize

  init(connection: LedgerConnection, cell: CellKey, limit: Int) {
    self.connection = connection
    self.cell = cell
    self.limit = limit
  }

  /// The next block; nil after the last one.
  ///
  /// - Throws: ``LedgerError/damagedBlock(path:cell:first:count:damage:)`` for a block that cannot be trusted.
  public mutating func next() throws(LedgerError) -> BlockRecord? {
    if page.isEmpty && !isAtEnd { try readPage() }
    return page.popLast()
  }

  private mutating func readPage() throws(LedgerError) {
    let (key, path, limit) = (cell, connection.path, limit)
    var (last, isAtEnd) = (last, false)
    var blocks: [BlockRecord] = []
    try connection.read { db in
      // A read that is repeated because a journal had to be rolled back starts afresh.
      (last, isAtEnd, blocks) = (self.last, false, [])
      guard let cell = try StoredCell.find(db, key: key, path: path) else {
        isAtEnd = true
        return
      }
      let hash = try StoredStudy.fetch(db, path: path).study.hash
      // Every row is visited in the order of its first trial, those too that begin within the block before.
      let statement = try db.cachedStatement(
        sql: """
          SELECT first, count, seconds, checksum, outcomes FROM block
          WHERE cell = ? AND first >= ? AND first < ? ORDER BY first
          """)
      let rows = try Row.fetchCursor(
        statement, arguments: [cell.id, last.isEmpty ? Int.min : last.lowerBound + 1, limit])
      var trials = 0
      while trials < Self.pageTrials {
        guard let row = try rows.next() else {
          isAtEnd = true
          break
        }
        last = try BlockRanges.checked(
          first: row.decode(atIndex: 0), count: row.decode(atIndex: 1), after: last, cell: cell.record, path: path)
        blocks.append(try Self.verified(row, trials: last, cell: cell.record, hash: hash, path: path))
        trials += last.count
      }
    }
    (self.last, self.isAtEnd, page) = (last, isAtEnd, blocks.reversed())
  }

  /// The block in `row`, whose range is `trials`.
  private static func verified(_ row: Row, trials: Range<Int>, cell: CellRecord, hash: String, path: String) throws
    -> BlockRecord
  {
    func damaged(_ damage: BlockDamage) -> LedgerError {
      .damagedBlock(path: path, cell: cell, first: trials.lowerBound, count: trials.count, damage: damage)
    }
    let records = try row.withUnsafeData(atIndex: 4) { $0.map { [UInt8]($0) } ?? [] }
    guard records.count == trials.count * Outcome.recordSize else { throw damaged(.length(bytes: records.count)) }
    let checksum = try row.withUnsafeData(atIndex: 3) { $0.map { [UInt8]($0) } ?? [] }
    let expected = BlockChecksum.of(
      records: records, study: hash, cell: cell.key, first: trials.lowerBound, count: trials.count)
    guard checksum == expected else { throw damaged(.checksum) }
    guard let outcomes = Outcome.outcomes(fromRecords: records) else { throw damaged(.record) }
    return BlockRecord(
      cell: cell.key, first: TrialIndex(trials.lowerBound), outcomes: outcomes, seconds: try row.decode(atIndex: 2))
  }
}
