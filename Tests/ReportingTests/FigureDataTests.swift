import Estimation
import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import TestSupport
import Testing

/// The data of figures of made-up trials, each number beside one that is found in another way.
@Suite struct FigureDataTests {
  // MARK: - Trials

  /// What becomes of a trial of the made-up cells.
  private enum Fate: CaseIterable {
    case goodAtEnd, goodLater, undecided, bad, diverged
  }

  private struct Trial {
    var fate: Fate
    /// When training ends.
    var risk: Double

    var outcome: Outcome {
      fate == .diverged ? .diverged(at: 9) : Outcome(risk: risk, riskError: 0, gradientNorm: 1e-5, steps: 10_000)
    }

    var analysis: TrialAnalysis {
      var analysis = TrialAnalysis()
      switch fate {
      case .goodAtEnd, .diverged: break
      case .goodLater, .undecided, .bad:
        analysis.limit = FlowLimit(
          risk: fate == .goodLater ? 9e-4 : 0.9 * risk, gradientNorm: 1e-9, flowTime: 10, steps: 30,
          isAtRest: fate == .bad, kind: fate == .bad ? .noWayDown : nil)
      }
      return analysis
    }
  }

  /// 60 trials of width 5 of all fates, the first two with a risk of 0; 40 of width 20 that are all good in the end.
  private static let trials: [[Trial]] = [(0..<60).map(ofFew), (0..<40).map(ofMany)]

  private static func ofFew(_ index: Int) -> Trial {
    let fate = Fate.allCases[index % 5]
    let scale = Double((index * 37) % 60 + 1) / 60
    if fate != .goodAtEnd { return Trial(fate: fate, risk: 1e-3 + 0.5 * scale) }
    return Trial(fate: fate, risk: index < 10 ? 0 : 1e-3 * scale)
  }

  private static func ofMany(_ index: Int) -> Trial {
    index % 4 == 3 ? Trial(fate: .goodLater, risk: 2e-3) : Trial(fate: .goodAtEnd, risk: 1e-6 * Double(index + 1))
  }

  private static let steps = [0, 1, 100]

  private static func trajectory(_ index: Int, _ trial: Trial) -> TrialTrajectory {
    let risks = [1, 0.1, trial.outcome.risk]
    return TrialTrajectory(trial: index, values: risks.map { [$0, 0.5, 0.25, 1, 5] })
  }

  private func check(
    hidden: String = "[[5], [20]]", hasTrajectories: Bool = false, _ body: (StudyReport, LedgerReader) throws -> Void
  ) throws {
    try withLedger(
      hidden: hidden, trials: 60, checkpoints: hasTrajectories ? Self.steps : [], limit: "{classes: false}",
      { writer, study in
        for (cell, trials) in zip(study.cells, Self.trials) {
          var trajectories =
            hasTrajectories
            ? BlockTrajectories(trials: 0..<trials.count, checkpoints: 3, observables: 5) : BlockTrajectories()
          for (index, trial) in trials.enumerated() where hasTrajectories {
            trajectories.add(Self.trajectory(index, trial), keepWhole: false)
          }
          try writer.commit(
            BlockRecord(
              cell: cell.key, first: TrialIndex(0), outcomes: trials.map(\.outcome), analyses: trials.map(\.analysis),
              seconds: 1, trajectories: trajectories))
        }
      }
    ) { ledger in try body(StudyReport(ledger), ledger) }
  }

  /// The rows of the data of a figure that have these fields, from its CSV.
  private func rows(_ figure: Figure, _ fields: [String: String] = [:]) -> [[String: String]] {
    let lines = CSVRenderer.text(figure.table).split(separator: "\n")
    let keys = ReportingTests.fields(lines[0])
    return lines.dropFirst().map { line in
      Dictionary(uniqueKeysWithValues: zip(keys, ReportingTests.fields(line)))
    }.filter { row in fields.allSatisfy { row[$0.key] == $0.value } }
  }

  private func number(_ row: [String: String]?, _ key: String) throws -> Double {
    let text = try #require(row?[key])
    return try #require(Double(text))
  }

  // MARK: - Figures

  @Test func probability() throws {
    try check { report, ledger in
      let figure = try report.figure(.probability, in: ledger)
      let cells = try ReportingTests.rows(report.json, "cells")
      for (label, event, key) in [
        ("5", "limit", "p_good"), ("5", "end", "p_end"), ("20", "limit", "p_good"), ("20", "end", "p_end"),
      ] {
        let row = rows(figure, ["cell": label, "event": event]).first
        let cell = try #require(cells.first { $0["cell"] as? String == label })
        for end in ["", "_highest", "_lower", "_upper"] {
          #expect(isNear(cell[key + end], try number(row, "p\(end)")), "\(label) \(event) \(end)")
        }
        #expect(abs(try number(row, "q_upper") - (1 - number(row, "p_lower"))) < 1e-15)
        #expect(row?["h"] == label)
      }
      // 24 of 60 are good, 12 undecided; of width 20 all 40 are good: there is no point of 1 - P, and a bound.
      let few = rows(figure, ["cell": "5", "event": "limit"]).first
      #expect(try number(few, "p") == 0.4 && number(few, "p_highest") == 0.6)
      #expect(try number(few, "q") == 0.6 && number(few, "q_lowest") == 0.4 && few?["q_at_most"] == "")
      let many = rows(figure, ["cell": "20", "event": "limit"]).first
      #expect(many?["q"] == "" && many?["q_lower"] == "")
      #expect(try number(many, "q_at_most") == number(many, "q_upper"))
      #expect(figure.panels.map(\.value.label) == ["P(good)", "1 - P(good)"])
      #expect(figure.panels[0].position.named.map(\.name) == ["5", "20"])
    }
  }

  @Test func outcomes() throws {
    try check { report, ledger in
      let figure = try report.figure(.outcomes, in: ledger)
      let counts = [
        "5": [12, 12, 12, 12, 12], "20": [30, 10, 0, 0, 0],
      ]
      for (label, expected) in counts {
        let rows = rows(figure, ["cell": label])
        #expect(rows.map { $0["count"] } == expected.map { "\($0)" })
        var from = 0.0
        for row in rows {
          #expect(try abs(number(row, "from") - from) < 1e-15)
          from = try number(row, "to")
        }
        #expect(from == 1)
      }
      let good = rows(figure, ["cell": "20", "segment": "good further along the flow"]).first
      let cell = try #require(ReportingTests.rows(report.json, "cells").first { $0["cell"] as? String == "20" })
      #expect(isNear(cell["p_good_lower"], try number(good, "p_good_lower")))
      // What no cell has is not in the legend.
      #expect(figure.panels.count == 1 && figure.panels[0].layers.count == 6)
    }
  }

  @Test func lawIsTheEmpiricalOne() throws {
    try check { report, ledger in
      let figure = try report.figure(.law, in: ledger)
      for (label, trials) in zip(["5", "20"], Self.trials) {
        let band = DistributionBand(
          trials: trials.count, under: label == "5" ? .fixed : .anytime, at: report.confidence)
        let ends = rows(figure, ["cell": label, "kind": "end"])
        #expect(ends.count > 60)
        for row in ends.dropFirst() {
          let eps = try number(row, "risk")
          let share = Double(trials.count { $0.fate != .diverged && $0.risk <= eps }) / Double(trials.count)
          #expect(try number(row, "p") == share, "\(label) \(eps)")
          #expect(try abs(number(row, "lower") - max(0, share - band.halfWidth)) < 1e-15)
          #expect(try abs(number(row, "upper") - min(1, share + band.halfWidth)) < 1e-15)
        }
        // Between two edges the share may be as large as at the second one.
        for (row, next) in zip(ends, ends.dropFirst()) { #expect(row["upper_up_to_next"] == next["upper"]) }
        for row in rows(figure, ["cell": label, "kind": "limit"]).dropFirst() {
          let eps = try number(row, "risk")
          let surely = trials.count { trial in
            guard trial.fate != .diverged else { return false }
            return min(trial.risk, trial.analysis.limit?.risk ?? .infinity) <= eps
          }
          let maybe = trials.count { trial in
            trial.fate != .diverged && (trial.fate != .bad || trial.analysis.limit!.risk <= eps)
          }
          #expect(try number(row, "p") == Double(surely) / Double(trials.count))
          #expect(try number(row, "p_highest") == Double(maybe) / Double(trials.count))
        }
      }
      // 0 has a place of its own: two trials of width 5 have that risk, and no axis hides them.
      let zero = try #require(figure.panels[0].position.named.first)
      #expect(zero.name == "0")
      let first = rows(figure, ["cell": "5", "kind": "end"]).first
      #expect(try number(first, "risk") == zero.at && number(first, "p") == 2.0 / 60)
      // Diverged trials are said.
      #expect(figure.notes.contains("diverged, with infinite risk (width): 5 12 of 60"))
      #expect(rows(figure, ["kind": "criterion"]).map { $0["risk"] } == ["0.001"])
    }
  }

  @Test func histogramHasEveryTrial() throws {
    try check { report, ledger in
      let figure = try report.figure(.training, in: ledger)
      for (label, trials) in zip(["5", "20"], Self.trials) {
        let bars = rows(figure, ["cell": label, "quantity": "final risk"])
        #expect(try bars.reduce(0) { try $0 + number($1, "count") } == Double(trials.count))
        for bar in bars {
          let (from, to) = (try number(bar, "position"), try number(bar, "to"))
          let count = Int(try number(bar, "count"))
          #expect(try abs(number(bar, "value") - 100 * Double(count) / Double(trials.count)) < 1e-12)
          // Bars within the axis: (from, to], each an eighth of a decade.
          if bar["stands_for"] == "" {
            #expect(abs(log10(to / from) - 0.125) < 1e-12)
            #expect(trials.count { $0.fate != .diverged && from < $0.risk && $0.risk <= to } == count)
          }
        }
      }
      #expect(rows(figure, ["cell": "5", "stands_for": "0"]).map { $0["count"] } == ["2"])
      #expect(rows(figure, ["cell": "5", "stands_for": "diverged"]).map { $0["count"] } == ["12"])
      #expect(figure.panels[0].position.named.map(\.name) == ["0", "diverged"])
      #expect(figure.panels.count == 1 && figure.notes.contains { $0.contains("no trajectories are stored") })
    }
  }

  @Test func paperHasBinsOfEqualWidth() throws {
    try check { report, ledger in
      let figure = try report.figure(.training, style: .paper, in: ledger)
      for (label, trials) in zip(["5", "20"], Self.trials) {
        let risks = trials.filter { $0.fate != .diverged }.map(\.risk)
        let (smallest, width) = (risks.min()!, (risks.max()! - risks.min()!) / 200)
        let bars = rows(figure, ["cell": label])
        #expect(bars.count == 200)
        for (bin, bar) in bars.enumerated() {
          let to = try number(bar, "to")
          #expect(abs(to - (smallest + Double(bin + 1) * width)) < 1e-15)
          // At an edge rounding decides.
          let count = risks.count { $0 < to - 1e-12 || bin == 199 } - risks.count { $0 < to - width - 1e-12 }
          #expect(try abs(number(bar, "count") - Double(count)) <= 1)
        }
        #expect(try bars.reduce(0) { try $0 + number($1, "count") } == Double(risks.count))
        // A logarithmic axis has no 0 where the first one could begin.
        #expect(try number(bars.first, "position") == max(smallest, width / 100))
      }
      #expect(figure.panels[0].layers.map(\.label) == ["(1, 5, 1)", "(1, 20, 1)"])
    }
  }

  @Test func timeEndsAtTheLimit() throws {
    try check(hasTrajectories: true) { report, ledger in
      let figure = try report.figure(.time, in: ledger)
      let along = rows(figure, ["cell": "5", "moment": "training"])
      #expect(along.map { $0["step"] } == ["0", "1", "100"])
      #expect(try along.map { try number($0, "p") } == [0, 0, 12.0 / 60])
      let limit = rows(figure, ["cell": "5", "moment": "limit"]).first
      #expect(try number(limit, "p") == 0.4 && number(limit, "p_highest") == 0.6)
      #expect(figure.panels[0].position.named.map(\.name) == ["0", "limit"])
      #expect(try number(limit, "position") == figure.panels[0].position.named[1].at)
      // Of the figure of training two panels more, whose infinite means are said to be so.
      let training = try report.figure(.training, in: ledger)
      #expect(
        training.panels.map(\.title) == ["final risk", "population-gradient norm", "distance to the final iterate"])
      let risks = rows(training, ["cell": "20", "quantity": "gradient_norm"])
      #expect(try risks.map { try number($0, "rms") } == [0.5, 0.5, 0.5])
    }
  }

  /// Another criterion and another confidence are those of all that is drawn.
  @Test func timeByAnotherCriterion() throws {
    try check(hasTrajectories: true) { _, ledger in
      var choices = ReportChoices()
      choices.criterion = .risk(atMost: 0.1)
      choices.confidence = 0.99
      let report = try StudyReport(ledger, choices)
      let figure = try report.figure(.time, in: ledger)
      let end = rows(figure, ["cell": "5", "moment": "training", "step": "100"]).first
      // The risks of the trials that are not good are 1e-3 + k / 120.
      let count = Self.trials[0].count { $0.fate != .diverged && $0.risk <= LogarithmicGrid.lastBin(atMost: 0.1).upper }
      #expect(count > 12)
      let estimate = Estimate(
        Proportion(successes: count, trials: 60), under: .fixed, at: ConfidenceLevel(0.99))
      #expect(try number(end, "p") == Double(count) / 60)
      #expect(try number(end, "p_lower") == estimate.interval.lower)
      #expect(try number(end, "p_upper") == estimate.interval.upper)
      #expect(figure.title.hasSuffix("(criterion chosen after the run)"))
      #expect(
        figure.notes.contains { $0.hasPrefix("the criterion was chosen after the run: the study has risk <= 0.001") })
    }
  }

  /// Risks that the grid has no bin for have a place of their own, and are said.
  @Test func risksOutsideOfTheGrid() throws {
    let risks: [[Double]] = [[0, 1e-300, 1e-40, 1e-3], [1e-3, 1e13, 1e200, .infinity]]
    try withLedger(trials: 4) { writer, study in
      for (cell, risks) in zip(study.cells, risks) {
        let outcomes = risks.map {
          $0 == .infinity ? .diverged(at: 3) : Outcome(risk: $0, riskError: 0, gradientNorm: 1, steps: 10_000)
        }
        try writer.commit(BlockRecord(cell: cell.key, first: TrialIndex(0), outcomes: outcomes, seconds: 1))
      }
    } _: { ledger in
      let report = try StudyReport(ledger)
      let training = try report.figure(.training, in: ledger)
      #expect(training.panels[0].position.named.map(\.name) == ["\u{2264} 1e-36", "> 1e12", "diverged"])
      func counts(_ cell: String) -> [String?] {
        rows(training, ["cell": cell]).filter { $0["stands_for"] != "" }.map { $0["count"] }
      }
      #expect(counts("5") == ["3", "0", "0"] && counts("20") == ["0", "2", "1"])
      let law = try report.figure(.law, in: ledger)
      #expect(try number(rows(law, ["cell": "5", "kind": "end"]).first, "p") == 0.75)
      #expect(law.notes.contains("finite risks > 1e12, to the right of the axis, when training ends: 20 2"))
      // Without limits nothing is said to be at one.
      let probability = try report.figure(.probability, in: ledger)
      #expect(!probability.panels[0].layers.contains { $0.label?.contains("limit") == true })
    }
  }

  /// Optimizers and their learning rates go together: one axis, and a series each, of which one picture has eight.
  @Test func keysThatGoTogether() throws {
    try withLedger(
      of: "non-convergence", hidden: "[[5], [10]]", trials: 2, kernels: Array(repeating: "", count: 24)
    ) { writer, study in
      for cell in study.cells {
        let outcomes = (0..<2).map { _ in Outcome(risk: 1e-5, riskError: 0, gradientNorm: 1, steps: 10_000) }
        try writer.commit(BlockRecord(cell: cell.key, first: TrialIndex(0), outcomes: outcomes, seconds: 1))
      }
    } _: { ledger in
      let figure = try StudyReport(ledger).figure(.phase, in: ledger)
      #expect(figure.panels.count == 1 && figure.panels[0].position.label == "width h")
      guard case .categories(let names) = figure.panels[0].value.scale else { Issue.record("no categories"); return }
      #expect(names.count == 12)
      // 2 of 2, at 95 %: at least 0.025^(1/2) = 0.15811.
      let lines = CSVRenderer.text(figure.table).split(separator: "\n").dropFirst()
      #expect(lines.count == 24 && lines.allSatisfy { $0.hasSuffix("\u{2265} 0.1581") })
      let probability = try StudyReport(ledger).figure(.probability, in: ledger)
      // Two widths, at the limit and when training ends.
      #expect(probability.table.rows.count == 8 * 2 * 2)
      #expect(probability.notes.contains("8 of 12 series are shown; --cell chooses others"))
    }
  }

  @Test func convergenceIsThatOfPrefixes() throws {
    try check { report, ledger in
      let figure = try report.figure(.convergence, in: ledger)
      for (label, trials) in zip(["5", "20"], Self.trials) {
        let looks = rows(figure, ["cell": label, "kind": "sequence"])
        #expect(try number(looks.last, "trials") == Double(trials.count) && looks.first?["trials"] == "1")
        for look in looks {
          let count = Int(try number(look, "trials"))
          let first = trials.prefix(count)
          let good = first.count { [.goodAtEnd, .goodLater].contains($0.fate) }
          let bad = first.count { [.bad, .diverged].contains($0.fate) }
          let estimate = Estimate(
            BracketedProportion(successes: good, failures: bad, trials: count), under: .anytime, at: report.confidence)
          #expect(try number(look, "p") == Double(good) / Double(count))
          #expect(try number(look, "p_lower") == estimate.interval.lower)
          #expect(try number(look, "p_upper") == estimate.interval.upper)
        }
        let own = rows(figure, ["cell": label, "kind": "report"]).first
        let cell = try #require(ReportingTests.rows(report.json, "cells").first { $0["cell"] as? String == label })
        #expect(isNear(cell["p_good_upper"], try number(own, "p_upper")))
      }
    }
  }

  // MARK: - What cannot be drawn

  private func reason(_ kind: FigureKind, hidden: String = "[[5], [20]]") throws -> String {
    var text = ""
    try check(hidden: hidden) { report, ledger in
      let error = #expect(throws: FigureUnavailable.self) { try report.figure(kind, in: ledger) }
      text = error.map { "\($0)".replacing(ledger.path, with: "FILE") } ?? ""
    }
    return text
  }

  @Test func reasons() throws {
    #expect(
      try reason(.probability, hidden: "[[5]]")
        == "probability: P(good) against the width needs at least two cells with trials, and FILE has 1 (5)")
    #expect(
      try reason(.time) == "time: FILE holds no trajectories: a study keeps them with a section \"trajectory\"")
    #expect(
      try reason(.ladder)
        == "ladder: FILE holds no kinds and levels of limits: its study does not ask for them (limit: {classes: true})")
    #expect(
      try reason(.phase) == "phase: a phase diagram needs two keys that vary, and in FILE only width h does")
    #expect(
      try reason(.phase, hidden: "[[5]]") == "phase: a phase diagram needs two keys that vary, and in FILE none does")
  }

  @Test func withoutTrials() throws {
    try withLedger({ _, _ in }) { ledger in
      let report = try StudyReport(ledger)
      for kind in FigureKind.allCases where kind != .phase {
        #expect(throws: FigureUnavailable.self, "\(kind)") { try report.figure(kind, in: ledger) }
      }
      // A phase diagram of cells without trials would be blank.
      #expect(throws: FigureUnavailable.self) { try report.figure(.phase, in: ledger) }
    }
  }
}
