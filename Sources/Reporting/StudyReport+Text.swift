import Estimation
import Foundation
import Landscape
import Outcomes
import Training

extension StudyReport {
  /// The report as plain text: first where training leads, then where it ended, then kinds and levels of limits where they
  /// are asked for.
  public var text: String {
    var text = ReportText.wrapped(study.titleLine)
    text += ReportText.wrapped(provenance) + ReportText.wrapped(programText) + "\n"
    text += ReportText.wrapped(question.title) + verdictTable.text
    for line in question.explanation { text += ReportText.wrapped(line) }
    text += "\n" + ReportText.wrapped("P(\(goodText) when training ends)") + endTable.text + "\n"
    if cells.contains(where: { $0.earlyEnds != nil }) {
      text += "ended early (criterion of training.until met)\n" + earlyEndsTable.text + "\n"
    }
    for cell in cells {
      if let landscape = cell.landscape { text += self.text(landscape, of: cell) }
    }
    for note in notes { text += ReportText.wrapped(note) }
    return text
  }

  /// "300 trials a cell, seed 5, independent batches, avx512 (shallow), 2 ranks, 21 s"
  private var provenance: String {
    let targets = Set(cells.map(\.target))
    let trials = targets.count == 1 ? "\(targets.first!) trials a cell" : "\(cells.reduce(0) { $0 + $1.target }) trials"
    let plans = study.homogeneousStudies.map(\.training)
    var streams: [String] = []
    for plan in plans {
      let stream =
        plan.optimizer.method == .population
        ? "population gradients"
        : plan.batchStream == .shared ? "one batch stream a cell" : "independent batches"
      if !streams.contains(stream) { streams.append(stream) }
    }
    let isExact = plans.allSatisfy { $0.optimizer.method == .population }
    let stream = streams.joined(separator: " or ")
    let kernels = isExact ? [] : Set(cells.map(\.kernel))
    let kernel = kernels.count == 1 && kernels != [""] ? " (\(kernels.first!))" : ""
    var parts = [trials, "seed \(study.sampling.seed)", stream, "\(kernelLevel)\(kernel)"]
    if let last = runs.last {
      let ranks = last.run.ranks == 1 ? "1 rank" : "\(last.run.ranks) ranks"
      parts.append(last.run.threads == 1 ? ranks : "\(ranks) x \(last.run.threads) threads")
      if runs.count > 1 { parts.append("\(runs.count) runs") }
      let finished = runs.compactMap { run in run.finished.map { $0.timeIntervalSince(run.run.started) } }
      if finished.count == runs.count {
        parts.append(String(format: "%.0f s", finished.reduce(0, +)))
      }
    }
    return parts.joined(separator: ", ")
  }

  /// "landfall 0.2.0 (d0fc7cb), arithmetic 1, Swift 6.3.1": of the run that began last.
  private var programText: String { runs.last.map(\.run.programText) ?? "" }

  var goodText: String {
    let texts = Set(study.homogeneousStudies.map { $0.verdictRule.good.text })
    return texts.count == 1 ? texts.first! : "risk at most the bound of the cell"
  }

  /// What the first column has.
  var cellHeader: String { study.variants.isEmpty ? "width" : "cell" }

  /// Whether cells have bounds of good risks of their own.
  var hasOwnBounds: Bool {
    study.verdictRule.good.needsOptimum || Set(cells.map(\.bounds)).count > 1
  }

  private var verdictTable: TextTable {
    let level = ReportText.percent(study.sampling.confidence)
    let verdicts: [Verdict] = [.good, .bad, .undecided]
    var table = TextTable(
      header: [cellHeader, "trials"] + verdicts.map(\.text) + ["P", "\(level) interval", "1-P at most"])
    for cell in cells {
      let estimate = cell.good(at: confidence)
      let trials = cell.trials >= cell.target ? "\(cell.trials)" : "\(cell.trials) of \(cell.target)"
      table.append(
        [cell.label, trials] + verdicts.map { "\(cell.count($0))" } + [
          ReportText.share(estimate), ReportText.interval(estimate.interval),
          ReportText.probability(estimate.failureBound, .up),
        ])
    }
    return table
  }

  private var endTable: TextTable {
    let level = ReportText.percent(study.sampling.confidence)
    var table = TextTable(
      header: [cellHeader, "P", "\(level) interval", "median risk", "5 % .. 95 %", "time/trial"])
    for cell in cells {
      let estimate = cell.goodAtEnd(at: confidence)
      let quantiles = cell.riskQuantiles.map { ReportText.scientific($0.risk) }
      table.append([
        cell.label, ReportText.share(estimate), ReportText.interval(estimate.interval),
        quantiles.isEmpty ? "-" : quantiles[1], quantiles.isEmpty ? "-" : "\(quantiles[0]) .. \(quantiles[2])",
        cell.secondsPerTrial.map(Self.time) ?? "-",
      ])
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
    notes += judgingNotes
    for method in IntervalMethod.allCases {
      let labels = cells.filter { $0.plan.method == method }.map(\.label)
      if labels.isEmpty { continue }
      let isAll = labels.count == cells.count
      notes.append(
        "\(method.text)\(isAll ? "" : " (\(labels.joined(separator: ", ")))"): \(method.promise)")
    }
    let level = ReportText.percent(study.sampling.confidence)
    notes.append(
      "interval: two-sided, \(level), whatever the undecided trials are; 1-P at most: one-sided, \(level); "
        + (isSimultaneous
          ? "each kind holds for all \(cells.count) \(cellHeader)s together (Bonferroni)"
          : "each \(cellHeader) on its own (simultaneous bounds: --simultaneous)"))
    notes += landscapeNotes
    let studies = study.homogeneousStudies
    if let note = ReportText.sharedStream(study) { notes.append(note) }
    if let note = ReportText.evaluationSet(study) { notes.append(note) }
    let methods = studies.map(\.training.optimizer.method)
    let others = OptimizerMethod.allCases.filter { !$0.isGradientDescent && methods.contains($0) }.map(\.rawValue)
    if !others.isEmpty, cells.contains(where: { $0.earlyEnds != nil }) {
      notes.append("the flow time of \(others.joined(separator: ", ")), the sum of the learning rates, is only a clock")
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
