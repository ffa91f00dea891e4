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
  private var last: Range<Int>
  private var isAtEnd = false

  /// - Parameter last: the range of the block before the first one; empty for the first of the cell.
  init(connection: LedgerConnection, cell: CellKey, after last: Range<Int>, limit: Int, content: BlockContent) {
    self.last = last
    self.connection = connection
    self.cell = cell
    self.limit = limit
    self.content = content
  }

  /// The next block; nil after the last one.
  ///
  /// - Throws: ``LedgerError/damagedBlock(path:cell:first:count:damage:)`` for a block that cannot be trusted.
  public mutating func next() throws(LedgerError) -> BlockRecord? {
    if page.isEmpty && !isAtEnd { try readPage() }
    return page.popLast()
  }

  private mutating func readPage() throws(LedgerError) {
    let (key, path, limit, content, last) = (cell, connection.path, limit, content, last)
    let blocks = try connection.read { db -> [BlockRecord] in
      guard let cell = try StoredCell.find(db, key: key, path: path) else { return [] }
      let study = try StoredStudy.fetch(db, path: path).study.hash
      let trials = (1 << 20) / (8 * content.observables(of: cell.record).count)
      return try LedgerSchema.version(of: db) >= 5
        ? BlockRows(db: db, cell: cell, study: study, path: path)
          .page(after: last, below: limit, trials: trials, reading: content)
        : BlocksOfSchema4(db: db, cell: cell, study: study, path: path)
          .page(after: last, below: limit, trials: trials, reading: content)
    }
    isAtEnd = blocks.isEmpty
    if let final = blocks.last { self.last = final.trials }
    page = blocks.reversed()
  }
}
