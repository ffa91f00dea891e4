import Estimation
import Foundation
import Outcomes
import Studies
import Training
import Texts

extension TrajectoryReport {
  /// The laws: a section for each cell and quantity; the data are described in Documentation/trajectories.md.
  public var report: Report {
    var sections = [Report.Section([.heading(study.titleLine), .note(programText)].filter { $0 != .note("") })]
    for table in tables {
      let kernel = table.isFlow || table.cell.kernel.isEmpty ? "" : ", \(table.cell.kernel) kernel"
      sections.append(
        Report.Section([
          .heading("cell \(table.cell.label), \(table.quantity.title): \(counted(table.trials, "trial"))\(kernel)"),
          .table(overview(table)),
        ]))
    }
    sections.append(Report.Section(notes.map { .note($0) }))
    return Report(
      "trajectories", schema: Self.schema,
      facts: [
        .init("study", .text(study.name)), .init("source", .text(study.source)),
        .init("definition_hash", .text(definitionHash)), .init("batch_stream", .text(BatchStream.text(cells))),
        .init("kernel_level", .text(kernelLevel)), .init("confidence", .real(study.sampling.confidence)),
        .init("simultaneous", .truth(statements > 1)),
        .init("bins_per_decade", .count(LogarithmicGrid.binsPerDecade)),
        .init("shares", .list(shares.map { .real($0) })), .init("bounds", .list(bounds.map { .real($0) })),
      ], tables: [lawTable, cellTable], sections: sections)
  }

  private static let schema = 3

  /// Every bound of a table. One may be there for one quantity and not for another.
  private var bounds: [Double] {
    var bounds: [Double] = []
    for bound in tables.flatMap(\.bounds) where !bounds.contains(bound.given) { bounds.append(bound.given) }
    return bounds
  }

  // MARK: - Data

  /// One row a cell, quantity and checkpoint.
  private var lawTable: ReportTable {
    typealias Row = (table: Table, line: Line)
    let rows = tables.flatMap { table in table.lines.map { line -> Row in (table, line) } }
    var fields: [ReportField<Row>] = CellColumns(settings).fields(\.table.cell.label)
    fields += [
      ReportField("quantity", .text) { .text($0.table.quantity.columnName) },
      ReportField("step", .count) { .count($0.line.step) },
      ReportField("flow_time", .real(.exact)) { .real($0.line.flowTime) },
      ReportField("trials", .count) { .count($0.table.trials) },
      ReportField("non_finite", .count) { .count($0.line.nonFinite) },
      ReportField("rms", .real(.exact)) { .real($0.line.rootMeanSquare) },
    ]
    fields += shares.enumerated().map { place, share in
      let name = "quantile_\(ReportText.name(share))"
      return ReportField(.init("\(name)_above", "\(name)_at_most", title: name, .bin(.exact))) {
        $0.line.quantiles.isEmpty ? .missing : .pair($0.line.quantiles[place].lower, $0.line.quantiles[place].upper)
      }
    }
    for bound in bounds {
      let name = ReportText.name(bound)
      func place(_ row: Row) -> Int? { row.table.bounds.firstIndex { $0.given == bound } }
      func estimate(_ row: Row) -> Estimate? { place(row).map { row.line.atMost[$0] } }
      fields += [
        ReportField("edge_\(name)", .real(.exact)) { row in .real(place(row).map { row.table.bounds[$0].edge }) },
        ReportField("p_\(name)", .probability(.nearest)) { .real(estimate($0)?.proportion.share) },
        ReportField(.init("p_\(name)_lower", "p_\(name)_upper", title: "interval", .interval)) {
          .interval(estimate($0))
        },
        ReportField("p_\(name)_at_least", .probability(.down)) { .real(estimate($0)?.lowerBound) },
      ]
    }
    fields.append(ReportField("method", .text) { .text($0.table.method.rawValue) })
    return ReportTable("laws", of: rows, fields)
  }

  private var cellTable: ReportTable {
    var shown: [Table] = []
    for table in tables where shown.last?.cell.label != table.cell.label { shown.append(table) }
    return ReportTable(
      "cells", of: shown,
      CellColumns(settings).fields(\Table.cell.label) + [
        ReportField("key", .text) { .text($0.cell.key.text) },
        ReportField("kernel", .text) { .text($0.cell.kernel) },
        ReportField("trials", .count) { .count($0.trials) },
      ])
  }

  // MARK: - Text

  private func overview(_ table: Table) -> ReportTable {
    let level = ReportText.percent(study.sampling.confidence)
    var fields: [ReportField<Line>] = [
      table.isFlow
        ? ReportField("flow_time", .real(.digits(4))) { .real($0.flowTime) }
        : ReportField("step", .count) { .count($0.step) }
    ]
    fields += shares.enumerated().map { place, share in
      ReportField(.init("above", "at_most", title: ReportText.percent(share), .bin(.scientific(3)))) {
        $0.quantiles.isEmpty ? .missing : .pair($0.quantiles[place].lower, $0.quantiles[place].upper)
      }
    }
    fields.append(ReportField("RMS", .real(.scientific(3))) { .real($0.rootMeanSquare) })
    for (place, bound) in table.bounds.enumerated() {
      fields += ReportField.bounds("p", title: "P(<= \(ReportText.short(bound.edge)))", confidence: level) {
        $0.atMost[place]
      }
      fields.append(.atLeast("p") { $0.atMost[place] })
    }
    if table.lines.contains(where: { $0.nonFinite > 0 }) {
      fields.append(ReportField("diverged", .count) { .count($0.nonFinite) })
    }
    return ReportTable("law", of: table.lines, fields)
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
      notes.append(
        "interval: two-sided, \(level); at least: one-sided lower bound, \(level); "
          + (statements > 1 ? "all \(statements) lines of the study together (Bonferroni)" : "each line on its own"))
      if let note = ReportText.sharedStream(cells) { notes.append(note) }
    }
    if let note = ReportText.evaluationSet(cells) { notes.append(note) }
    if tables.contains(where: { $0.lines.contains { $0.nonFinite > 0 } }) {
      notes.append(
        "diverged trials count as infinite from the step on at which they diverged, and make the RMS infinite; their "
          + "distance is infinite throughout")
    }
    return notes
  }
}
