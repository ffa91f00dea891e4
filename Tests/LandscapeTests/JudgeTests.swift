import Landscape
import Outcomes
import Testing

@Suite struct JudgeTests {
  private func judge(
    _ good: GoodCriterion = .risk(atMost: 1e-3), optimum: ClosedRange<Double> = 0...0,
    restingGradientNorm: Double? = nil,
    errorMargin: Double = 0
  ) -> Judge {
    Judge(
      VerdictRule(good: good, restingGradientNorm: restingGradientNorm), bounds: good.bounds(optimum: optimum),
      errorMargin: errorMargin)
  }

  private func outcome(_ risk: Double, error: Double = 0, norm: Double = 1) -> Outcome {
    Outcome(risk: risk, riskError: error, gradientNorm: norm, steps: 9)
  }

  private func analysis(
    _ risk: Double, decrease: Double = 0, isAtRest: Bool = true, _ certificate: Certificate? = nil
  ) -> TrialAnalysis {
    TrialAnalysis(
      certificate: certificate,
      limit: FlowLimit(
        risk: risk, decrease: decrease, gradientNorm: 0, flowTime: 1, isAtRest: isAtRest,
        kind: isAtRest ? .noWayDown : nil))
  }

  private func verdict(_ judge: Judge, _ risk: Double, _ analysis: TrialAnalysis? = nil) -> Verdict {
    judge.judgement(of: outcome(risk), analysis).verdict
  }

  /// The risk alone certifies a good trial, whatever the gradient; a larger risk alone says nothing.
  @Test func endOfTraining() {
    let judge = judge()
    #expect(verdict(judge, 1e-3) == .good)
    #expect(verdict(judge, 0) == .good)
    #expect(verdict(judge, 3e-30) == .good)
    #expect(verdict(judge, 1e-3.nextUp) == .undecided)
    #expect(verdict(judge, 1) == .undecided)
    #expect(judge.judgement(of: .diverged(at: 3), nil).verdict == .diverged)
    #expect(judge.isGoodAtEnd(outcome(1e-3)) == true && judge.isGoodAtEnd(outcome(1)) == false)
    #expect(judge.isGoodAtEnd(.diverged(at: 3)) == false)
  }

  /// Of a crashed trial nothing is known, whatever else is said of it.
  @Test func crashes() {
    let judge = judge(restingGradientNorm: 1e9)
    #expect(judge.judgement(of: .crashed, nil).verdict == .crashed)
    #expect(judge.judgement(of: .crashed, analysis(1e-9, .globalMinimum)).verdict == .crashed)
    #expect(judge.isGoodAtEnd(.crashed) == nil)
    #expect(Verdict.allCases.map(\.counted) == [.good, .bad, .undecided, .diverged, .undecided])
  }

  @Test func limits() {
    let judge = judge()
    #expect(verdict(judge, 1, analysis(1e-3)) == .good)
    // A flow that goes on has already shown what is needed.
    #expect(verdict(judge, 1, analysis(1e-4, isAtRest: false)) == .good)
    #expect(verdict(judge, 1, analysis(2e-3, isAtRest: false)) == .undecided)
    #expect(verdict(judge, 1, analysis(2e-3)) == .bad)
    // At rest up to what a Newton step still promises.
    #expect(verdict(judge, 1, analysis(1.001e-3, decrease: 1e-6)) == .undecided)
    #expect(verdict(judge, 1, analysis(1.002e-3, decrease: 1e-6)) == .bad)
    #expect(verdict(judge, 1, TrialAnalysis()) == .undecided)
  }

  @Test func theorems() {
    let judge = judge()
    let global = judge.judgement(of: outcome(1), TrialAnalysis(certificate: .globalMinimum))
    #expect(global.verdict == .good && global.isCertified && global.margin == .infinity)
    let dead = judge.judgement(of: outcome(1), TrialAnalysis(certificate: .constant(risk: 2e-3)))
    // A quotient of two risks minus 1 is rounded by a few 2^-53: 1e-12 is far above that, here and below, and far
    // below `Judgement.firmMargin`.
    #expect(dead.verdict == .bad && dead.isCertified && abs(dead.margin - 1) < 1e-12)
    // A constant can be good.
    let harmless = judge.judgement(of: outcome(1), TrialAnalysis(certificate: .constant(risk: 1e-3)))
    #expect(harmless.verdict == .good && harmless.isCertified && harmless.margin == 0)
  }

  /// What is asked of the end of training by a norm of the gradient.
  @Test func restByGradientNorm() {
    let judge = judge(restingGradientNorm: 1e-6)
    func verdict(_ risk: Double, norm: Double) -> Verdict {
      judge.judgement(of: outcome(risk, norm: norm), nil).verdict
    }
    #expect(verdict(1, norm: 1e-6) == .bad)
    #expect(verdict(1, norm: 1.1e-6) == .undecided)
    #expect(verdict(1e-3, norm: 1) == .good)
  }

  /// Where only a bracket of m_h is known, risks between the two bounds stay undecided.
  @Test func brackets() {
    for (criterion, good, bad) in [
      (GoodCriterion.excess(atMost: 1), 3.0, 4.0), (.ratio(atMost: 5), 10, 15), (.risk(atMost: 7), 7, 7),
    ] {
      let judge = judge(criterion, optimum: 2...3)
      #expect(judge.bounds == GoodBounds(good: good, bad: bad))
      #expect(verdict(judge, 99, analysis(good)) == .good)
      #expect(verdict(judge, 99, analysis(bad)) == (good == bad ? .good : .undecided))
      #expect(verdict(judge, 99, analysis(bad.nextUp)) == .bad)
      #expect(judge.isGoodAtEnd(outcome(bad)) == (good == bad ? true : nil))
    }
    let open = judge(.excess(atMost: 1), optimum: 2...Double.infinity)
    #expect(verdict(open, 3) == .good)
    #expect(verdict(open, 1e9, analysis(1e9)) == .undecided)
  }

  /// A verdict needs the whole interval on one side of the bound.
  @Test func inexactRisks() {
    let judge = judge(errorMargin: 3)
    func verdict(_ risk: Double, _ analysis: TrialAnalysis? = nil) -> Verdict {
      judge.judgement(of: outcome(risk, error: 1e-4), analysis).verdict
    }
    #expect(verdict(7e-4) == .good)
    #expect(verdict(8e-4) == .undecided)
    #expect(verdict(1, analysis(1.2e-3)) == .undecided)
    #expect(verdict(1, analysis(1.4e-3)) == .bad)
    #expect(judge.isGoodAtEnd(outcome(8e-4, error: 1e-4)) == nil)
    #expect(judge.isGoodAtEnd(outcome(2e-3, error: 1e-4)) == false)
  }

  @Test func margins() throws {
    let judge = judge()
    func judgement(_ risk: Double) -> Judgement { judge.judgement(of: outcome(1), analysis(risk)) }
    #expect(abs(judgement(5e-4).margin - 0.5) < 1e-12)
    #expect(abs(judgement(3e-3).margin - 2) < 1e-12)
    #expect(judge.judgement(of: outcome(1), nil).margin == 0)

    let (good, bad) = (judgement(1e-3 * (1 - 2e-7)), judgement(1e-3 * (1 + 2e-7)))
    #expect(good.verdict == .good && bad.verdict == .bad)
    // Two computations of a trial that differ where one of them is not firm leave it undecided.
    #expect(good.reconciled(with: bad)?.verdict == .undecided)
    #expect(good.reconciled(with: judgement(2e-3))?.verdict == .undecided)
    #expect(judgement(9e-4).reconciled(with: judgement(2e-3)) == nil)
    #expect(judgement(9e-4).reconciled(with: good) == good)
  }

  @Test func qualities() {
    let bounds = GoodBounds(good: 1, bad: 2)
    func quality(_ risk: Double, isAtRest: Bool = true, isGlobal: Bool = false) -> LimitQuality? {
      LimitQuality(
        FlowLimit(risk: risk, gradientNorm: 0, flowTime: 0, isAtRest: isAtRest, isGlobal: isGlobal), bounds: bounds)
    }
    #expect(quality(1) == .good && quality(3) == .bad && quality(1.5) == nil && quality(2) == nil)
    #expect(quality(3, isGlobal: true) == .global && quality(1, isAtRest: false) == nil)
  }
}
