import GRDB
import Outcomes

/// What is read of blocks.
public enum BlockContent: Sendable, Hashable {
  case outcomes
  case outcomesAndAnalyses
  /// All observables.
  case everything

  /// The observables of a cell that are read.
  func observables(of cell: CellRecord) -> [Observable] {
    switch self {
    case .outcomes: Outcome.observables
    case .outcomesAndAnalyses: Outcome.observables + (cell.hasAnalysis ? TrialAnalysis.observables : [])
    case .everything: cell.columns
    }
  }
}

/// A block as a ledger has it.
public struct StoredBlock: Sendable {
  public let record: BlockRecord
  /// What was read of it: those columns of the record that have a value in some trial, or tell that analyses were made.
  public let columns: [ObservableColumn]
}

/// The blocks of a cell one after the other, each verified against its checksums; see ``ColumnCursor``.
public struct BlockCursor {
  private var columns: ColumnCursor
  private let content: BlockContent

  /// - Parameter last: the range of the block before the first one; empty for the first of the cell.
  init(connection: LedgerConnection, cell: CellKey, after last: Range<Int>, limit: Int, content: BlockContent) {
    columns = ColumnCursor(connection: connection, cell: cell, after: last, limit: limit) {
      content.observables(of: $0)
    }
    self.content = content
  }

  /// The next block; nil after the last one.
  ///
  /// - Throws: ``LedgerError/damagedBlock(path:cell:first:count:damage:)`` for a block that cannot be trusted.
  public mutating func next() throws(LedgerError) -> BlockRecord? { try nextStored()?.record }

  /// The next block with its columns; nil after the last one.
  ///
  /// - Throws: ``LedgerError/damagedBlock(path:cell:first:count:damage:)`` for a block that cannot be trusted.
  public mutating func nextStored() throws(LedgerError) -> StoredBlock? {
    guard let block = try columns.next() else { return nil }
    guard let record = BlockRecord(block, content) else {
      throw .damagedBlock(
        path: columns.connection.path, cell: block.cell, first: block.trials.lowerBound, count: block.trials.count,
        damage: .contradiction)
    }
    return StoredBlock(record: record, columns: block.columns)
  }
}

extension BlockRecord {
  /// The block with these columns; nil if they contradict one another.
  init?(_ block: ColumnBlock, _ content: BlockContent) {
    let (count, columns) = (block.trials.count, block.columns)
    guard let outcomes = Outcome.outcomes(of: columns, count: count) else { return nil }
    var analyses: [TrialAnalysis] = []
    if columns.contains(where: { $0.observable == BlockRows.markOfAnalyses }) {
      guard let all = TrialAnalysis.analyses(of: columns, count: count) else { return nil }
      analyses = all
    }
    let further = content == .everything ? block.cell.further : []
    self.init(
      cell: block.cell.key, first: TrialIndex(block.trials.lowerBound), outcomes: outcomes, analyses: analyses,
      further: further.map { observable in
        columns.first { $0.observable == observable } ?? ObservableColumn(observable, missing: count)
      }, seconds: block.seconds)
  }
}
