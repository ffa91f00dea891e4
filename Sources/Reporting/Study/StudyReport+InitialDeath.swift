import Estimation

/// What is dead at initialization, beside what theory says of it.
extension StudyReport {
  private typealias Row = (label: String, isFirst: Bool, line: CellSummary.InitialDeathLine)

  private var initialDeathRows: [Row] {
    cells.flatMap { cell in
      cell.initialDeathLines(at: confidence).enumerated().map { (cell.label, $0 == 0, $1) }
    }
  }

  /// For readers; nothing where no trial and no law has any.
  var initialDeathSection: Report.Section {
    let rows = initialDeathRows
    if rows.isEmpty { return Report.Section([]) }
    let hasTheory = rows.contains { $0.line.theory != nil }
    let table = ReportTable(
      InitialDeath.tableName, of: rows, labels: 2,
      [
        labelField { (row: Row) in row.isFirst ? row.label : "" },
        ReportField("dead", .text) { .text($0.line.event.text) },
      ] + ReportField.bounds("p", confidence: confidenceText) { $0.line.estimate }
        + (hasTheory
          ? [
            ReportField(.init("theory_lower", "theory_upper", title: "closed form", .bracket)) {
              .bracket($0.line.theory)
            }
          ] : []))
    var blocks: [Report.Block] = [
      .heading("P(dead at initialization): a whole hidden layer; some neuron in layer 1"), .table(table),
    ]
    if rows.contains(where: { row in row.line.theory.map { $0.lowerBound < $0.upperBound } ?? false }) {
      blocks.append(.note("a .. b: no closed form, proved bounds"))
    }
    return Report.Section(blocks)
  }

  /// As data; nil where no trial and no law has any.
  var initialDeathTable: ReportTable? {
    let rows = initialDeathRows
    if rows.isEmpty { return nil }
    return ReportTable(
      InitialDeath.tableName, of: rows,
      cellColumns.fields(\Row.label) + [
        ReportField("dead", .text) { .text($0.line.event.rawValue) },
        ReportField("count", .count) { .count($0.line.estimate.proportion.successes) },
        ReportField("trials", .count) { .count($0.line.estimate.proportion.trials) },
      ] + ReportField.estimate("p") { $0.line.estimate } + [
        ReportField("method", .text) { .text($0.line.estimate.method.rawValue) },
        ReportField(.init("theory_lower", "theory_upper", title: "theory", .bracket)) { .bracket($0.line.theory) },
      ])
  }
}

extension ReportCell {
  fileprivate static func bracket(_ bounds: ClosedRange<Double>?) -> ReportCell {
    bounds.map { .pair($0.lowerBound, $0.upperBound) } ?? .missing
  }
}
