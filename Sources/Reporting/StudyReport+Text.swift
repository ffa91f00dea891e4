import Estimation
import Foundation
import Landscape
import Outcomes
import Training

extension StudyReport {
  /// The report as plain text.
  public var text: String {
    var text = study.titleLine
    text += provenance + "\n\n"
    text += countsTable.text + "\n"
    text += "P(good critical point): stationary, and \(goodText)\n"
    text += probabilityTable({ $0.good(at: confidence) }, tenth: true).text + "\n"
    text += "P(\(goodText) when training ends), stationary or not\n"
    text += probabilityTable({ $0.riskMet(at: confidence) }, tenth: false).text + "\n"
    if cells.contains(where: { $0.earlyEnds != nil }) {
      text += "ended early (criterion of training.until met)\n" + earlyEndsTable.text + "\n"
    }
    for cell in cells {
      if let landscape = cell.landscape { text += self.text(landscape, of: cell) }
    }
    for note in notes { text += note + "\n" }
    return text
  }

  /// "300 trials a cell, seed 5, independent batch streams, avx512, 2 ranks x 1 thread, 21 s"
  private var provenance: String {
    let targets = Set(cells.map(\.target))
    let trials = targets.count == 1 ? "\(targets.first!) trials a cell" : "\(cells.reduce(0) { $0 + $1.target }) trials"
    let plans = study.homogeneousStudies.map(\.training)
    var streams: [String] = []
    for plan in plans {
      let stream =
        plan.optimizer.method == .population
        ? "population gradients"
        : plan.batchStream == .shared ? "one batch stream a cell" : "independent batch streams"
      if !streams.contains(stream) { streams.append(stream) }
    }
    let isExact = plans.allSatisfy { $0.optimizer.method == .population }
    let stream = streams.joined(separator: " or ")
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

  var goodText: String {
    let texts = Set(study.homogeneousStudies.map { $0.verdictRule.good.text })
    return texts.count == 1 ? texts.first! : "risk at most the bound of the cell"
  }

  private var toleranceText: String {
    let texts = study.homogeneousStudies.map { study -> String in
      switch study.verdictRule.stationary {
      case .relativeDecrease(let ratio): "(flow time) |gradient|^2 <= \(ReportText.short(ratio)) risk"
      case .gradientNorm(let bound): "|gradient| <= \(ReportText.short(bound))"
      }
    }
    return Set(texts).count == 1 ? texts[0] : "by the criterion of the cell"
  }

  /// What the first column has.
  private var cellHeader: String { study.variants.isEmpty ? "width" : "cell" }

  /// Whether cells have bounds of good risks of their own.
  private var showsBounds: Bool {
    study.verdictRule.good.needsOptimum || Set(cells.map(\.verdictRule.good)).count > 1
  }

  private var countsTable: TextTable {
    var table = TextTable(
      header: [
        cellHeader, "trials", "good", "bad", "not conv.", "diverged", "median risk", "5 % .. 95 %", "time/trial",
      ] + (showsBounds ? ["good risk"] : []))
    for cell in cells {
      let quantiles = cell.riskQuantiles.map { ReportText.scientific($0.risk) }
      let trials = cell.trials >= cell.target ? "\(cell.trials)" : "\(cell.trials) of \(cell.target)"
      table.append(
        [cell.label, trials] + [Verdict.good, .bad, .notConverged, .diverged].map { "\(cell.count($0))" } + [
          quantiles.isEmpty ? "-" : quantiles[1],
          quantiles.isEmpty ? "-" : "\(quantiles[0]) .. \(quantiles[2])",
          cell.secondsPerTrial.map(Self.time) ?? "-",
        ] + (showsBounds ? ["<= " + String(format: "%.3g", cell.goodRisk)] : []))
    }
    return table
  }

  private func probabilityTable(_ estimate: (CellSummary) -> Estimate, tenth: Bool) -> TextTable {
    let level = ReportText.percent(study.sampling.confidence)
    var table = TextTable(
      header: [cellHeader, "P", "\(level) interval", "at least"] + (tenth ? ["P at 1/10 tolerance"] : []) + ["bounds"])
    for cell in cells {
      let estimate = estimate(cell)
      table.append(
        [cell.label] + ReportText.columns(estimate)
          + (tenth
            ? [cell.trials > 0 ? String(format: "%.4f", Double(cell.goodAtTenthTolerance) / Double(cell.trials)) : "-"]
            : []) + [estimate.method.text])
    }
    return table
  }

  private var earlyEndsTable: TextTable {
    var table = TextTable(
      header: [cellHeader, "trials", "quantity", "median", "5 % .. 95 %", "mean", "standard error"])
    for cell in cells {
      guard let ends = cell.earlyEnds else { continue }
      func append(
        _ start: [String], _ name: String, _ spread: EarlyEnds.Spread, _ text: (Double) -> String
      ) {
        let quantiles = spread.quantiles.map(text)
        table.append(
          start + [
            name, quantiles[1], "\(quantiles[0]) .. \(quantiles[2])", ReportText.short(spread.mean),
            spread.standardError.map { String(format: "%.3g", $0) } ?? "-",
          ])
      }
      append([cell.label, "\(ends.trials)"], "steps", ends.steps) { "\(Int($0))" }
      append(["", ""], "flow time", ends.flowTime, ReportText.short)
    }
    return table
  }

  private var notes: [String] {
    var notes: [String] = []
    for cell in cells {
      for alarm in cell.alarms?.texts ?? [] { notes.append("ALARM, cell \(cell.label): \(alarm)") }
    }
    notes.append("stationary: \(toleranceText)")
    for method in IntervalMethod.allCases where cells.contains(where: { $0.plan.method == method }) {
      notes.append("\(method.text): \(method.promise)")
    }
    let level = ReportText.percent(study.sampling.confidence)
    notes.append(
      "interval: two-sided, \(level); at least: one-sided lower bound, \(level); "
        + (isSimultaneous
          ? "each kind holds for all \(cells.count) \(cellHeader)s together (Bonferroni)"
          : "each \(cellHeader) on its own (simultaneous bounds: --simultaneous)"))
    notes += landscapeNotes
    let studies = study.homogeneousStudies
    if let note = ReportText.sharedStream(study) { notes.append(note) }
    if let note = ReportText.evaluationSet(study) { notes.append(note) }
    let methods = studies.map(\.training.optimizer.method)
    let others = OptimizerMethod.allCases.filter { !$0.isGradientDescent && methods.contains($0) }.map(\.rawValue)
    if !others.isEmpty {
      notes.append(
        others.count == 1
          ? "\(others[0]) does not follow the gradient flow: its flow time, the sum of the learning rates, is only a clock"
          : "\(others.joined(separator: ", ")) do not follow the gradient flow: their flow time, the sum of the learning "
            + "rates, is only a clock")
    }
    if cells.contains(where: { $0.count(.diverged) > 0 }) {
      notes.append("diverged trials count as failures, with infinite risk")
    }
    let error = cells.map(\.largestRiskError).max() ?? 0
    if error > 0 { notes.append("largest error estimate of a risk: \(ReportText.scientific(error))") }
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

  private static func time(_ seconds: Double) -> String {
    if seconds < 1e-3 { return String(format: "%.3g us", seconds * 1e6) }
    if seconds < 1 { return String(format: "%.3g ms", seconds * 1e3) }
    return String(format: "%.3g s", seconds)
  }
}

extension GoodCriterion {
  /// What reports call it.
  var text: String {
    switch self {
    case .risk(let bound): "risk <= \(ReportText.short(bound))"
    case .excess(let bound): "risk - m_h <= \(ReportText.short(bound))"
    case .ratio(let bound): "risk <= \(ReportText.short(bound)) m_h"
    }
  }
}
