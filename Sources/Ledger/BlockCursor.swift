import Foundation
import GRDB
import Outcomes

/// What is read of blocks.
public enum BlockContent: Sendable, Hashable {
  case outcomes
  case outcomesAndAnalyses
}

/// The blocks of a cell one after the other, each verified against its checksums.
///
/// About a mebibyte is read at a time, and no transaction is open in between, so that memory is bounded and
/// a writer can commit while the blocks are gone through. Blocks that are committed meanwhile may or may not appear.
public struct BlockCursor {
  private let connection: LedgerConnection
  private let cell: CellKey
  private let limit: Int
  private let content: BlockContent
  /// Blocks that are read, the next one last.
  private var page: [BlockRecord] = []
  /// The range of the last block that was read.
  private var last = 0..<0
  private var isAtEnd = false

  /// Trials after which a page ends, if the one block that is always read does not have more.
  private var pageTrials: Int {
    switch content {
    case .outcomes: (1 << 20) / Outcome.recordSize
    case .outcomesAndAnalyses: (1 << 20) / (Outcome.recordSize + TrialAnalysis.recordSize)
    }
  }

  init(connection: LedgerConnection, cell: CellKey, limit: Int, content: BlockContent) {
    self.connection = connection
    self.cell = cell
    self.limit = limit
    self.content = content
  }

  /// The next block; nil after the last one.
  ///
  /// - Throws: ``LedgerError/damagedBlock(path:cell:first:count:damage:)`` for a block that cannot be trusted,
  ///   ``LedgerError/damagedAnalysis(path:cell:first:count:damage:)`` for its analyses.
  public mutating func next() throws(LedgerError) -> BlockRecord? {
    if page.isEmpty && !isAtEnd { try readPage() }
    return page.popLast()
  }

  private mutating func readPage() throws(LedgerError) {
    let (key, path, limit, content, pageTrials) = (cell, connection.path, limit, content, pageTrials)
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
      let readsAnalyses = content == .outcomesAndAnalyses && cell.record.hasAnalysis
      let (columns, join) =
        readsAnalyses ? (", analysis.checksum, records", "LEFT JOIN analysis USING (cell, first, count)") : ("", "")
      // Every row is visited in the order of its first trial, those too that begin within the block before.
      let statement = try db.cachedStatement(
        sql: """
          SELECT block.first, block.count, seconds, block.checksum, outcomes\(columns) FROM block \(join)
          WHERE block.cell = ? AND block.first >= ? AND block.first < ? ORDER BY block.first
          """)
      let rows = try Row.fetchCursor(
        statement, arguments: [cell.id, last.isEmpty ? Int.min : last.lowerBound + 1, limit])
      var trials = 0
      while trials < pageTrials {
        guard let row = try rows.next() else {
          isAtEnd = true
          break
        }
        last = try BlockRanges.checked(
          first: row.decode(atIndex: 0), count: row.decode(atIndex: 1), after: last, cell: cell.record, path: path)
        let verified = BlockRow(row: row, trials: last, cell: cell.record, study: hash, path: path)
        var block = try verified.block()
        if readsAnalyses { block.analyses = try verified.analyses() }
        blocks.append(block)
        trials += last.count
      }
    }
    (self.last, self.isAtEnd, page) = (last, isAtEnd, blocks.reversed())
  }
}

/// The row of a block, to be verified.
private struct BlockRow {
  let row: Row
  let trials: Range<Int>
  let cell: CellRecord
  /// The study's hash.
  let study: String
  let path: String

  /// The block, without analyses.
  func block() throws -> BlockRecord {
    func damaged(_ damage: BlockDamage) -> LedgerError {
      .damagedBlock(path: path, cell: cell, first: trials.lowerBound, count: trials.count, damage: damage)
    }
    return BlockRecord(
      cell: cell.key, first: TrialIndex(trials.lowerBound), outcomes: try records(at: 3, .blocks, damaged),
      seconds: try row.decode(atIndex: 2))
  }

  func analyses() throws -> [TrialAnalysis] {
    func damaged(_ damage: AnalysisDamage) -> LedgerError {
      .damagedAnalysis(path: path, cell: cell, first: trials.lowerBound, count: trials.count, damage: damage)
    }
    guard try !row.withUnsafeData(atIndex: 6, { $0 == nil }) else { throw damaged(.missing) }
    return try records(at: 5, .analyses, damaged)
  }

  /// The records, one for each trial, behind their checksum, which is in column `column`.
  private func records<Record: FixedRecord, Damage: RecordDamage>(
    at column: Int, _ domain: BlockChecksum.Domain, _ damaged: (Damage) -> LedgerError
  ) throws -> [Record] {
    let bytes = try row.bytes(atIndex: column + 1)
    guard bytes.count == trials.count * Record.recordSize else { throw damaged(.length(bytes: bytes.count)) }
    let checksum = BlockChecksum.of(
      records: bytes, study: study, cell: cell.key, first: trials.lowerBound, count: trials.count, domain: domain)
    guard try row.bytes(atIndex: column) == checksum else { throw damaged(.checksum) }
    guard let records = Record.values(fromRecords: bytes) else { throw damaged(.record) }
    return records
  }
}

/// What can be wrong with the records of a block.
private protocol RecordDamage {
  static func length(bytes: Int) -> Self
  static var checksum: Self { get }
  static var record: Self { get }
}

extension BlockDamage: RecordDamage {}
extension AnalysisDamage: RecordDamage {}
