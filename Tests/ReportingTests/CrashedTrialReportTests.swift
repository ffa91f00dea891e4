import Estimation
import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import TestSupport
import Testing

/// Reports of trials that crashed: bounds hold whatever they would have come to, and what has no bounds leaves them out.
@Suite struct CrashedTrialReportTests {
  private static let crashed: Set<Int> = [17, 40]

  /// 100 trials of each of two cells with risks k 2e-5, k = 1 ... 100, in a scrambled order: half of them are good, when training
  /// ends and at the limit. Two of the first cell are others.
  ///
  /// - Parameter other: their outcome; with an analysis unless they crashed.
  private func fill(_ other: Outcome) -> (LedgerWriter, Study) throws -> Void {
    { writer, study in
      for (place, cell) in study.cells.enumerated() {
        let outcomes = (0..<100).map { trial in
          place == 0 && Self.crashed.contains(trial)
            ? other
            : Outcome(
              risk: Double(trial * 37 % 100 + 1) * 2e-5, riskError: 1e-18, gradientNorm: 1e-5, steps: 10_000,
              deadNeurons: 1)
        }
        let analyses = outcomes.enumerated().map { trial, outcome -> TrialAnalysis in
          if outcome.hasCrashed || outcome.hasDiverged { return TrialAnalysis() }
          return TrialAnalysis(
            initiallyDeadNeurons: trial % 3,
            limit: FlowLimit(
              risk: outcome.risk, gradientNorm: 0, flowTime: 1, isAtRest: true,
              kind: trial % 2 == 0 ? .minimum : .saddle))
        }
        // How many neurons were dead, where that is known.
        let dead = ObservableColumn(
          .initiallyDeadInFirstLayer, outcomes.map { $0.hasCrashed ? nil : $0.risk > 1e-3 ? 1 : 0 })
        var trajectories = BlockTrajectories(trials: 0..<100, checkpoints: 2, observables: 5)
        for (trial, outcome) in outcomes.enumerated() {
          if outcome.hasCrashed {
            trajectories.addCrashed(trial)
          } else {
            let values = Array(repeating: outcome.risk, count: 5)
            trajectories.add(TrialTrajectory(trial: trial, values: [values, values]), keepWhole: false)
          }
        }
        try writer.commit(
          BlockRecord(
            cell: cell.key, first: TrialIndex(0), outcomes: outcomes, analyses: analyses, further: [dead], seconds: 1,
            trajectories: trajectories))
        for trial in place == 0 && other.hasCrashed ? Self.crashed.sorted() : [] {
          try writer.record(CrashRecord(cell: cell.key, trial: TrialIndex(trial), signal: 4))
        }
      }
    }
  }

  private func check(_ other: Outcome, _ body: (LedgerReader) throws -> Void) throws {
    try withLedger(
      trials: 100, checkpoints: [0, 10_000], limit: "{classes: true}", further: [.initiallyDeadInFirstLayer],
      fill(other),
      body)
  }

  private static let best = Outcome(risk: 0, riskError: 0, gradientNorm: 0, steps: 10_000)
  private static let worst = Outcome(risk: 1, riskError: 0, gradientNorm: 1, steps: 10_000)

  private static func number(_ value: Any?) -> Double? {
    (value as? Double) ?? (value as? Int).map(Double.init) ?? ((value as? String) == "inf" ? .infinity : nil)
  }

  /// The rows of all tables with bounds, by the name of the table.
  private func boundRows(_ ledger: LedgerReader) throws -> [String: [[String: Any]]] {
    let report = try StudyReport(ledger)
    let json = report.report(supplements: [try report.law(in: ledger, bounds: [1e-4, 1e-3, 1.9e-3])]).json
    let trajectories = try TrajectoryReport(ledger, quantities: ["risk"], shares: [0.5], bounds: [1e-3])
    var tables = ["laws": try rows(trajectories.report.json, "laws")]
    for name in ["cells", "law", "law_quantiles", "landscape", "initially_dead"] { tables[name] = try rows(json, name) }
    return tables
  }

  /// Every two-sided interval and every one-sided bound contains what it would have been with other outcomes in place of the
  /// crashed ones.
  @Test(arguments: [Self.best, Self.worst, .diverged(at: 3)])
  func boundsHoldWhateverTheyAre(_ other: Outcome) throws {
    var (bounds, possible): ([String: [[String: Any]]], [String: [[String: Any]]]) = ([:], [:])
    try check(.crashed) { bounds = try boundRows($0) }
    try check(other) { possible = try boundRows($0) }
    var compared = 0
    for (table, rows) in bounds {
      let others = try #require(possible[table])
      for row in rows {
        // The same cell and the same line of the table.
        let names = ["cell", "event", "eps", "share", "kind", "name", "quantity", "step"]
        func key(_ row: [String: Any]) -> [String] { names.map { "\(row[$0] ?? "")" } }
        guard let same = others.first(where: { key($0) == key(row) }) else { continue }
        for column in row.keys where column == "lower" || column.hasSuffix("_lower") {
          let upper = column.replacing("lower", with: "upper")
          guard let low = Self.number(row[column]), let high = Self.number(row[upper]),
            let ownLow = Self.number(same[column]), let ownHigh = Self.number(same[upper])
          else { continue }
          #expect(
            low <= ownLow && ownHigh <= high, "\(table) \(key(row)) \(column): \(low) \(ownLow) \(ownHigh) \(high)")
          compared += 1
        }
      }
    }
    #expect(compared > 60, "\(compared)")
  }

  @Test func countsAndNotes() throws {
    try check(.crashed) { ledger in
      let report = try StudyReport(ledger)
      let cell = try #require(report.cells.first)
      #expect(cell.count(.undecided) == 2 && cell.count(.crashed) == 0 && cell.trials == 100)
      #expect(cell.crashed.count == 2 && cell.crashed.first == 17)
      #expect(cell.goodTrials.undecided == 2 && cell.trialsGoodAtEnd.undecided == 2)
      #expect(cell.risk?.trials == 98 && cell.deadNeuronsPerTrial == 1)
      #expect(cell.largestRiskError == 1e-18)
      let text = report.text.replacing("\n  ", with: " ")
      #expect(
        text.contains(
          "2 trials of width 5 crashed (traps in landfall: please report them): landfall replay \(ledger.path) 5 17 repeats "
            + "the first; they count as undecided"))
      #expect(!text.contains("width 20 crashed") && !text.contains("nan"))
    }
  }

  /// Trial by trial they are listed by their own word, without numbers.
  @Test func exports() throws {
    try check(.crashed) { ledger in
      var csv = ""
      _ = try OutcomeExport.csv(ledger) { csv += $0 }
      let lines = csv.split(separator: "\n")
      #expect(lines.count == 201)
      #expect(lines.count { $0.contains(",crashed,") } == 2)
      #expect(lines.first { $0.hasPrefix("5,17,") }?.hasPrefix("5,17,crashed,,,,,") == true)
    }
  }

  /// Quantiles along training and rates of the risk are those of the other trials.
  @Test func whatHasNoBoundsLeavesThemOut() throws {
    try check(.crashed) { ledger in
      let laws = try rows(
        TrajectoryReport(ledger, quantities: ["risk"], shares: [1], bounds: [1e-3]).report.json, "laws")
      #expect(laws[0]["trials"] as? Int == 100 && laws[0]["non_finite"] as? Int == 0)
      #expect(try #require(Self.number(laws[0]["quantile_1_at_most"])) < 2.1e-3)
      let report = try StudyReport(ledger)
      let trend = report.report(supplements: [try #require(try report.trend(in: ledger))])
      #expect(
        trend.text.replacing("\n  ", with: " ").contains(
          "crashed trials, of which no risk is known, are left out of the quantiles of the risk and of its rates: 2"))
      for kind in FigureKind.allCases where kind != .networks {
        if let figure = try? report.figure(kind, in: ledger) {
          #expect(!CSVRenderer.text(figure.table).contains("nan"), "\(kind)")
        }
      }
    }
  }

  /// Cells of which nothing is known at all.
  @Test func onlyCrashedTrials() throws {
    try withLedger(
      trials: 3,
      { writer, study in
        for cell in study.cells {
          try writer.commit(
            BlockRecord(
              cell: cell.key, first: TrialIndex(0), outcomes: Array(repeating: .crashed, count: 3), seconds: 1))
        }
      },
      { ledger in
        let report = try StudyReport(ledger)
        let good = report.cells[0].good(at: ConfidenceLevel(0.95)).interval
        #expect(good.lower == 0 && good.upper == 1)
        let trend = try #require(try report.trend(in: ledger))
        let text = report.report(
          supplements: [try report.law(in: ledger), trend, try report.restarts(in: ledger)]
        ).text
        #expect(text.contains("3 trials of width 5 crashed") && !text.contains("nan"))
      })
  }
}
