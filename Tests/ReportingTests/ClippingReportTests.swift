import Outcomes
import Reporting
import Testing

/// What stands beside the limits of clipping networks.
@Suite struct ClippingReportTests {
  @Test func frozenParameters() throws {
    let made = LandscapeReportTests()
    try withLedger(of: "clipping", hidden: "[[100]]", trials: 3, limit: "{classes: true}") { writer, study in
      try made.commit(
        writer, study.cells[0].key, 0,
        [0.003, 0.002, 0.004].map { made.trial(made.limit(.minimum, risk: $0, kinks: 25)) })
    } _: { ledger in
      let report = try StudyReport(ledger, references: { _ in CellReferences() })
      let frozen = try #require(report.cells[0].frozen)
      #expect(frozen.trials == 3 && frozen.range == 1)
      // A quarter of 100 windows, each as high as a half-normal variable of size 100^(-7/8): 0.35 in the mean, with a
      // standard deviation of 0.09; and the bound is at least four times the square of the largest of 100.
      #expect(abs(frozen.rise - 0.35) <= 0.3 && frozen.bound > 1e-3 && frozen.bound < 0.1)
      #expect(report.cells[0].limitRisk?.quantiles[1] == 0.003)
      #expect(report.text.contains("median limit risk"))
      #expect(report.text.contains("clipping networks: a kink stands for a window"))
      #expect(!report.text.contains("that are free-knot fits, by structure"))
    }
  }
}
