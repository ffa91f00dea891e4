import Estimation

/// Every interval of the two probabilities of a report, for comparisons with other work.
extension StudyReport {
  static let intervalTableName = "intervals"

  struct IntervalRow {
    var cell: CellSummary
    /// "good" or "good at end".
    var event: String
    var method: String
    /// When it holds.
    var validity: String
    /// The trials it is of.
    var trials: Int
    var interval: Interval
    /// One-sided.
    var lowerBound: Double
    var upperBound: Double
  }

  /// One row a cell, probability and method.
  var intervalTable: ReportTable {
    let goodText = self.goodText
    return ReportTable(
      Self.intervalTableName, of: cells.flatMap(intervalRows),
      cellColumns.fields(\IntervalRow.cell.label) + [
        ReportField("criterion", .text) { _ in .text(goodText) },
        ReportField("event", .text) { .text($0.event) },
        ReportField("method", .text) { .text($0.method) },
        ReportField("holds", .text) { .text($0.validity) },
        ReportField("trials", .count) { .count($0.trials) },
        ReportField(.init("lower", "upper", title: "\(confidenceText) interval", .interval)) {
          .pair($0.interval.lower, $0.interval.upper)
        },
        ReportField(.init("at_least", title: "at least", .probability(.down))) { .real($0.lowerBound) },
        ReportField(.init("at_most", title: "at most", .probability(.up))) { .real($0.upperBound) },
      ])
  }

  /// For readers, without the columns that the heading has.
  func intervalSection(_ cell: CellSummary) -> Report.Section {
    let table = ReportTable(
      Self.intervalTableName, of: intervalRows(cell), labels: 2,
      [
        ReportField(.init("event", title: "P of", .text, alignment: .left)) { .text($0.event) },
        ReportField(.init("method", title: "method", .text, alignment: .left)) { .text($0.method) },
        ReportField("trials", .count) { .count($0.trials) },
        ReportField(.init("lower", "upper", title: "\(confidenceText) interval", .interval)) {
          .pair($0.interval.lower, $0.interval.upper)
        },
        ReportField(.init("at_least", title: "at least", .probability(.down))) { .real($0.lowerBound) },
        ReportField(.init("at_most", title: "at most", .probability(.up))) { .real($0.upperBound) },
        ReportField(.init("holds", title: "holds", .text, alignment: .left)) { .text($0.validity) },
      ])
    return Report.Section([.heading("\(cellHeader) \(cell.label): intervals (\(goodText))"), .table(table)])
  }

  private func intervalRows(_ cell: CellSummary) -> [IntervalRow] {
    [("good", cell.goodTrials, cell.first?.good), ("good at end", cell.trialsGoodAtEnd, cell.first?.atEnd)].flatMap {
      event, all, first -> [IntervalRow] in
      let planned = cell.plan == .fixed ? all : first
      let bets = bets[cell.key]
      return fixedRows(cell, event, planned ?? all, isPlanned: planned != nil) + sequenceRows(cell, event, all)
        + bettingRows(cell, event, event == "good" ? bets?.good : bets?.atEnd)
    }
  }

  private func fixedRows(
    _ cell: CellSummary, _ event: String, _ proportion: BracketedProportion, isPlanned: Bool
  ) -> [IntervalRow] {
    IntervalFamily.allCases.map { family in
      let (low, high) = (proportion.lowest, proportion.highest)
      return IntervalRow(
        cell: cell, event: event, method: family.rawValue,
        validity: !isPlanned ? "not: trials not planned and done" : family.isExact ? "planned trials" : "about",
        trials: proportion.trials,
        interval: Interval(
          lower: low.interval(family, at: confidence).lower, upper: high.interval(family, at: confidence).upper),
        lowerBound: low.lowerBound(family, at: confidence), upperBound: high.upperBound(family, at: confidence))
    }
  }

  private func sequenceRows(_ cell: CellSummary, _ event: String, _ proportion: BracketedProportion) -> [IntervalRow] {
    let half = confidence.simultaneous(over: 2)
    return [("confidence-sequence", BetaPrior.jeffreys), ("confidence-sequence-uniform", .uniform)].map { name, prior in
      let (low, high) = (proportion.lowest, proportion.highest)
      return IntervalRow(
        cell: cell, event: event, method: name, validity: "always", trials: proportion.trials,
        interval: Interval(
          lower: low.confidenceSequenceLower(at: half, prior: prior),
          upper: high.confidenceSequenceUpper(at: half, prior: prior)),
        lowerBound: low.confidenceSequenceLower(at: confidence, prior: prior),
        upperBound: high.confidenceSequenceUpper(at: confidence, prior: prior))
    }
  }
}
