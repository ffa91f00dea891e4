import GRDB
import Outcomes

/// The blocks of a cell in ledgers up to schema 4: a row with a list of outcomes, and beside it a row with a list of
/// analyses, where they were made.
struct BlocksOfSchema4 {
  let db: Database
  let cell: StoredCell
  /// The study's hash.
  let study: String
  let path: String
  /// Its name while a ledger is brought to the present schema is another one.
  var table = "block"

  /// The form in which a block has analyses; raw values are stored.
  private enum AnalysisForm: Int {
    case none = 0
    case ofSchema3 = 1
    case ofSchema4 = 2
  }

  /// The next blocks, of about `trials` trials and at least one; none behind the last one.
  ///
  /// - Parameter last: the trials of the block before; empty at the start.
  func page(
    after last: Range<Int>, below limit: Int, trials: Int, reading content: BlockContent
  ) throws -> [BlockRecord] {
    // Before schema 3 there were no analyses; before schema 4 a cell had some of one form for all its blocks, or none.
    let hasAnalyses = try content != .outcomes && db.tableExists("analysis")
    let hasForms = try db.columns(in: table).contains { $0.name == "analysis_form" }
    let form = hasForms ? "analysis_form" : "\(cell.record.hasAnalysis ? AnalysisForm.ofSchema3.rawValue : 0)"
    let (columns, join) =
      hasAnalyses ? (", analysis.checksum, records", "LEFT JOIN analysis USING (cell, first, count)") : ("", "")
    let statement = try db.cachedStatement(
      sql: """
        SELECT b.first, b.count, seconds, \(form), b.checksum, outcomes\(columns) FROM \(table) b \(join)
        WHERE b.cell = ? AND b.first >= ? AND b.first < ? ORDER BY b.first
        """)
    let rows = try Row.fetchCursor(
      statement, arguments: [cell.id, last.isEmpty ? Int.min : last.lowerBound + 1, limit])
    var (blocks, previous, count): ([BlockRecord], Range<Int>, Int) = ([], last, 0)
    while count < trials, let row = try rows.next() {
      previous = try BlockRanges.checked(
        first: row.decode(atIndex: 0), count: row.decode(atIndex: 1), after: previous, cell: cell.record, path: path)
      let number: Int = try row.decode(atIndex: 3)
      guard let form = AnalysisForm(rawValue: number) else {
        throw LedgerError.damaged(path: path, reason: "there is no form \(number) of analyses")
      }
      blocks.append(try block(row, previous, form, withAnalyses: hasAnalyses))
      count += previous.count
    }
    return blocks
  }

  private func block(
    _ row: Row, _ trials: Range<Int>, _ form: AnalysisForm, withAnalyses: Bool
  ) throws -> BlockRecord {
    let outcomes: [OutcomeOfSchema4] = try records(
      row, at: 4, trials, form == .ofSchema4 ? .analysedRecords : .records, BlockDamage.outcomes)
    return BlockRecord(
      cell: cell.record.key, first: TrialIndex(trials.lowerBound), outcomes: outcomes.map(\.outcome),
      analyses: withAnalyses ? try analyses(row, trials, form, of: outcomes.map(\.outcome)) : [],
      seconds: try seconds(row, trials))
  }

  private func seconds(_ row: Row, _ trials: Range<Int>) throws -> Double {
    let seconds: Double = try row.decode(atIndex: 2)
    guard seconds >= 0, seconds.isFinite else { throw damaged(trials, .seconds) }
    return seconds
  }

  /// None where none were made.
  private func analyses(
    _ row: Row, _ trials: Range<Int>, _ form: AnalysisForm, of outcomes: [Outcome]
  ) throws -> [TrialAnalysis] {
    let isThere = try row.withUnsafeData(atIndex: 7) { $0 != nil }
    switch form {
    case .none:
      if isThere { throw LedgerError.damaged(path: path, reason: "a block has analyses that it does not know of") }
      return []
    case .ofSchema3, .ofSchema4:
      guard isThere else { throw damaged(trials, .analyses(.missing)) }
      if form == .ofSchema4 {
        let stored: [AnalysisOfSchema4] = try records(row, at: 6, trials, .analysisRecords, BlockDamage.analyses)
        return stored.map(\.analysis)
      }
      let stored: [AnalysisOfSchema3] = try records(row, at: 6, trials, .analysisRecords, BlockDamage.analyses)
      return zip(stored, outcomes).map { $0.analysis(of: $1) }
    }
  }

  /// The records, one for each trial, behind their checksum, which is in column `column`.
  private func records<Record: StoredRecord>(
    _ row: Row, at column: Int, _ trials: Range<Int>, _ domain: BlockChecksum.Domain,
    _ damage: (ContentDamage) -> BlockDamage
  ) throws -> [Record] {
    let bytes = try row.bytes(atIndex: column + 1)
    guard bytes.count == trials.count * Record.size else {
      throw damaged(trials, damage(.length(bytes: bytes.count)))
    }
    let checksum = BlockChecksum.of(
      bytes, study: study, cell: cell.record.key, first: trials.lowerBound, count: trials.count, domain: domain)
    guard try row.bytes(atIndex: column) == checksum else { throw damaged(trials, damage(.checksum)) }
    guard let records = Record.values(of: bytes) else { throw damaged(trials, damage(.values)) }
    return records
  }

  private func damaged(_ trials: Range<Int>, _ damage: BlockDamage) -> LedgerError {
    .damagedBlock(path: path, cell: cell.record, first: trials.lowerBound, count: trials.count, damage: damage)
  }
}
