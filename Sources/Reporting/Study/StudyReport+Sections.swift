import Archive
import Estimation
import Foundation
import Landscape
import Ledger
import Outcomes
import Studies
import Training
import Texts

extension StudyReport {
  /// The report: first where training leads, then where it ended, then kinds and levels of limits where they are asked
  /// for.
  ///
  /// - Parameters:
  ///   - others: of the same ledger and cells, by other criteria: their answers follow the first ones.
  ///   - showsObservables: whether readers see a table of every observable, too.
  ///   - showsIntervals: whether readers see the intervals of all methods, too.
  ///   - supplements: what was asked for besides.
  public func report(
    beside others: [StudyReport] = [], showsObservables: Bool = false, showsIntervals: Bool = false,
    supplements: [Supplement] = []
  ) -> Report {
    let details = details(
      beside: others, showsObservables: showsObservables, showsIntervals: showsIntervals, supplements: supplements)
    return report(beside: others, details: details, supplements: supplements)
  }

  /// - Parameter details: what follows the answers and pictures, up to the notes.
  func report(
    beside others: [StudyReport], details: [Report.Section], supplements: [Supplement], pictures: [Report.Section] = []
  ) -> Report {
    var sections = [
      Report.Section([.heading(study.titleLine), .note(provenance), .note(programText)].filter { $0 != .note("") })
    ]
    sections += questionSections
    sections.append(samplingSection)
    for other in others {
      sections += other.questionSections
      sections.append(Report.Section(other.judgingNotes.map { .note($0) }))
    }
    sections += pictures
    if cells.contains(where: { $0.earlyEnds != nil }) {
      sections.append(
        Report.Section([.heading("ended early (criterion of training.until met)"), .table(earlyEndsTable)]))
    }
    sections.append(initialDeathSection)
    sections += details
    sections.append(Report.Section(notes.map { .note($0) }))
    return Report(
      "study", schema: Self.schema, facts: facts,
      tables: tables(beside: others, supplements: supplements), sections: sections)
  }

  /// What there is to say about single cells, and what was asked for besides.
  ///
  /// - Parameter mostCells: that are shown, the first ones; supplements have theirs already.
  func details(
    beside others: [StudyReport], showsObservables: Bool, showsIntervals: Bool, supplements: [Supplement],
    mostCells: Int = .max
  ) -> [Report.Section] {
    let shown = cells.prefix(mostCells)
    var sections: [Report.Section] = []
    for cell in shown {
      if let landscape = cell.landscape { sections += self.sections(landscape, of: cell) }
    }
    sections += supplements.flatMap(\.sections)
    if showsIntervals { for report in [self] + others { sections += shown.map(report.intervalSection) } }
    if showsObservables { sections += shown.map(observableSection) }
    return sections.filter { !$0.blocks.isEmpty }
  }

  /// The tables of ``questionSections``.
  public static var answerTables: [String] { ["verdicts", "ends", comparisonTableName] }

  /// Where training leads, and where it ended.
  var questionSections: [Report.Section] {
    let mark = plannedCriterion == nil ? "" : " (criterion chosen after the run)"
    return [
      Report.Section(
        [.heading(question.title + mark), .table(verdictTable)] + extensionNotes.map { .note($0) }
          + question.explanation.map { .note($0) }),
      Report.Section([.heading("P(\(goodText) when training ends)\(mark)"), .table(endTable)]), comparisonSection,
    ]
  }

  /// The two intervals of each cell to whose planned trials others were added, each at the whole confidence.
  private var extensionNotes: [String] {
    let notes = cells.compactMap { cell -> String? in
      guard let planned = cell.plan.plannedTrials, let first = cell.first else { return nil }
      func text(_ proportion: BracketedProportion, _ plan: SamplingPlan) -> String {
        let interval = Estimate(proportion, under: plan, at: confidence).interval
        return "[\(ReportText.probability(interval.lower, .down)), \(ReportText.probability(interval.upper, .up))]"
      }
      return "\(cellHeader) \(cell.label): first \(planned), planned: \(text(first.good, .fixed)); all \(cell.trials): "
        + text(cell.goodTrials, .anytime)
    }
    if notes.isEmpty { return [] }
    let (whole, half) = (confidence, confidence.simultaneous(over: 2))
    return notes + [
      "planned: Clopper-Pearson, all: confidence sequence, at \(ReportText.percent(whole.value)) each; the table has the "
        + "intersection of the two at \(ReportText.percent(half.value)) each"
    ]
  }

  /// "300 trials a cell, seed 5, independent batches, avx512 (shallow), 2 ranks, 21 s"
  private var provenance: String {
    let targets = Set(cells.map(\.target))
    // Of cells that a rule has not ended yet.
    let bound = monitors.contains { $0 != nil && $0?.ending == nil } ? "at most " : ""
    let trials =
      bound
      + (targets.count == 1
        ? "\(counted(targets.first!, "trial")) a cell" : counted(cells.reduce(0) { $0 + $1.target }, "trial"))
    var streams: [String] = []
    var drawsBatches = false
    for cell in studyCells {
      let stream: String
      switch cell.training {
      case .miniBatch(let plan):
        stream = plan.batchStream == .shared ? "one batch stream a cell" : "independent batches"
        drawsBatches = true
      case .population: stream = "population gradients"
      case .flow: stream = "gradient flow"
      }
      if !streams.contains(stream) { streams.append(stream) }
    }
    let stream = streams.joined(separator: " or ")
    let kernels = drawsBatches ? Set(cells.map(\.kernel)) : []
    let kernel = kernels.count == 1 && kernels != [""] ? " (\(kernels.first!))" : ""
    var parts = [trials, "seed \(study.sampling.seed)", stream, "\(kernelLevel)\(kernel)"]
    if let last = runs.last {
      let ranks = counted(last.run.ranks, "rank")
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

  var goodText: String { Self.goodText(studyCells) }

  static func goodText(_ cells: [Cell]) -> String {
    let texts = Set(cells.map(\.verdictRule.good.text))
    return texts.count == 1 ? texts.first! : "risk at most the bound of the cell"
  }

  /// What the first column has.
  var cellHeader: String { settings.allSatisfy(\.varied.isEmpty) ? "width" : "cell" }

  /// Whether cells have bounds of good risks of their own.
  var hasOwnBounds: Bool {
    studyCells.contains(where: \.verdictRule.good.needsOptimum) || Set(cells.map(\.bounds)).count > 1
  }

  /// "95 %": of the bounds that are not corrected.
  var confidenceText: String { ReportText.percent(statedConfidence.value) }

  // MARK: - Tables

  func labelField<Row>(_ label: @escaping (Row) -> String) -> ReportField<Row> {
    ReportField(.init("cell", title: cellHeader, .text)) { .text(label($0)) }
  }

  private var verdictTable: ReportTable {
    let confidence = self.confidence
    typealias Row = (cell: CellSummary, good: Estimate)
    return ReportTable(
      "verdicts", of: cells.map { ($0, $0.good(at: confidence)) },
      [
        labelField(\Row.cell.label),
        ReportField(.init("trials", "target", title: "trials", .progress)) {
          .pair(.count($0.cell.trials), .count($0.cell.target))
        },
      ]
        + [Verdict.good, .bad, .undecided].map { verdict in
          ReportField(verdict.text, .count) { .count($0.cell.count(verdict)) }
        }
        + ReportField.bounds("p_good", confidence: confidenceText, \.good)
        + [
          ReportField(.init("p_not_good_at_most", title: "1-P at most", .failure)) {
            .real($0.good.failureBound)
          }
        ])
  }

  private var endTable: ReportTable {
    let confidence = self.confidence
    return ReportTable(
      "ends", of: cells,
      [labelField(\CellSummary.label)]
        + ReportField.bounds("p_end", confidence: confidenceText) { $0.goodAtEnd(at: confidence) }
        + [
          ReportField(.init("risk_50", title: "median risk", .real(.scientific(2)))) { .real($0.risk?.quantiles[1]) },
          ReportField(.init("risk_5", "risk_95", title: "5 % .. 95 %", .range(.scientific(2)))) {
            .pair($0.risk?.quantiles[0], $0.risk?.quantiles[2])
          },
          ReportField(.init("seconds_per_trial", title: "time/trial", .real(.duration))) {
            .real($0.secondsPerTrial)
          },
        ])
  }

  private var earlyEndsTable: ReportTable {
    typealias Row = (label: String, trials: ReportCell, quantity: String, spread: QuantitySpread, isCount: Bool)
    let rows = cells.flatMap { cell -> [Row] in
      guard let ends = cell.earlyEnds else { return [] }
      return [
        (cell.label, .count(ends.trials), "steps", ends.steps, true),
        ("", .text(""), "flow time", ends.flowTime, false),
      ]
    }
    func quantile(_ row: Row, _ place: Int) -> ReportCell {
      let value = row.spread.quantiles[place]
      return row.isCount ? .count(Int(value)) : .real(value)
    }
    return ReportTable(
      "ended_early", of: rows,
      [
        labelField(\Row.label),
        ReportField("trials", .count) { $0.trials },
        ReportField("quantity", .text) { .text($0.quantity) },
        ReportField("median", .real(.digits(6))) { quantile($0, 1) },
        ReportField(.init("low", "high", title: "5 % .. 95 %", .range(.digits(6)))) {
          .pair(quantile($0, 0), quantile($0, 2))
        },
        ReportField("mean", .real(.digits(6))) { .real($0.spread.mean) },
        ReportField("standard error", .real(.digits(3))) { .real($0.spread.standardError) },
      ])
  }

  // MARK: - Notes

  private var notes: [String] {
    var notes: [String] = []
    for cell in cells {
      for alarm in cell.alarms?.texts ?? [] { notes.append("ALARM, cell \(cell.label): \(alarm)") }
    }
    notes += study.dataSummaries
    notes += judgingNotes
    if choices.confidence != nil, statedConfidence.value != study.sampling.confidence {
      notes.append(
        "confidence \(confidenceText) asked for here; the study has \(ReportText.percent(study.sampling.confidence))")
    }
    for method in IntervalMethod.allCases {
      let labels = cells.filter { $0.plan.method == method }.map(\.label)
      if labels.isEmpty { continue }
      let isAll = labels.count == cells.count
      notes.append(
        "\(method.text)\(isAll ? "" : " (\(labels.joined(separator: ", ")))"): \(method.promise)")
    }
    notes.append(
      "interval: two-sided, \(confidenceText), whatever the undecided trials are; 1-P at most: one-sided, "
        + "\(confidenceText); "
        + (isSimultaneous
          ? "each kind holds for all \(settings.count) \(cellHeader)s together (Bonferroni)"
          : "each \(cellHeader) on its own (simultaneous bounds: --simultaneous)"))
    notes += landscapeNotes
    if let note = ReportText.sharedStream(studyCells) { notes.append(note) }
    if let note = ReportText.evaluationSet(studyCells) { notes.append(note) }
    let methods = studyCells.compactMap(\.training.optimizer?.method)
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
      notes.append(
        "trajectories at \(counted(checkpoints, "checkpoint")) are stored: "
          + RunRecord.commandLine(["landfall", "trajectory", RunRecord.operand(path)]))
    }
    let without = cells.filter { $0.trials == 0 }.map(\.label)
    if !without.isEmpty {
      notes.append(
        "no trial has finished yet in \(cellHeader) \(without.joined(separator: ", ")): nothing is known there")
    }
    if trialsBehindGaps > 0 {
      notes.append("\(trialsBehindGaps) stored trials behind a gap are not counted: an estimate uses a prefix only")
    }
    if monitors.contains(where: { $0 != nil && $0?.ending == nil }) {
      notes.append("the sampling is not at its end: the same run command continues")
    } else if trialsMissing > 0 {
      notes.append(
        "\(counted(trialsMissing, "trial is", plural: "trials are")) missing: the same run command continues")
    }
    return notes
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
