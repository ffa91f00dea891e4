import GRDB
import Outcomes

/// The blocks and trajectories of a damaged ledger that have their checksums.
struct SoundBlocks {
  private let rows: TolerantRows
  private let path: String
  private let schema: Int
  /// The study's hash, a part of every checksum.
  private let hash: String
  /// The key of a cell by its id, and keys of cells whose rows are damaged.
  private let keys: [Int: CellKey]
  private let otherKeys: [CellKey]
  private let records: [CellKey: CellRecord]
  /// The observables that a column can be of.
  private let observables: [Observable]
  /// The rows of columns, by the id of their cell and first trial.
  private var columnRows: [Place: [Int64]] = [:]

  private struct Place: Hashable {
    var cell: Int
    var first: Int
  }

  init(
    _ db: Database, _ ledger: DamagedLedger, hash: String, records: [CellKey: CellRecord]
  ) throws {
    rows = TolerantRows(db: db)
    (path, schema, self.hash) = (ledger.path, ledger.schema, hash)
    keys = ledger.cellIDs
    otherKeys = records.keys.filter { !ledger.cellIDs.values.contains($0) }
    self.records = records
    var known: [Observable] = []
    for record in records.values {
      for observable in record.columns + TrialAnalysis.observables where !known.contains(observable) {
        known.append(observable)
      }
    }
    observables = known
    if schema >= 5 {
      var found: [Place: [Int64]] = [:]
      try rows.forEach(.observation, "cell, first") { row in
        guard let cell = try? row.decode(Int.self, atIndex: 1), let first = try? row.decode(Int.self, atIndex: 2) else {
          return
        }
        found[Place(cell: cell, first: first), default: []].append(try row.decode(atIndex: 0))
      }
      columnRows = found
    }
  }

  private func candidates(_ cell: Int) -> [CellRecord] {
    (keys[cell].map { [$0] } ?? otherKeys).compactMap { records[$0] }
  }

  // MARK: - Blocks

  /// Calls `body` with each block that is sound and the id of its run; `lost` with the number of trials of one that is not.
  func forEach(
    _ body: (BlockRecord, _ run: Int) throws -> Void, lost: (_ cell: CellKey?, _ trials: Int) -> Void
  ) throws {
    let seals = LedgerSeals(db: rows.db, study: hash)
    let isSealed = schema >= LedgerSchema.firstSealedVersion
    try rows.forEach(.block, (isSealed ? "seal" : "NULL") + ", cell, first, count, run, seconds, checksum") { row in
      guard let cell = try? row.decode(Int.self, atIndex: 2), let first = try? row.decode(Int.self, atIndex: 3),
        let count = try? row.decode(Int.self, atIndex: 4), (0..<TrialIndex.limit).contains(first),
        (1...TrialIndex.limit - first).contains(count)
      else { return lost(nil, 0) }
      let run = try? row.decode(Int.self, atIndex: 5)
      var isSound = run != nil
      if isSealed { isSound = try isSound && seals.isSealed(row, .block, sealAt: 1) }
      let trials = first..<first + count
      guard isSound, let run, let block = block(row, cell, trials) else { return lost(keys[cell], count) }
      try body(block, run)
    }
  }

  private func block(_ row: Row, _ cell: Int, _ trials: Range<Int>) -> BlockRecord? {
    guard let seconds = try? row.decode(Double.self, atIndex: 6), seconds >= 0, seconds.isFinite else { return nil }
    for record in candidates(cell) {
      if schema < 5 {
        let stored = StoredCell(id: cell, position: 0, record: record, columns: [])
        let blocks = BlocksOfSchema4(db: rows.db, cell: stored, study: hash, path: path)
        // Behind the trial before the first one.
        let page = try? blocks.page(
          after: trials.lowerBound - 1..<trials.lowerBound, below: trials.lowerBound + 1, trials: 1,
          reading: .outcomesAndAnalyses)
        if let block = page?.first, block.trials == trials { return block }
      } else if let checksum = try? row.bytes(atIndex: 7),
        let columns = columns(cell, trials, of: record, checksum: checksum)
      {
        return BlockRecord(
          ColumnBlock(cell: record, trials: trials, seconds: seconds, columns: columns), .everything)
      }
    }
    return nil
  }

  /// The columns of a block, if they are those that its checksum is of.
  private func columns(
    _ cell: Int, _ trials: Range<Int>, of record: CellRecord, checksum: [UInt8]
  ) -> [ObservableColumn]? {
    let seal = BlockSeal(study: hash, cell: record.key, trials: trials)
    var (columns, checksums): ([ObservableColumn], [(observable: Observable, checksum: [UInt8])]) = ([], [])
    for id in columnRows[Place(cell: cell, first: trials.lowerBound)] ?? [] {
      guard let row = rows.row(.observation, "checksum, reals", id: id), let stored = try? row.bytes(atIndex: 1),
        let bytes = try? row.bytes(atIndex: 2), bytes.count == 8 || bytes.count == 8 * trials.count,
        let observable = observables.first(where: { seal.checksum(of: $0, bytes) == stored }),
        let column = ObservableColumn(observable, count: trials.count, bytes: bytes)
      else { continue }
      columns.append(column)
      checksums.append((observable, stored))
    }
    return seal.checksum(of: checksums) == checksum ? columns : nil
  }

  // MARK: - Trajectories

  /// Trajectories of a cell, ascending; pages do not overlap.
  struct Trajectories {
    var pages: [TrajectoryPage] = []
    var whole: [TrialTrajectory] = []

    /// Whether those of all trials are there.
    func cover(_ trials: Range<Int>) -> Bool {
      var end = trials.lowerBound
      for page in pages where page.trials.contains(end) { end = page.trials.upperBound }
      return end >= trials.upperBound
    }
  }

  /// The sound trajectories of the cells.
  func trajectories() throws -> [CellKey: Trajectories] {
    guard schema >= 2 else { return [:] }
    var found: [CellKey: Trajectories] = [:]
    func record(_ cell: Int, _ trials: Range<Int>, _ checksum: [UInt8], _ bytes: [UInt8]) -> CellRecord? {
      candidates(cell).first {
        BlockChecksum.of(bytes, study: hash, cell: $0.key, first: trials.lowerBound, count: trials.count) == checksum
      }
    }
    try rows.forEach(.trajectory, "cell, first, count, checksum, aggregate") { row in
      guard let cell = try? row.decode(Int.self, atIndex: 1), let first = try? row.decode(Int.self, atIndex: 2),
        let count = try? row.decode(Int.self, atIndex: 3), (0..<TrialIndex.limit).contains(first),
        (1...TrialIndex.limit - first).contains(count), let checksum = try? row.bytes(atIndex: 4),
        let bytes = try? row.bytes(atIndex: 5), let record = record(cell, first..<first + count, checksum, bytes),
        let aggregate = TrajectoryAggregate(bytes: bytes), aggregate.trials == count,
        aggregate.checkpoints == record.checkpoints.count
      else { return }
      found[record.key, default: Trajectories()].pages.append(
        TrajectoryPage(trials: first..<first + count, aggregate: aggregate))
    }
    try rows.forEach(.wholeTrajectory, "cell, trial, checksum, reals") { row in
      guard let cell = try? row.decode(Int.self, atIndex: 1), let trial = try? row.decode(Int.self, atIndex: 2),
        (0..<TrialIndex.limit).contains(trial), let checksum = try? row.bytes(atIndex: 3),
        let bytes = try? row.bytes(atIndex: 4), let record = record(cell, trial..<trial + 1, checksum, bytes),
        let whole = TrialTrajectory(
          trial: trial, checkpoints: record.checkpoints.count, observables: record.followed.count, bytes: bytes)
      else { return }
      found[record.key, default: Trajectories()].whole.append(whole)
    }
    return found.mapValues { parts in
      var end = 0
      let pages = parts.pages.sorted { $0.trials.lowerBound < $1.trials.lowerBound }.filter { page in
        guard page.trials.lowerBound >= end, TrajectoryPage.ranges(of: page.trials).count == 1 else { return false }
        end = page.trials.upperBound
        return true
      }
      return Trajectories(pages: pages, whole: parts.whole.sorted { $0.trial < $1.trial })
    }
  }
}
