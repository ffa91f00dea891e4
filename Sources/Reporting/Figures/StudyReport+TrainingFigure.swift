import Estimation
import Foundation
import Ledger
import Outcomes

/// The papers' picture of a study: the final risk, and how training got there.
extension StudyReport {
  private struct Row {
    var cell: String
    /// "risk", or a quantity that is followed.
    var quantity: String
    /// Where the row stands, and up to where.
    var position: Double
    var to: Double?
    /// What the axis has not, and this row is of: "0", "diverged".
    var standsFor = ""
    var value: Double?
    var low: Double?
    var high: Double?
    var rootMeanSquare: Double?
    /// The same where it is drawn.
    var drawnMeanSquare: Double?
    var count: Int?
    var step: Int?
  }

  /// A histogram of the risk when training ends, and where trajectories are kept gradient norm and distance to the final
  /// iterate along training.
  func trainingFigure(_ style: FigureStyle, in ledger: LedgerReader) throws -> Figure {
    var (places, notes) = try shownCells(.training, most: style == .paper ? 3 : Self.mostCurves)
    let counts = try places.map { try RiskCounts(cells[$0], hasLimit: false, in: ledger) }
    let axisDecades = RiskCounts.axis(counts)
    var axis = Figure.Axis("risk when training ends", .logarithmic)
    var rows: [Row] = []
    switch style {
    case .plain:
      let count = [8, 4, 2].first { $0 * axisDecades.count <= Self.mostBins } ?? 1
      let edges = GridEdge.edges(axisDecades, count: count)
      let outside = OutsideBin.all(counts.map(\.end), from: edges[0].value, to: edges[edges.count - 1].value)
      axis.named = outside.map { Figure.NamedTick($0.at, $0.name) }
      for (place, counts) in zip(places, counts) { rows += bars(place, counts.end, edges, outside) }
      notes.append("histogram: \(count == 1 ? "a bin" : "\(count) bins") a decade, relative frequencies")
    case .paper:
      for place in places { rows += try equalBins(place, in: ledger) }
      notes.append(
        "histogram: \(Self.equalBins) bins of equal width in the risk for each cell, drawn on a logarithmic axis")
    }
    if let note = divergedNote(places) { notes.append(note) }
    var panels = [
      Figure.Panel(
        title: "final risk", position: axis, value: Figure.Axis("trials [%]", .linear, range: 0...0),
        layers: places.enumerated().map { series, place in
          Figure.Layer(
            .histogram, [.position: "position", .to: "to", .value: "value"],
            rows: [.init("cell", is: cells[place].label), .init("quantity", is: "final risk")],
            label: seriesText(place, style), tone: .series(series))
        })
    ]
    panels[0].isWide = true
    if cells.contains(where: { $0.checkpoints > 0 }) {
      let along = try trajectories(places, in: ledger, shares: [0.05, 0.5, 0.95], bounds: [])
      for quantity in [Observable.gradientNormAlong, .batchGradientNorm, .distanceToEnd] {
        let tables = along.filter { $0.table.quantity == quantity }
        // Of the two gradients that of the population, where it is followed.
        if tables.isEmpty || (quantity == .batchGradientNorm && panels.count > 1) { continue }
        let axis = TrainingAxis(tables.flatMap(\.table.lines), of: studyCells.map(\.training))
        rows += tables.flatMap { self.rows($0.table, axis) }
        panels.append(panel(quantity, tables.map(\.place), places, style, axis))
      }
      notes.append(
        style == .paper
          ? "gradient norm and distance: root mean squares over the trials"
          : "gradient norm and distance: median, 5 % to 95 % of the trials (band), both the upper edges of bins 3.7 % wide; root "
            + "mean square (dashed)")
      if rows.contains(where: {
        ($0.rootMeanSquare ?? 0) > Self.largestMeanSquare || $0.value == .infinity || $0.high == .infinity
      }) {
        notes.append(
          "not drawn: quantiles beyond \(ReportText.short(LogarithmicGrid.edges.last!)), root mean squares beyond "
            + "\(ReportText.short(Self.largestMeanSquare))")
      }
    } else {
      notes.append("no trajectories are stored: a study keeps them with a section \"trajectory\"")
    }
    let table = ReportTable(
      "training", of: rows,
      cellColumns.fields(\Row.cell) + [
        ReportField("quantity", .text) { .text($0.quantity) },
        ReportField("position", .real(.exact)) { .real($0.position) },
        ReportField("to", .real(.exact)) { .real($0.to) },
        ReportField("stands_for", .text) { .text($0.standsFor) },
        ReportField("step", .count) { .count($0.step) },
        ReportField("count", .count) { .count($0.count) },
        ReportField("value", .real(.exact)) { .real($0.value) },
        ReportField("low", .real(.exact)) { .real($0.low) },
        ReportField("high", .real(.exact)) { .real($0.high) },
        ReportField("rms", .real(.exact)) { .real($0.rootMeanSquare) },
        ReportField("rms_drawn", .real(.exact)) { .real($0.drawnMeanSquare) },
      ])
    return Figure(
      "training", title: "\(study.name): final risk and training", table: table, panels: panels, notes: notes)
  }

  private static let mostBins = 80
  private static let largestMeanSquare = 1e15
  private static let equalBins = 200

  /// "(1, 5, 1)", as the papers write an architecture.
  private func seriesText(_ place: Int, _ style: FigureStyle) -> String {
    guard style == .paper else { return legendText(place) }
    let cell = studyCells[place].architecture
    let layers = cell.widths
    let varied = settings(of: place).varied.map(\.value)
    return (["(\(layers.map(String.init).joined(separator: ", ")))"] + varied).joined(separator: " ")
  }

  // MARK: - Histograms

  /// Bins of equal width in the logarithm, and a place each for what a logarithmic axis has not.
  private func bars(
    _ place: Int, _ counts: BinCounts, _ edges: [(value: Double, bin: LogarithmicGrid.Bin)], _ outside: [OutsideBin]
  ) -> [Row] {
    let cell = cells[place]
    func row(_ from: Double, _ to: Double, _ count: Int, standsFor: String = "") -> Row {
      Row(
        cell: cell.label, quantity: "final risk", position: from, to: to, standsFor: standsFor,
        value: 100 * Double(count) / Double(cell.trials), count: count)
    }
    let inside = zip(edges, edges.dropFirst()).map { lower, upper in
      row(lower.value, upper.value, counts.count(through: upper.bin) - counts.count(through: lower.bin))
    }
    return inside + outside.map { row($0.at / 1.25, $0.at * 1.25, $0.count(counts), standsFor: $0.name) }
  }

  /// Bins of equal width in the risk, for each cell from its smallest to its largest one.
  private func equalBins(_ place: Int, in ledger: LedgerReader) throws(LedgerError) -> [Row] {
    let cell = cells[place]
    func forEachRisk(_ observe: (Double) -> Void) throws(LedgerError) {
      var blocks = ledger.columns(of: cell.key, below: cell.trials, reading: [.risk])
      while let block = try blocks.next() {
        for risk in block.columns.first?.presentValues ?? [] where risk.isFinite { observe(risk) }
      }
    }
    var (smallest, largest) = (Double.infinity, 0.0)
    try forEachRisk { (smallest, largest) = (min(smallest, $0), max(largest, $0)) }
    // All trials have diverged.
    guard smallest <= largest else { return [] }
    // Of equal risks one bin that can be seen.
    let width = max(largest - smallest, smallest * 0.5, .leastNormalMagnitude) / Double(Self.equalBins)
    var counts = Array(repeating: 0, count: Self.equalBins)
    try forEachRisk { counts[min(Int(($0 - smallest) / width), Self.equalBins - 1)] += 1 }
    return counts.enumerated().map { bin, count in
      let from = smallest + Double(bin) * width
      // A logarithmic axis has no 0 where the first bin could begin.
      return Row(
        cell: cell.label, quantity: "final risk", position: max(from, width / 100), to: from + width,
        value: 100 * Double(count) / Double(cell.trials), count: count)
    }
  }

  // MARK: - Along training

  /// What is followed in some cells, each with the place of its cell in ``cells``.
  ///
  /// - Parameter simultaneous: whether bounds are to hold at all checkpoints of all cells together.
  func trajectories(
    _ places: [Int], in ledger: LedgerReader, shares: [Double], bounds: [Double]?, simultaneous: Bool = false
  ) throws -> [(place: Int, table: TrajectoryReport.Table)] {
    // By the criterion and at the confidence of this report.
    let tables = try TrajectoryReport(
      ledger, cells: choices.cells, quantities: nil, shares: shares, bounds: bounds, simultaneous: simultaneous,
      confidence: simultaneous ? statedConfidence : confidence,
      riskBound: { key in cells.first { $0.key == key }?.bounds.good }
    ).tables
    return tables.compactMap { table in
      places.first { cells[$0].key == table.cell.key && table.trials > 0 }.map { ($0, table) }
    }
  }

  private func rows(_ table: TrajectoryReport.Table, _ axis: TrainingAxis) -> [Row] {
    table.lines.map { line in
      Row(
        cell: table.cell.label, quantity: table.quantity.columnName, position: axis.position(line),
        value: line.quantiles.isEmpty ? nil : Self.drawn(line.quantiles[1].upper),
        low: line.quantiles.first.map { Self.drawn($0.upper) }, high: line.quantiles.last.map { Self.drawn($0.upper) },
        rootMeanSquare: line.rootMeanSquare,
        drawnMeanSquare: line.rootMeanSquare.flatMap { $0 > Self.largestMeanSquare ? nil : $0 }, step: line.step)
    }
  }

  /// The last bin has no upper edge: its quantiles are not drawn.
  private static func drawn(_ value: Double) -> Double { value > LogarithmicGrid.edges.last! ? .infinity : value }

  private func panel(
    _ quantity: Observable, _ followed: [Int], _ places: [Int], _ style: FigureStyle, _ axis: TrainingAxis
  ) -> Figure.Panel {
    var layers: [Figure.Layer] = []
    for (series, place) in places.enumerated() where followed.contains(place) {
      let of = [Figure.Layer.Condition("cell", is: cells[place].label), .init("quantity", is: quantity.columnName)]
      let label = seriesText(place, style)
      if style == .paper {
        layers.append(
          Figure.Layer(
            .line, [.position: "position", .value: "rms_drawn"], rows: of, label: label, tone: .series(series)))
      } else {
        layers += [
          Figure.Layer(
            .line, [.position: "position", .value: "value", .low: "low", .high: "high"], rows: of, label: label,
            tone: .series(series)),
          Figure.Layer(
            .line, [.position: "position", .value: "rms_drawn"], rows: of, tone: .series(series), variant: .open),
        ]
      }
    }
    let isDistance = quantity == .distanceToEnd
    return Figure.Panel(
      title: quantity.title, position: axis.axis,
      value: Figure.Axis(quantity.title, isDistance ? .linear : .logarithmic), layers: layers)
  }
}
