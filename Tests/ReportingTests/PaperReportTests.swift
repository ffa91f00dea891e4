import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import TestSupport
import Testing

/// What a paper has of a study.
@Suite struct PaperReportTests {
  private func outcomes(good: Int, of trials: Int) -> [Outcome] {
    (0..<trials).map { Outcome(risk: $0 < good ? 5e-4 : 2e-2, riskError: 0, gradientNorm: 1e-5, steps: 10_000) }
  }

  /// Hands over the paper of a ledger with 300 good trials of width 5 and none of width 20.
  private func withPaper(
    stream: String? = nil, later: Int = 0, good: Int = 300, choices: ReportChoices = ReportChoices(),
    _ check: (PaperReport, StudyReport) throws -> Void
  ) throws {
    try withLedger(trials: 300, stream: stream) { writer, study in
      let key = study.cells[0].key
      try writer.commit(
        BlockRecord(cell: key, first: TrialIndex(0), outcomes: outcomes(good: good, of: 300), seconds: 1))
      if later > 0 {
        try writer.target(key, trials: 300 + later)
        try writer.commit(
          BlockRecord(cell: key, first: TrialIndex(300), outcomes: outcomes(good: later, of: later), seconds: 1))
      }
    } _: { ledger in
      let report = try StudyReport(ledger, choices)
      try check(PaperReport([report], command: "landfall report a.landfall --claim"), report)
    }
  }

  private func text(_ paper: PaperReport, claims: Bool = true, methods: Bool = false) -> String {
    paper.report(claims: claims, methods: methods).text.replacing("\n  ", with: " ")
  }

  /// 0.05^(1/300) = 0.990064 and 0.025^(1/300) = 0.987779, rounded down.
  @Test func plannedTrials() throws {
    try withPaper { paper, _ in
      let text = text(paper)
      #expect(
        text.contains(
          "With confidence 95 %, training a network of width 5 ends with risk <= 0.001 with probability at least 0.9900 (300 of "
            + "300 trials, planned before the first look, Clopper-Pearson). With the same confidence this probability lies "
            + "between 0.9877 and 1.0000: the two statements hold at the confidence each.\n"))
      #expect(text.contains("No trial of a network of width 20 has finished yet: nothing can be claimed of it.\n"))
      #expect(text.contains("run 1: landfall run\nby landfall 0.2.0 (abc), arithmetic 1, Swift\n"))
      #expect(
        text.contains("seed 5; kernel level avx2") && text.contains("this text: landfall report a.landfall --claim\n"))
      #expect(text.contains("@software{landfall,\ntitle = {Landfall},\n") || text.contains("@software{landfall, title"))
      #expect(text.contains("@misc{arXiv:2212.13111,") && text.contains("https://arxiv.org/abs/2212.13111"))
      let claims = try rows(JSONRenderer.text(paper.report(claims: true, methods: false)), "claims")
      #expect(claims.count == 2 && claims[1]["p_good_at_least"] is NSNull)
      let bound = try #require(claims[0]["p_good_at_least"] as? Double)
      #expect(abs(bound - 0.990064) < 1e-6)
    }
  }

  /// Undecided trials are told, since limits are not followed here.
  @Test func undecidedTrials() throws {
    try withPaper(good: 290) { paper, _ in
      #expect(
        text(paper).contains(
          "(290 of 300 trials, 10 undecided, which count as not good below and as good above, planned"))
    }
  }

  @Test func otherPlansAndConditions() throws {
    try withPaper(stream: "shared", later: 30) { paper, _ in
      let text = text(paper)
      #expect(
        text.contains(
          "(330 of 330 trials, 300 planned before the first look and 30 added later: Clopper-Pearson of the first and a "
            + "confidence sequence over all, at half of the error probability each)"))
      #expect(text.contains("Both are conditional on the one stream of batches that all trials share.\n"))
    }
    var choices = ReportChoices()
    (choices.criterion, choices.simultaneous) = (.risk(atMost: 1e-2), true)
    try withPaper(choices: choices) { paper, _ in
      let text = text(paper)
      #expect(
        text.contains(
          "With confidence 95 % for all 2 widths together, training a network of width 5 ends with risk <= 0.01"))
      #expect(text.contains("The criterion was chosen after the run; the study has risk <= 0.001.\n"))
    }
    // Not done: a confidence sequence.
    try withLedger(trials: 300) { writer, study in
      try writer.commit(
        BlockRecord(cell: study.cells[0].key, first: TrialIndex(0), outcomes: outcomes(good: 9, of: 9), seconds: 1))
    } _: { ledger in
      let paper = PaperReport([try StudyReport(ledger)], command: "")
      #expect(
        text(paper).contains("(9 of 9 trials, confidence sequence, valid at every look and for every stopping rule)"))
    }
  }

  @Test func methods() throws {
    try withPaper(good: 290) { paper, _ in
      let text = text(paper, claims: false, methods: true)
      let starts = ["Aims. ", "Data-generating mechanism. ", "Estimands. ", "Methods. ", "Performance. "]
      #expect(starts.allSatisfy { text.contains("\n\($0)") })
      #expect(
        text.contains(
          "training: optimizer: sgd, learning-rate: \"0.1 * 0.5^floor((n + 1) / 500)\", steps: 10000, batch:"))
      #expect(text.contains("initial: inner-weights: {half-normal:"))
      #expect(
        text.contains("Every trial counts once: none was left out, repeated or replaced because it diverged or did not")
      )
      #expect(text.contains("0 diverged and count as not good; 10 are undecided and widen the bounds"))
      #expect(!text.contains("@software"))
    }
  }
}
