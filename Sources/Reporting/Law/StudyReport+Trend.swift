import Estimation
import Foundation
import Ledger

/// How P(good) and the risk move with the width.
extension StudyReport {
  private typealias PointRow = (trend: WidthTrend, point: WidthTrend.Point)
  private typealias RateRow = (trend: WidthTrend, rate: WidthTrend.Rate)

  /// - Parameters:
  ///   - ledger: the one that the report is of.
  ///   - delta: the width is sought from which on P(good) > 1 - `delta`.
  ///   - assumesMonotone: that P(good) does not fall as the width grows.
  /// - Returns: nil where no two cells with trials differ in their width alone.
  public func trend(
    in ledger: LedgerReader, delta: Double = 0.05, assumesMonotone: Bool = false
  ) throws(LedgerError) -> Supplement? {
    let groups = WidthTrend.groups(cells, settings)
    if groups.isEmpty { return nil }
    var trends: [WidthTrend] = []
    for group in groups {
      trends.append(
        try WidthTrend(
          group, cells, in: ledger,
          level: isSimultaneous ? confidence : confidence.simultaneousOfIndependent(over: group.widths),
          confidence: confidence, seed: study.sampling.seed
        ) { studyCells[$0].architecture.hidden[0] })
    }
    var sections = trends.map { section($0, delta: delta, assumesMonotone: assumesMonotone) }
    sections.append(Report.Section(notes(trends).map { .note($0) }))
    return Supplement(
      sections: sections, tables: [pointTable(trends, assumesMonotone: assumesMonotone), rateTable(trends)])
  }

  private func section(_ trend: WidthTrend, delta: Double, assumesMonotone: Bool) -> Report.Section {
    var fields: [ReportField<WidthTrend.Point>] = [
      ReportField("width", .count) { .count(Int($0.width)) },
      ReportField(.init("p_good", "p_good_highest", title: "P", .share)) {
        .pair($0.shares.lowerBound, $0.shares.upperBound)
      },
      ReportField(.init("rising", "rising_highest", title: "rising fit", .share)) {
        .pair($0.rising.lowerBound, $0.rising.upperBound)
      },
      ReportField(.init("at_least", title: "at least", .probability(.down))) { .real($0.lowerBound) },
    ]
    if assumesMonotone {
      fields.append(
        ReportField(.init("at_least_if_monotone", title: "if monotone", .probability(.down))) {
          .real($0.risingLowerBound)
        })
    }
    fields += [
      ReportField(.init("risk_50", title: "median risk", .real(.scientific(2)))) { .real($0.quantiles[1]) },
      ReportField(.init("reference", title: "C/h^4", .real(.scientific(2)))) { .real(trend.reference($0)) },
    ]
    let suffix = trend.setting.isEmpty ? "" : " (\(trend.setting))"
    var blocks: [Report.Block] = [
      .heading("trend with the width\(suffix): P(good), \(goodText)"),
      .table(ReportTable("trend", of: trend.points, fields)),
      .note(thresholdText(trend, delta)),
    ]
    if assumesMonotone { blocks.append(.note(monotoneText(trend, delta))) }
    if trend.rates.isEmpty {
      blocks.append(.note("no rates: quantiles of the risk are 0 or infinite at some width"))
    } else {
      blocks.append(.table(rateText(trend)))
    }
    let crashed = trend.points.reduce(0) { $0 + $1.cell.crashed.count }
    if crashed > 0 {
      blocks.append(
        .note(
          "crashed trials, of which no risk is known, are left out of the quantiles of the risk and of its rates: \(crashed)"
        ))
    }
    let undecided = trend.undecidedShares
    if let least = undecided.min(), let most = undecided.max(), most - least > 0.01 {
      blocks.append(
        .note(
          "undecided trials are \(ReportText.percent((least * 1000).rounded() / 1000)) to "
            + "\(ReportText.percent((most * 1000).rounded() / 1000)) of a width: training did not come equally far, and rates "
            + "of the risk when training ends compare unequal states"))
    }
    return Report.Section(blocks)
  }

  /// "assuming that P(good) does not fall as the width grows (--assume monotone): ...", or that this cannot be.
  private func monotoneText(_ trend: WidthTrend, _ delta: Double) -> String {
    let assumption = "that P(good) does not fall as the width grows (--assume monotone)"
    func width(_ place: Int) -> String { "\(Int(trend.points[place].width))" }
    if let (wider, narrower) = trend.fall {
      let (most, least) = (trend.points[wider].upperBound, trend.points[narrower].lowerBound)
      return "the trials speak against the assumption \(assumption): P(good) is at least "
        + "\(ReportText.probability(least, .down)) at width \(width(narrower)), and at most "
        + "\(ReportText.probability(most, .up)) at width \(width(wider))"
    }
    let claim = "P(good) > \(ReportText.short(1 - delta))"
    let found = IsotonicFit.exceeding(1 - delta, trend.points.map(\.risingLowerBound))
    return "assuming \(assumption): \(claim) "
      + (found.first.map { "from width \(width($0)) on, at every larger width too" }
        ?? "at no width, by these lower bounds")
  }

  /// "P(good) > 0.95 at every width of the table from 20 on, ...".
  private func thresholdText(_ trend: WidthTrend, _ delta: Double) -> String {
    let found = IsotonicFit.exceeding(1 - delta, trend.points.map(\.lowerBound))
    func width(_ place: Int) -> String { "\(Int(trend.points[place].width))" }
    let claim = "P(good) > \(ReportText.short(1 - delta))"
    guard let first = found.first else { return "\(claim) at no width, by these lower bounds" }
    let all = found.fromOn.map { place in
      place == trend.points.count - 1
        ? "at width \(width(place)), the largest one" : "at every width of the table from \(width(place)) on"
    }
    if found.fromOn == first { return "\(claim) \(all!), by these lower bounds" }
    return "\(claim) at width \(width(first)), the smallest one; " + (all ?? "not at the largest one")
      + ", by these lower bounds"
  }

  private func rateText(_ trend: WidthTrend) -> ReportTable {
    func interval(_ range: ClosedRange<Double>?) -> ReportCell {
      // Rounded outwards.
      .text(
        range.map {
          String(
            format: "%.3f .. %.3f", ($0.lowerBound * 1000).rounded(.down) / 1000,
            ($0.upperBound * 1000).rounded(.up) / 1000)
        })
    }
    return ReportTable(
      "rates", of: trend.rates,
      [
        ReportField(.init("share", title: "quantile of the risk", .text)) { .text(ReportText.percent($0.share)) },
        ReportField(.init("slope", title: "power of h", .real(.fixed(3)))) { .real($0.fit.slope) },
        ReportField(.init("bootstrap", title: "bootstrap", .text)) { interval($0.bootstrap) },
        ReportField(.init("scatter", title: "Student's t", .text)) { interval($0.scatter) },
      ])
  }

  private func notes(_ trends: [WidthTrend]) -> [String] {
    let together =
      isSimultaneous
      ? "for all \(settings.count) \(cellHeader)s of the study (Bonferroni)"
      : Set(trends.map(\.widths)).count == 1
        ? "for all \(trends[0].widths) widths of the study (Sidak, the trials of cells are independent)"
        : "for all widths with the same other settings (Sidak, the trials of cells are independent)"
    return [
      "at least: one-sided lower bounds, \(confidenceText) together \(together), whatever the undecided trials are",
      "rising fit: the nearest shares that do not fall, by least squares; C/h^4 has the median of the smallest width",
      "rates: least squares of log quantile on log width, of the risk when training ends; bootstrap: \(confidenceText) interval "
        + "over \(WidthTrend.replicates) resamples of the trials of each width; Student's t: from the scatter around the line. Both hold "
        + "about",
    ]
  }

  // MARK: - Data

  private func pointTable(_ trends: [WidthTrend], assumesMonotone: Bool) -> ReportTable {
    let goodText = self.goodText
    return ReportTable(
      "trend", of: trends.flatMap { trend in trend.points.map { (trend, $0) } },
      cellColumns.fields(\PointRow.point.cell.label) + [
        ReportField("criterion", .text) { _ in .text(goodText) },
        ReportField("h", .count) { .count(Int($0.point.width)) },
        ReportField("trials", .count) { .count($0.point.cell.trials) },
        ReportField(.init("p_good", "p_good_highest", title: "p_good", .share)) {
          .pair($0.point.shares.lowerBound, $0.point.shares.upperBound)
        },
        ReportField(.init("rising", "rising_highest", title: "rising", .share)) {
          .pair($0.point.rising.lowerBound, $0.point.rising.upperBound)
        },
        ReportField("at_least", .probability(.down)) { .real($0.point.lowerBound) },
        ReportField("at_least_if_monotone", .probability(.down)) {
          assumesMonotone ? .real($0.point.risingLowerBound) : .missing
        },
        ReportField("simultaneous_over", .count) {
          .count(self.isSimultaneous ? self.settings.count : $0.trend.widths)
        },
      ]
        + zip(["25", "50", "75"], WidthTrend.shares.indices).map { name, place in
          ReportField("risk_\(name)", .real(.exact)) { .real($0.point.quantiles[place]) }
        } + [ReportField("reference", .real(.exact)) { .real($0.trend.reference($0.point)) }])
  }

  private func rateTable(_ trends: [WidthTrend]) -> ReportTable {
    ReportTable(
      "rates", of: trends.flatMap { trend in trend.rates.map { (trend, $0) } },
      [
        ReportField("setting", .text) { (row: RateRow) in .text(row.trend.setting) },
        ReportField("share", .real(.exact)) { .real($0.rate.share) },
        ReportField("slope", .real(.exact)) { .real($0.rate.fit.slope) },
        ReportField("intercept", .real(.exact)) { .real($0.rate.fit.intercept) },
        ReportField("standard_error", .real(.exact)) { .real($0.rate.fit.standardError) },
        ReportField("bootstrap_lower", .real(.exact)) { .real($0.rate.bootstrap?.lowerBound) },
        ReportField("bootstrap_upper", .real(.exact)) { .real($0.rate.bootstrap?.upperBound) },
        ReportField("t_lower", .real(.exact)) { .real($0.rate.scatter?.lowerBound) },
        ReportField("t_upper", .real(.exact)) { .real($0.rate.scatter?.upperBound) },
      ])
  }
}
