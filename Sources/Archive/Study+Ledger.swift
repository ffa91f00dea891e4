import Ledger
import Outcomes
import Studies
import Trials

extension Study {
  /// The study that a ledger holds: its definition with the cells put back; the number of trials is in the targets of
  /// the cells.
  ///
  /// - Throws: ``ArchiveError`` or an error of the ledger.
  public init(in ledger: LedgerReader) throws {
    let (stored, records) = try ledger.studyAndCells()
    self = try Study.verified(stored, cells: records, path: ledger.path)
  }

  /// The study that is stored with these cells.
  ///
  /// - Throws: ``ArchiveError``, and `LedgerError.damaged` where study, hash, identity and cells are not of one study.
  fileprivate static func verified(_ stored: StoredStudy, cells records: [CellRecord], path: String) throws -> Study {
    let record = stored.study
    func damaged(_ reason: String) -> LedgerError { .damaged(path: path, reason: reason) }
    if let text = stored.hashedText, SHA256.hexadecimalDigest(of: text) != record.hash {
      throw damaged("its study does not match the hash that is stored with it")
    }
    let cells = record.cells.isEmpty ? Study.cellsText(labels: records.map(\.label)) : record.cells
    let study: Study
    do throws(StudyError) {
      study = try Study.restored(definition: record.definition, cells: cells, path: path)
    } catch {
      // A study that a checksum covers is as it was written.
      let isAsWritten = stored.hasSeals || stored.hashedText == record.definition
      if !isAsWritten { throw damaged("its study cannot be read (\(error))") }
      throw ArchiveError.unreadableStudy(path: path, reason: error)
    }
    guard study.cells.map(\.key) == records.map(\.key), study.cells.map(\.label) == records.map(\.label) else {
      throw damaged("its cells are not those of its study")
    }
    if let contradiction = stored.contradiction(to: study) { throw damaged(contradiction) }
    if !stored.hasSeals, let (cell, _) = zip(study.cells, records).first(where: { !$1.agrees(with: $0) }) {
      throw damaged("the definition of its cell \(cell.label) is not that of its study")
    }
    return study
  }
}

extension StoredStudy {
  /// How a row without a seal contradicts what follows from it, or repeats it; nil where it does not.
  ///
  /// - Parameter study: as it was read from the row.
  func contradiction(to study: Study) -> String? {
    if hasSeals { return nil }
    guard self.study.identity.isEmpty || self.study.identity == study.identity else {
      return "its study is not the one whose identity is stored"
    }
    guard self.study.verdict.isEmpty || self.study.verdict == study.verdictText else {
      return "the verdict of its study is not the one of its last run"
    }
    return nil
  }
}

extension CellRecord {
  /// Whether a row without a seal says of a cell what its study says. Older schemas do not know all of it.
  func agrees(with cell: Cell) -> Bool {
    definition == cell.definition && (kernel.isEmpty || kernel == cell.kernel.rawValue)
      && (limits.isEmpty || limits == cell.limitText) && checkpoints == cell.trajectory?.checkpoints ?? []
  }
}

extension StudyRecord {
  /// What a ledger keeps of a study.
  public init(_ study: Study) {
    self.init(
      name: study.name, definition: study.definition, identity: study.identity, verdict: study.verdictText,
      hash: study.hash, cells: study.cellsText)
  }

  /// The record of the study of a ledger without seals, in today's words.
  ///
  /// - Parameter path: of the ledger.
  package init(restating stored: StoredStudy, cells: [CellRecord], path: String) throws(LedgerError) {
    do {
      self.init(try Study.verified(stored, cells: cells, path: path))
    } catch let error as LedgerError {
      throw error
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

  /// The same of a cell whose trials get all that there is to be measured.
  init(measured cell: Cell) {
    self.init(cell)
    further = Measurement<MeasuredTrial>.of(cell).map(\.observable)
    followed = Measurement<MeasuredCheckpoint>.all.map(\.observable)
  }
}

extension LedgerWriter {
  /// Creates the ledger of a study at `path`, or continues it, for a run that measures all there is to be measured.
  ///
  /// - Throws: where the file cannot be written, or holds another study, other cells with outcomes, or outcomes of another
  ///   kernel level or arithmetic.
  ///
  /// - Parameters:
  ///   - addition: what is to be added to the trials that there are.
  ///   - shrinks: whether cells without outcomes that the study no longer has are dropped, and targets may be lowered.
  public static func open(
    path: String, study: Study, run: RunRecord, adding addition: Addition = .none, shrinks: Bool = false
  ) throws(LedgerError) -> LedgerWriter {
    try open(
      path: path, study: StudyRecord(study), cells: study.cells.map(CellRecord.init(measured:)), run: run,
      adding: addition, shrinks: shrinks,
      restating: { (stored, cells) throws(LedgerError) in
        try StudyRecord(restating: stored, cells: cells, path: path)
      })
  }
}
