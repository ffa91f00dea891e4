import GRDB
import Outcomes

/// Columns of the trials of a block.
public struct ColumnBlock: Sendable {
  /// The cell of the block.
  let cell: CellRecord
  /// The trial indices of the block.
  public let trials: Range<Int>
  /// Compute time of the block, in seconds.
  public let seconds: Double
  /// Those that were asked for and have a value in some trial, or tell that analyses were made.
  public let columns: [ObservableColumn]
}

/// Some columns of the blocks of a cell, one block after the other, each column verified against its checksum.
///
/// About a mebibyte is read at a time, and no transaction is open in between, so that memory is bounded and
/// a writer can commit while the blocks are gone through. Blocks that are committed meanwhile may or may not appear.
public struct ColumnCursor {
  let connection: LedgerConnection
  private let cell: CellKey
  private let limit: Int
  /// The observables of a cell that are read.
  private let observables: @Sendable (CellRecord) -> [Observable]
  /// Blocks that are read, the next one last.
  private var page: [ColumnBlock] = []
  /// The range of the last block that was read.
  private var last: Range<Int>
  private var isAtEnd = false

  /// - Parameter last: the range of the block before the first one; empty for the first of the cell.
  init(
    connection: LedgerConnection, cell: CellKey, after last: Range<Int>, limit: Int,
    observables: @escaping @Sendable (CellRecord) -> [Observable]
  ) {
    self.connection = connection
    self.cell = cell
    self.last = last
    self.limit = limit
    self.observables = observables
  }

  /// The columns of the next block; nil after the last one.
  ///
  /// - Throws: ``LedgerError/damagedBlock(path:cell:first:count:damage:)`` for a block that cannot be trusted.
  public mutating func next() throws(LedgerError) -> ColumnBlock? {
    if page.isEmpty && !isAtEnd { try readPage() }
    return page.popLast()
  }

  private mutating func readPage() throws(LedgerError) {
    let (key, path, limit, observables, last) = (cell, connection.path, limit, observables, last)
    let blocks = try connection.read { db -> [ColumnBlock] in
      guard let cell = try StoredCell.find(db, key: key, path: path) else { return [] }
      let study = try StoredStudy.fetch(db, path: path).study.hash
      let wanted = observables(cell.record)
      let trials = (1 << 20) / (8 * max(1, wanted.count))
      if try LedgerSchema.version(of: db) >= 5 {
        return try BlockRows(db: db, cell: cell, study: study, path: path)
          .page(after: last, below: limit, trials: trials, of: wanted)
      }
      // There the columns of a block are stored together.
      let hasAnalyses = !Set(wanted).isDisjoint(with: TrialAnalysis.observables)
      return try BlocksOfSchema4(db: db, cell: cell, study: study, path: path)
        .page(after: last, below: limit, trials: trials, reading: hasAnalyses ? .outcomesAndAnalyses : .outcomes)
        .map { block in
          ColumnBlock(
            cell: cell.record, trials: block.trials, seconds: block.seconds,
            columns: block.columns.filter { wanted.contains($0.observable) })
        }
    }
    isAtEnd = blocks.isEmpty
    if let final = blocks.last { self.last = final.trials }
    page = blocks.reversed()
  }
}

extension LedgerReader {
  /// Columns of the blocks of `cell` that begin below `limit`, in ascending order, verified.
  ///
  /// - Parameter observables: what is read of them.
  public func columns(
    of cell: CellKey, below limit: Int = TrialIndex.limit, reading observables: [Observable]
  ) -> ColumnCursor {
    ColumnCursor(connection: connection, cell: cell, after: 0..<0, limit: limit) { _ in observables }
  }
}
