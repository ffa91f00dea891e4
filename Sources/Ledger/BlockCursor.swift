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
      let version = try LedgerSchema.version(of: db)
      let readsAnalyses = content == .outcomesAndAnalyses && version >= 3
      // Before schema 4 a cell had analyses of one form for all its blocks, or for none.
      let form = version >= 4 ? "analysis_form" : "\(cell.record.hasAnalysis ? AnalysisForm.ofSchema3.rawValue : 0)"
      let (columns, join) =
        readsAnalyses ? (", analysis.checksum, records", "LEFT JOIN analysis USING (cell, first, count)") : ("", "")
      // Every row is visited in the order of its first trial, those too that begin within the block before.
      let statement = try db.cachedStatement(
        sql: """
          SELECT block.first, block.count, seconds, \(form), block.checksum, outcomes\(columns) FROM block \(join)
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
        let verified = BlockRow(
          row: row, trials: last, cell: cell.record, study: hash, path: path,
          form: try .stored(row.decode(atIndex: 3), path: path))
        var block = try verified.block()
        if readsAnalyses { block.analyses = try verified.analyses(of: block.outcomes) }
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
  let form: AnalysisForm

  /// The block, without analyses.
  func block() throws -> BlockRecord {
    func damaged(_ damage: BlockDamage) -> LedgerError {
      .damagedBlock(path: path, cell: cell, first: trials.lowerBound, count: trials.count, damage: damage)
    }
    return BlockRecord(
      cell: cell.key, first: TrialIndex(trials.lowerBound), outcomes: try records(at: 4, form.domain, damaged),
      seconds: try row.decode(atIndex: 2))
  }

  /// None where none were made.
  func analyses(of outcomes: [Outcome]) throws -> [TrialAnalysis] {
    func damaged(_ damage: AnalysisDamage) -> LedgerError {
      .damagedAnalysis(path: path, cell: cell, first: trials.lowerBound, count: trials.count, damage: damage)
    }
    let isThere = try row.withUnsafeData(atIndex: 7) { $0 != nil }
    if form == .none && !isThere { return [] }
    guard isThere else { throw damaged(.missing) }
    switch form {
    case .none: throw LedgerError.damaged(path: path, reason: "a block has analyses that it does not know of")
    case .ofSchema3:
      let stored: [AnalysisOfSchema3] = try records(at: 6, .analyses, damaged)
      return zip(stored, outcomes).map { $0.analysis(of: $1) }
    case .present: return try records(at: 6, .analyses, damaged)
    }
  }

  /// The records, one for each trial, behind their checksum, which is in column `column`.
  private func records<Record: ReadableRecord, Damage: RecordDamage>(
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

/// The form in which a block has analyses; raw values are stored.
enum AnalysisForm: Int {
  case none = 0
  case ofSchema3 = 1
  case present = 2

  /// Of the checksum of the block itself.
  var domain: BlockChecksum.Domain { self == .present ? .analysedBlocks : .blocks }

  static func stored(_ number: Int, path: String) throws -> AnalysisForm {
    guard let form = AnalysisForm(rawValue: number) else {
      throw LedgerError.damaged(path: path, reason: "there is no form \(number) of analyses")
    }
    return form
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
