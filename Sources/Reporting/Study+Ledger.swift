import Landscape
import Ledger
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
