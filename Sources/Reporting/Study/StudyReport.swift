import Archive
import Estimation
import Landscape
import Ledger
import Outcomes
import Studies
import Training
import Trials

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
  /// Of ``cells``, in the same order.
  let judges: [Judge]
  /// The order of the trials, as far as it was read.
  var bets: [CellKey: CellBets] = [:]
  /// What tells all cells of the study apart.
  let settings: [CellSettings]
  public let runs: [StoredRun]
  /// The confidence level of every single bound.
  public let confidence: ConfidenceLevel
  /// The same before the correction for several cells.
  let statedConfidence: ConfidenceLevel
  /// How the report differs from what the study asks for.
  let choices: ReportChoices
  /// What the other cells are compared with; nil for no comparison.
  let baseline: CellSummary?
  /// How far the sampling of each of ``cells`` is under the rule of the study; nil where the trials are planned.
  let monitors: [StoppingMonitor?]
  /// The criterion of the study, where trials are judged by another one.
  let plannedCriterion: String?
  /// Whether the bounds of each kind hold for all cells of the study together.
  public let isSimultaneous: Bool

  /// Reads the ledger.
  ///
  /// - Parameter choices: what the report is about.
  /// - Throws: ``ArchiveError``, ``CellSelectionError``, ``StudyError``, ``PreparationError`` or an error of the ledger.
  public init(_ ledger: LedgerReader, _ choices: ReportChoices = ReportChoices()) throws {
    try self.init(ledger, choices, references: nil)
  }

  /// - Parameter references: what theory says about a cell; nil for what the program and the levels in the ledger say.
  package init(
    _ ledger: LedgerReader, _ choices: ReportChoices = ReportChoices(), references: ((Cell) -> CellReferences)?
  ) throws {
    self.choices = choices
    let planned = try Study(in: ledger)
    study = try choices.criterion.map { try planned.judged(by: $0, option: ReportChoices.criterionOption) } ?? planned
    let isPlanned = study.cells.map(\.verdictRule.good) == planned.cells.map(\.verdictRule.good)
    plannedCriterion = isPlanned ? nil : Self.goodText(planned.cells)
    path = ledger.path
    let stored = try ledger.study()
    (kernelLevel, definitionHash) = (stored.kernelLevel, stored.study.hash)
    runs = try ledger.runs()
    let levels =
      try isPlanned
      ? ReferenceLevels(study, in: ledger) : ReferenceLevels(study, searchingBeside: ledger)
    // Refuses risks that cannot be told from 0.
    if !isPlanned { try Self.prepare(study, levels) }
    var rates: [TrainingMethod: RateTable] = [:]
    let (own, records) = (study.cells, try ledger.cells())
    guard own.map(\.label) == records.map(\.label) else { throw ArchiveError.changed(path: path) }
    settings = study.cellSettings
    let baselinePlace = try choices.baseline?.place(in: settings)
    var places = try choices.cells?.places(in: settings) ?? Array(own.indices)
    if let baselinePlace, !places.contains(baselinePlace) { places = (places + [baselinePlace]).sorted() }
    studyCells = places.map { own[$0] }
    judges = try studyCells.map { cell in try Judge(cell, levels, path: ledger.path) }
    monitors = try Self.sampling(of: planned, places, in: ledger)
    var cells = try zip(places, judges).map { place, judge -> CellSummary in
      let cell = own[place]
      let table = rates[cell.training] ?? cell.training.rates(width: cell.architecture.width)
      // One table for all cells where the learning rate does not depend on the width.
      if !cell.training.steps.learningRate.uses("h") { rates[cell.training] = table }
      return try CellSummary(
        records[place], of: cell, judge: judge, classes: choices.classes, in: ledger, flowTime: table.flowTime,
        levels: levels(cell),
        references: references?(cell) ?? CellReferences(cell, levels(cell)))
    }
    for (index, monitor) in monitors.enumerated() where monitor?.ending != nil {
      cells[index].target = cells[index].stored
    }
    self.cells = cells
    baseline = baselinePlace.flatMap { places.firstIndex(of: $0) }.map { cells[$0] }
    isSimultaneous = choices.simultaneous && own.count > 1
    statedConfidence = ConfidenceLevel(choices.confidence ?? study.sampling.confidence)
    confidence = isSimultaneous ? statedConfidence.simultaneous(over: own.count) : statedConfidence
  }

  /// How far the sampling of cells is, by the criterion of their study.
  private static func sampling(of study: Study, _ places: [Int], in ledger: LedgerReader) throws -> [StoppingMonitor?] {
    guard study.sampling.rule != nil else { return places.map { _ in nil } }
    let levels = try ReferenceLevels(study, in: ledger)
    return try places.map { place in
      let cell = study.cells[place]
      let judge = try Judge(cell, levels, path: ledger.path)
      return try StoppingMonitor(
        cell, of: study, judge: judge, progress: ledger.progress(of: cell.key), in: ledger)
    }
  }

  /// Refuses a criterion of the command line as the study file would be refused that has it.
  private static func prepare(_ study: Study, _ levels: ReferenceLevels) throws(StudyError) {
    do {
      _ = try PreparedStudy(study, levels: levels)
    } catch {
      throw StudyError(
        source: ReportChoices.criterionOption, message: "\(error.cell.map { "cell \($0): " } ?? "")\(error.message)")
    }
  }

  /// Trials behind a gap, which no estimate counts.
  public var trialsBehindGaps: Int { cells.reduce(0) { $0 + $1.stored - $1.trials } }

  /// Trials that the targets ask for and no run has stored yet.
  public var trialsMissing: Int { cells.reduce(0) { $0 + max(0, $1.target - $1.stored) } }
}

/// What a report of a study is about, where it is not all that the study asks for.
public struct ReportChoices: Sendable {
  /// Nil for all.
  public var cells: CellSelection?
  /// Fits the one cell that the others are compared with; nil for no comparison. It is shown where it is not in
  /// ``cells``, too.
  public var baseline: CellSelection?
  /// By which trials are judged; nil for that of the study.
  public var criterion: GoodCriterion?
  /// Of the bounds; nil for that of the study.
  ///
  /// - Precondition: between 0 and 1.
  public var confidence: Double?
  /// Whether to widen the bounds by Bonferroni's correction over the cells of the study, also over those that the report
  /// is not about.
  public var simultaneous = false
  /// Whether to tell kinds of limits also where the study does not ask for them.
  public var classes = false

  /// The option of the command that sets ``criterion``, as messages begin.
  public static let criterionOption = "--good"

  public init(cells: CellSelection? = nil) { self.cells = cells }
}
