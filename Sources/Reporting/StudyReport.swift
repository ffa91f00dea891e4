import Estimation
import Foundation
import Ledger
import Outcomes
import Studies
import Training

/// The estimates of a study, as its ledger has them at this moment.
public struct StudyReport: Sendable {
  public let study: Study
  public let kernelLevel: String
  public let cells: [CellSummary]
  public let runs: [StoredRun]
  /// The confidence level of every single bound.
  public let confidence: ConfidenceLevel
  /// Whether the bounds of each kind hold for all cells together.
  public let isSimultaneous: Bool

  /// Reads the ledger.
  ///
  /// - Parameter simultaneous: whether to widen the bounds by Bonferroni's correction over the cells.
  public init(_ ledger: LedgerReader, simultaneous: Bool = false) throws {
    let stored = try ledger.study()
    let records = try ledger.cells()
    study = try Study(stored: stored.study, cells: records, path: ledger.path)
    kernelLevel = stored.kernelLevel
    runs = try ledger.runs()
    var summaries: [CellSummary] = []
    var rates = RateTables(plan: study.training)
    for (cell, record) in zip(study.cells, records) {
      let flowTime = rates.table(width: cell.architecture.width).flowTime
      summaries.append(try CellSummary(record, in: ledger, rule: cell.verdictRule, flowTime: flowTime))
    }
    cells = summaries
    isSimultaneous = simultaneous && summaries.count > 1
    let level = ConfidenceLevel(study.sampling.confidence)
    confidence = isSimultaneous ? level.simultaneous(over: summaries.count) : level
  }

  /// Trials behind a gap, which no estimate counts.
  public var trialsBehindGaps: Int { cells.reduce(0) { $0 + $1.stored - $1.trials } }

  /// Trials that the targets ask for and no run has stored yet.
  public var trialsMissing: Int { cells.reduce(0) { $0 + max(0, $1.target - $1.stored) } }
}

extension Study {
  /// The study that a ledger holds: its definition with the cells put back; the number of trials is in the targets of the cells.
  init(stored: StudyRecord, cells: [CellRecord], path: String) throws(StudyError) {
    let widths = cells.map { "[" + $0.label.split(separator: "-").joined(separator: ", ") + "]" }
    self = try Study.parse(
      text: stored.definition, origin: .file(path),
      overrides: [Override(key: "network.hidden", value: "[" + widths.joined(separator: ", ") + "]")])
  }
}
