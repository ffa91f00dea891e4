import Estimation
import Foundation
import Landscape
import Ledger
import Outcomes

/// The report as JSON; every field is described in Documentation/report.md. Numbers are not rounded; an infinite risk
/// is the text "inf".
struct ReportDocument: Codable, Hashable {
  /// Grows when a field changes its meaning or goes away.
  static let schemaVersion = 3

  struct Bounds: Codable, Hashable {
    var successes: Int
    /// Trials of which it is not known whether they are successes.
    var undecided: Int
    var trials: Int
    /// The share of the successes, and that with all undecided trials; null without trials.
    var share: Double?
    var highestShare: Double?
    var lower: Double
    var upper: Double
    var atLeast: Double
    var method: String

    init(_ estimate: Estimate) {
      successes = estimate.proportion.successes
      undecided = estimate.undecided
      trials = estimate.proportion.trials
      share = estimate.shares?.lowerBound
      highestShare = estimate.shares?.upperBound
      lower = estimate.interval.lower
      upper = estimate.interval.upper
      atLeast = estimate.lowerBound
      method = estimate.method.rawValue
    }
  }

  struct Quantile: Codable, Hashable {
    var share: Double
    var risk: Double
  }

  struct Cell: Codable, Hashable {
    var cell: String
    var key: String
    var kernel: String
    var target: Int
    var stored: Int
    var trials: Int
    var good: Int
    var bad: Int
    var undecided: Int
    var diverged: Int
    /// Of good and of bad trials those whose verdict a theorem gives.
    var goodByTheorem: Int
    var badByTheorem: Int
    /// Undecided trials without a stored limit, or with one of an earlier version that does not count today.
    var withoutLimit: Int
    var pGood: Bounds
    var pEnd: Bounds
    /// The largest risk that is good.
    var riskAtMost: Double
    /// The largest risk that is not bad: infinite where only a lower bound of m_h is known.
    var riskNotBad: Double
    var riskQuantiles: [Quantile]
    var largestRiskError: Double
    var deadNeuronsPerTrial: Double?
    var checkpoints: Int
    var secondsPerTrial: Double?
    /// Sentences about risks below what is possible; empty if all is well.
    var alarms: [String]
    var endedEarly: EndedEarly?
    var landscape: LandscapeDocument?
  }

  struct EndedEarly: Codable, Hashable {
    var trials: Int
    var steps: Spread
    var flowTime: Spread
  }

  struct Spread: Codable, Hashable {
    struct Quantile: Codable, Hashable {
      var share: Double
      var value: Double
    }

    var quantiles: [Quantile]
    var mean: Double
    /// Null for a single trial.
    var standardError: Double?

    init(_ spread: EarlyEnds.Spread) {
      quantiles = zip(CellSummary.shares, spread.quantiles).map { Quantile(share: $0, value: $1) }
      mean = spread.mean
      standardError = spread.standardError
    }
  }

  struct Run: Codable, Hashable {
    var started: Date
    var finished: Date?
    var ending: String?
    var host: String
    var ranks: Int
    var threads: Int
    var version: String
    var revision: String
    /// Null if it is not known.
    var arithmetic: Int?
    var compiler: String
    var commandLine: String
  }

  var schema: Int
  var study: String
  var source: String
  var definitionHash: String
  var seed: UInt64
  var batchStream: String
  var kernelLevel: String
  var confidence: Double
  var simultaneous: Bool
  /// When a risk is good, in words.
  var good: String
  /// What the probability is about, the heading of the first table.
  var question: String
  var cells: [Cell]
  var runs: [Run]
}

extension StudyReport {
  var document: ReportDocument {
    ReportDocument(
      schema: ReportDocument.schemaVersion, study: study.name, source: study.source, definitionHash: definitionHash,
      seed: study.sampling.seed, batchStream: study.batchStreamText, kernelLevel: kernelLevel,
      confidence: study.sampling.confidence, simultaneous: isSimultaneous, good: goodText,
      question: question.title,
      cells: cells.map { cell in
        ReportDocument.Cell(
          cell: cell.label, key: cell.key.text, kernel: cell.kernel, target: cell.target, stored: cell.stored,
          trials: cell.trials,
          good: cell.count(.good), bad: cell.count(.bad), undecided: cell.count(.undecided),
          diverged: cell.count(.diverged), goodByTheorem: cell.certified[.good, default: 0],
          badByTheorem: cell.certified[.bad, default: 0], withoutLimit: cell.undecided[.notStored, default: 0],
          pGood: .init(cell.good(at: confidence)), pEnd: .init(cell.goodAtEnd(at: confidence)),
          riskAtMost: cell.bounds.good, riskNotBad: cell.bounds.bad,
          riskQuantiles: cell.riskQuantiles.map { .init(share: $0.share, risk: $0.risk) },
          largestRiskError: cell.largestRiskError, deadNeuronsPerTrial: cell.deadNeuronsPerTrial,
          checkpoints: cell.checkpoints, secondsPerTrial: cell.secondsPerTrial, alarms: cell.alarms?.texts ?? [],
          endedEarly: cell.earlyEnds.map {
            .init(trials: $0.trials, steps: .init($0.steps), flowTime: .init($0.flowTime))
          },
          landscape: cell.landscape.map { LandscapeDocument($0, cell.references, at: confidence) })
      },
      runs: runs.map {
        ReportDocument.Run(
          started: $0.run.started, finished: $0.finished, ending: $0.ending, host: $0.run.host, ranks: $0.run.ranks,
          threads: $0.run.threads, version: $0.run.version, revision: $0.run.revision,
          arithmetic: $0.run.arithmetic == 0 ? nil : $0.run.arithmetic, compiler: $0.run.compiler,
          commandLine: $0.run.commandLine)
      })
  }

  /// The report as JSON text.
  public var json: String { ReportText.json(document) }
}
