import Estimation
import Foundation
import Landscape
import Outcomes
import Training

extension StudyReport {
  /// The report as plain text.
  public var text: String {
    var text = "\(study.name)   \(study.source)\n".replacingOccurrences(of: "   \n", with: "\n")
    text += provenance + "\n\n"
    text += countsTable.text + "\n"
    text += "P(good critical point): stationary, and \(goodText)\n"
    text += probabilityTable({ $0.good(at: confidence) }, tenth: true).text + "\n"
    text += "P(\(goodText) when training ends), stationary or not\n"
    text += probabilityTable({ $0.riskMet(at: confidence) }, tenth: false).text + "\n"
    for note in notes { text += note + "\n" }
    return text
  }

  /// "300 trials a cell, seed 5, independent batch streams, avx512, 2 ranks x 1 thread, 21 s"
  private var provenance: String {
    let targets = Set(cells.map(\.target))
    let trials = targets.count == 1 ? "\(targets.first!) trials a cell" : "\(cells.reduce(0) { $0 + $1.target }) trials"
    let isExact = study.training.optimizer.method == .population
    let stream =
      isExact
      ? "exact gradients"
      : study.training.batchStream == .shared ? "one batch stream a cell" : "independent batch streams"
    let kernels = isExact ? [] : Set(cells.map(\.kernel))
    let kernel = kernels.count == 1 && kernels != [""] ? " (\(kernels.first!))" : ""
    var parts = [trials, "seed \(study.sampling.seed)", stream, "\(kernelLevel) kernels\(kernel)"]
    if let last = runs.last {
      let ranks = last.run.ranks == 1 ? "1 rank" : "\(last.run.ranks) ranks"
      parts.append("\(ranks) x \(last.run.threads) \(last.run.threads == 1 ? "thread" : "threads")")
      if runs.count > 1 { parts.append("\(runs.count) runs") }
      let finished = runs.compactMap { run in run.finished.map { $0.timeIntervalSince(run.run.started) } }
      if finished.count == runs.count {
        parts.append(String(format: "%.0f s", finished.reduce(0, +)))
      }
    }
    return parts.joined(separator: ", ")
  }

  private var goodText: String {
    switch study.verdictRule.good {
    case .risk(let bound): "risk <= \(ReportText.short(bound))"
    }
  }

  private var toleranceText: String {
    switch study.verdictRule.stationary {
    case .relativeDecrease(let ratio): "(flow time) |gradient|^2 <= \(ReportText.short(ratio)) risk"
    case .gradientNorm(let bound): "|gradient| <= \(ReportText.short(bound))"
    }
  }

  private var countsTable: TextTable {
    var table = TextTable(header: [
      "width", "trials", "good", "bad", "not conv.", "diverged", "median risk", "5 % .. 95 %", "time/trial",
    ])
    for cell in cells {
      let quantiles = cell.riskQuantiles.map { Self.scientific($0.risk) }
      let trials = cell.trials >= cell.target ? "\(cell.trials)" : "\(cell.trials) of \(cell.target)"
      table.append(
        [cell.label, trials] + [Verdict.good, .bad, .notConverged, .diverged].map { "\(cell.count($0))" } + [
          quantiles.isEmpty ? "-" : quantiles[1],
          quantiles.isEmpty ? "-" : "\(quantiles[0]) .. \(quantiles[2])",
          cell.secondsPerTrial.map(Self.time) ?? "-",
        ])
    }
    return table
  }

  private func probabilityTable(_ estimate: (CellSummary) -> Estimate, tenth: Bool) -> TextTable {
    let level = ReportText.percent(study.sampling.confidence)
    var table = TextTable(
      header: ["width", "P", "\(level) interval", "at least"] + (tenth ? ["P at 1/10 tolerance"] : []) + ["bounds"])
    for cell in cells {
      let estimate = estimate(cell)
      table.append(
        [
          cell.label, estimate.proportion.share.map { String(format: "%.4f", $0) } ?? "-",
          ReportText.interval(estimate.interval), ReportText.probability(estimate.lowerBound, .down),
        ]
          + (tenth
            ? [cell.trials > 0 ? String(format: "%.4f", Double(cell.goodAtTenthTolerance) / Double(cell.trials)) : "-"]
            : []) + [estimate.method.text])
    }
    return table
  }

  private var notes: [String] {
    var notes = ["stationary: \(toleranceText)"]
    for method in IntervalMethod.allCases where cells.contains(where: { $0.plan.method == method }) {
      notes.append("\(method.text): \(method.promise)")
    }
    let level = ReportText.percent(study.sampling.confidence)
    notes.append(
      "interval: two-sided, \(level); at least: one-sided lower bound, \(level); "
        + (isSimultaneous
          ? "each kind holds for all \(cells.count) widths together (Bonferroni)"
          : "each width on its own (simultaneous bounds: --simultaneous)"))
    if study.training.batchStream == .shared {
      notes.append(ReportText.sharedStream)
    }
    if study.problem.usesEvaluationSet { notes.append(ReportText.evaluationSet(study.problem)) }
    if !study.training.optimizer.method.isGradientDescent {
      notes.append(
        "\(study.training.optimizer.method.rawValue) does not follow the gradient flow: its flow time, the sum of the "
          + "learning rates, is only a clock")
    }
    if cells.contains(where: { $0.count(.diverged) > 0 }) {
      notes.append("diverged trials count as failures, with infinite risk")
    }
    let error = cells.map(\.largestRiskError).max() ?? 0
    if error > 0 { notes.append("largest error estimate of a risk: \(Self.scientific(error))") }
    if Set(cells.map(\.kernel)).count > 1 {
      let kernels = cells.map { "\($0.label) \($0.kernel.isEmpty ? "unknown" : $0.kernel)" }
      notes.append("kernels of mini-batch gradients: \(kernels.joined(separator: ", "))")
    }
    if let checkpoints = cells.map(\.checkpoints).max(), checkpoints > 0 {
      notes.append("trajectories at \(checkpoints) checkpoints are stored: landfall trajectory \(path)")
    }
    if trialsBehindGaps > 0 {
      notes.append("\(trialsBehindGaps) stored trials behind a gap are not counted: an estimate uses a prefix only")
    }
    if trialsMissing > 0 { notes.append("\(trialsMissing) trials are missing: the same run command continues") }
    return notes
  }

  static func scientific(_ value: Double) -> String { value.isFinite ? String(format: "%.1e", value) : "inf" }

  private static func time(_ seconds: Double) -> String {
    if seconds < 1e-3 { return String(format: "%.3g us", seconds * 1e6) }
    if seconds < 1 { return String(format: "%.3g ms", seconds * 1e3) }
    return String(format: "%.3g s", seconds)
  }
}
