import Estimation
import Studies
import Texts

/// Why the cells of a study with a stopping rule have as many trials as they have.
extension StudyReport {
  struct SamplingRow {
    var cell: CellSummary
    var monitor: StoppingMonitor
    var outlook: Int?
  }

  static let samplingTableName = "sampling"

  var samplingRows: [SamplingRow] {
    zip(cells, monitors).compactMap { cell, monitor in
      monitor.map { monitor in
        SamplingRow(
          cell: cell, monitor: monitor,
          outlook: monitor.ending == .met ? nil : monitor.likelyTrials)
      }
    }
  }

  /// As data; nil where the trials are planned.
  var samplingTable: ReportTable? {
    let rows = samplingRows
    guard let rule = study.sampling.rule, !rows.isEmpty else { return nil }
    return ReportTable(
      Self.samplingTableName, of: rows,
      cellColumns.fields(\SamplingRow.cell.label) + [
        ReportField("goal", .text) { _ in .text(rule.goal.text) },
        ReportField("event", .text) { _ in .text(rule.event.text) },
        ReportField("trials", .count) { .count($0.monitor.counts.trials) },
        ReportField("at_most", .count) { .count($0.monitor.rule.mostTrials) },
        ReportField("ending", .text) { .text($0.monitor.ending?.text) },
        ReportField("likely_trials", .count) { .count($0.outlook) },
      ])
  }

  /// Which cells met their goal, and which one takes the most trials.
  var samplingSection: Report.Section {
    let rows = samplingRows
    guard let rule = study.sampling.rule, !rows.isEmpty else { return Report.Section([]) }
    var notes = rows.map { row in
      "\(cellHeader) \(row.cell.label): \(row.monitor.progressText(row.outlook, of: rule))"
    }
    if let limiting = limitingCell(rows) { notes.append(limiting) }
    let stages = study.sampling.stages
    notes.append(
      (stages.isEmpty
        ? "looked at every \(counted(rule.look, "trial")), at most \(rule.mostTrials)"
        : "looked at the planned stages: \(stages.map(String.init).joined(separator: ", ")) trials")
        + "; the bounds hold at every look. An unmet goal at the present shares would likely take the trials named")
    return Report.Section(
      [.heading("sampling until \(rule.goal.text(confidence: confidenceOfRule)): \(rule.event.text)")]
        + notes.map { .note($0) })
  }

  private var confidenceOfRule: String { ReportText.percent(study.sampling.confidence) }

  /// Of several cells the one whose goal takes, or is likely to take, the most trials.
  private func limitingCell(_ rows: [SamplingRow]) -> String? {
    guard rows.count > 1 else { return nil }
    func need(_ row: SamplingRow) -> Int {
      switch row.monitor.ending {
      case .met?: row.monitor.counts.trials
      case .impossible?: 0
      case .exhausted?, nil: row.outlook ?? .max
      }
    }
    guard let most = rows.max(by: { need($0) < need($1) }), need(most) > 0 else { return nil }
    return "limiting: \(cellHeader) \(most.cell.label)"
  }
}

extension StoppingMonitor {
  /// - Parameter outlook: the trials that are likely needed, if the goal is not met.
  fileprivate func progressText(_ outlook: Int?, of rule: SamplingRule) -> String {
    let more =
      outlook.map { "about \(max(0, $0 - counts.trials)) more are likely needed" }
      ?? "not in sight at the present shares"
    if counts.trials == 0 { return "no trials yet" }
    switch ending {
    case .met?: return "met at \(counted(counts.trials, "trial"))"
    case .exhausted?: return "not met within \(counted(counts.trials, "trial")); \(more)"
    case nil: return "not met yet at \(counted(counts.trials, "trial")); \(more)"
    case .impossible(.probability)?:
      return "cannot be met, stopped at \(counted(counts.trials, "trial")): the probability is smaller"
    case .impossible(.undecided)?:
      let share = ReportText.percent(Double(counts.undecided) / Double(counts.trials), digits: 3)
      let width = if case .halfWidth = rule.goal { ", by which the interval stays that wide at least" } else { "" }
      return "cannot be met, stopped at \(counted(counts.trials, "trial")): \(share) are undecided\(width)"
    }
  }
}

extension StoppingMonitor.Ending {
  fileprivate var text: String {
    switch self {
    case .met: "met"
    case .exhausted: "at most trials"
    case .impossible(.undecided): "impossible: undecided trials"
    case .impossible(.probability): "impossible: smaller probability"
    }
  }
}

extension StoppingRule.Goal {
  fileprivate var text: String {
    switch self {
    case .halfWidth(let bound): "half-width <= \(ReportText.short(bound))"
    case .lowerBoundAbove(let bound): "lower bound > \(ReportText.short(bound))"
    case .decided(let value): "decided against \(ReportText.short(value))"
    }
  }

  func text(confidence: String) -> String {
    switch self {
    case .halfWidth(let bound): "half of the \(confidence) interval <= \(ReportText.short(bound))"
    case .lowerBoundAbove(let bound): "the \(confidence) lower bound > \(ReportText.short(bound))"
    case .decided(let value): "the \(confidence) interval excludes \(ReportText.short(value))"
    }
  }
}

extension TrialEvent {
  var text: String {
    switch self {
    case .good: "P(good)"
    case .risk: "P(good when training ends)"
    case .observable(let name, .atMost(let bound)): "P(\(name) <= \(ReportText.short(bound)))"
    case .observable(let name, .atLeast(let bound)): "P(\(name) >= \(ReportText.short(bound)))"
    case .observable(let name, .word(let word)): "P(\(name) is \(word))"
    }
  }
}
