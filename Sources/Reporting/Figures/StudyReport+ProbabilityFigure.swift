import Estimation
import Foundation
import Outcomes
import Studies

/// The theorem's own picture: P(good critical point) as the width grows.
extension StudyReport {
  private typealias Row = (cell: CellSummary, series: String, event: String, width: Int?, estimate: Estimate)

  /// P on a linear axis, and 1 - P on a logarithmic one, where high probabilities are told apart: points with intervals, at the
  /// limit and when training ends.
  func probabilityFigure() throws(FigureUnavailable) -> Figure {
    var shown = cells.indices.filter { cells[$0].trials > 0 }
    guard shown.count >= 2 else {
      let label = shown.first.map { " (\(cells[$0].label))" } ?? ""
      throw FigureUnavailable(
        kind: .probability,
        reason: "P(good) against the width needs at least two cells with trials, and \(path) has \(shown.count)\(label)"
      )
    }
    let all = FigureSeries(shown.map { settings(of: $0) }, labels: shown.map { cells[$0].label })
    let series = all.evenlyChosen(most: Self.mostSeries)
    shown = zip(shown, all.names).filter { series.names.contains($1) }.map(\.0)
    var rows: [Row] = []
    for (place, name) in zip(shown, all.names.filter(series.names.contains)) {
      let (cell, width) = (cells[place], settings(of: place).width)
      rows.append((cell, name, Self.limitEvent, width, cell.good(at: confidence)))
      rows.append((cell, name, Self.endEvent, width, cell.goodAtEnd(at: confidence)))
    }
    let table = ReportTable(
      "probability", of: rows,
      cellColumns.fields(\Row.cell.label) + [
        ReportField("series", .text) { .text($0.series) },
        ReportField("event", .text) { .text($0.event) },
        ReportField("h", .count) { .count($0.width) },
        ReportField("trials", .count) { .count($0.cell.trials) },
      ] + ReportField.estimate("p", \.estimate) + [
        ReportField("method", .text) { .text($0.estimate.method.rawValue) },
        // Of the complement, as it is drawn: no point where nothing has failed, and the bound there.
        ReportField("q", .real(.exact)) { .real(Self.positive($0.estimate.shares.map { 1 - $0.lowerBound })) },
        ReportField("q_lowest", .real(.exact)) { .real(Self.positive($0.estimate.shares.map { 1 - $0.upperBound })) },
        ReportField("q_lower", .real(.exact)) { .real(Self.positive(1 - $0.estimate.interval.upper)) },
        ReportField("q_upper", .real(.exact)) { .real(1 - $0.estimate.interval.lower) },
        ReportField("q_at_most", .real(.exact)) {
          $0.estimate.shares?.lowerBound == 1 ? .real(1 - $0.estimate.interval.lower) : .missing
        },
      ])
    let hasWidths = shown.allSatisfy { settings(of: $0).width != nil }
    var position =
      hasWidths
      ? Figure.Axis(
        "width h", .logarithmic,
        named: Set(rows.compactMap(\.width)).sorted().map {
          Figure.NamedTick(Double($0), "\($0)")
        }) : Figure.Axis(cellHeader, .categories(shown.map { cells[$0].label }))
    position.hasOnlyNamed = hasWidths
    func layers(_ columns: [Figure.Channel: String], _ mark: Figure.Mark) -> [Figure.Layer] {
      series.names.enumerated().flatMap { place, name in
        [Self.endEvent, Self.limitEvent].map { event in
          Figure.Layer(
            mark, columns.merging([.position: hasWidths ? "h" : "cell"]) { own, _ in own },
            rows: [.init("series", is: name), .init("event", is: event)],
            label: mark == .atMost ? nil : legendText(name, event), tone: .series(place),
            variant: event == Self.endEvent ? .open : .plain)
        }
      }
    }
    var panels = [
      Figure.Panel(
        position: position, value: Figure.Axis("P(good)", .linear, range: 0...1),
        layers: layers([.value: "p", .highest: "p_highest", .low: "p_lower", .high: "p_upper"], .points)),
      Figure.Panel(
        position: position, value: Figure.Axis("1 - P(good)", .logarithmic, range: 0.1...1),
        layers: layers([.value: "q", .highest: "q_lowest", .low: "q_lower", .high: "q_upper"], .points)
          + layers([.value: "q_at_most"], .atMost)),
    ]
    if !hasWidths { for place in panels.indices { panels[place].isHorizontal = true } }
    return Figure(
      "probability", title: "\(study.name): \(question.title)", table: table, panels: panels,
      notes: [
        "filled: \(verdictText); open: when training ends (\(goodText)); what belongs to one place stands side by side",
        "whiskers: two-sided intervals, \(confidenceText), whatever the undecided trials are; thick bars: what undecided trials "
          + "leave open; arrows: no trial failed, and 1 - P is at most where they begin",
      ] + [series.note].compactMap(\.self))
  }

  /// Colours and signs that are told apart.
  private static let mostSeries = 8
  private static let limitEvent = "limit"
  private static let endEvent = "end"

  /// What a logarithmic axis has.
  private static func positive(_ value: Double?) -> Double? { value.flatMap { $0 > 0 ? $0 : nil } }
}

extension StudyReport {
  /// In a legend.
  private func legendText(_ series: String, _ event: String) -> String {
    let moment = event == Self.endEvent ? "when training ends" : verdictText
    return series.isEmpty ? moment : "\(series), \(moment)"
  }

  /// What verdicts are about, in a word or two.
  var verdictText: String { question.isAboutLimits ? "at the limit" : "by verdict" }
}

/// Cells that differ in their width alone, as one series.
struct FigureSeries {
  /// Of each cell.
  let names: [String]

  /// - Parameter labels: of the cells, which begin with their widths. What else they have tells series apart, but for bounds of
  ///   good risks, which may go with the width.
  init(_ settings: [CellSettings], labels: [String]) {
    let hasDepths = Set(settings.map(\.hidden.count)).count > 1
    names = zip(settings, labels).map { cell, label in
      let bounds = cell.varied.filter { $0.key.hasPrefix("verdict.") }.map(\.value)
      let words = label.split(separator: " ").dropFirst().map(String.init).filter { word in
        !bounds.contains { word == $0 || word.hasSuffix("=\($0)") || Double(word) != nil && Double(word) == Double($0) }
      }
      let depth = cell.hidden.count == 1 ? "1 hidden layer" : "\(cell.hidden.count) hidden layers"
      return ([words.joined(separator: " ")] + (hasDepths ? [depth] : [])).filter { !$0.isEmpty }.joined(
        separator: ", ")
    }
  }

  /// Each series once; of more than `most` so many, from the first to the last.
  func evenlyChosen(most: Int) -> (names: [String], note: String?) {
    var known: [String] = []
    for name in names where !known.contains(name) { known.append(name) }
    guard known.count > most else { return (known, nil) }
    return (
      (0..<most).map { known[$0 * (known.count - 1) / (most - 1)] },
      "\(most) of \(known.count) series are shown; --cell chooses others"
    )
  }
}
