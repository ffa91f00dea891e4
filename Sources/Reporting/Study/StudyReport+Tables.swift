import Estimation
import Outcomes
import Studies
import Training

/// The report as data; every column is described in Documentation/report.md.
extension StudyReport {
  /// Of the JSON.
  static let schema = 5

  var facts: [Report.Fact] {
    [
      .init("study", .text(study.name)), .init("source", .text(study.source)),
      .init("definition_hash", .text(definitionHash)), .init("seed", .count(study.sampling.seed)),
      .init("batch_stream", .text(BatchStream.text(studyCells))), .init("kernel_level", .text(kernelLevel)),
      .init("confidence", .real(statedConfidence.value)), .init("simultaneous", .truth(isSimultaneous)),
      .init("good", .text(goodText)), .init("question", .text(question.title)),
    ]
  }

  /// - Parameter others: of the same cells, by other criteria.
  func tables(beside others: [StudyReport], supplements: [Supplement] = []) -> [ReportTable] {
    let hasLandscape = cells.contains { $0.landscape != nil }
    var cellTable = self.cellTable
    var intervalTable = self.intervalTable
    var comparisonTable = self.comparisonTable
    for other in others {
      for row in other.cellTable.rows { cellTable.append(row) }
      for row in other.intervalTable.rows { intervalTable.append(row) }
      for row in other.comparisonTable?.rows ?? [] { comparisonTable?.append(row) }
    }
    return [cellTable, intervalTable] + [samplingTable, comparisonTable].compactMap(\.self) + [observableTable]
      + [initialDeathTable].compactMap(\.self)
      + (hasLandscape ? landscapeTables : []) + supplements.flatMap(\.tables) + [.runs(runs)]
  }

  var cellColumns: CellColumns { CellColumns(settings) }

  /// One row a cell.
  private var cellTable: ReportTable {
    typealias Row = (cell: CellSummary, good: Estimate, end: Estimate)
    let confidence = self.confidence
    let rows: [Row] = cells.map { ($0, $0.good(at: confidence), $0.goodAtEnd(at: confidence)) }
    let goodText = self.goodText
    var fields: [ReportField<Row>] = cellColumns.fields(\.cell.label)
    fields.append(ReportField("trials", .count) { .count($0.cell.trials) })
    fields.append(ReportField("criterion", .text) { _ in .text(goodText) })
    fields.append(ReportField("chosen_after_run", .truth) { _ in .truth(plannedCriterion != nil) })
    fields += [Verdict.good, .bad, .undecided, .diverged].map { verdict in
      ReportField(verdict.text, .count) { .count($0.cell.count(verdict)) }
    }
    fields += ReportField.estimate("p_good", \.good) + ReportField.estimate("p_end", \.end)
    fields.append(ReportField("method", .text) { .text($0.good.method.rawValue) })
    fields += zip(["5", "50", "95"], CellSummary.shares.indices).map { name, place in
      ReportField("risk_\(name)", .real(.exact)) { .real($0.cell.risk?.quantiles[place]) }
    }
    fields.append(ReportField("seconds_per_trial", .real(.exact)) { .real($0.cell.secondsPerTrial) })
    if cells.contains(where: { $0.earlyEnds != nil }) {
      fields.append(ReportField("ended_early", .count) { .count($0.cell.earlyEnds?.trials ?? 0) })
      fields +=
        Self.spread("steps") { $0.cell.earlyEnds?.steps } + Self.spread("flow_time") { $0.cell.earlyEnds?.flowTime }
    }
    fields += [
      ReportField("key", .text) { .text($0.cell.key.text) },
      ReportField("kernel", .text) { .text($0.cell.kernel) },
      ReportField("target", .count) { .count($0.cell.target) },
      ReportField("stored", .count) { .count($0.cell.stored) },
      ReportField("good_by_theorem", .count) { .count($0.cell.certified[.good, default: 0]) },
      ReportField("bad_by_theorem", .count) { .count($0.cell.certified[.bad, default: 0]) },
      ReportField("without_limit", .count) { .count($0.cell.undecided[.notStored, default: 0]) },
      ReportField("crashed", .count) { .count($0.cell.crashed.count) },
      ReportField("good_at_end", .count) { .count($0.end.proportion.successes) },
      ReportField("undecided_at_end", .count) { .count($0.end.undecided) },
      ReportField("risk_at_most", .real(.exact)) { .real($0.cell.bounds.good) },
      ReportField("risk_not_bad", .real(.exact)) { .real($0.cell.bounds.bad) },
      ReportField("largest_risk_error", .real(.exact)) { .real($0.cell.largestRiskError) },
      ReportField("dead_neurons_per_trial", .real(.exact)) { .real($0.cell.deadNeuronsPerTrial) },
      ReportField("checkpoints", .count) { .count($0.cell.checkpoints) },
      ReportField("alarms", .list(.exact)) { .list(($0.cell.alarms?.texts ?? []).map { .text($0) }) },
    ]
    return ReportTable("cells", of: rows, fields)
  }

  /// How a quantity lies over trials, as data: `steps_5`, `steps_50`, `steps_95`, `steps_mean`, `steps_standard_error`.
  private static func spread<Row>(
    _ key: String, _ spread: @escaping (Row) -> QuantitySpread?
  ) -> [ReportField<Row>] {
    zip(["5", "50", "95"], CellSummary.shares.indices).map { name, place in
      ReportField("\(key)_\(name)", .real(.exact)) { .real(spread($0)?.quantiles[place]) }
    } + [
      ReportField("\(key)_mean", .real(.exact)) { .real(spread($0)?.mean) },
      ReportField("\(key)_standard_error", .real(.exact)) { .real(spread($0)?.standardError) },
    ]
  }

  private typealias ObservableRow = (label: String, summary: ObservableSummary)

  private var observableRows: [ObservableRow] {
    cells.flatMap { cell in cell.observables.map { (cell.label, $0) } }
  }

  /// One row a cell and observable.
  private var observableTable: ReportTable {
    ReportTable(
      "observables", of: observableRows,
      cellColumns.fields(\ObservableRow.label) + [
        ReportField("observable", .text) { .text($0.summary.observable.columnName) },
        ReportField("moment", .text) { .text($0.summary.observable.moment.rawValue) },
        ReportField("unit", .text) { .text($0.summary.observable.unit) },
        ReportField("trials", .count) { .count($0.summary.spread?.trials ?? 0) },
      ] + Self.spread("value") { $0.summary.spread })
  }

  /// The observables that trials of the cell have, for readers.
  func observableSection(_ cell: CellSummary) -> Report.Section {
    let rows = cell.observables.compactMap { summary in summary.spread.map { (summary.observable.name, $0) } }
    typealias Row = (name: String, spread: QuantitySpread)
    let table = ReportTable(
      "observables", of: rows.map { name, spread -> Row in (name, spread) },
      [
        ReportField("observable", .text) { .text($0.name) },
        ReportField("trials", .count) { .count($0.spread.trials) },
        ReportField(.init("value_5", title: "5 %", .real(.digits(4)))) { .real($0.spread.quantiles[0]) },
        ReportField(.init("value_50", title: "median", .real(.digits(4)))) { .real($0.spread.quantiles[1]) },
        ReportField(.init("value_95", title: "95 %", .real(.digits(4)))) { .real($0.spread.quantiles[2]) },
        ReportField(.init("value_mean", title: "mean", .real(.digits(4)))) { .real($0.spread.mean) },
        ReportField(.init("value_standard_error", title: "standard error", .real(.digits(3)))) {
          .real($0.spread.standardError)
        },
      ])
    return Report.Section(rows.isEmpty ? [] : [.heading("cell \(cell.label): observables"), .table(table)])
  }
}

extension CellColumns {
  /// The columns with what they have for a row about the cell with this label.
  func fields<Row>(_ label: @escaping (Row) -> String) -> [ReportField<Row>] {
    zip(columns, columns.indices).map { column, place in
      ReportField(column) { self.values(label($0))[place] }
    }
  }
}
