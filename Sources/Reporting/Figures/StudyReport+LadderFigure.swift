import Estimation
import Foundation
import Outcomes
import Texts

/// Reference levels, and how many limits lie on each.
extension StudyReport {
  private typealias Row = (
    cell: CellSummary, name: String, level: String, risk: Double?, nearby: Int, estimate: Estimate
  )

  /// A panel a cell: a bar a level, from the highest risk down, with what lies on none below.
  func ladderFigure() throws(FigureUnavailable) -> Figure {
    guard cells.contains(where: { $0.landscape != nil }) else {
      throw FigureUnavailable(
        kind: .ladder,
        reason: "\(path) holds no kinds and levels of limits: its study does not ask for them (limit: {classes: true})")
    }
    let (places, chosen) = try shownCells(.ladder)
    var rows: [Row] = []
    var panels: [Figure.Panel] = []
    var notes = chosen
    for place in places {
      guard let landscape = cells[place].landscape, landscape.hasLimits else { continue }
      let (lines, more) = ladder(landscape, cells[place])
      if let more { notes.append("\(legendText(place)): \(more)") }
      rows += lines
      let of = [Figure.Layer.Condition("cell", is: cells[place].label)]
      var panel = Figure.Panel(
        title: "\(legendText(place)), \(counted(cells[place].trials, "trial"))",
        position: Figure.Axis("", .categories(lines.map(\.name))),
        value: Figure.Axis("share of trials", .linear, range: 0...1),
        layers: [
          Figure.Layer(.bars, [.position: "name", .low: "zero", .high: "p"], rows: of, tone: .series(0)),
          Figure.Layer(
            .points, [.position: "name", .value: "p", .low: "p_lower", .high: "p_upper"], rows: of, tone: .reference),
        ])
      panel.isHorizontal = true
      panels.append(panel)
    }
    guard !panels.isEmpty else {
      throw FigureUnavailable(kind: .ladder, reason: "no trial of \(path) has a limit with a level")
    }
    let table = ReportTable(
      "ladder", of: rows,
      cellColumns.fields(\Row.cell.label) + [
        ReportField("name", .text) { .text($0.name) },
        ReportField("level", .text) { .text($0.level) },
        ReportField("risk", .real(.exact)) { .real($0.risk) },
        ReportField("count", .count) { .count($0.estimate.proportion.successes) },
        ReportField("nearby", .count) { .count($0.nearby) },
        ReportField("trials", .count) { .count($0.cell.trials) },
        ReportField("zero", .real(.exact)) { _ in .real(0) },
      ] + ReportField.estimate("p", \.estimate))
    notes.insert(
      "whiskers: two-sided intervals, \(confidenceText), which hold for all levels of a cell together; in brackets: trials",
      at: 0)
    return Figure(
      "ladder", title: "\(study.name): levels of the limits", table: table, panels: panels, notes: notes)
  }

  /// Lines of a panel.
  private static let mostLevels = 14

  /// The most frequent lines, levels by their risk; and how many there are besides.
  private func ladder(_ landscape: LandscapeSummary, _ cell: CellSummary) -> (rows: [Row], more: String?) {
    let all = landscape.levelLines(at: confidence).map { line -> Row in
      let risk = line.level.flatMap(cell.references.value)
      let value = risk.map { $0 == 0 ? " = 0" : " = " + String(format: "%.2e", $0) } ?? ""
      return (
        cell, "\(line.name)\(value) (\(line.estimate.proportion.successes))", line.name, risk, line.nearby,
        line.estimate
      )
    }
    let frequent = all.sorted { $0.estimate.proportion.successes > $1.estimate.proportion.successes }
      .prefix(Self.mostLevels).map(\.level)
    let shown = all.filter { frequent.contains($0.level) }
    let levels = shown.filter { $0.risk != nil }.sorted { $0.risk! > $1.risk! }
    let rest = all.count - shown.count
    return (
      levels + shown.filter { $0.risk == nil },
      rest > 0 ? "\(rest) less frequent levels are not shown" : nil
    )
  }
}
