import Estimation
import Foundation
import Ledger
import Outcomes

/// The law of the risk as a picture.
extension StudyReport {
  private struct Row {
    var cell: String
    /// "end", "limit", "criterion" or "level".
    var kind: String
    var name = ""
    var risk: Double
    var shares: ClosedRange<Double>?
    var band: Interval?
    /// The upper end of the band at the next eps: up to there no share is larger.
    var upperUpToNext: Double?
  }

  /// P(risk <= eps) with bands that hold at every eps, when training ends and at the limit; levels as lines.
  func lawFigure(in ledger: LedgerReader) throws -> Figure {
    var (places, notes) = try shownCells(.law)
    let counts = try places.map { place in
      try RiskCounts(cells[place], hasLimit: hasLimit(place), in: ledger)
    }
    let axis = RiskCounts.axis(counts)
    // As many as a curve shows.
    let perDecade = axis.count <= 9 ? 32 : axis.count <= 17 ? 16 : 8
    let edges = GridEdge.edges(axis, count: perDecade)
    let outside = OutsideBin.all(
      counts.flatMap { [$0.end] + ($0.limit.map { [$0.highest] } ?? []) }, from: edges[0].value,
      to: edges[edges.count - 1].value)
    let smallest = outside.first { $0.at < edges[0].value }
    var rows: [Row] = []
    for (place, counts) in zip(places, counts) {
      rows += self.rows(place, "end", counts.end, counts.lowestEnd, edges, smallest)
      if let limit = counts.limit { rows += self.rows(place, "limit", limit.highest, limit.lowest, edges, smallest) }
    }
    let levels = self.levels(places, from: edges[0].value, to: edges[edges.count - 1].value)
    rows += levels
    let table = ReportTable(
      "law", of: rows,
      cellColumns.fields(\Row.cell) + [
        ReportField("kind", .text) { .text($0.kind) },
        ReportField("name", .text) { .text($0.name) },
        ReportField("risk", .real(.exact)) { .real($0.risk) },
        ReportField("p", .real(.exact)) { .real($0.shares?.lowerBound) },
        ReportField("p_highest", .real(.exact)) { .real($0.shares?.upperBound) },
        ReportField("lower", .real(.exact)) { .real($0.band?.lower) },
        ReportField("upper", .real(.exact)) { .real($0.band?.upper) },
        ReportField("upper_up_to_next", .real(.exact)) { .real($0.upperUpToNext) },
      ])
    let events = counts.contains { $0.limit != nil } ? ["end", "limit"] : ["end"]
    let panels = events.map { event in
      var axis = Figure.Axis(
        "risk", .logarithmic, range: (smallest?.at ?? edges[0].value)...edges[edges.count - 1].value)
      axis.named = smallest.map { [Figure.NamedTick($0.at, $0.name)] } ?? []
      var layers = [("criterion", Figure.Variant.plain), ("level", .faint)].compactMap { kind, variant in
        levels.contains { $0.kind == kind }
          ? Figure.Layer(
            .positionRule, [.position: "risk", .label: "name"], rows: [.init("kind", is: kind)], tone: .reference,
            variant: variant) : nil
      }
      for (series, place) in places.enumerated() {
        let of = [Figure.Layer.Condition("cell", is: cells[place].label), .init("kind", is: event)]
        let isOpen =
          event == "limit"
          ? counts[series].limit.map { $0.highest != $0.lowest } == true
          : counts[series].end != counts[series].lowestEnd
        layers.append(
          Figure.Layer(
            .steps, [.position: "risk", .value: "p", .low: "lower", .high: "upper_up_to_next"], rows: of,
            label: legendText(place), tone: .series(series)))
        if isOpen {
          layers.append(
            Figure.Layer(
              .steps, [.position: "risk", .value: "p_highest"], rows: of, tone: .series(series), variant: .open))
        }
      }
      return Figure.Panel(
        title: event == "end" ? "when training ends" : "at the limit", position: axis,
        value: Figure.Axis("P(risk \u{2264} eps)", .linear, range: 0...1), layers: layers)
    }
    notes.insert(
      "bands: hold at every eps together, \(confidenceText)\(isSimultaneous ? " for all cells" : ", each curve on its own")"
        + ", whatever the limits that are not known are",
      at: 0)
    if counts.contains(where: { $0.limit.map { $0.highest != $0.lowest } == true }) {
      notes.append(
        "at the limit: solid, the share that is at or below eps for sure; dashed, the share that may be, where flows were left "
          + "before they came to rest")
    }
    notes.append(
      "shares at the edges of a grid with \(perDecade) to a decade; between two of them the band holds from the lower end of the first "
        + "to the upper end of the second")
    for bin in outside where bin.at > edges[0].value && bin.name != "diverged" {
      let trials = zip(places, counts).filter { bin.count($1.end) > 0 }.map {
        "\(cells[$0].label) \(bin.count($1.end))"
      }
      notes.append(
        "finite risks \(bin.name), to the right of the axis, when training ends: \(trials.joined(separator: ", "))")
    }
    if let note = divergedNote(places) { notes.append(note) }
    return Figure("law", title: "\(study.name): law of the risk", table: table, panels: panels, notes: notes)
  }

  /// Whether flows of a cell are followed.
  private func hasLimit(_ place: Int) -> Bool { studyCells[place].limit != nil && limitUnavailability(place) == nil }

  /// Nil where no trial has diverged.
  func divergedNote(_ places: [Int]) -> String? {
    let counts = places.filter { cells[$0].count(.diverged) > 0 }.map {
      "\(cells[$0].label) \(cells[$0].count(.diverged)) of \(cells[$0].trials)"
    }
    return counts.isEmpty ? nil : "diverged, with infinite risk (\(cellHeader)): \(counts.joined(separator: ", "))"
  }

  /// Of one of the curves of a cell.
  private func rows(
    _ place: Int, _ event: String, _ surely: BinCounts, _ maybe: BinCounts,
    _ edges: [(value: Double, bin: LogarithmicGrid.Bin)], _ smallest: OutsideBin?
  ) -> [Row] {
    let cell = cells[place]
    let band = DistributionBand(trials: cell.trials, under: cell.plan, at: confidence)
    let first = smallest.map { [($0.at, $0.bins.last!)] } ?? []
    var rows = (first + edges).map { value, bin in
      let shares =
        Double(surely.count(through: bin)) / Double(cell.trials)...Double(maybe.count(through: bin))
        / Double(cell.trials)
      return Row(cell: cell.label, kind: event, risk: value, shares: shares, band: band.interval(shares))
    }
    for place in rows.indices { rows[place].upperUpToNext = rows[min(place + 1, rows.count - 1)].band?.upper }
    if let smallest { rows[0].name = smallest.name }
    return rows
  }

  /// The bounds of good risks, and the levels that are known for the cells, as far as the axis shows them: the optima of the
  /// cells' widths, and the lowest of the ladder.
  private func levels(_ places: [Int], from smallest: Double, to largest: Double) -> [Row] {
    var rows: [Row] = []
    func add(_ kind: String, _ name: String, _ risk: Double) {
      guard smallest...largest ~= risk, !rows.contains(where: { $0.kind == kind && $0.risk == risk }) else { return }
      rows.append(Row(cell: "", kind: kind, name: name, risk: risk))
    }
    let hasOne = Set(places.map { cells[$0].bounds.good }).count == 1
    for place in places {
      add("criterion", hasOne ? "good" : "good (\(cells[place].label))", cells[place].bounds.good)
    }
    for place in places {
      for level in cells[place].references.levels {
        let isOwn = level.level.kind == .optimum && level.level.index == studyCells[place].architecture.width
        let isLow = level.level.kind == .ladder && level.level.index <= Self.lowestOfLadder
        if isOwn || isLow { add("level", level.level.name, level.value) }
      }
    }
    return rows
  }

  private static let lowestOfLadder = 6
}
