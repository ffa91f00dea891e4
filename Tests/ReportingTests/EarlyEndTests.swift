import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import Testing

/// Reports of trials that ended before all steps were done. The learning rate of inner-bias is 0.1 in steps 1 to 499, 0.05
/// in steps 500 to 999, and so on: the flow times below are its sums.
@Suite struct EarlyEndTests {
  private func outcome(_ steps: Int) -> Outcome {
    Outcome(risk: 1e-4, riskError: 0, gradientNorm: 1e-3, steps: steps)
  }

  private func fill(_ writer: LedgerWriter, _ study: Study) throws {
    let outcomes =
      [100, 300, 200, 10_000].map { outcome($0) } + [
        outcome(600), .diverged(at: 5), outcome(10_000),
      ]
    try writer.commit(
      BlockRecord(cell: study.cells[0].key, first: TrialIndex(0), outcomes: outcomes, seconds: 1))
    try writer.commit(
      BlockRecord(cell: study.cells[1].key, first: TrialIndex(0), outcomes: [outcome(40)], seconds: 1))
    // Behind a gap.
    try writer.commit(
      BlockRecord(cell: study.cells[1].key, first: TrialIndex(5), outcomes: [outcome(9)], seconds: 1))
  }

  @Test func summary() throws {
    try withLedger(fill) { ledger in
      let report = try StudyReport(ledger)
      let ends = try #require(report.cells[0].earlyEnds)
      #expect(ends.trials == 4)
      #expect(ends.steps.quantiles == [100, 200, 600])
      #expect(ends.steps.mean == 300)
      // The sample variance of 100, 200, 300, 600 is 140000 / 3.
      let error = try #require(ends.steps.standardError)
      // A running variance of numbers up to 600 against the formula: a standard error of 108, rounded by some 2^-47.
      #expect(abs(error - (140_000 / 3.0 / 4).squareRoot()) < 1e-10)
      for (time, expected) in zip(ends.flowTime.quantiles, [10.0, 20, 54.95]) {
        // Rates are in single precision.
        #expect(abs(time - expected) < 1e-6 * expected)
      }
      // Rates are off by 2^-24 = 6e-8 of themselves at most, and so is their sum: 2e-6 here; 6e-8 of the quantiles
      // above.
      #expect(abs(ends.flowTime.mean - (60 + 54.95) / 4) < 1e-5)
      let single = try #require(report.cells[1].earlyEnds)
      #expect(single.trials == 1 && single.steps.quantiles == [40, 40, 40] && single.steps.standardError == nil)
    }
  }

  @Test func texts() throws {
    try withLedger(fill) { ledger in
      let report = try StudyReport(ledger)
      let text = report.text
      let start = try #require(text.range(of: "ended early"))
      #expect(text[start.lowerBound...].hasPrefix(Self.expectedText), "\(text)")
      #expect(report.json.contains("\"ended_early\""))
      let lines = report.csv.split(separator: "\n")
      #expect(
        lines[0].contains(
          "seconds_per_trial,ended_early,steps_5,steps_50,steps_95,steps_mean,steps_standard_error,flow_time_5,"
            + "flow_time_50,flow_time_95,flow_time_mean,flow_time_standard_error"))
      #expect(lines[1].contains(",4,100,200,600,300,108.0"))
      #expect(lines[2].contains(",1,40,40,40,40,,"))
    }
  }

  static let expectedText = """
    ended early (criterion of training.until met)
    width  trials   quantity  median  5 % .. 95 %     mean  standard error
        5       4      steps     200   100 .. 600      300             108
                   flow time      20  10 .. 54.95  28.7375            9.64
       20       1      steps      40     40 .. 40       40               -
                   flow time       4       4 .. 4        4               -


    """

  @Test func nothingIsSaidWhereAllStepsWereDone() throws {
    try withLedger { writer, study in
      try writer.commit(
        BlockRecord(
          cell: study.cells[0].key, first: TrialIndex(0), outcomes: [outcome(10_000), .diverged(at: 3)], seconds: 1
        ))
    } _: { ledger in
      let report = try StudyReport(ledger)
      #expect(report.cells[0].earlyEnds == nil)
      #expect(!report.text.contains("ended early") && !report.json.contains("ended_early"))
      #expect(!report.csv.contains("ended_early"))
    }
  }
}
