import Estimation
import Foundation
import Landscape
import Ledger
import Outcomes
import Reporting
import Studies
import TestSupport
import Testing

/// Reports that are about something else than what the study asks for, and cells that were extended.
extension StudyReportTests {
  /// What is stored is judged by other criteria, each marked where it is not the study's.
  @Test func criteriaOfTheReport() throws {
    try withFilledLedger { ledger in
      func report(_ criterion: GoodCriterion?, confidence: Double? = nil) throws -> StudyReport {
        var choices = ReportChoices()
        (choices.criterion, choices.confidence) = (criterion, confidence)
        return try StudyReport(ledger, choices)
      }
      let (own, loose, tight) = (try report(nil), try report(.risk(atMost: 1e-2)), try report(.risk(atMost: 1e-4)))
      #expect(own.cells[0].counts == [.good: 2, .bad: 6, .undecided: 1, .diverged: 1])
      #expect(loose.cells[0].counts == [.good: 8, .bad: 1, .diverged: 1])
      // A limit at 1e-2 is bad; flows that were left above the bound are not known.
      #expect(tight.cells[0].counts == [.bad: 6, .undecided: 3, .diverged: 1])
      #expect(try report(.risk(atMost: 1e-3)).text == own.text)
      #expect(!own.text.contains("chosen after"))

      let text = own.report(beside: [loose, tight]).text.replacing("\n  ", with: " ")
      #expect(text.contains("critical point with risk <= 0.01 (criterion chosen after the run)"))
      #expect(text.contains("P(risk <= 0.0001 when training ends) (criterion chosen after the run)"))
      #expect(text.contains("this criterion was chosen after the run: the study has risk <= 0.001."))
      #expect(text.contains("with limit: {classes: true} all are followed to rest"))
      let json = JSONRenderer.text(own.report(beside: [loose, tight]))
      let cells = try rows(json, "cells")
      #expect(Set(cells.map { $0["criterion"] as? String }) == ["risk <= 0.001", "risk <= 0.01", "risk <= 0.0001"])
      #expect(cells.map { $0["chosen_after_run"] as? Bool } == [false, false, true, true, true, true])

      let sure = try report(nil, confidence: 0.9999999999)
      #expect(sure.confidence.error == 1e-10 && sure.text.contains("99.99999999 % interval"))
      #expect(sure.text.contains("confidence 99.99999999 % asked for here; the study has 95 %"))
      #expect(
        sure.cells[0].good(at: sure.confidence).interval.contains(own.cells[0].good(at: own.confidence).interval.upper))
      #expect(
        message { _ = try report(.risk(atMost: 1e-30)) }
          == "--good: good risks must be possible from 4.7e-14 on, 1e-12 of the variance of the target: "
          + "smaller ones cannot be told from 0 (here they are up to 1e-30)")
    }
  }

  @Test func comparison() throws {
    try withLedger(hidden: "[[5], [20], [8]]", kernels: ["", "", ""]) { writer, study in
      for (cell, good) in zip(study.cells, [2, 9, 6]) {
        try writer.commit(
          BlockRecord(
            cell: cell.key, first: TrialIndex(0),
            outcomes: (0..<10).map { outcome(risk: $0 < good ? 5e-4 : 2e-2) }, seconds: 1))
      }
    } _: { ledger in
      var choices = ReportChoices(cells: CellSelection("20"))
      choices.baseline = CellSelection("5")
      // Without limits no trial is bad: they are undecided, and nothing differs.
      let undecided = try StudyReport(ledger, choices)
      #expect(undecided.cells.map(\.label) == ["5", "20"])
      let row = try rows(undecided.json, "comparisons")[0]
      #expect(row["fisher_p"] as? Double == 1 && row["newcombe_lower"] is NSNull && row["baseline"] as? String == "5")
      #expect(abs((row["difference"] as? Double ?? 9) + 0.1) < 1e-15 && row["difference_highest"] as? Double == 0.8)
      choices.baseline = CellSelection("6")
      #expect(message { _ = try StudyReport(ledger, choices) } == "there is no cell \"6\"; the cells are 5, 20, 8")
    }
    try withLedger(hidden: "[[5], [20], [8]]", kernels: ["", "", ""], limit: "{classes: false}") { writer, study in
      for (cell, good) in zip(study.cells, [2, 9, 6]) {
        try writer.commit(
          BlockRecord(
            cell: cell.key, first: TrialIndex(0),
            outcomes: (0..<10).map { outcome(risk: $0 < good ? 5e-4 : 2e-2) },
            analyses: (0..<10).map { $0 < good ? TrialAnalysis() : analysis(risk: 1e-2) }, seconds: 1))
      }
    } _: { ledger in
      var choices = ReportChoices()
      choices.baseline = CellSelection("5")
      let report = try StudyReport(ledger, choices)
      // SciPy 1.17: fisher_exact([[2, 8], [9, 1]]) and of [[2, 8], [6, 4]].
      let compared = try rows(report.json, "comparisons")
      #expect(compared.map { $0["cell"] as? String } == ["20", "8"])
      let p = compared.map { $0["fisher_p"] as? Double ?? 0 }
      #expect(abs(p[0] - 0.005477494641581329) < 1e-12 && abs(p[1] - 0.16980233388902116) < 1e-12)
      let adjusted = compared.map { $0["holm_p"] as? Double ?? 0 }
      #expect(adjusted == [2 * p[0], p[1]])
      #expect(
        try report.csv("comparisons").hasPrefix("cell,width,baseline,criterion,difference,difference_highest,lower,"))
      let text = report.text.replacing("\n  ", with: " ")
      #expect(text.contains("P(good) compared with width 5\n"))
      #expect(report.text.contains("   20      0.7000  "))
      #expect(
        text.contains(
          "trend with the place of the width (Cochran-Armitage): z = 3.16, p = 7.9e-04 for a rise (one-sided)"),
        "\(text)")
      #expect(!(try StudyReport(ledger).text.contains("compared")))
      #expect(report.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
  }

  /// A cell that was extended after a look has both intervals below the table.
  @Test func extendedCell() throws {
    try withLedger(limit: "{classes: false}") { writer, study in
      let (good, bad) = (outcome(risk: 5e-4), outcome(risk: 2e-2))
      let none = TrialAnalysis()
      func block(_ trials: Range<Int>, _ outcomes: [Outcome], _ analyses: [TrialAnalysis]) throws {
        try writer.commit(
          BlockRecord(
            cell: study.cells[0].key, first: TrialIndex(trials.lowerBound), outcomes: outcomes, analyses: analyses,
            seconds: 1))
      }
      let rest = analysis(risk: 1e-2)
      try block(0..<8, Array(repeating: good, count: 8), Array(repeating: none, count: 8))
      // A block across the tenth trial.
      try block(8..<14, [bad, good, bad, bad, good, good], [rest, none, rest, rest, none, none])
    } _: { ledger in
      let report = try StudyReport(ledger)
      let cell = report.cells[0]
      #expect(cell.plan == .extended(planned: 10) && cell.trials == 14)
      #expect(cell.first?.good == BracketedProportion(successes: 9, failures: 1, trials: 10))
      #expect(cell.first?.atEnd == BracketedProportion(successes: 9, failures: 1, trials: 10))
      #expect(cell.goodTrials == BracketedProportion(successes: 11, failures: 3, trials: 14))
      let estimate = cell.good(at: report.confidence)
      #expect(estimate.method == .intersection)
      let text = report.text.replacing("\n  ", with: " ")
      #expect(
        text.contains(
          "width 5: first 10, planned: [0.5549, 0.9975]; all 14: ["), "\(text)")
      #expect(
        text.contains(
          "planned: Clopper-Pearson, all: confidence sequence, at 95 % each; the table has the intersection of the two at "
            + "97.5 % each"))
      #expect(try rows(report.json, "cells")[0]["method"] as? String == "planned-and-sequence")
      // All intervals: of the planned trials by four families, of all by two sequences.
      let intervals = try rows(report.json, "intervals").filter { $0["cell"] as? String == "5" }
      #expect(intervals.map { $0["trials"] as? Int } == [10, 10, 10, 10, 14, 14, 10, 10, 10, 10, 14, 14])
      #expect(
        intervals.map { $0["holds"] as? String }.prefix(6) == [
          "planned trials", "about", "about", "about", "always", "always",
        ])
    }
  }
}
