import Ledger
import Outcomes
import Reporting
import Studies
import Testing

/// Risks that are smaller than networks can have are reported, and only those.
@Suite struct RiskAlarmTests {
  /// A ledger of the study ladder with width 2, its levels if they are wanted, and these trials.
  private func report(
    _ trials: [(outcome: Outcome, analysis: TrialAnalysis)], levels: Bool = true, _ check: (StudyReport) throws -> Void
  ) throws {
    try withLedger(of: "ladder", hidden: "[[2]]", trials: trials.count, limit: "{classes: true}") { writer, study in
      if levels {
        for request in study.levelRequests { try writer.storeLevels(key: request.key, bytes: request.search().bytes) }
      }
      try writer.commit(
        BlockRecord(
          cell: study.cells[0].key, first: TrialIndex(0), outcomes: trials.map(\.outcome),
          analyses: trials.map(\.analysis), seconds: 1))
    } _: {
      try check(StudyReport($0))
    }
  }

  private func trial(risk: Double, limit: Double, dead: Int = 0) -> (outcome: Outcome, analysis: TrialAnalysis) {
    (
      Outcome(risk: risk, riskError: 1e-17, gradientNorm: 1, steps: 1),
      TrialAnalysis(
        initiallyDeadNeurons: dead,
        limit: FlowLimit(
          risk: limit, gradientNorm: 1e-9, flowTime: 10, isAtRest: true, kind: .minimum, negativeEigenvalues: 0,
          smallestEigenvalue: 0, structure: LimitStructure(interiorKinks: 1, kinkedNeurons: 1, activeNeurons: 1)))
    )
  }

  // The optima and the best fit by three lines of sin 3x, computed with 34 digits.
  private let m1 = 0.042209263797868889
  private let m2 = 0.00062131647491811494
  private let d3 = 0.0006185124590148642

  @Test func soundRisksRaiseNoAlarm() throws {
    try report([
      trial(risk: 1, limit: m2), trial(risk: 1, limit: m2 * (1 - 1e-12)), trial(risk: 1, limit: m1, dead: 1),
    ]) { report in
      #expect(!report.text.contains("ALARM"))
      #expect(report.text.contains("at the limit  trials"))
    }
  }

  @Test func undercutRisksRaiseAlarms() throws {
    try report([
      trial(risk: 1, limit: m2), trial(risk: 1, limit: m1 * (1 - 1e-7), dead: 1),
      trial(risk: m2 * (1 - 1e-8), limit: m2),
      trial(risk: 1, limit: d3 * (1 - 1e-6)),
    ]) { report in
      let alarms = report.text.replacing("\n  ", with: " ").split(separator: "\n")
        .filter { $0.hasPrefix("ALARM, cell 2: ") }
      #expect(alarms.count == 3)
      #expect(alarms[0].contains("1 trial has a risk below D_3; lowest: trial 3, "))
      #expect(alarms[1].contains("below m_(h-K), K the neurons dead at initialization; lowest: trial 1, "))
      #expect(alarms[2].contains("2 trials have risks below the searched m_2; lowest: trial 3, "))
      // From now on that is the level.
      let level = try #require(report.cells[0].references.levels.first { $0.level == RiskLevel(.optimum, 2) })
      // The same product, by a factor of the same rounding: far below the change of 1e-6.
      #expect(abs(level.value - d3 * (1 - 1e-6)) <= 1e-16)
    }
  }

  /// A run that was killed while it searched the levels.
  @Test func missingLevels() throws {
    #expect {
      try report([trial(risk: 1, limit: m2)], levels: false) { _ in }
    } throws: { error in
      "\(error)".contains("lacks the reference risks that the verdicts of cell 2 are stated against")
    }
  }
}
