import Estimation
import Foundation
import Ledger
import Outcomes

/// How estimates settle as trials come in.
extension StudyReport {
  private typealias Row = (cell: String, kind: String, trials: Int, estimate: Estimate)

  /// P(good critical point) against the number of trials with the confidence sequence, which holds at every number
  /// together; at the end the interval of the report.
  func convergenceFigure(in ledger: LedgerReader) throws -> Figure {
    let (places, chosen) = try shownCells(.convergence)
    var rows: [Row] = []
    for place in places {
      let cell = cells[place]
      let judge = judges[place]
      var (good, notGood, trials, look) = (0, 0, 0, 1)
      try ledger.forEachTrial(of: cell.key, below: cell.trials) { outcome, analysis in
        switch judge.judgement(of: outcome, analysis).verdict {
        case .good: good += 1
        case .bad, .diverged: notGood += 1
        case .undecided, .crashed: break
        }
        trials += 1
        guard trials == look || trials == cell.trials else { return }
        look = max(look + 1, Int((Double(look) * Self.growth).rounded()))
        let counts = BracketedProportion(successes: good, failures: notGood, trials: trials)
        rows.append((cell.label, "sequence", trials, Estimate(counts, under: .anytime, at: confidence)))
      }
      rows.append((cell.label, "report", cell.trials, cell.good(at: confidence)))
    }
    let table = ReportTable(
      "convergence", of: rows,
      cellColumns.fields(\Row.cell) + [
        ReportField("kind", .text) { .text($0.kind) },
        ReportField("trials", .count) { .count($0.trials) },
      ] + ReportField.estimate("p", \.estimate) + [
        ReportField("method", .text) { .text($0.estimate.method.rawValue) }
      ])
    let layers = places.enumerated().flatMap { series, place in
      let of = Figure.Layer.Condition("cell", is: cells[place].label)
      return [
        Figure.Layer(
          .line, [.position: "trials", .value: "p", .low: "p_lower", .high: "p_upper"],
          rows: [of, .init("kind", is: "sequence")], label: legendText(place), tone: .series(series)),
        Figure.Layer(
          .points, [.position: "trials", .value: "p", .highest: "p_highest", .low: "p_lower", .high: "p_upper"],
          rows: [of, .init("kind", is: "report")], tone: .series(series)),
      ]
    }
    let panel = Figure.Panel(
      position: Figure.Axis("trials", .logarithmic), value: Figure.Axis("P(good)", .linear, range: 0...1),
      layers: layers)
    return Figure(
      "convergence", title: "\(study.name): the estimate against the number of trials", table: table, panels: [panel],
      notes: [
        "bands: confidence sequences, \(confidenceText), which hold at every number of trials together, whatever the undecided "
          + "trials are; points: the interval of the report, those of one number of trials side by side",
        "undecided trials count as not good in the lines",
      ] + chosen)
  }

  /// From one look to the next.
  private static let growth = pow(10, 0.05)
}
