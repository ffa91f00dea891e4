import Estimation
import Foundation

/// How P(good) differs between cells.
extension StudyReport {
  struct ComparisonRow {
    var cell: CellSummary
    /// The share of the cell less that of the baseline, over all that undecided trials may be.
    var difference: ClosedRange<Double>
    /// An interval of the difference that holds with the confidence.
    var interval: (lower: Double, upper: Double)
    /// Newcombe's; nil unless the trials of both cells were planned and are decided.
    var newcombe: (lower: Double, upper: Double)?
    /// Of Fisher's test, the largest that undecided trials leave; nil unless the trials of both cells were planned.
    var p: Double?
    /// Corrected for all rows.
    var adjustedP: Double?
  }

  static let comparisonTableName = "comparisons"

  /// Every other cell of the report against the baseline; empty without one, and where it has no trials.
  private var comparisonRows: [ComparisonRow] {
    guard let baseline, baseline.trials > 0 else { return [] }
    var rows = cells.filter { $0.key != baseline.key && $0.trials > 0 }.map { comparison($0, baseline) }
    let tested = rows.indices.filter { rows[$0].p != nil }
    for (index, p) in zip(tested, MultipleTests.holm(tested.map { rows[$0].p! })) { rows[index].adjustedP = p }
    return rows
  }

  private func comparison(_ cell: CellSummary, _ baseline: CellSummary) -> ComparisonRow {
    let (own, other) = (cell.goodTrials, baseline.goodTrials)
    // At half of the error probability each, both intervals hold together.
    let half = confidence.simultaneous(over: 2)
    let (interval, reference) = (cell.good(at: half).interval, baseline.good(at: half).interval)
    let (shares, otherShares) = (own.shares!, other.shares!)
    var row = ComparisonRow(
      cell: cell,
      difference: shares.lowerBound - otherShares.upperBound...shares.upperBound - otherShares.lowerBound,
      interval: (interval.lower - reference.upper, interval.upper - reference.lower))
    guard cell.plan == .fixed, baseline.plan == .fixed else { return row }
    if own.undecided + other.undecided == 0 {
      row.newcombe = ProportionPair(other.lowest, own.lowest).newcombe(at: confidence)
    }
    // The shares as close as undecided trials can bring them.
    let isAbove = shares.lowerBound > otherShares.upperBound
    let isBelow = shares.upperBound < otherShares.lowerBound
    row.p =
      isAbove
      ? ProportionPair(other.highest, own.lowest).fisher
      : isBelow ? ProportionPair(other.lowest, own.highest).fisher : 1
    return row
  }

  private var differenceField: ReportField<ComparisonRow> {
    ReportField(.init("difference", "difference_highest", title: "difference", .range(.fixed(4)))) {
      .pair($0.difference.lowerBound, $0.difference.upperBound)
    }
  }

  /// For readers: one number where no trial is undecided.
  private var differenceText: ReportField<ComparisonRow> {
    ReportField("difference", .text) { row in
      let (low, high) = (row.difference.lowerBound, row.difference.upperBound)
      return .text(low == high ? String(format: "%.4f", low) : String(format: "%.4f .. %.4f", low, high))
    }
  }

  private var comparisonFields: [ReportField<ComparisonRow>] {
    [
      ReportField(.init("lower", "upper", title: "\(confidenceText) interval", .range(.fixed(4)))) {
        .pair($0.interval.lower, $0.interval.upper)
      },
      ReportField(.init("newcombe_lower", "newcombe_upper", title: "Newcombe", .range(.fixed(4)))) {
        .pair($0.newcombe?.lower, $0.newcombe?.upper)
      },
      ReportField(.init("fisher_p", title: "Fisher's p", .real(.scientific(2)))) { .real($0.p) },
      ReportField(.init("holm_p", title: "Holm", .real(.scientific(2)))) { .real($0.adjustedP) },
    ]
  }

  /// As data; nil without a baseline.
  var comparisonTable: ReportTable? {
    guard let baseline else { return nil }
    let goodText = self.goodText
    return ReportTable(
      Self.comparisonTableName, of: comparisonRows,
      cellColumns.fields(\ComparisonRow.cell.label) + [
        ReportField("baseline", .text) { _ in .text(baseline.label) },
        ReportField("criterion", .text) { _ in .text(goodText) }, differenceField,
      ] + comparisonFields)
  }

  /// For readers.
  var comparisonSection: Report.Section {
    guard let baseline else { return Report.Section([]) }
    let rows = comparisonRows
    if rows.isEmpty { return Report.Section([.note("nothing to compare with \(cellHeader) \(baseline.label)")]) }
    var notes = [
      "difference: P(good) less that of \(cellHeader) \(baseline.label); interval: from those of both cells at "
        + "\(ReportText.percent(confidence.simultaneous(over: 2).value)) each, holds with \(confidenceText)"
    ]
    if rows.contains(where: { $0.newcombe != nil }) { notes.append("Newcombe's hybrid score interval: holds about") }
    if rows.contains(where: { $0.p != nil }) {
      notes.append(
        "Fisher's exact test of equal probabilities, two-sided, whatever the undecided trials are; Holm: corrected for all "
          + "\(rows.count) comparisons of this table")
    }
    if rows.contains(where: { $0.p == nil }) {
      notes.append("tests are for planned numbers of trials: the others are compared by intervals alone")
    }
    if let trendNote { notes.append(trendNote) }
    let table = ReportTable(
      Self.comparisonTableName, of: rows,
      [labelField(\ComparisonRow.cell.label), differenceText] + comparisonFields)
    return Report.Section(
      [.heading("P(good) compared with \(cellHeader) \(baseline.label)"), .table(table)] + notes.map { .note($0) })
  }

  /// Whether the probability rises with the width, where the widths of one hidden layer are all that varies.
  private var trendNote: String? {
    guard cells.count >= 3, settings.allSatisfy(\.varied.isEmpty),
      studyCells.allSatisfy({ $0.architecture.depth == 1 }),
      cells.allSatisfy({ $0.plan == .fixed && $0.goodTrials.undecided == 0 })
    else { return nil }
    let order = cells.indices.sorted { studyCells[$0].architecture.width < studyCells[$1].architecture.width }
    guard let test = TrendTest(order.map { cells[$0].goodTrials.lowest }, scores: order.indices.map(Double.init)) else {
      return nil
    }
    return String(format: "trend with the place of the width (Cochran-Armitage): z = %.2f, p = ", test.z)
      + "\(ReportText.scientific(test.risingP)) for a rise (one-sided)"
  }
}
