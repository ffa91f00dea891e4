import Archive
import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import TestSupport
import Testing

/// Reports of ledgers whose outcomes are made up, so that every number is known.
@Suite struct StudyReportTests {
  func outcome(risk: Double) -> Outcome {
    Outcome(risk: risk, riskError: 1e-18, gradientNorm: 1e-5, steps: 10_000)
  }

  /// A flow that was followed to this risk.
  func analysis(risk: Double, isAtRest: Bool = true) -> TrialAnalysis {
    TrialAnalysis(
      limit: FlowLimit(
        risk: risk, gradientNorm: 1e-12, flowTime: 1e3, isAtRest: isAtRest, kind: isAtRest ? .noWayDown : nil))
  }

  private func fill(_ writer: LedgerWriter, _ study: Study) throws {
    var good = outcome(risk: 5e-4)
    good.deadNeurons = 3
    let bad = outcome(risk: 2e-2)
    let none = TrialAnalysis()
    // Good when training ends, good at the limit, moving above the bound, at rest above it.
    try writer.commit(
      BlockRecord(
        cell: study.cells[0].key, first: TrialIndex(0), outcomes: [good, bad, bad, bad],
        analyses: [
          none, analysis(risk: 9e-4, isAtRest: false), analysis(risk: 2e-3, isAtRest: false), analysis(risk: 1e-2),
        ], seconds: 2))
    // All neurons dead, four more at rest, diverged.
    let certified = TrialAnalysis(certificate: .constant(risk: 1.5e-2))
    try writer.commit(
      BlockRecord(
        cell: study.cells[0].key, first: TrialIndex(4), outcomes: [bad, bad, bad, bad, bad, .diverged(at: 7)],
        analyses: [certified] + Array(repeating: analysis(risk: 1e-2), count: 4) + [none], seconds: 3))
    // The second cell has a gap at trial 2.
    try writer.commit(
      BlockRecord(
        cell: study.cells[1].key, first: TrialIndex(0), outcomes: [good, good], analyses: [none, none], seconds: 1))
    try writer.commit(
      BlockRecord(
        cell: study.cells[1].key, first: TrialIndex(3), outcomes: [bad, bad, bad], analyses: [none, none, none],
        seconds: 1))
  }

  func withFilledLedger(stream: String? = nil, _ check: (LedgerReader) throws -> Void) throws {
    try withLedger(stream: stream, limit: "{classes: false}", fill, check)
  }

  @Test func text() throws {
    try withFilledLedger { ledger in
      let text = try StudyReport(ledger).text
      #expect(text == Self.expectedText)
    }
  }

  @Test func json() throws {
    try withFilledLedger { ledger in
      let text = try StudyReport(ledger).json
      let report = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(report["schema"] as? Int == 5 && report["report"] as? String == "study")
      #expect(report["study"] as? String == "inner-bias" && report["seed"] as? Int == 5)
      #expect(report["good"] as? String == "risk <= 0.001" && report["simultaneous"] as? Bool == false)
      let cells = try rows(text, "cells")
      #expect(cells.count == 2)
      #expect(cells.map { $0["cell"] as? String } == ["5", "20"] && cells.map { $0["width"] as? Int } == [5, 20])
      #expect(cells[0]["risk_at_most"] as? Double == 1e-3 && cells[0]["risk_not_bad"] as? Double == 1e-3)
      #expect(cells[0]["alarms"] as? [String] == [])
      #expect(cells[0]["undecided"] as? Int == 1 && cells[0]["bad"] as? Int == 6)
      #expect(cells[0]["bad_by_theorem"] as? Int == 1 && cells[0]["good_by_theorem"] as? Int == 0)
      #expect(cells[0]["p_good"] as? Double == 0.2 && cells[0]["p_good_highest"] as? Double == 0.3)
      #expect(cells[0]["method"] as? String == "clopper-pearson")
      // scipy.stats.binomtest(k, 10).proportion_ci(0.95, "exact"), k = 2 and 3.
      // As in `ClopperPearsonTests`: 16 digits, bounds rounded outward by less than 1e-13.
      #expect(abs((cells[0]["p_good_lower"] as? Double ?? 0) - 0.025210726326833) < 1e-12)
      #expect(abs((cells[0]["p_good_upper"] as? Double ?? 0) - 0.6524528500599973) < 1e-12)
      #expect(cells[0]["p_end"] as? Double == 0.1 && cells[0]["good_at_end"] as? Int == 1)
      #expect(cells[0]["risk_95"] as? String == "inf" && cells[0]["risk_5"] as? Double == 5e-4)
      #expect(cells[0]["dead_neurons_per_trial"] as? Double == 3)
      #expect(cells[0]["kernel"] as? String == "" && cells[0]["checkpoints"] as? Int == 0)
      #expect(cells[1]["trials"] as? Int == 2 && cells[1]["stored"] as? Int == 5)
      let runs = try rows(text, "runs")
      #expect(runs[0]["arithmetic"] as? Int == 1 && runs[0]["revision"] as? String == "abc")
      #expect(runs[0]["started"] as? String == "2027-01-15T08:00:00Z")
    }
  }

  /// Quantiles and means of whatever is measured in a trial.
  @Test func observables() throws {
    try withFilledLedger { ledger in
      let report = try StudyReport(ledger)
      let all = try rows(report.json, "observables")
      let table = all.filter { $0["moment"] as? String == "end" }
      let names = ["risk", "gradient_norm", "risk_error", "steps", "dead_neurons"]
      #expect(table.map { $0["observable"] as? String } == names + names)
      #expect(table.map { $0["trials"] as? Int } == [10, 10, 10, 10, 1, 2, 2, 2, 2, 2])
      // Of limits, all but words.
      let limits = all.filter { $0["moment"] as? String == "limit" && $0["cell"] as? String == "5" }
      #expect(limits.contains { $0["observable"] as? String == "limit_risk" && $0["trials"] as? Int == 7 })
      #expect(!limits.contains { $0["observable"] as? String == "kind" })
      #expect(table[0]["value_5"] as? Double == 5e-4 && table[0]["value_50"] as? Double == 0.02)
      #expect(table[0]["value_95"] as? String == "inf" && table[0]["value_mean"] as? String == "inf")
      #expect(table[0]["value_standard_error"] is NSNull)
      // Nine trials of 10,000 steps and one that diverged in step 7: the sample variance is 9993^2 / 10.
      #expect(table[3]["value_5"] as? Int == 7 && table[3]["value_50"] as? Int == 10_000)
      // A running mean of ten numbers up to 10,000: ten roundings of 2^-40 at most each are 9e-12.
      #expect(abs((table[3]["value_mean"] as? Double ?? 0) - 9000.7) < 1e-9)
      #expect(abs((table[3]["value_standard_error"] as? Double ?? 0) - 999.3) < 1e-9)
      #expect(try report.csv("observables").contains("\n5,5,dead_neurons,end,neurons,1,3,3,3,3,\n"))
      #expect(!report.text.contains("observables"))
      #expect(
        TextRenderer().text(report.report(showsObservables: true)).contains(
          """
          cell 5: observables
                   observable  trials     5 %  median   95 %      mean  standard error
                         risk      10  0.0005    0.02    inf       inf               -
                gradient-norm      10   1e-05   1e-05    inf       inf               -
                   risk-error      10       0   1e-18  1e-18     9e-19           1e-19
                        steps      10       7   1e+04  1e+04      9001             999
                 dead-neurons       1       3       3      3         3               -
                constant-risk       1   0.015   0.015  0.015     0.015               -
          """))
    }
  }

  /// Bonferroni: two cells at 95 % together are two cells at 97.5 % each.
  @Test func simultaneous() throws {
    try withFilledLedger { ledger in
      let single = try StudyReport(ledger)
      let both = try StudyReport(ledger, choices(simultaneous: true))
      #expect(both.confidence.value == 0.975)
      let narrow = single.cells[0].good(at: single.confidence).interval
      let wide = both.cells[0].good(at: both.confidence).interval
      #expect(wide.lower < narrow.lower && wide.upper > narrow.upper)
      #expect(both.text.replacing("\n  ", with: " ").contains("each kind holds for all 2 widths together (Bonferroni)"))
    }
  }

  @Test func sharedStreamIsConditional() throws {
    try withFilledLedger(stream: "shared") { ledger in
      let text = try StudyReport(ledger).text.replacing("\n  ", with: " ")
      #expect(text.contains("every bound is conditional on that stream"))
      #expect(text.contains("one batch stream a cell"))
    }
  }

  /// Where risks are exact, their rounding errors decide nothing.
  @Test func riskAtTheBound() throws {
    try withLedger({ writer, study in
      let outcome = self.outcome(risk: 1e-3)
      try writer.commit(
        BlockRecord(cell: study.cells[0].key, first: TrialIndex(0), outcomes: [outcome, outcome], seconds: 1))
    }) { ledger in
      let cell = try StudyReport(ledger).cells[0]
      #expect(cell.counts[.good] == 2 && cell.atEnd == (good: 2, notGood: 0))
    }
  }

  /// A header names the kernel of all cells, a note those of different cells; trajectories are pointed to.
  @Test func kernelsAndTrajectories() throws {
    try withLedger(kernels: ["shallow", "shallow"], { _, _ in }) { ledger in
      let text = try StudyReport(ledger).text
      #expect(text.contains("avx2 (shallow), 2 ranks,"))
      #expect(!text.contains("trajector"))
      #expect(try StatusReport(ledger).report.text.contains("   5      10       0         0       10  shallow\n"))
    }
    try withLedger(kernels: ["shallow", "dense-neurons"], checkpoints: [0, 7], { _, _ in }) { ledger in
      let report = try StudyReport(ledger)
      #expect(report.text.contains("avx2, 2 ranks,"))
      #expect(report.text.contains("kernels of mini-batch gradients: 5 shallow, 20 dense-neurons\n"))
      #expect(
        report.text.replacing("\n  ", with: " ").contains(
          "trajectories at 2 checkpoints are stored: landfall trajectory \(ledger.path)\n"))
      #expect(try rows(report.json, "cells").map { $0["kernel"] as? String } == ["shallow", "dense-neurons"])
      #expect(try rows(report.json, "cells").map { $0["checkpoints"] as? Int } == [2, 2])
    }
  }

  @Test func emptyLedger() throws {
    try withLedger({ _, _ in }) { ledger in
      let report = try StudyReport(ledger)
      #expect(report.text.contains("    5  0 of 10     0    0          0  -  [0.0000, 1.0000]         1.00"))
      #expect(report.text.contains("no trial has finished yet in width 5, 20: nothing is known there\n"))
      #expect(report.csv.split(separator: "\n").count == 3)
    }
  }

  @Test func exportIsThePrefix() throws {
    try withFilledLedger { ledger in
      var text = ""
      let leftOut = try OutcomeExport.csv(ledger) { text += $0 }
      #expect(leftOut == 3)
      let lines = text.split(separator: "\n")
      #expect(lines[0].hasPrefix("cell,trial,verdict,risk,gradient_norm,risk_error,steps,dead_neurons,width,margin,"))
      let end = "1.0000000000000001e-05,1.0000000000000001e-18,10000"
      #expect(lines[1].hasPrefix("5,0,good,0.00050000000000000001,\(end),3,5,0.5,"))
      #expect(lines[2].hasPrefix("5,1,good,0.02,\(end),,5,0.1"))
      #expect(lines[3].hasPrefix("5,2,undecided,0.02,\(end),,5,0,,,,0.002,"))
      #expect(lines[5].hasPrefix("5,4,bad,0.02,\(end),,5,13.999999999999998,,constant,0.014999999999999999,,"))
      #expect(lines[10].hasPrefix("5,9,diverged,inf,inf,0,7,,5,inf,"))
      #expect(lines.count == 13)
    }
  }

  // MARK: - What is said of verdicts

  /// Trials of a ledger of an older schema, of which the end of training is known alone.
  @Test func trialsWithoutLimit() throws {
    try withLedger(limit: "{classes: false}", hasAnalysis: false) { writer, study in
      let (good, bad) = (outcome(risk: 5e-4), outcome(risk: 2e-2))
      try writer.commit(
        BlockRecord(
          cell: study.cells[0].key, first: TrialIndex(0),
          outcomes: [good] + Array(repeating: bad, count: 8) + [.diverged(at: 7)], seconds: 1))
    } _: { ledger in
      let report = try StudyReport(ledger)
      let cell = report.cells[0]
      #expect(cell.counts == [.good: 1, .undecided: 8, .diverged: 1] && cell.undecided == [.notStored: 8])
      #expect(report.text.replacing("\n  ", with: " ").contains("undecided: 8 (width 5): no limit is stored"))
    }
  }

  /// A ledger that is judged by another criterion than when its trials were stored says so.
  @Test func criterionChosenAfterwards() throws {
    try withFilledLedger { ledger in
      #expect(!(try StudyReport(ledger).text.contains("chosen after")))
      let study = try Study.load(
        "inner-bias",
        overrides: [
          Override(key: "network.hidden", value: "[[5], [20]]"), Override(key: "limit", value: "{classes: false}"),
          Override(key: "verdict.good.risk-at-most", value: "1e-2"),
        ])
      let writer = try LedgerWriter.open(
        path: ledger.path, study: StudyRecord(study),
        cells: study.cells.map {
          var record = CellRecord($0)
          (record.kernel, record.checkpoints) = ("", [])
          return record
        },
        run: RunRecord(
          started: Date(timeIntervalSince1970: 1_900_000_000), host: "node", processID: 1, ranks: 1, threads: 1,
          kernelLevel: "avx2", version: "0.2.0", arithmetic: 1, compiler: "Swift", mpi: "MPI", commandLine: "", seed: 5),
        restating: { stored, _ in stored.study })
      writer.close()
      let report = try StudyReport(LedgerReader.open(path: ledger.path))
      #expect(report.cells[0].counts == [.good: 8, .bad: 1, .diverged: 1])
      #expect(
        report.text.replacing("\n  ", with: " ").contains(
          "this criterion was chosen after trials had been stored: run 1 had good: {risk-at-most: 0.001}, now it is good: "
            + "{risk-at-most: 0.01}"))
    }
  }

  /// What the heading says the probability is about.
  @Test(arguments: [
    ([("network.activation", "tanh")], "P(good limit): the risk tends to at most 0.001\n", "the activation is smooth"),
    (
      [("problem.target", "floor(2 * x)")], "P(good limit): the risk tends to at most 0.001\n",
      "the target jumps (at x = 0.5)"
    ),
    (
      [("problem.target", "abs(x - 1/3)")],
      "P(good critical point): training leads to a critical point with risk <= 0.001\n", "good is certified"
    ),
    (
      [("network.activation", "threshold-straight-through")], "P(good when training ends): risk <= 0.001\n",
      "no gradient flow"
    ),
    (
      [("verdict.stationary.gradient-norm-at-most", "1e-6")], "P(good when training ends): risk <= 0.001\n",
      "with |gradient| <= 1e-06"
    ),
    (
      [
        ("problem.input", "{box: [[0, 1], [0, 1], [0, 1], [0, 1]]}"), ("problem.target", "x1"),
        ("problem.evaluation-points", "50"),
      ],
      "P(good limit): the risk tends to at most 0.001, conditional on the evaluation set\n",
      "for such inputs nothing keeps flows bounded"
    ),
  ]) func headings(settings: [(String, String)], title: String, explanation: String) throws {
    let study = try Study.load(
      "shallow-he", overrides: settings.map { Override(key: $0.0, value: $0.1) })
    try withTemporaryFolder { folder in
      let writer = try LedgerWriter.open(
        path: folder.file(), study: StudyRecord(study), cells: study.cells.map { CellRecord($0) },
        run: RunRecord(
          started: Date(timeIntervalSince1970: 1_800_000_000), host: "node", processID: 1, ranks: 1, threads: 1,
          kernelLevel: "avx2", version: "0.2.0", arithmetic: 1, compiler: "Swift", mpi: "MPI", commandLine: "", seed: 5),
        restating: { stored, _ in stored.study })
      writer.close()
      let text = try StudyReport(LedgerReader.open(path: folder.file())).text.replacing("\n  ", with: " ")
      #expect(text.contains("\n\(title)"), "\(text)")
      #expect(text.contains(explanation), "\(text)")
    }
  }

  /// Reports fit into 80 columns, but for long labels.
  @Test func fitsIntoEightyColumns() throws {
    try withFilledLedger { ledger in
      let lines = try StudyReport(ledger).text.split(separator: "\n").filter { !$0.contains(ledger.path) }
      #expect(lines.allSatisfy { $0.count <= 80 })
    }
  }

  static let expectedText = """
    inner-bias   arXiv:2212.13111, section 4: ReLU, only inner biases trained
    10 trials a cell, seed 5, independent batches, avx2, 2 ranks, 21 s
    landfall 0.2.0 (abc), arithmetic 1, Swift

    P(good critical point): training leads to a critical point with risk <= 0.001
    width   trials  good  bad  undecided            P     95 % interval  1-P at most
        5       10     2    6          1  0.200-0.300  [0.0252, 0.6525]         0.97
       20  2 of 10     2    0          0       1.0000  [0.1091, 1.0000]         0.85
    good is certified by the risk, at the end of training or along the gradient flow
      from there, on which it never rises; bad is rest to second order above the
      bound, or a theorem

    P(risk <= 0.001 when training ends)
    width       P     95 % interval  median risk         5 % .. 95 %  time/trial
        5  0.1000  [0.0025, 0.4451]      2.0e-02      5.0e-04 .. inf      500 ms
       20  1.0000  [0.1091, 1.0000]      5.0e-04  5.0e-04 .. 5.0e-04      400 ms

    bad by a theorem, without following the flow: 1 (width 5)
    diverged, which counts as not good and as an infinite risk: 1 (width 5)
    undecided: 1 (width 5): no limit is stored, or one of an earlier version that
      does not count today
    Clopper-Pearson (5): exact for the number of trials planned before the first
      look
    confidence sequence (20): valid at every look and for every stopping rule
    interval: two-sided, 95 %, whatever the undecided trials are; 1-P at most:
      one-sided, 95 %; each width on its own (simultaneous bounds: --simultaneous)
    largest error estimate of a risk: 1.0e-18
    3 stored trials behind a gap are not counted: an estimate uses a prefix only
    5 trials are missing: the same run command continues

    """
}
