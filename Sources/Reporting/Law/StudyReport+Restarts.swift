import Estimation
import Foundation
import Ledger
import Outcomes

/// What it takes until the first good training, starting again and again from scratch.
extension StudyReport {
  private typealias Row = (cell: CellSummary, restarts: Restarts)
  private typealias CutoffRow = (cell: CellSummary, cutoff: RestartCutoff, isBest: Bool)

  /// Of the number of trainings of which at least one is good.
  private static let certainty = 0.99

  /// - Parameter ledger: the one that the report is of.
  public func restarts(in ledger: LedgerReader) throws(LedgerError) -> Supplement {
    let rows = cells.compactMap { cell -> Row? in
      guard let seconds = cell.secondsPerTrial else { return nil }
      return Restarts(cell.good(at: confidence), cost: seconds).map { (cell, $0) }
    }
    var cutoffs: [CutoffRow] = []
    for cell in cells where cell.checkpoints > 0 {
      let own = try self.cutoffs(of: cell, in: ledger)
      let best = RestartCutoff.best(own)
      cutoffs += own.map { (cell, $0, $0 == best) }
    }
    var blocks: [Report.Block] = []
    if rows.isEmpty {
      blocks.append(.note("no trials: nothing is known of restarts"))
    } else {
      blocks += [
        .heading("until a good one, training again and again: trainings, and core time"), .table(table(rows)),
        .note(
          "trainings: 1/P on average, and so many that one of them is good with "
            + "\(ReportText.percent(Self.certainty)) at the lower end of the interval of P; intervals at \(confidenceText), from "
            + "that of P, whatever the undecided trials are"),
        .note(
          "core time: trainings times the mean time of a trial with its limit, as these runs took; the error of that mean is "
            + "not in the interval"),
      ]
    }
    var sections = [Report.Section(blocks)]
    if !cutoffs.isEmpty { sections.append(cutoffSection(cutoffs)) }
    return Supplement(sections: sections, tables: [dataTable(rows), cutoffTable(cutoffs)])
  }

  /// What ending every training at a checkpoint would cost, in steps; all intervals of a cell hold together.
  private func cutoffs(of cell: CellSummary, in ledger: LedgerReader) throws(LedgerError) -> [RestartCutoff] {
    guard let trajectory = try ledger.trajectory(of: cell.key), trajectory.trials > 0,
      let place = trajectory.observables.firstIndex(of: .riskAlong)
    else { return [] }
    let bin = LogarithmicGrid.lastBin(atMost: cell.bounds.good)
    let level = confidence.simultaneous(over: trajectory.checkpoints.count)
    return trajectory.checkpoints.enumerated().compactMap { index, step in
      guard step > 0 else { return nil }
      let proportion = trajectory.aggregate[index, place].proportion(through: bin, of: trajectory.trials)
      let estimate = Estimate(enclosing: proportion, under: trajectory.plan, at: level)
      return Restarts(estimate, cost: Double(step)).map { RestartCutoff(cutoff: Double(step), restarts: $0) }
    }
  }

  // MARK: - Text

  private func table(_ rows: [Row]) -> ReportTable {
    func text(_ range: ClosedRange<Double>, _ format: ReportTable.Format) -> ReportCell {
      .text(ReportText.interval(range, format))
    }
    let digits = ReportTable.Format.digits(3)
    return ReportTable(
      "restarts", of: rows,
      [
        labelField(\Row.cell.label),
        ReportField("trainings", .text) { text($0.restarts.trainings, digits) },
        ReportField(.init("trainings_interval", title: "\(confidenceText) interval", .text)) {
          text($0.restarts.trainingsInterval, digits)
        },
        ReportField(.init("for_99", title: "for \(ReportText.percent(Self.certainty))", .text)) {
          .text($0.restarts.trainings(for: Self.certainty).map { digits.text($0) } ?? "-")
        },
        ReportField(.init("core_time", title: "core time", .text)) { text($0.restarts.totalCost, .duration) },
        ReportField(.init("core_time_interval", title: "\(confidenceText) interval", .text)) {
          text($0.restarts.totalCostInterval, .duration)
        },
      ])
  }

  private func cutoffSection(_ rows: [CutoffRow]) -> Report.Section {
    /// The best one, and the whole training, of each cell.
    let shown = rows.enumerated().filter { index, row in
      row.isBest || index == rows.count - 1 || rows[index + 1].cell.key != row.cell.key
    }.map(\.element)
    let table = ReportTable(
      "cutoffs", of: shown,
      [
        labelField(\CutoffRow.cell.label),
        ReportField(.init("steps", title: "ended at step", .count)) { .count(Int($0.cutoff.cutoff)) },
        ReportField(.init("p", "p_highest", title: "P(good then)", .share)) {
          .pair($0.cutoff.restarts.shares.lowerBound, $0.cutoff.restarts.shares.upperBound)
        },
        ReportField(.init("total", title: "steps in all", .real(.digits(3)))) {
          .real($0.cutoff.restarts.totalCost.lowerBound)
        },
        ReportField(.init("interval", title: "\(confidenceText) interval", .text)) {
          .text(ReportText.interval($0.cutoff.restarts.totalCostInterval, .digits(3)))
        },
        ReportField("best", .text) { .text($0.isBest ? "best" : "") },
      ])
    return Report.Section([
      .heading("ending every training at a checkpoint: steps until a risk that is good then"), .table(table),
      .note(
        "the best of the checkpoints that are stored, and the last one; intervals of all checkpoints of a cell hold together "
          + "(Bonferroni), so that choosing the best is allowed for; the bound is rounded down to the grid of trajectories"
      ),
    ])
  }

  // MARK: - Data

  private func dataTable(_ rows: [Row]) -> ReportTable {
    let goodText = self.goodText
    return ReportTable(
      "restarts", of: rows,
      cellColumns.fields(\Row.cell.label) + [
        ReportField("criterion", .text) { _ in .text(goodText) },
        ReportField("trials", .count) { .count($0.cell.trials) },
        ReportField("seconds_per_trial", .real(.exact)) { .real($0.restarts.cost) },
        ReportField(.init("trainings", "trainings_highest", title: "trainings", .range(.exact))) {
          .pair($0.restarts.trainings.lowerBound, $0.restarts.trainings.upperBound)
        },
        ReportField(.init("trainings_lower", "trainings_upper", title: "interval", .range(.exact))) {
          .pair($0.restarts.trainingsInterval.lowerBound, $0.restarts.trainingsInterval.upperBound)
        },
        ReportField("trainings_for_99", .real(.exact)) { .real($0.restarts.trainings(for: Self.certainty)) },
        ReportField(.init("seconds", "seconds_highest", title: "seconds", .range(.exact))) {
          .pair($0.restarts.totalCost.lowerBound, $0.restarts.totalCost.upperBound)
        },
        ReportField(.init("seconds_lower", "seconds_upper", title: "interval", .range(.exact))) {
          .pair($0.restarts.totalCostInterval.lowerBound, $0.restarts.totalCostInterval.upperBound)
        },
      ])
  }

  private func cutoffTable(_ rows: [CutoffRow]) -> ReportTable {
    ReportTable(
      "cutoffs", of: rows,
      cellColumns.fields(\CutoffRow.cell.label) + [
        ReportField("step", .count) { .count(Int($0.cutoff.cutoff)) },
        ReportField("p", .real(.exact)) { .real($0.cutoff.restarts.shares.lowerBound) },
        ReportField("steps", .real(.exact)) { .real($0.cutoff.restarts.totalCost.lowerBound) },
        ReportField("steps_lower", .real(.exact)) { .real($0.cutoff.restarts.totalCostInterval.lowerBound) },
        ReportField("steps_upper", .real(.exact)) { .real($0.cutoff.restarts.totalCostInterval.upperBound) },
        ReportField("best", .truth) { .truth($0.isBest) },
      ])
  }
}
