import Estimation
import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import Testing

/// How P(good) and the risk move with the width, and what restarts cost.
@Suite struct TrendReportTests {
  /// 200 trials of each width: `good[h]` of them have risks below the bound of 1e-3, 8 h^-3 (1 + k / 1000) of the k-th otherwise.
  private func withTrials(
    hidden: String = "[[10], [20], [40]]", good: [Int] = [20, 100, 200], undecided: [Int] = [0, 0, 0],
    _ check: (LedgerReader) throws -> Void
  ) throws {
    try withLedger(hidden: hidden, trials: 200, kernels: ["", "", ""], limit: "{classes: false}") { writer, study in
      for (place, cell) in study.cells.enumerated() {
        let h = Double(cell.architecture.width)
        var outcomes: [Outcome] = []
        var analyses: [TrialAnalysis] = []
        for trial in 0..<200 {
          let isGood = trial < good[place]
          let risk = 8 * pow(h, -3) * (1 + Double((trial * 77) % 200) / 1000) + (isGood ? 0 : 1e-3)
          outcomes.append(
            Outcome(risk: isGood ? min(risk, 1e-3) : risk, riskError: 0, gradientNorm: 1e-5, steps: 10_000))
          let rests = trial < 200 - undecided[place]
          analyses.append(
            isGood
              ? TrialAnalysis()
              : TrialAnalysis(
                limit: FlowLimit(
                  risk: risk, gradientNorm: 1e-12, flowTime: 1e3, isAtRest: rests, kind: rests ? .noWayDown : nil)))
        }
        try writer.commit(
          BlockRecord(cell: cell.key, first: TrialIndex(0), outcomes: outcomes, analyses: analyses, seconds: 50))
      }
    } _: {
      try check($0)
    }
  }

  @Test func probabilities() throws {
    try withTrials { ledger in
      let report = try StudyReport(ledger)
      let trend = try #require(try report.trend(in: ledger, delta: 0.5, assumesMonotone: true))
      let full = report.report(supplements: [trend])
      let points = try rows(full.json, "trend")
      #expect(points.map { $0["h"] as? Int } == [10, 20, 40])
      #expect(points.map { $0["p_good"] as? Double } == [0.1, 0.5, 1])
      #expect(points.map { $0["rising"] as? Double } == [0.1, 0.5, 1])
      // One-sided Clopper-Pearson at the error of Sidak for three.
      let level = ConfidenceLevel(0.95).simultaneousOfIndependent(over: 3)
      for (point, count) in zip(points, [20, 100, 200]) {
        let bound = Proportion(successes: count, trials: 200).clopperPearsonLower(at: level)
        #expect(isNear(point["at_least"], bound) && isNear(point["at_least_if_monotone"], bound))
        #expect(point["simultaneous_over"] as? Int == 3)
      }
      let text = full.text
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
      let flat = text.replacing("\n  ", with: " ")
      #expect(flat.contains("P(good) > 0.5 at width 40, the largest one, by these lower bounds"))
      #expect(
        flat.contains(
          "assuming that P(good) does not fall as the width grows (--assume monotone): P(good) > 0.5 from width 40 on, at "
            + "every larger width too"))
      #expect(flat.contains("95 % together for all 3 widths of the study (Sidak"))
      // Without the assumption nothing rests on it.
      let plain = report.report(supplements: [try #require(try report.trend(in: ledger))])
      #expect(!plain.text.contains("monotone") && !plain.text.contains("every larger width"))
      let plainPoints = try rows(plain.json, "trend")
      #expect(plainPoints.allSatisfy { $0["at_least_if_monotone"] is NSNull })
    }
  }

  /// Where P(good) falls, the assumption is at odds with the trials; pooled shares.
  @Test func falling() throws {
    try withTrials(good: [150, 160, 20]) { ledger in
      let report = try StudyReport(ledger)
      let trend = try #require(try report.trend(in: ledger, assumesMonotone: true))
      let text = report.report(supplements: [trend]).text.replacing("\n  ", with: " ")
      #expect(text.contains("the trials speak against the assumption that P(good) does not fall as the width grows"))
      #expect(text.contains("at width 20, and at most 0.1618 at width 40"), "\(text)")
      #expect(!text.contains("assuming that"))
      let points = try rows(report.report(supplements: [trend]).json, "trend")
      #expect(points.allSatisfy { isNear($0["rising"], 0.55) })
    }
  }

  @Test func rates() throws {
    try withTrials(good: [0, 0, 0], undecided: [40, 0, 0]) { ledger in
      let report = try StudyReport(ledger)
      let trend = try #require(try report.trend(in: ledger))
      let full = report.report(supplements: [trend])
      let rates = try rows(full.json, "rates")
      #expect(rates.map { $0["share"] as? Double } == [0.25, 0.5, 0.75])
      // The median is the trial of rank 100, with k = 99.
      let medians = [10.0, 20, 40].map { (h: Double) in 8 / (h * h * h) * 1.099 + 1e-3 }
      let fit = try #require(PowerLawFit([10, 20, 40], medians))
      #expect(abs((rates[1]["slope"] as? Double ?? 9) - fit.slope) < 1e-12)
      let t = try #require(fit.slopeInterval(at: ConfidenceLevel(0.95)))
      #expect(abs((rates[1]["t_lower"] as? Double ?? 9) - t.lowerBound) < 1e-12)
      let (lower, upper) = (rates[1]["bootstrap_lower"] as? Double ?? 9, rates[1]["bootstrap_upper"] as? Double ?? -9)
      #expect(lower < fit.slope && fit.slope < upper && upper - lower < 0.05)
      // The same numbers each time.
      let again = report.report(supplements: [try #require(try report.trend(in: ledger))])
      #expect(again.json == full.json)
      let text = full.text.replacing("\n  ", with: " ")
      #expect(text.contains("undecided trials are 0 % to 20 % of a width"))
    }
  }

  /// Nothing to compare: one width, or layers of different widths.
  @Test func withoutWidths() throws {
    try withTrials { ledger in
      let report = try StudyReport(ledger, choices("20"))
      let trend = try report.trend(in: ledger)
      #expect(trend == nil)
    }
    try withLedger(of: "deep-normal", hidden: "[[3, 2], [2, 3]]", trials: 1) { writer, study in
      for cell in study.cells {
        try writer.commit(
          BlockRecord(
            cell: cell.key, first: TrialIndex(0),
            outcomes: [Outcome(risk: 1e-3, riskError: 0, gradientNorm: 1, steps: 10)], seconds: 1))
      }
    } _: { ledger in
      let trend = try StudyReport(ledger).trend(in: ledger)
      #expect(trend == nil)
    }
  }

  // MARK: - Restarts

  @Test func restarts() throws {
    try withTrials { ledger in
      let report = try StudyReport(ledger)
      let full = report.report(supplements: [try report.restarts(in: ledger)])
      let rows = try rows(full.json, "restarts")
      #expect(rows.map { $0["trainings"] as? Double } == [10, 2, 1])
      #expect(rows.map { $0["seconds_per_trial"] as? Double } == [0.25, 0.25, 0.25])
      #expect(rows.map { $0["seconds"] as? Double } == [2.5, 0.5, 0.25])
      let interval = Proportion(successes: 20, trials: 200).clopperPearson(at: ConfidenceLevel(0.95))
      #expect(isNear(rows[0]["trainings_lower"], 1 / interval.upper))
      #expect(isNear(rows[0]["seconds_upper"], 0.25 / interval.lower))
      let text = full.text
      #expect(text.contains(" 6.65 .. 16.1        72      2.5 s  1.66 s .. 4.03 s"), "\(text)")
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
      // Without trajectories nothing is said of checkpoints.
      #expect(!text.contains("checkpoint"))
    }
  }

  /// Risks of (k + 1) 1e-3 at step 1 and a tenth of that at step 10,000: 1 of 10 and 10 of 10 are at most 1e-3.
  @Test func cutoffs() throws {
    let steps = [0, 1, 10_000]
    try withLedger(checkpoints: steps) { writer, study in
      for cell in study.cells {
        var trajectories = BlockTrajectories(trials: 0..<10, checkpoints: steps.count, observables: 5)
        for trial in 0..<10 {
          let risk = Double(trial + 1) * 1e-3
          trajectories.add(
            TrialTrajectory(
              trial: trial, values: [10 * risk, risk, 0.1 * risk].map { [$0, 1, 1, 1, 1] }), keepWhole: false)
        }
        try writer.commit(
          BlockRecord(
            cell: cell.key, first: TrialIndex(0),
            outcomes: (0..<10).map {
              Outcome(risk: Double($0 + 1) * 1e-4, riskError: 0, gradientNorm: 1, steps: 10_000)
            }, seconds: 1, trajectories: trajectories))
      }
    } _: { ledger in
      let report = try StudyReport(ledger)
      let full = report.report(supplements: [try report.restarts(in: ledger)])
      let rows = try rows(full.json, "cutoffs").filter { $0["cell"] as? String == "5" }
      #expect(rows.map { $0["step"] as? Int } == [1, 10_000])
      #expect(rows.map { $0["p"] as? Double } == [0.1, 1])
      #expect(rows.map { $0["steps"] as? Double } == [10, 10_000])
      #expect(rows.map { $0["best"] as? Bool } == [true, false])
      // Over three checkpoints, Bonferroni.
      let level = ConfidenceLevel(0.95).simultaneous(over: 3)
      let interval = Proportion(successes: 1, trials: 10).clopperPearson(at: level)
      #expect(isNear(rows[0]["steps_upper"], 1 / interval.lower))
      let text = full.text
      #expect(text.contains("ending every training at a checkpoint") && text.contains("best"))
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
  }

  // MARK: - Bets

  @Test func bets() throws {
    try withTrials(undecided: [10, 0, 0]) { ledger in
      var report = try StudyReport(ledger)
      // In the order of the trials, which is not read unless it is asked for.
      let before = try ReportingTests.rows(report.json, "intervals")
      #expect(before.count == 6 * 6)
      try report.readOrder(in: ledger)
      let intervals = try ReportingTests.rows(report.json, "intervals")
      #expect(intervals.count == 6 * 8)
      let bets = intervals.filter { $0["method"] as? String == "betting" }
      #expect(bets.count == 6 && bets.allSatisfy { $0["holds"] as? String == "always" })
      // 20 good ones first; the last ten of the others are undecided.
      var (lowest, highest) = (BettingSequence(), BettingSequence())
      for trial in 0..<200 {
        lowest.add(trial < 20)
        highest.add(trial < 20 || trial >= 190)
      }
      let half = ConfidenceLevel(0.95).simultaneous(over: 2)
      let (lower, upper) = (lowest.lowerBound(at: half), highest.upperBound(at: half))
      #expect(isNear(bets[0]["lower"], min(lower, upper)) && isNear(bets[0]["upper"], max(lower, upper)))
      #expect(isNear(bets[0]["at_least"], lowest.lowerBound(at: ConfidenceLevel(0.95))))
      #expect(bets[0]["event"] as? String == "good" && bets[0]["trials"] as? Int == 200)
      // What the sequences at 64, 70, 77, ... and 200 trials have in common: 20 good ones first, and then none.
      let running = intervals.filter { $0["method"] as? String == "running-intersection" }
      var known = RunningIntersection()
      for trials in [64, 70, 77, 84, 92, 101, 111, 122, 134, 147, 161, 177, 194, 200] {
        let counts = BracketedProportion(
          successes: 20, failures: min(trials, 190) - 20, trials: trials)
        known.add(Estimate(counts, under: .anytime, at: ConfidenceLevel(0.95)).interval)
      }
      #expect(isNear(running[0]["lower"], known.interval.lower) && isNear(running[0]["upper"], known.interval.upper))
    }
  }
}
