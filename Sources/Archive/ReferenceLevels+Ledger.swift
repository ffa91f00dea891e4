import Landscape
import Ledger
import Studies

extension ReferenceLevels {
  /// The levels that the runs of a study have left in the ledger; those that none has left are not there.
  public init(_ study: Study, in ledger: LedgerReader) throws(LedgerError) {
    var found: [LevelRequest: RiskLevels] = [:]
    for request in study.levelRequests { found[request] = try Self.stored(request, in: ledger) }
    self.init(found)
  }

  /// The levels of a study that is judged by another criterion than its runs were: those that are not in the ledger are
  /// searched, which takes seconds.
  public init(_ study: Study, searchingBeside ledger: LedgerReader) throws {
    var found: [LevelRequest: RiskLevels] = [:]
    for request in study.levelRequests {
      found[request] = try Self.stored(request, in: ledger) ?? request.search()
    }
    self.init(found)
  }

  /// The levels of a study from its ledger, or searched and kept there.
  ///
  /// - Parameter report: gets a sentence now and then while a search takes long.
  public init(
    _ study: Study, keptIn writer: LedgerWriter, reporting report: (String) -> Void
  ) throws {
    var found: [LevelRequest: RiskLevels] = [:]
    for request in study.levelRequests {
      if let levels = try Self.stored(request, in: writer.reader) {
        found[request] = levels
        continue
      }
      let levels = try request.search(reporting: report)
      try writer.storeLevels(key: request.key, bytes: levels.bytes)
      found[request] = levels
    }
    self.init(found)
  }

  private static func stored(_ request: LevelRequest, in ledger: LedgerReader) throws(LedgerError) -> RiskLevels? {
    try ledger.levels(key: request.key).flatMap(RiskLevels.init(bytes:))
  }
}

extension Judge {
  /// The judge of a cell of a ledger.
  ///
  /// - Parameters:
  ///   - levels: those of the ledger.
  ///   - path: of the ledger.
  public init(_ cell: Cell, _ levels: ReferenceLevels, path: String) throws(ArchiveError) {
    guard let judge = cell.judge(levels(cell)) else { throw .missingLevels(path: path, cell: cell.label) }
    self = judge
  }
}
