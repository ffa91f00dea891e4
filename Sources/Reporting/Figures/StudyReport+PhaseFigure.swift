import Estimation
import Outcomes
import Studies

/// P(good critical point) over two keys.
extension StudyReport {
  private typealias Row = (cell: CellSummary, axes: [String], panel: String, estimate: Estimate)

  /// A phase diagram: a rectangle a cell, hatched where undecided trials leave much open.
  func phaseFigure() throws(FigureUnavailable) -> Figure {
    guard cells.contains(where: { $0.trials > 0 }) else {
      throw FigureUnavailable(kind: .phase, reason: "no trial of \(path) has finished yet")
    }
    let keys = variedKeys
    guard keys.count >= 2 else {
      throw FigureUnavailable(
        kind: .phase,
        reason: "a phase diagram needs two keys that vary, and in \(path) "
          + (keys.isEmpty ? "none does" : "only \(keys[0].name) does"))
    }
    let (first, second) = (keys[0], keys[1])
    let rows = cells.indices.map { place -> Row in
      let rest = keys.dropFirst(2).map { "\($0.name) \($0.value(settings(of: place)))" }.joined(separator: ", ")
      return (
        cells[place], [first, second].map { $0.value(settings(of: place)) }, rest, cells[place].good(at: confidence)
      )
    }
    func undecided(_ row: Row) -> Double { row.estimate.shares.map { $0.upperBound - $0.lowerBound } ?? 0 }
    let table = ReportTable(
      "phase", of: rows,
      cellColumns.fields(\Row.cell.label) + [
        ReportField("x", .text) { .text($0.axes[0]) }, ReportField("y", .text) { .text($0.axes[1]) },
        ReportField("panel", .text) { .text($0.panel) },
        ReportField("trials", .count) { .count($0.cell.trials) },
      ] + ReportField.estimate("p_good", \.estimate) + [
        ReportField("hatched", .truth) { .truth(undecided($0) > Self.muchUndecided) },
        ReportField("text", .text) { .text(Self.text($0.estimate)) },
      ])
    var titles: [String] = []
    for row in rows where !titles.contains(row.panel) { titles.append(row.panel) }
    let shown = titles.prefix(Self.mostPanels)
    let panels = shown.map { title in
      Figure.Panel(
        title: title, position: Figure.Axis(first.name, .categories(Self.ordered(rows.map { $0.axes[0] }))),
        value: Figure.Axis(second.name, .categories(Self.ordered(rows.map { $0.axes[1] }))),
        layers: [
          Figure.Layer(
            .tiles, [.position: "x", .value: "y", .shade: "p_good", .hatch: "hatched", .label: "text"],
            rows: [.init("panel", is: title)], label: "P(good)", tone: .series(0))
        ])
    }
    var notes = [
      "colour: share of good trials, without the undecided ones; hatched: undecided trials leave more than "
        + "\(ReportText.percent(Self.muchUndecided)) open; blank: no trials; with \u{2265} or \u{2264}, where all trials or none are good: "
        + "the end of the interval, \(confidenceText)"
    ]
    if titles.count > shown.count {
      notes.append("\(shown.count) of \(titles.count) panels are shown; --cell chooses others")
    }
    return Figure("phase", title: "\(study.name): \(question.title)", table: table, panels: panels, notes: notes)
  }

  private static let muchUndecided = 0.05
  private static let mostPanels = 4

  /// "0.64", "0.58-1.00" where undecided trials leave a range; an end of the interval where all trials or none are good.
  private static func text(_ estimate: Estimate) -> String? {
    guard let shares = estimate.shares else { return nil }
    func text(_ share: Double) -> String {
      let hundredths = share == 0 || share == 1 ? share * 100 : min(max((share * 100).rounded(), 1), 99)
      return ReportTable.Format.fixed(2).text(hundredths / 100)
    }
    if shares.lowerBound == 1 { return "\u{2265} \(ReportText.probability(estimate.interval.lower, .down))" }
    if shares.upperBound == 0 { return "\u{2264} \(ReportText.failure(estimate.interval.upper))" }
    let (low, high) = (text(shares.lowerBound), text(shares.upperBound))
    return low == high ? low : "\(low)-\(high)"
  }

  /// What tells the cells apart: the width, and the keys that vary, each with several values. Keys that go together are one, and
  /// those of verdicts are none.
  private var variedKeys: [(name: String, value: (CellSettings) -> String)] {
    let shown = cells.indices.map { settings(of: $0) }
    func hidden(_ cell: CellSettings) -> String { cell.hidden.map(String.init).joined(separator: "-") }
    var groups: [(keys: [Int], values: [String])] = []
    for (place, setting) in (shown.first?.varied ?? []).enumerated() where !setting.key.hasPrefix("verdict.") {
      let values = shown.map { $0.varied[place].value }
      if Set(values).count < 2 { continue }
      func pairs(_ other: [String]) -> [String] { zip(other, values).map { "\($0)\n\($1)" } }
      // Where one is a function of the other there are no more pairs than values.
      let twin = groups.firstIndex { Set(pairs($0.values)).count == max(Set($0.values).count, Set(values).count) }
      if let twin {
        groups[twin] = (groups[twin].keys + [place], pairs(groups[twin].values))
      } else {
        groups.append(([place], values))
      }
    }
    var keys: [(name: String, value: (CellSettings) -> String)] = []
    if Set(shown.map(hidden)).count > 1 {
      keys.append((shown.allSatisfy { $0.hidden.count == 1 } ? "width h" : "hidden widths", hidden))
    }
    let names = Self.shortNames((shown.first?.varied ?? []).map(\.key))
    for group in groups {
      keys.append(
        (
          group.keys.map { names[$0] }.joined(separator: ", "),
          { cell in group.keys.map { Self.plain(cell.varied[$0].value) }.joined(separator: ", ") }
        ))
    }
    return keys
  }

  /// The last parts of dotted keys, as many as tell each from the others.
  static func shortNames(_ keys: [String]) -> [String] {
    keys.map { key in
      let parts = key.split(separator: ".")
      let count = (1...max(1, parts.count)).first { count in
        let ending = "." + parts.suffix(count).joined(separator: ".")
        return keys.count { ".\($0)".hasSuffix(ending) } == 1
      }
      return parts.suffix(count ?? parts.count).joined(separator: ".")
    }
  }

  /// A mapping without its braces: "leaky-relu: 0.1".
  private static func plain(_ value: String) -> String {
    value.hasPrefix("{") && value.hasSuffix("}") ? String(value.dropFirst().dropLast()) : value
  }

  /// Each value once: numbers ascending, otherwise as they come.
  private static func ordered(_ values: [String]) -> [String] {
    var distinct: [String] = []
    for value in values where !distinct.contains(value) { distinct.append(value) }
    let numbers = distinct.compactMap(Double.init)
    guard numbers.count == distinct.count else { return distinct }
    return distinct.sorted { Double($0)! < Double($1)! }
  }
}
