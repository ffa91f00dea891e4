import Landscape
import Ledger
import Outcomes
import Studies

extension Study {
  /// The study that a ledger holds: its definition with the cells put back; the number of trials is in the targets of
  /// the cells.
  init(in ledger: LedgerReader) throws {
    let record = try ledger.study().study
    let cells = record.cells.isEmpty ? Study.cellsText(labels: try ledger.cells().map(\.label)) : record.cells
    do throws(StudyError) {
      self = try Study.restored(definition: record.definition, cells: cells, path: ledger.path)
    } catch {
      throw ReportError.unreadableStudy(path: ledger.path, reason: error)
    }
  }
}

extension StudyRecord {
  /// What a ledger keeps of a study.
  public init(_ study: Study) {
    self.init(
      name: study.name, definition: study.definition, identity: study.identity, verdict: study.verdictText,
      hash: study.hash, cells: study.cellsText)
  }

  /// The record of the study of an older ledger, in today's words.
  ///
  /// - Parameters:
  ///   - labels: of its cells.
  ///   - path: of the ledger.
  public func restated(labels: [String], path: String) throws(LedgerError) -> StudyRecord {
    let cells = self.cells.isEmpty ? Study.cellsText(labels: labels) : self.cells
    do throws(StudyError) {
      return StudyRecord(try Study.restored(definition: definition, cells: cells, path: path))
    } catch {
      throw .unreadableStudy(path: path, reason: "\(error)")
    }
  }
}

extension CellRecord {
  /// What a ledger keeps of a cell.
  public init(_ cell: Cell) {
    self.init(
      key: cell.key, label: cell.label, definition: cell.definition, kernel: cell.kernel.rawValue,
      checkpoints: cell.trajectory?.checkpoints ?? [], hasAnalysis: cell.limit != nil, limits: cell.limitText)
  }
}

extension RunRecord {
  /// "landfall 0.2.0 (d0fc7cb), arithmetic 1, Swift 6.3.1"
  var programText: String {
    "landfall \(version)\(revision.isEmpty ? "" : " (\(revision))"), "
      + "arithmetic \(arithmetic == 0 ? "unknown" : "\(arithmetic)"), \(compiler)"
  }
}

extension Judge {
  /// The judge of a cell of a ledger.
  init(_ cell: Cell, _ levels: ReferenceLevels, path: String) throws(ReportError) {
    guard let judge = cell.judge(levels(cell)) else { throw .missingLevels(path: path, cell: cell.label) }
    self = judge
  }
}

extension ReferenceLevels {
  /// The levels that the runs of a study have left in the ledger.
  ///
  /// - Parameter search: hands over levels that are not there; nil leaves them out.
  package init(
    _ study: Study, in ledger: LedgerReader, search: (LevelRequest) throws -> RiskLevels? = { _ in nil }
  ) throws {
    var found: [LevelRequest: RiskLevels] = [:]
    for request in study.levelRequests {
      found[request] = try ledger.levels(key: request.key).flatMap(RiskLevels.init(bytes:)) ?? search(request)
    }
    self.init(found)
  }
}
