import Estimation
import Landscape
import Ledger
import Outcomes
import Studies
import Training

/// Why there is no report of a ledger that can be read.
public enum ReportError: Error, Sendable, CustomStringConvertible {
  /// The ledger's study is not one that this version of the program can read.
  case unreadableStudy(path: String, reason: StudyError)
  /// The verdicts of the study need reference risks that no run has left in the ledger.
  case missingLevels(path: String, cell: String)
  /// A run has changed the cells while they were being read.
  case changed(path: String)

  public var description: String {
    switch self {
    case .unreadableStudy(let path, let reason):
      "the study in \(path) cannot be read (\(reason)); was it written by another version of landfall?"
    case .missingLevels(let path, let cell):
      "\(path) lacks the reference risks that the verdicts of cell \(cell) are stated against: a run was interrupted while it "
        + "searched them; the same run command finds them"
    case .changed(let path):
      "the cells in \(path) were changed by a run while they were being read; give the same command again"
    }
  }
}

/// The estimates of a study, as its ledger has them at this moment.
public struct StudyReport: Sendable {
  public let study: Study
  /// Of the ledger.
  public let path: String
  public let kernelLevel: String
  /// What the ledger's checksums know the study by.
  let definitionHash: String
  public let cells: [CellSummary]
  /// The cells of the study, in the same order.
  let studyCells: [Cell]
  public let runs: [StoredRun]
  /// The confidence level of every single bound.
  public let confidence: ConfidenceLevel
  /// Whether the bounds of each kind hold for all cells together.
  public let isSimultaneous: Bool

  /// Reads the ledger.
  ///
  /// - Parameters:
  ///   - simultaneous: whether to widen the bounds by Bonferroni's correction over the cells.
  ///   - classes: whether to tell kinds of limits also where the study does not ask for them.
  public init(_ ledger: LedgerReader, simultaneous: Bool = false, classes: Bool = false) throws {
    try self.init(ledger, simultaneous: simultaneous, classes: classes, references: nil)
  }

  /// - Parameter references: what theory says about a cell; nil for what the program and the levels in the ledger say.
  package init(
    _ ledger: LedgerReader, simultaneous: Bool = false, classes: Bool = false, references: ((Cell) -> CellReferences)?
  ) throws {
    study = try Study(in: ledger)
    path = ledger.path
    let stored = try ledger.study()
    (kernelLevel, definitionHash) = (stored.kernelLevel, stored.study.hash)
    runs = try ledger.runs()
    let levels = try ReferenceLevels(study, in: ledger)
    var rates: [TrainingPlan: RateTable] = [:]
    let (own, records) = (study.cells, try ledger.cells())
    guard own.map(\.label) == records.map(\.label) else { throw ReportError.changed(path: path) }
    studyCells = own
    let judges = try own.map { cell in try Judge(cell, levels, path: ledger.path) }
    cells = try own.indices.map { index -> CellSummary in
      let (cell, record) = (own[index], records[index])
      let table = rates[cell.training] ?? RateTable(plan: cell.training, width: cell.architecture.width)
      // One table for all cells where the learning rate does not depend on the width.
      if !cell.training.learningRate.uses("h") { rates[cell.training] = table }
      return try CellSummary(
        record, of: cell, judge: judges[index], classes: classes, in: ledger, flowTime: table.flowTime,
        levels: levels(cell),
        references: references?(cell) ?? CellReferences(cell, levels(cell)))
    }
    isSimultaneous = simultaneous && cells.count > 1
    let level = ConfidenceLevel(study.sampling.confidence)
    confidence = isSimultaneous ? level.simultaneous(over: cells.count) : level
  }

  /// Trials behind a gap, which no estimate counts.
  public var trialsBehindGaps: Int { cells.reduce(0) { $0 + $1.stored - $1.trials } }

  /// Trials that the targets ask for and no run has stored yet.
  public var trialsMissing: Int { cells.reduce(0) { $0 + max(0, $1.target - $1.stored) } }
}
