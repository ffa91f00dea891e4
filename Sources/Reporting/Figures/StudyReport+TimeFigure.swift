import Estimation
import Ledger
import Outcomes

/// When trials become good.
extension StudyReport {
  private typealias Row = (cell: String, moment: String, step: Int?, position: Double, trials: Int, estimate: Estimate)

  /// P(risk <= eps) along training, and behind its end P(good critical point).
  func timeFigure(in ledger: LedgerReader) throws -> Figure {
    guard cells.contains(where: { $0.checkpoints > 0 }) else {
      throw FigureUnavailable(
        kind: .time,
        reason: "\(path) holds no trajectories: a study keeps them with a section \"trajectory\"")
    }
    var (places, notes) = try shownCells(.time)
    places = places.filter { cells[$0].checkpoints > 0 }
    let together = choices.simultaneous
    let along = try trajectories(places, in: ledger, shares: [], bounds: nil, simultaneous: together).filter {
      $0.table.quantity == .riskAlong && !$0.table.bounds.isEmpty
    }
    guard !along.isEmpty else {
      throw FigureUnavailable(kind: .time, reason: "the risk is not followed along training in \(path)")
    }
    let lines = along.flatMap(\.table.lines)
    let training = TrainingAxis(lines, of: studyCells.map(\.training))
    let limitPosition = 4 * (lines.map(training.position).max() ?? 1)
    var rows: [Row] = []
    for (place, table) in along {
      for line in table.lines {
        rows.append(
          (
            table.cell.label, "training", line.step, training.position(line), table.trials, line.atMost[0]
          ))
      }
      // Otherwise the end of training says it all.
      guard question.isAboutLimits else { continue }
      let good = cells[place].good(at: confidence)
      rows.append((cells[place].label, "limit", nil, limitPosition, cells[place].trials, good))
    }
    let table = ReportTable(
      "time", of: rows,
      cellColumns.fields(\Row.cell) + [
        ReportField("moment", .text) { .text($0.moment) },
        ReportField("step", .count) { .count($0.step) },
        ReportField("position", .real(.exact)) { .real($0.position) },
        ReportField("trials", .count) { .count($0.trials) },
      ] + ReportField.estimate("p", \.estimate))
    var axis = training.axis
    if question.isAboutLimits { axis.named.append(Figure.NamedTick(limitPosition, "limit")) }
    var layers: [Figure.Layer] = []
    for (series, place) in places.enumerated() where along.contains(where: { $0.place == place }) {
      let label = cells[place].label
      layers.append(
        Figure.Layer(
          .line, [.position: "position", .value: "p", .low: "p_lower", .high: "p_upper"],
          rows: [.init("cell", is: label), .init("moment", is: "training")], label: legendText(place),
          tone: .series(series)))
      guard question.isAboutLimits else { continue }
      layers.append(
        Figure.Layer(
          .points, [.position: "position", .value: "p", .highest: "p_highest", .low: "p_lower", .high: "p_upper"],
          rows: [.init("cell", is: label), .init("moment", is: "limit")], tone: .series(series)))
    }
    let points = question.isAboutLimits ? "; points: \(question.title), side by side" : ""
    notes =
      [
        "lines: P(risk \u{2264} eps) at each checkpoint\(points)",
        "bands and whiskers: two-sided intervals, \(confidenceText), "
          + (together ? "bands for all checkpoints of all cells together (Bonferroni)" : "each checkpoint on its own"),
      ] + notes
    for (place, table) in along where table.bounds[0].edge != table.bounds[0].given {
      notes.append(
        "\(legendText(place)): eps = \(ReportText.short(table.bounds[0].given)) rounded down to the bin edge "
          + ReportText.short(table.bounds[0].edge))
    }
    let panel = Figure.Panel(position: axis, value: Figure.Axis("probability", .linear, range: 0...1), layers: layers)
    return Figure(
      "time", title: "\(study.name): P(\(goodText)) along training", table: table, panels: [panel], notes: notes)
  }
}
