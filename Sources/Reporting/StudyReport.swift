import Estimation
import Foundation
import Ledger
import Outcomes
import Studies
import Training

/// Why there is no report of a ledger that can be read.
public enum ReportError: Error, Sendable, CustomStringConvertible {
  /// The ledger's study is not one that this version of the program can read.
  case unreadableStudy(path: String, reason: StudyError)

  public var description: String {
    switch self {
    case .unreadableStudy(let path, let reason):
      "the study in \(path) cannot be read (\(reason)); was it written by another version of landfall?"
    }
  }
}

/// The estimates of a study, as its ledger has them at this moment.
public struct StudyReport: Sendable {
  public let study: Study
  /// Of the ledger.
  public let path: String
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
    study = try Study(in: ledger)
    let records = try ledger.cells()
    path = ledger.path
    kernelLevel = try ledger.study().kernelLevel
    runs = try ledger.runs()
    var summaries: [CellSummary] = []
    // One value for all cells where the learning rate does not depend on the width.
    var flowTime: Double?
    for (cell, record) in zip(study.cells, records) {
      if flowTime == nil || study.training.learningRate.uses("h") {
        flowTime = RateTable(plan: study.training, width: cell.architecture.width).flowTime
      }
      summaries.append(
        try CellSummary(
          record, in: ledger, rule: cell.verdictRule, flowTime: flowTime ?? 0,
          errorMargin: study.problem.errorMargin))
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
  /// The study that a ledger holds: its definition with the cells put back; the number of trials is in the targets of
  /// the cells.
  init(in ledger: LedgerReader) throws {
    let widths = try ledger.cells().map { "[" + $0.label.split(separator: "-").joined(separator: ", ") + "]" }
    let definition = try ledger.study().study.definition
    do throws(StudyError) {
      self = try Study.parse(
        text: definition, origin: .ledger(ledger.path),
        overrides: [Override(key: "network.hidden", value: "[" + widths.joined(separator: ", ") + "]")])
    } catch {
      throw ReportError.unreadableStudy(path: ledger.path, reason: error)
    }
  }
}
