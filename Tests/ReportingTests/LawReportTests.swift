import Estimation
import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import Testing

/// The law of the risk: quantiles, and shares with their band.
@Suite struct LawReportTests {
  /// 300 trials of each of two cells in a scrambled order, of risks k 1e-5, k = 1 ... 300, when training ends. At the limit: of
  /// k <= 100 nothing is known, k <= 200 moves at half of the risk, the others are at rest at a quarter; of the first cell the
  /// last two have diverged.
  private func fill(_ writer: LedgerWriter, _ study: Study) throws {
    for (place, cell) in study.cells.enumerated() {
      var outcomes: [Outcome] = []
      var analyses: [TrialAnalysis] = []
      for trial in 0..<300 {
        let k = (trial * 77) % 300 + 1
        let risk = Double(k) * 1e-5
        if place == 0 && k > 298 {
          outcomes.append(.diverged(at: 9))
          analyses.append(TrialAnalysis())
          continue
        }
        outcomes.append(Outcome(risk: risk, riskError: 1e-18, gradientNorm: 1e-5, steps: 10_000))
        var analysis = TrialAnalysis()
        if k > 100 {
          analysis.limit = FlowLimit(
            risk: risk * (k > 200 ? 0.25 : 0.5), gradientNorm: 1e-12, flowTime: 1e3, isAtRest: k > 200,
            kind: k > 200 ? .noWayDown : nil)
        }
        analyses.append(analysis)
      }
      try writer.commit(
        BlockRecord(cell: cell.key, first: TrialIndex(0), outcomes: outcomes, analyses: analyses, seconds: 1))
    }
  }

  private func check(
    trials: Int = 300, bounds: [Double]? = nil, _ body: (StudyReport, Report) throws -> Void
  ) throws {
    try withLedger(trials: trials, limit: "{classes: false}", fill) { ledger in
      let report = try StudyReport(ledger)
      try body(report, report.report(supplements: [report.law(in: ledger, bounds: bounds)]))
    }
  }

  private func row(_ rows: [[String: Any]], _ cell: String, _ event: String, _ key: String, _ value: Double) throws
    -> [String: Any]
  {
    try #require(
      rows.first { $0["cell"] as? String == cell && $0["event"] as? String == event && $0[key] as? Double == value })
  }

  @Test func quantiles() throws {
    try check { _, report in
      let rows = try rows(report.json, "law_quantiles")
      #expect(rows.count == 2 * 2 * 4)
      // Ranks of 300 trials by the binomial law: 133 and 168 for the median, 277 and 293 for 95 %, 293 and none for 99 %.
      let median = try row(rows, "20", "end", "share", 0.5)
      #expect(isNear(median["risk"], 150 * 1e-5) && isNear(median["risk_highest"], 150 * 1e-5))
      #expect(isNear(median["lower"], 133 * 1e-5) && isNear(median["upper"], 168 * 1e-5))
      #expect(median["method"] as? String == "binomial" && median["lower_rank"] as? Int == 133)
      let high = try row(rows, "5", "end", "share", 0.99)
      #expect(isNear(high["risk"], 297 * 1e-5) && isNear(high["lower"], 293 * 1e-5))
      #expect(isNear(high["upper"], .infinity) && high["upper_rank"] as? Int == 301)
      // At the limit the largest ones may be: k 1e-5 up to 100, k 0.5e-5 up to 200, k 0.25e-5 beyond. Sorted, 50 of the first kind lie
      // below all others; the smallest ones may be 0 up to rank 200.
      let limit = try row(rows, "20", "limit", "share", 0.5)
      let most = (1...300).map { Double($0) * 1e-5 * ($0 > 200 ? 0.25 : $0 > 100 ? 0.5 : 1) }.sorted()
      #expect(isNear(limit["risk"], 0) && isNear(limit["risk_highest"], most[149]))
      #expect(isNear(limit["lower"], 0) && isNear(limit["upper"], most[167]))
    }
  }

  @Test func band() throws {
    try check(bounds: [0, 2e-4, 1e-3, 1]) { _, report in
      let rows = try rows(report.json, "law")
      #expect(rows.count == 2 * 2 * 4)
      let halfWidth = 0.07783198
      let end = try row(rows, "20", "end", "eps", 1e-3)
      #expect(isNear(end["p"], 100 / 300.0) && isNear(end["p_highest"], 100 / 300.0))
      #expect(abs((end["band_lower"] as? Double ?? 9) - (1 / 3.0 - halfWidth)) < 1e-7)
      #expect(abs((end["band_upper"] as? Double ?? 9) - (1 / 3.0 + halfWidth)) < 1e-7)
      #expect(end["method"] as? String == "kolmogorov" && abs((end["half_width"] as? Double ?? 0) - halfWidth) < 1e-7)
      // At most 1e-3: k <= 100, and all that move or rest; surely so all 300; at 2e-4 surely k <= 20.
      let small = try row(rows, "20", "limit", "eps", 2e-4)
      #expect(isNear(small["p"], 20 / 300.0) && isNear(small["p_highest"], 200 / 300.0))
      #expect(abs((small["band_upper"] as? Double ?? 9) - (2 / 3.0 + halfWidth)) < 1e-7)
      #expect(isNear(small["band_lower"], 0))
      // The diverged trials are never below.
      let all = try row(rows, "5", "limit", "eps", 1)
      #expect(isNear(all["p"], 298 / 300.0) && isNear(all["band_upper"], 1))
      let none = try row(rows, "20", "end", "eps", 0)
      #expect(isNear(none["p"], 0))
    }
  }

  @Test func text() throws {
    try check { _, report in
      let text = report.text
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
      #expect(text.contains(Self.expectedText), "\(text)")
      #expect(
        text.replacing("\n  ", with: " ").contains(
          "Kolmogorov's exact band, of half-width 0.0778: holds at every eps together"))
    }
  }

  private static let expectedText = """
    width 20: law of the risk at the end of training, and at the limit (300 trials)
    quantile      end       95 % interval               limit       95 % interval
         5 %  1.5e-04  8.0e-05 .. 2.5e-04        0 .. 1.6e-04        0 .. 2.5e-04
        50 %  1.5e-03  1.3e-03 .. 1.7e-03        0 .. 6.5e-04        0 .. 6.7e-04
        95 %  2.9e-03  2.7e-03 .. 3.0e-03  7.1e-04 .. 9.6e-04  6.9e-04 .. 9.9e-04
        99 %  3.0e-03      2.9e-03 .. inf  7.4e-04 .. 9.9e-04      7.3e-04 .. inf
    """

  /// Without all of the planned trials the versions that hold at every look, and the notes say so.
  @Test func unfinished() throws {
    try check(trials: 400) { report, rendered in
      let rows = try rows(rendered.json, "law_quantiles")
      let median = try row(rows, "20", "end", "share", 0.5)
      let ranks = OrderStatisticInterval(ofShare: 0.5, trials: 300, under: .anytime, at: ConfidenceLevel(0.95))
      #expect(median["lower_rank"] as? Int == ranks.lowerRank && ranks.lowerRank < 133)
      #expect(median["method"] as? String == "confidence-sequence")
      let points = try ReportingTests.rows(rendered.json, "law")
      #expect(points[0]["method"] as? String == "time-uniform")
      let text = rendered.text.replacing("\n  ", with: " ")
      #expect(text.contains("Howard and Ramdas's time-uniform band, of half-width 0.1568"))
      #expect(text.contains("by confidence sequences where trials were not planned and done"))
      #expect(report.cells[0].plan == .anytime)
    }
  }

  /// Studies that follow no flow have no law of the limit.
  @Test func withoutLimits() throws {
    try withLedger(trials: 2) { writer, study in
      try writer.commit(
        BlockRecord(
          cell: study.cells[0].key, first: TrialIndex(0),
          outcomes: [1e-3, 2e-3].map { Outcome(risk: $0, riskError: 0, gradientNorm: 1, steps: 10_000) }, seconds: 1))
    } _: { ledger in
      let report = try StudyReport(ledger)
      let law = try report.law(in: ledger)
      #expect(law.tables[0].rows.count == 2 && law.tables[1].rows.count == 4)
      let text = report.report(supplements: [law]).text
      #expect(
        text.contains("width 5: law of the risk at the end of training (2 trials)") && !text.contains("width 20: law"))
    }
  }
}
