import Ledger
import Studies
import Trials

extension Study {
  /// The study that a ledger holds: its definition with the cells put back; the number of trials is in the targets of
  /// the cells.
  ///
  /// - Throws: ``ArchiveError`` or an error of the ledger.
  public init(in ledger: LedgerReader) throws {
    let record = try ledger.study().study
    let cells = record.cells.isEmpty ? Study.cellsText(labels: try ledger.cells().map(\.label)) : record.cells
    do throws(StudyError) {
      self = try Study.restored(definition: record.definition, cells: cells, path: ledger.path)
    } catch {
      throw ArchiveError.unreadableStudy(path: ledger.path, reason: error)
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
  package func restated(labels: [String], path: String) throws(LedgerError) -> StudyRecord {
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

extension LedgerWriter {
  /// Creates the ledger of a study at `path`, or continues it, for a run that measures all there is to be measured.
  ///
  /// - Throws: where the file cannot be written, or holds another study, other cells with outcomes, or outcomes of another
  ///   kernel level or arithmetic.
  ///
  /// - Parameter addition: what is to be added to the trials that there are.
  public static func open(
    path: String, study: Study, run: RunRecord, adding addition: Addition = .none
  ) throws(LedgerError) -> LedgerWriter {
    let cells = study.cells.map { cell in
      var record = CellRecord(cell)
      record.further = Measurement<MeasuredTrial>.all.map(\.observable)
      record.followed = Measurement<MeasuredCheckpoint>.all.map(\.observable)
      return record
    }
    return try open(
      path: path, study: StudyRecord(study), cells: cells, run: run, adding: addition,
      restating: { (stored, labels) throws(LedgerError) in try stored.restated(labels: labels, path: path) })
  }
}
