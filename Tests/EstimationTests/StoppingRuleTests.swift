import Estimation
import TestSupport
import Testing

@Suite struct StoppingRuleTests {
  private static let goals: [StoppingRule.Goal] = [
    .halfWidth(0.05), .halfWidth(0.004), .lowerBoundAbove(0.9), .lowerBoundAbove(0.99), .decided(0.5), .decided(0.93),
  ]

  /// The first look at which the bounds that a report prints meet the goal, without any shortcut.
  private func firstLook(_ results: [Bool?], every look: Int, _ rule: StoppingRule) -> Int? {
    var counts = (good: 0, bad: 0)
    for (index, result) in results.prefix(rule.mostTrials).enumerated() {
      if result == true { counts.good += 1 } else if result == false { counts.bad += 1 }
      let trials = index + 1
      guard trials % look == 0 || trials == rule.mostTrials else { continue }
      let estimate = Estimate(
        BracketedProportion(successes: counts.good, failures: counts.bad, trials: trials), under: .anytime,
        at: rule.confidence)
      if rule.isMet(by: estimate) { return trials }
    }
    return nil
  }

  /// Streams with probabilities up to 0 and 1, with and without undecided trials.
  @Test(arguments: [0, 0.02, 0.5, 0.93, 0.97, 1], [0, 0.02])
  func endsAtTheFirstLookThatMeetsTheGoal(probability: Double, undecided: Double) {
    var generator = SplitMix64(state: UInt64(probability * 1000 + undecided * 1e5))
    let results = (0..<1000).map { _ -> Bool? in
      generator.uniform() < undecided ? nil : generator.uniform() < probability
    }
    for goal in Self.goals {
      for look in [37, 64] {
        let rule = StoppingRule(goal, look: look, mostTrials: 999, confidence: level95)
        var monitor = StoppingMonitor(rule)
        for result in results where monitor.ending == nil { monitor.add(result) }
        let expected = firstLook(results, every: look, rule)
        switch monitor.ending {
        case .met?: #expect(monitor.counts.trials == expected, "\(goal) \(probability) \(look)")
        case .exhausted?:
          #expect(expected == nil && monitor.counts.trials == rule.mostTrials, "\(goal) \(probability) \(look)")
        case .impossible?:
          // It may be met by chance later, but not before.
          #expect(expected.map { $0 > monitor.counts.trials } ?? true, "\(goal) \(probability) \(look)")
          #expect(monitor.counts.trials % look == 0 || monitor.counts.trials == rule.mostTrials)
        case nil: Issue.record("most trials are done")
        }
      }
    }
  }

  private func ending(
    _ goal: StoppingRule.Goal, planned: Int = 0, most: Int = 100_000, _ result: (Int) -> Bool?
  ) -> StoppingMonitor {
    var monitor = StoppingMonitor(
      StoppingRule(goal, look: 64, mostTrials: most, confidence: level95), planned: planned)
    var trial = 0
    while monitor.ending == nil {
      monitor.add(result(trial))
      trial += 1
    }
    return monitor
  }

  /// 4 % undecided: the interval stays at least 0.04 wide.
  @Test func undecidedTrialsMakeGoalsImpossible() {
    let few: (Int) -> Bool? = { $0 % 25 == 7 ? nil : true }
    #expect(ending(.halfWidth(0.015), few).ending == .impossible(.undecided))
    #expect(ending(.halfWidth(0.03), few).ending == .met)
    #expect(ending(.lowerBoundAbove(0.98), few).ending == .impossible(.undecided))
    #expect(ending(.lowerBoundAbove(0.93), few).ending == .met)
    #expect(ending(.decided(0.98), few).ending == .impossible(.undecided))
    #expect(ending(.decided(0.93), few).ending == .met)
  }

  @Test func smallProbabilitiesExceedNothing() {
    let half: (Int) -> Bool? = { $0 % 2 == 0 }
    let monitor = ending(.lowerBoundAbove(0.9), half)
    #expect(monitor.ending == .impossible(.probability) && monitor.counts.trials == 64)
    #expect(ending(.halfWidth(0.01), most: 1000, half).ending == .exhausted)
    #expect(ending(.halfWidth(0.01), most: 1000, half).counts.trials == 1000)
  }

  /// Nothing of a rule counts before the trials that were planned without it, and then what a report says of both.
  @Test func looksBeginBehindPlannedTrials() {
    #expect(ending(.halfWidth(0.1)) { _ in true }.counts.trials == 64)
    #expect(ending(.halfWidth(0.1), planned: 320) { _ in true }.counts.trials == 320)
    // Clopper and Pearson's interval of 320 trials is shorter than the sequence, also at half of the error probability.
    let goal = StoppingRule.Goal.halfWidth(0.0069)
    #expect(ending(goal, planned: 320) { _ in true }.counts.trials == 320)
    #expect(ending(goal) { _ in true }.counts.trials > 320)
    // More trials than the rule would have allowed are its end.
    #expect(ending(.halfWidth(0.001), planned: 500, most: 300) { $0 % 2 == 0 }.counts.trials == 500)
    #expect(ending(.halfWidth(0.001), planned: 500, most: 300) { $0 % 2 == 0 }.ending == .exhausted)
    let extended = ending(.halfWidth(0.02), planned: 300) { $0 % 20 != 0 }
    let counts = extended.counts
    let first = BracketedProportion(successes: 285, failures: 15, trials: 300)
    let estimate = Estimate(counts, first: first, under: .extended(planned: 300), at: level95)
    #expect(extended.ending == .met && estimate.interval.upper - estimate.interval.lower <= 0.04)
  }

  /// At planned stages the bounds are Clopper and Pearson's, at equal parts of the error probability.
  @Test func stages() throws {
    let counts = BracketedProportion(successes: 380, failures: 15, trials: 400)
    let estimate = Estimate(counts, under: .staged(of: 4), at: level95)
    let part = level95.simultaneous(over: 4)
    #expect(estimate.interval == Estimate(counts, under: .fixed, at: part).interval)
    #expect(estimate.lowerBound == counts.lowest.clopperPearsonLower(at: part))
    #expect(estimate.method == .stages && estimate.confidence == level95)
    let rule = StoppingRule(.halfWidth(0.03), stages: [100, 400, 1600, 6400], confidence: level95)
    #expect(rule.likelyTrials(after: BracketedProportion(successes: 95, failures: 5, trials: 100)) == 400)
    for (isPlanned, expected) in [(true, 400), (false, 1600)] {
      var monitor = StoppingMonitor(rule, hasPlannedStages: isPlanned)
      var trial = 0
      while monitor.ending == nil {
        monitor.add(trial % 20 != 0)
        trial += 1
      }
      #expect(monitor.ending == .met && monitor.counts.trials == expected)
    }
  }

  /// At constant shares the outlook comes true.
  @Test func outlook() throws {
    for goal in [StoppingRule.Goal.halfWidth(0.01), .lowerBoundAbove(0.94), .decided(0.94)] {
      let rule = StoppingRule(goal, look: 100, mostTrials: 1_000_000, confidence: level95)
      let likely = try #require(
        rule.likelyTrials(after: BracketedProportion(successes: 190, failures: 10, trials: 200)))
      let monitor = ending(goal) { $0 % 20 != 19 }
      #expect(abs(Double(likely) / Double(monitor.counts.trials) - 1) < 0.05, "\(goal)")
    }
    let rule = StoppingRule(.lowerBoundAbove(0.99), look: 64, mostTrials: 1000, confidence: level95)
    #expect(rule.likelyTrials(after: BracketedProportion(successes: 190, failures: 10, trials: 200)) == nil)
    #expect(rule.likelyTrials(after: BracketedProportion(successes: 0, failures: 0, trials: 0)) == nil)
  }

  /// What is printed when a rule ends the sampling is wrong for at most 5 % of 250 studies of up to 6400 trials, each with
  /// a probability where the rule is tempted: a Binomial(250, 0.05) count exceeds 27 with a probability below 1e-4, the
  /// false-alarm rate of each check over the choice of the seed, which is fixed.
  ///
  /// The control: Clopper and Pearson's interval at the same looks, ended when it excludes what it should not, errs far
  /// more often.
  @Test(arguments: [0.5, 0.9, 0.99])
  func coverageUnderRules(probability: Double) {
    var generator = SplitMix64(state: UInt64(probability * 1e6))
    let goals: [StoppingRule.Goal] = [
      .halfWidth(0.02), .lowerBoundAbove(probability), .decided(probability),
    ]
    var errors = [0, 0, 0]
    var control = 0
    for _ in 0..<250 {
      var monitors = goals.map {
        StoppingMonitor(StoppingRule($0, look: 64, mostTrials: 6400, confidence: level95))
      }
      var (successes, trials, controlErrs) = (0, 0, false)
      while trials < 6400 {
        let success = generator.uniform() < probability
        (successes, trials) = (successes + (success ? 1 : 0), trials + 1)
        for place in monitors.indices where monitors[place].ending == nil { monitors[place].add(success) }
        if trials % 64 == 0, !controlErrs {
          controlErrs = !Proportion(successes: successes, trials: trials).clopperPearson(at: level95)
            .contains(probability)
        }
      }
      for (place, monitor) in monitors.enumerated() {
        let estimate = Estimate(monitor.counts, under: .anytime, at: level95)
        let isWrong = place == 1 ? estimate.lowerBound > probability : !estimate.interval.contains(probability)
        if isWrong { errors[place] += 1 }
      }
      if controlErrs { control += 1 }
    }
    #expect(errors.allSatisfy { $0 <= 27 }, "\(errors)")
    #expect(control > 50, "\(control)")
  }
}
