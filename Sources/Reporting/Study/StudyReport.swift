import Archive
import Estimation
import Landscape
import Ledger
import Outcomes
import Studies
import Training

/// The estimates of a study, as its ledger has them at this moment.
public struct StudyReport: Sendable {
  public let study: Study
  /// Of the ledger.
  public let path: String
  public let kernelLevel: String
  /// What the ledger's checksums know the study by.
  let definitionHash: String
  /// The cells that the report is about.
  public let cells: [CellSummary]
  /// The cells of the study, in the same order.
  let studyCells: [Cell]
  /// What tells all cells of the study apart.
  let settings: [CellSettings]
  public let runs: [StoredRun]
  /// The confidence level of every single bound.
  public let confidence: ConfidenceLevel
  /// Whether the bounds of each kind hold for all cells of the study together.
  public let isSimultaneous: Bool

  /// Reads the ledger.
  ///
  /// - Parameters:
  ///   - selection: the cells that the report is about; nil for all.
  ///   - simultaneous: whether to widen the bounds by Bonferroni's correction over the cells of the study, also over
  ///     those that the report is not about.
  ///   - classes: whether to tell kinds of limits also where the study does not ask for them.
  /// - Throws: ``ArchiveError``, ``CellSelectionError`` or an error of the ledger.
  public init(
    _ ledger: LedgerReader, cells selection: CellSelection? = nil, simultaneous: Bool = false, classes: Bool = false
  ) throws {
    try self.init(ledger, cells: selection, simultaneous: simultaneous, classes: classes, references: nil)
  }

  /// - Parameter references: what theory says about a cell; nil for what the program and the levels in the ledger say.
  package init(
    _ ledger: LedgerReader, cells selection: CellSelection? = nil, simultaneous: Bool = false, classes: Bool = false,
    references: ((Cell) -> CellReferences)?
  ) throws {
    study = try Study(in: ledger)
    path = ledger.path
    let stored = try ledger.study()
    (kernelLevel, definitionHash) = (stored.kernelLevel, stored.study.hash)
    runs = try ledger.runs()
    let levels = try ReferenceLevels(study, in: ledger)
    var rates: [TrainingMethod: RateTable] = [:]
    let (own, records) = (study.cells, try ledger.cells())
    guard own.map(\.label) == records.map(\.label) else { throw ArchiveError.changed(path: path) }
    settings = study.cellSettings
    let places = try selection?.places(in: settings) ?? Array(own.indices)
    studyCells = places.map { own[$0] }
    let judges = try studyCells.map { cell in try Judge(cell, levels, path: ledger.path) }
    cells = try zip(places, judges).map { place, judge -> CellSummary in
      let cell = own[place]
      let table = rates[cell.training] ?? cell.training.rates(width: cell.architecture.width)
      // One table for all cells where the learning rate does not depend on the width.
      if !cell.training.steps.learningRate.uses("h") { rates[cell.training] = table }
      return try CellSummary(
        records[place], of: cell, judge: judge, classes: classes, in: ledger, flowTime: table.flowTime,
        levels: levels(cell),
        references: references?(cell) ?? CellReferences(cell, levels(cell)))
    }
    isSimultaneous = simultaneous && own.count > 1
    let level = ConfidenceLevel(study.sampling.confidence)
    confidence = isSimultaneous ? level.simultaneous(over: own.count) : level
  }

  /// Trials behind a gap, which no estimate counts.
  public var trialsBehindGaps: Int { cells.reduce(0) { $0 + $1.stored - $1.trials } }

  /// Trials that the targets ask for and no run has stored yet.
  public var trialsMissing: Int { cells.reduce(0) { $0 + max(0, $1.target - $1.stored) } }
}
