import Foundation
import GRDB
import Outcomes

/// The stored blocks of a cell with their columns, in a transaction.
struct BlockRows {
  let db: Database
  let cell: StoredCell
  /// The study's hash.
  let study: String
  let path: String

  // A column without values is not stored, but for one that tells that analyses were made.
  static let markOfAnalyses = Observable.limitRisk

  /// The observables of which each block has a column.
  private static let alwaysStored: [Observable] = [.risk, .gradientNorm, .riskError, .steps]

  // MARK: - Reading

  /// The row of a block without its columns.
  private struct Head {
    let trials: Range<Int>
    let seconds: Double
    let checksum: [UInt8]
  }

  /// The row of a column; without values where they were not asked for.
  private struct Column {
    let checksum: [UInt8]
    let bytes: [UInt8]
  }

  /// The columns of the next blocks, of about `trials` trials and at least one block; none behind the last one.
  ///
  /// - Parameters:
  ///   - last: the trials of the block before; empty at the start.
  ///   - wanted: what is read.
  func page(after last: Range<Int>, below limit: Int, trials: Int, of wanted: [Observable]) throws -> [ColumnBlock] {
    let heads = try heads(after: last, below: limit, trials: trials)
    guard let first = heads.first?.trials.lowerBound, let end = heads.last?.trials.lowerBound else { return [] }
    let columns = try cell.columns.map { id, observable in
      let isWanted = wanted.contains(observable)
      return (observable, isWanted, try self.columns(id, in: first...end, withValues: isWanted))
    }
    return try heads.map { head in
      try block(
        head,
        columns.compactMap { observable, isWanted, rows in
          rows[head.trials.lowerBound].map { (observable, isWanted, $0) }
        })
    }
  }

  private func heads(after last: Range<Int>, below limit: Int, trials: Int) throws -> [Head] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT first, count, seconds, checksum FROM block WHERE cell = ? AND first >= ? AND first < ? ORDER BY first
        """)
    // Every row is visited in the order of its first trial, those too that begin within the block before.
    let rows = try Row.fetchCursor(
      statement, arguments: [cell.id, last.isEmpty ? Int.min : last.lowerBound + 1, limit])
    var (heads, previous, count): ([Head], Range<Int>, Int) = ([], last, 0)
    while count < trials, let row = try rows.next() {
      previous = try BlockRanges.checked(
        first: row.decode(atIndex: 0), count: row.decode(atIndex: 1), after: previous, cell: cell.record, path: path)
      let seconds: Double = try row.decode(atIndex: 2)
      guard seconds >= 0, seconds.isFinite else {
        throw LedgerError.damagedBlock(
          path: path, cell: cell.record, first: previous.lowerBound, count: previous.count, damage: .seconds)
      }
      heads.append(Head(trials: previous, seconds: seconds, checksum: try row.bytes(atIndex: 3)))
      count += previous.count
    }
    return heads
  }

  /// The column rows of an observable by the first trial of their block.
  private func columns(_ id: Int, in firsts: ClosedRange<Int>, withValues: Bool) throws -> [Int: Column] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT first, checksum\(withValues ? ", reals" : "") FROM observation
        WHERE cell = ? AND observable = ? AND first BETWEEN ? AND ?
        """)
    let rows = try Row.fetchCursor(statement, arguments: [cell.id, id, firsts.lowerBound, firsts.upperBound])
    var columns: [Int: Column] = [:]
    while let row = try rows.next() {
      columns[try row.decode(atIndex: 0)] = Column(
        checksum: try row.bytes(atIndex: 1), bytes: withValues ? try row.bytes(atIndex: 2) : [])
    }
    return columns
  }

  /// The columns of a block that are wanted, verified.
  private func block(
    _ head: Head, _ columns: [(observable: Observable, isWanted: Bool, row: Column)]
  ) throws -> ColumnBlock {
    func damaged(_ damage: BlockDamage) -> LedgerError {
      .damagedBlock(
        path: path, cell: cell.record, first: head.trials.lowerBound, count: head.trials.count, damage: damage)
    }
    let seal = BlockSeal(study: study, cell: cell.record.key, trials: head.trials)
    var values: [ObservableColumn] = []
    for (observable, isWanted, row) in columns where isWanted {
      func damagedColumn(_ damage: ContentDamage) -> LedgerError { damaged(.column(observable.name, damage)) }
      guard row.checksum == seal.checksum(of: observable, row.bytes) else { throw damagedColumn(.checksum) }
      guard row.bytes.count == 8 || row.bytes.count == 8 * head.trials.count else {
        throw damagedColumn(.length(bytes: row.bytes.count))
      }
      guard let column = ObservableColumn(observable, count: head.trials.count, bytes: row.bytes) else {
        throw damagedColumn(.values)
      }
      values.append(column)
    }
    guard head.checksum == seal.checksum(of: columns.map { ($0.observable, $0.row.checksum) }) else {
      let found = Set(columns.map(\.observable))
      let missing = Self.alwaysStored.first { !found.contains($0) }
      throw damaged(missing.map { .column($0.name, .missing) } ?? .checksum)
    }
    return ColumnBlock(cell: cell.record, trials: head.trials, seconds: head.seconds, columns: values)
  }

  // MARK: - Writing

  /// Stores a block of a run.
  ///
  /// - Returns: whether it was new; false if the same block is stored already.
  func insert(_ block: BlockRecord, run: Int) throws -> Bool {
    let seal = BlockSeal(study: study, cell: block.cell, trials: block.trials)
    let columns = storedColumns(of: block)
    let checksums = columns.map { seal.checksum(of: $0.observable, $0.bytes) }
    let checksum = seal.checksum(of: zip(columns, checksums).map { ($0.observable, $1) })
    guard try isNew(block, checksum) else { return false }
    let insertion = try db.cachedStatement(
      sql: "INSERT INTO block (cell, first, count, run, seconds, checksum) VALUES (?, ?, ?, ?, ?, ?)")
    try insertion.execute(arguments: [
      cell.id, block.trials.lowerBound, block.trials.count, run, block.seconds, Data(checksum),
    ])
    try LedgerSeals(db: db, study: study).seal(.block, row: db.lastInsertedRowID)
    // Rows that damage has moved here give way.
    let leftovers = try db.cachedStatement(
      sql: "DELETE FROM observation WHERE cell = ? AND observable IN (SELECT id FROM observable) AND first = ?")
    try leftovers.execute(arguments: [cell.id, block.trials.lowerBound])
    for (column, checksum) in zip(columns, checksums) {
      try insert(column.id, block.trials.lowerBound, checksum, column.bytes)
    }
    return true
  }

  /// The columns that a block has rows of.
  func storedColumns(of block: BlockRecord) -> [(id: Int, observable: Observable, bytes: [UInt8])] {
    let ids = Dictionary(cell.columns.map { ($0.observable, $0.id) }) { first, _ in first }
    return block.columns.compactMap { column in
      guard let id = ids[column.observable], !column.isMissing || column.observable == Self.markOfAnalyses else {
        return nil
      }
      return (id, column.observable, column.bytes)
    }
  }

  /// Gives all columns and blocks the checksums of what they are, for tests.
  func renewChecksums() throws {
    var ranges: [Range<Int>] = []
    try BlockRanges.forEach(db, cell: cell, below: TrialIndex.limit, path: path) { ranges.append($0) }
    for trials in ranges {
      let seal = BlockSeal(study: study, cell: cell.record.key, trials: trials)
      var checksums: [(observable: Observable, checksum: [UInt8])] = []
      for (id, observable) in cell.columns {
        let place = "cell = \(cell.id) AND observable = \(id) AND first = \(trials.lowerBound)"
        guard let row = try Row.fetchOne(db, sql: "SELECT reals FROM observation WHERE \(place)") else { continue }
        let checksum = seal.checksum(of: observable, try row.bytes(atIndex: 0))
        try db.execute(sql: "UPDATE observation SET checksum = ? WHERE \(place)", arguments: [Data(checksum)])
        checksums.append((observable, checksum))
      }
      try db.execute(
        sql: "UPDATE block SET checksum = ? WHERE cell = \(cell.id) AND first = \(trials.lowerBound)",
        arguments: [Data(seal.checksum(of: checksums))])
    }
  }

  /// Stores a column.
  func insert(_ observable: Int, _ first: Int, _ checksum: [UInt8], _ bytes: [UInt8]) throws {
    let observation = try db.cachedStatement(
      sql: "INSERT INTO observation (cell, observable, first, checksum, reals) VALUES (?, ?, ?, ?, ?)")
    try observation.execute(arguments: [cell.id, observable, first, Data(checksum), Data(bytes)])
  }

  /// Whether no trial of the block is stored; false if the same block is.
  private func isNew(_ block: BlockRecord, _ checksum: [UInt8]) throws -> Bool {
    // Stored blocks do not overlap one another, so of those that begin before the end of this one the last reaches
    // farthest.
    let neighbour = try db.cachedStatement(
      sql: "SELECT first, count, checksum FROM block WHERE cell = ? AND first < ? ORDER BY first DESC LIMIT 1")
    guard let row = try Row.fetchOne(neighbour, arguments: [cell.id, block.trials.upperBound]) else { return true }
    let stored = try BlockRanges.checked(
      first: row.decode(atIndex: 0), count: row.decode(atIndex: 1), after: 0..<0, cell: cell.record, path: path)
    if stored.upperBound <= block.trials.lowerBound { return true }
    guard stored == block.trials else {
      throw LedgerError.overlap(path: path, cell: cell.record, trials: block.trials, stored: stored)
    }
    guard try row.bytes(atIndex: 2) == checksum else {
      throw LedgerError.contradiction(path: path, cell: cell.record, trials: block.trials)
    }
    return false
  }
}
