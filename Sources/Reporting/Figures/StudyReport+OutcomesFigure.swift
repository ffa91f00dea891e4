import Estimation
import Landscape
import Outcomes

/// What becomes of trials.
extension StudyReport {
  private struct Row {
    var cell: CellSummary
    var panel: String
    var segment: String
    var count: Int
    /// Trials of the segments before it.
    var before: Int
    var good: Estimate?
  }

  private typealias Segment = (name: String, tone: Figure.Tone, count: (CellSummary) -> Int)

  /// A bar a cell, stacked: verdicts, with the interval of P(good) at the end of what is good; where limits are classified also
  /// qualities and kinds.
  func outcomesFigure() throws(FigureUnavailable) -> Figure {
    let (places, chosen) = try shownCells(.outcomes, most: Self.mostBars)
    let shown = places.map { cells[$0] }
    var stacks: [(title: String, segments: [Segment])] = [("verdict", Self.verdicts)]
    if shown.contains(where: { $0.landscape?.hasLimits == true }) {
      stacks.append(("quality of the limit", Self.qualities))
      stacks.append(("kind of the limit", Self.kinds))
    }
    var rows: [Row] = []
    var panels: [Figure.Panel] = []
    for (title, segments) in stacks {
      rows += shown.flatMap { self.rows($0, title, segments) }
      panels.append(panel(title, segments.filter { segment in shown.contains { segment.count($0) > 0 } }, shown))
    }
    func share(_ count: Int, _ row: Row) -> ReportCell { .real(Double(count) / Double(row.cell.trials)) }
    let table = ReportTable(
      "outcomes", of: rows,
      cellColumns.fields(\Row.cell.label) + [
        ReportField("panel", .text) { .text($0.panel) },
        ReportField("segment", .text) { .text($0.segment) },
        ReportField("count", .count) { .count($0.count) },
        ReportField("trials", .count) { .count($0.cell.trials) },
        ReportField("from", .real(.exact)) { share($0.before, $0) },
        ReportField("to", .real(.exact)) { share($0.before + $0.count, $0) },
      ] + ReportField.estimate("p_good", \.good))
    return Figure(
      "outcomes", title: "\(study.name): what becomes of trials", table: table, panels: panels,
      notes: [
        "whiskers: \(question.title), two-sided, \(confidenceText), whatever the undecided trials are"
      ] + chosen)
  }

  private static let mostBars = 60

  private static var verdicts: [Segment] {
    [
      ("good when training ends", .good, \.atEnd.good),
      ("good further along the flow", .goodLater, { max(0, $0.count(.good) - $0.atEnd.good) }),
      ("undecided", .undecided, { $0.count(.undecided) }), ("bad", .bad, { $0.count(.bad) }),
      ("diverged", .diverged, { $0.count(.diverged) }),
    ]
  }

  private static var qualities: [Segment] {
    let tones: [LimitQuality: Figure.Tone] = [.global: .good, .good: .goodLater, .bad: .bad]
    return LimitQuality.allCases.map { quality in
      (quality.text, tones[quality] ?? .reference, { $0.landscape?.qualities[quality, default: 0] ?? 0 })
    } + [
      (
        "undecided", .undecided,
        { ($0.landscape?.kinds.values.reduce(0, +) ?? 0) - ($0.landscape?.qualities.values.reduce(0, +) ?? 0) }
      )
    ] + withoutLimit
  }

  private static var kinds: [Segment] {
    LimitKind.allCases.enumerated().map { place, kind in
      (kind.text, .series(place), { $0.landscape?.kinds[kind, default: 0] ?? 0 })
    } + withoutLimit
  }

  /// Trials without a limit at rest.
  private static var withoutLimit: [Segment] {
    [
      (LandscapeSummary.movingText, .series(LimitKind.allCases.count), { $0.landscape?.moving ?? 0 }),
      (LandscapeSummary.notFollowedText, .reference, { $0.landscape?.withoutLimit ?? $0.trials }),
      (Verdict.diverged.text, .diverged, { $0.landscape?.diverged ?? 0 }),
    ]
  }

  private func rows(_ cell: CellSummary, _ title: String, _ segments: [Segment]) -> [Row] {
    var before = 0
    return segments.map { segment in
      let count = segment.count(cell)
      defer { before += count }
      let isMarked = segment.name == Self.verdicts[1].name
      return Row(
        cell: cell, panel: title, segment: segment.name, count: count, before: before,
        good: isMarked ? cell.good(at: confidence) : nil)
    }
  }

  private func panel(_ title: String, _ segments: [Segment], _ shown: [CellSummary]) -> Figure.Panel {
    let of = Figure.Layer.Condition("panel", is: title)
    var layers = segments.map { segment in
      Figure.Layer(
        .bars, [.position: "cell", .low: "from", .high: "to"], rows: [of, .init("segment", is: segment.name)],
        label: segment.name, tone: segment.tone)
    }
    layers.append(
      Figure.Layer(
        .points, [.position: "cell", .value: "p_good", .low: "p_good_lower", .high: "p_good_upper"], rows: [of],
        label: title == "verdict" ? "P(good), \(confidenceText)" : nil, tone: .reference))
    var panel = Figure.Panel(
      title: title, position: Figure.Axis(cellHeader, .categories(shown.map(\.label))),
      value: Figure.Axis("share of trials", .linear, range: 0...1), layers: layers)
    panel.isHorizontal = true
    return panel
  }
}
