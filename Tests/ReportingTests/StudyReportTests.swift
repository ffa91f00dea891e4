import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import Testing

/// Reports of ledgers whose outcomes are made up, so that every number is known.
@Suite struct StudyReportTests {
  /// Flow time of inner-bias is 99.9: a gradient of 1e-4 is stationary at risk 1e-3 with tolerance 0.1 but not 0.01 of
  /// it only if 99.9e-8 > 0.001 risk; these make each case happen.
  private func outcome(_ verdict: Verdict, risk: Double, gradientNorm: Double) -> Outcome {
    Outcome(verdict: verdict, risk: risk, riskError: 1e-18, gradientNorm: gradientNorm, steps: 10_000)
  }

  private func fill(_ writer: LedgerWriter, _ study: Study) throws {
    var good = outcome(.good, risk: 5e-4, gradientNorm: 1e-5)
    good.deadNeurons = 3
    let barelyStationary = outcome(.good, risk: 5e-4, gradientNorm: 5e-4)
    let moving = outcome(.notConverged, risk: 8e-4, gradientNorm: 1e-2)
    let bad = outcome(.bad, risk: 2e-2, gradientNorm: 1e-6)
    try writer.commit(
      BlockRecord(
        cell: study.cells[0].key, first: TrialIndex(0), outcomes: [good, barelyStationary, moving, bad], seconds: 2))
    try writer.commit(
      BlockRecord(
        cell: study.cells[0].key, first: TrialIndex(4), outcomes: [bad, bad, bad, bad, bad, .diverged(at: 7)],
        seconds: 3))
    // The second cell has a gap at trial 2.
    try writer.commit(
      BlockRecord(cell: study.cells[1].key, first: TrialIndex(0), outcomes: [good, good], seconds: 1))
    try writer.commit(
      BlockRecord(cell: study.cells[1].key, first: TrialIndex(3), outcomes: [bad, bad, bad], seconds: 1))
  }

  @Test func text() throws {
    try withLedger(fill) { ledger in
      let text = try StudyReport(ledger).text
      #expect(text == Self.expectedText)
    }
  }

  @Test func json() throws {
    try withLedger(fill) { ledger in
      let object = try JSONSerialization.jsonObject(with: Data(StudyReport(ledger).json.utf8)) as? [String: Any]
      let report = try #require(object)
      #expect(report["schema"] as? Int == 2)
      #expect(report["study"] as? String == "inner-bias")
      #expect(report["good"] as? String == "risk <= 0.001")
      let cells = try #require(report["cells"] as? [[String: Any]])
      #expect(cells[0]["risk_at_most"] as? Double == 1e-3)
      #expect(cells[0]["alarms"] as? [String] == [])
      #expect(cells.count == 2)
      #expect(cells[0]["not_converged"] as? Int == 1)
      #expect(cells[0]["good_at_tenth_tolerance"] as? Int == 1)
      let good = try #require(cells[0]["p_good"] as? [String: Any])
      #expect(good["share"] as? Double == 0.2)
      #expect(good["method"] as? String == "clopper-pearson")
      // scipy.stats.binomtest(2, 10).proportion_ci(0.95, "exact")
      #expect(abs((good["lower"] as? Double ?? 0) - 0.025210726326833) < 1e-12)
      #expect(abs((good["upper"] as? Double ?? 0) - 0.556095462307641) < 1e-12)
      let quantiles = try #require(cells[0]["risk_quantiles"] as? [[String: Any]])
      #expect(quantiles[2]["risk"] as? String == "inf")
      #expect(cells[0]["dead_neurons_per_trial"] as? Double == 3)
      #expect(cells[0]["kernel"] as? String == "")
      #expect(cells[0]["checkpoints"] as? Int == 0)
      #expect(cells[1]["trials"] as? Int == 2)
      #expect(cells[1]["stored"] as? Int == 5)
    }
  }

  /// Bonferroni: two cells at 95 % together are two cells at 97.5 % each.
  @Test func simultaneous() throws {
    try withLedger(fill) { ledger in
      let single = try StudyReport(ledger)
      let both = try StudyReport(ledger, simultaneous: true)
      #expect(both.confidence.value == 0.975)
      let narrow = single.cells[0].good(at: single.confidence).interval
      let wide = both.cells[0].good(at: both.confidence).interval
      #expect(wide.lower < narrow.lower && wide.upper > narrow.upper)
      #expect(both.text.contains("each kind holds for all 2 widths together (Bonferroni)"))
    }
  }

  @Test func sharedStreamIsConditional() throws {
    try withLedger(stream: "shared", fill) { ledger in
      let text = try StudyReport(ledger).text
      #expect(text.contains("every bound is conditional on that stream"))
      #expect(text.contains("one batch stream a cell"))
    }
  }

  /// Where risks are exact, their rounding errors decide nothing: P(good) is never above P(risk at most the bound).
  @Test func riskAtTheBound() throws {
    try withLedger({ writer, study in
      let outcome = self.outcome(.good, risk: 1e-3, gradientNorm: 1e-9)
      try writer.commit(
        BlockRecord(cell: study.cells[0].key, first: TrialIndex(0), outcomes: [outcome, outcome], seconds: 1))
    }) { ledger in
      let cell = try StudyReport(ledger).cells[0]
      #expect(cell.counts[.good] == 2 && cell.riskMet == 2)
    }
  }

  /// A header names the kernel of all cells, a note those of different cells; trajectories are pointed to.
  @Test func kernelsAndTrajectories() throws {
    try withLedger(kernels: ["shallow", "shallow"], { _, _ in }) { ledger in
      let text = try StudyReport(ledger).text
      #expect(text.contains("avx2 kernels (shallow), 2 ranks x 1 thread"))
      #expect(!text.contains("trajector"))
      #expect(try StatusReport(ledger).text.contains("   5      10       0         0       10  shallow\n"))
    }
    try withLedger(kernels: ["shallow", "dense-neurons"], checkpoints: [0, 7], { _, _ in }) { ledger in
      let report = try StudyReport(ledger)
      #expect(report.text.contains("avx2 kernels, 2 ranks x 1 thread"))
      #expect(report.text.contains("kernels of mini-batch gradients: 5 shallow, 20 dense-neurons\n"))
      #expect(
        report.text.contains("trajectories at 2 checkpoints are stored: landfall trajectory \(ledger.path)\n"))
      #expect(report.json.contains("\"kernel\" : \"dense-neurons\""))
      #expect(report.json.contains("\"checkpoints\" : 2"))
    }
  }

  @Test func emptyLedger() throws {
    try withLedger({ _, _ in }) { ledger in
      let report = try StudyReport(ledger)
      #expect(report.text.contains("    5  0 of 10     0    0          0         0            -"))
      #expect(report.csv.split(separator: "\n").count == 3)
    }
  }

  @Test func exportIsThePrefix() throws {
    try withLedger(fill) { ledger in
      var text = ""
      let leftOut = try OutcomeExport.csv(ledger) { text += $0 }
      #expect(leftOut == 3)
      let lines = text.split(separator: "\n")
      #expect(lines[0] == "cell,trial,verdict,risk,gradient_norm,risk_error,steps,dead_neurons")
      #expect(lines[1] == "5,0,good,0.00050000000000000001,1.0000000000000001e-05,1.0000000000000001e-18,10000,3")
      #expect(lines[3] == "5,2,not converged,0.00080000000000000004,0.01,1.0000000000000001e-18,10000,")
      #expect(lines[10] == "5,9,diverged,inf,inf,0,7,")
      #expect(lines.count == 13)
    }
  }

  static let expectedText = """
    inner-bias   arXiv:2212.13111, section 4: ReLU, only inner biases trained
    10 trials a cell, seed 5, independent batch streams, avx2 kernels, 2 ranks x 1 thread, 21 s

    width   trials  good  bad  not conv.  diverged  median risk         5 % .. 95 %  time/trial
        5       10     2    6          1         1      2.0e-02      5.0e-04 .. inf      500 ms
       20  2 of 10     2    0          0         0      5.0e-04  5.0e-04 .. 5.0e-04      400 ms

    P(good critical point): stationary, and risk <= 0.001
    width       P     95 % interval  at least  P at 1/10 tolerance               bounds
        5  0.2000  [0.0252, 0.5561]    0.0367               0.1000      Clopper-Pearson
       20  1.0000  [0.1369, 1.0000]    0.1590               1.0000  confidence sequence

    P(risk <= 0.001 when training ends), stationary or not
    width       P     95 % interval  at least               bounds
        5  0.3000  [0.0667, 0.6525]    0.0872      Clopper-Pearson
       20  1.0000  [0.1369, 1.0000]    0.1590  confidence sequence

    stationary: (flow time) |gradient|^2 <= 0.1 risk
    Clopper-Pearson: exact for the number of trials planned before the first look
    confidence sequence: valid at every look and for every stopping rule
    interval: two-sided, 95 %; at least: one-sided lower bound, 95 %; each width on its own (simultaneous bounds: --simultaneous)
    diverged trials count as failures, with infinite risk
    largest error estimate of a risk: 1.0e-18
    3 stored trials behind a gap are not counted: an estimate uses a prefix only
    5 trials are missing: the same run command continues

    """
}
