import Estimation
import Foundation
import Ledger
import Studies
import Texts

/// The whole law of the risk, when training ends and at the limit.
extension StudyReport {
  private typealias QuantileRow = (cell: CellSummary, event: String, quantile: RiskLaw.Quantile)
  private typealias PointRow = (cell: CellSummary, event: String, law: CellRiskLaw, point: RiskLaw.Point)

  /// Quantiles with intervals, and P(risk <= eps) with a band that holds at all eps together, for each cell with trials.
  ///
  /// - Parameters:
  ///   - ledger: the one that the report is of.
  ///   - bounds: eps, sorted and not negative; nil for a grid over the risks of each cell.
  ///   - mostCells: that are looked at, the first ones.
  public func law(
    in ledger: LedgerReader, bounds: [Double]? = nil, mostCells: Int = .max
  ) throws(LedgerError) -> Supplement {
    var laws: [(cell: CellSummary, law: CellRiskLaw)] = []
    for (place, cell) in cells.prefix(mostCells).enumerated() where cell.trials > 0 {
      let hasLimit = studyCells[place].limit != nil && limitUnavailability(place) == nil
      laws.append(
        (cell, try CellRiskLaw(cell, hasLimit: hasLimit, bounds: bounds, in: ledger, at: confidence)))
    }
    var sections = laws.map { section($0.cell, $0.law) }
    sections.append(Report.Section(notes(laws.map(\.law)).map { .note($0) }))
    return Supplement(
      sections: sections, tables: [pointTable(laws), quantileTable(laws)],
      cellsLeftOut: cells.dropFirst(mostCells).count { $0.trials > 0 })
  }

  private func section(_ cell: CellSummary, _ law: CellRiskLaw) -> Report.Section {
    typealias Row = (quantile: RiskLaw.Quantile, limit: RiskLaw.Quantile?)
    let limits = law.limit?.quantiles.map(Optional.some) ?? law.end.quantiles.map { _ in nil }
    // Four ranges are as much as a line of 80 has room for.
    let digits = limits.contains { $0.map { $0.observed.lowerBound < $0.observed.upperBound } ?? false } ? 2 : 3
    var fields: [ReportField<Row>] = [
      ReportField("quantile", .text) { .text(ReportText.percent($0.quantile.share)) },
      ReportField("end", .text) { .text(ReportText.bracket($0.quantile.observed, digits: digits)) },
      ReportField(.init("end_interval", title: "\(confidenceText) interval", .text)) {
        .text(ReportText.interval($0.quantile.interval, digits: digits))
      },
    ]
    if law.limit != nil {
      fields += [
        ReportField("limit", .text) { row in
          .text(row.limit.map { ReportText.bracket($0.observed, digits: digits) })
        },
        ReportField(.init("limit_interval", title: "\(confidenceText) interval", .text)) { row in
          .text(row.limit.map { ReportText.interval($0.interval, digits: digits) })
        },
      ]
    }
    var blocks: [Report.Block] = [
      .heading(
        "\(cellHeader) \(cell.label): law of the risk at the end of training\(law.limit == nil ? "" : ", and at the limit") "
          + "(\(counted(law.trials, "trial")))"),
      .table(ReportTable("law_quantiles", of: zip(law.end.quantiles, limits).map { ($0, $1) }, fields)),
    ]
    if !law.end.points.isEmpty { blocks.append(.table(pointTable(law))) }
    if law.limit != nil, law.known < law.trials {
      blocks.append(
        .note(
          "of \(counted(law.trials - law.known, "trial")) the limit is not known: its risk is at least 0 and at most the last one along "
            + "the flow (flows are left where they are good, unless the study has limit: {classes: true})"))
    }
    return Report.Section(blocks)
  }

  /// For readers.
  private func pointTable(_ law: CellRiskLaw) -> ReportTable {
    typealias Row = (end: RiskLaw.Point, limit: RiskLaw.Point?)
    let limits = law.limit?.points.map(Optional.some) ?? law.end.points.map { _ in nil }
    var fields: [ReportField<Row>] = [
      ReportField(.init("eps", title: "risk <=", .real(.digits(6)))) { .real($0.end.bound) },
      ReportField(.init("p", "p_highest", title: "end", .share, staysWithNext: true)) {
        .pair($0.end.shares.lowerBound, $0.end.shares.upperBound)
      },
      ReportField(.init("lower", "upper", title: "\(confidenceText) band", .interval)) {
        .pair($0.end.interval.lower, $0.end.interval.upper)
      },
    ]
    if law.limit != nil {
      fields += [
        ReportField(.init("limit", "limit_highest", title: "limit", .share, staysWithNext: true)) {
          .pair($0.limit?.shares.lowerBound, $0.limit?.shares.upperBound)
        },
        ReportField(.init("limit_lower", "limit_upper", title: "\(confidenceText) band", .interval)) {
          .pair($0.limit?.interval.lower, $0.limit?.interval.upper)
        },
      ]
    }
    return ReportTable("law", of: zip(law.end.points, limits).map { ($0, $1) }, fields)
  }

  private func notes(_ laws: [CellRiskLaw]) -> [String] {
    if laws.isEmpty { return ["no trials: no law of the risk"] }
    var notes = BandMethod.allCases.compactMap { method -> String? in
      let widths = laws.filter { $0.band.method == method }.map(\.band.halfWidth)
      guard let least = widths.min(), let most = widths.max() else { return nil }
      let width = String(format: least == most ? "%.4f" : "%.4f to %.4f", least, most)
      return "\(method.text), of half-width \(width): holds at every eps together, also at one chosen afterwards"
    }
    let isFixed = laws.allSatisfy { $0.end.quantiles[0].ranks.method == .clopperPearson }
    notes.append(
      "intervals of quantiles lie between two trials, by "
        + (isFixed
          ? "binomial tails, for the planned number of trials"
          : "confidence sequences where trials were not planned and done: valid at every look and for every stopping rule")
        + "; inf: no upper limit, or diverged trials")
    notes.append(
      "each band and each interval holds with \(confidenceText)"
        + (isSimultaneous ? ", each kind for all \(settings.count) \(cellHeader)s together (Bonferroni)" : ""))
    return notes
  }

  // MARK: - Data

  private func pointTable(_ laws: [(cell: CellSummary, law: CellRiskLaw)]) -> ReportTable {
    let rows = laws.flatMap { cell, law -> [PointRow] in
      [("end", law.end), ("limit", law.limit)].flatMap { event, own in
        (own?.points ?? []).map { (cell, event, law, $0) }
      }
    }
    return ReportTable(
      "law", of: rows,
      cellColumns.fields(\PointRow.cell.label) + [
        ReportField("event", .text) { .text($0.event) },
        ReportField("eps", .real(.exact)) { .real($0.point.bound) },
        ReportField("trials", .count) { .count($0.law.trials) },
        ReportField(.init("p", "p_highest", title: "p", .share)) {
          .pair($0.point.shares.lowerBound, $0.point.shares.upperBound)
        },
        ReportField(.init("band_lower", "band_upper", title: "band", .interval)) {
          .pair($0.point.interval.lower, $0.point.interval.upper)
        },
        ReportField("at_least", .probability(.down)) {
          .real(max(($0.point.shares.lowerBound - $0.law.oneSided).nextDown, 0))
        },
        ReportField("half_width", .real(.exact)) { .real($0.law.band.halfWidth) },
        ReportField("method", .text) { .text($0.law.band.method.rawValue) },
      ])
  }

  private func quantileTable(_ laws: [(cell: CellSummary, law: CellRiskLaw)]) -> ReportTable {
    let rows = laws.flatMap { cell, law -> [QuantileRow] in
      [("end", law.end), ("limit", law.limit)].flatMap { event, own in
        (own?.quantiles ?? []).map { (cell, event, $0) }
      }
    }
    return ReportTable(
      "law_quantiles", of: rows,
      cellColumns.fields(\QuantileRow.cell.label) + [
        ReportField("event", .text) { .text($0.event) },
        ReportField("share", .real(.exact)) { .real($0.quantile.share) },
        ReportField("trials", .count) { .count($0.quantile.ranks.trials) },
        ReportField("risk", .real(.exact)) { .real($0.quantile.observed.lowerBound) },
        ReportField("risk_highest", .real(.exact)) { .real($0.quantile.observed.upperBound) },
        ReportField("lower", .real(.exact)) { .real($0.quantile.interval.lowerBound) },
        ReportField("upper", .real(.exact)) { .real($0.quantile.interval.upperBound) },
        ReportField("lower_rank", .count) { .count($0.quantile.ranks.lowerRank) },
        ReportField("upper_rank", .count) { .count($0.quantile.ranks.upperRank) },
        ReportField("method", .text) {
          .text($0.quantile.ranks.method == .clopperPearson ? "binomial" : $0.quantile.ranks.method.rawValue)
        },
      ])
  }
}
