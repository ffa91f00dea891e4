import Estimation
import Foundation
import Outcomes
import Training

extension TrajectoryReport {
  /// The report as plain text.
  public var text: String {
    var text = study.titleLine
    for table in tables {
      let kernel = table.cell.kernel.isEmpty ? "" : ", \(table.cell.kernel) kernel"
      text += "\ncell \(table.cell.label), \(table.quantity.text): \(table.trials) trials\(kernel)\n"
      text += self.text(table)
    }
    text += "\n"
    for note in notes { text += note + "\n" }
    return text
  }

  private func text(_ table: Table) -> String {
    let showsNonFinite = table.lines.contains { $0.nonFinite > 0 }
    let level = ReportText.percent(study.sampling.confidence)
    var lines = TextTable(
      header: ["step"] + shares.map(ReportText.percent) + ["RMS"]
        + table.bounds.flatMap { ["P(<= \(ReportText.short($0.edge)))", "\(level) interval", "at least"] }
        + (showsNonFinite ? ["diverged"] : []))
    for line in table.lines {
      var fields = ["\(line.step)"]
      fields += line.quantiles.isEmpty ? shares.map { _ in "-" } : line.quantiles.map(Self.text)
      fields.append(line.rootMeanSquare.map(Self.real) ?? "-")
      for estimate in line.atMost { fields += ReportText.columns(estimate) }
      if showsNonFinite { fields.append("\(line.nonFinite)") }
      lines.append(fields)
    }
    return lines.text
  }

  /// The upper edge of a bin.
  private static func text(_ bin: LogarithmicGrid.Bin) -> String {
    switch bin {
    case .zero: "0"
    case .below: "<= 1e-36"
    case .overflow: "> 1e+12"
    default: real(bin.upper)
    }
  }

  private static func real(_ value: Double) -> String {
    value == 0 ? "0" : value.isFinite ? String(format: "%.2e", value) : "inf"
  }

  private var notes: [String] {
    let width = String(format: "%.1f %%", 100 * LogarithmicGrid.relativeWidth)
    var notes = [
      "quantiles: upper edge of the bin that holds the exact quantile of the trials, whose width is \(width)",
      "RMS: root mean square over the trials",
    ]
    let bounds = Dictionary(tables.flatMap(\.bounds).map { ($0.given, $0.edge) }) { edge, _ in edge }
    for (given, edge) in bounds.sorted(by: { $0.key < $1.key }) where given != edge {
      notes.append(
        "\(ReportText.short(given)) is rounded down to the bin edge \(ReportText.short(edge)), at which shares of trials "
          + "are exact"
      )
    }
    if tables.contains(where: { !$0.bounds.isEmpty }) {
      for method in IntervalMethod.allCases where tables.contains(where: { $0.method == method }) {
        notes.append("\(method.text): \(method.promise)")
      }
      let level = ReportText.percent(study.sampling.confidence)
      notes.append("interval: two-sided, \(level); at least: one-sided lower bound, \(level); each line on its own")
      if let note = ReportText.sharedStream(study) { notes.append(note) }
    }
    if let note = ReportText.evaluationSet(study) { notes.append(note) }
    if tables.contains(where: { $0.lines.contains { $0.nonFinite > 0 } }) {
      notes.append(
        "diverged trials count as infinite from the step on at which they diverged, and make the RMS infinite; their "
          + "distance is infinite throughout")
    }
    return notes
  }
}
