import Estimation
import Foundation
import TestSupport
import Testing

/// Streams of trials that are stopped for what they show: the interval at that moment is wrong with at most the error
/// probability.
@Suite struct StoppingCoverageTests {
  /// 2000 streams of 10,000 trials for each p. Each of the martingales at the true p, the mixtures of both priors and the two
  /// hedged bets, ever reaches its threshold in at most 5 % of the streams: a Binomial(2000, 0.05) count exceeds 138 with a probability
  /// of at most 1e-4, the false-alarm rate of each check over the choice of the seed. Clopper-Pearson, looked at after every 64 trials,
  /// is wrong at some look more often; so is whichever of it and the sequence is tighter, since it is that one nearly always.
  @Test(arguments: [0.5, 0.9, 0.99, 0.999]) func everCrossed(p: Double) {
    let length = 10_000
    let (threshold, half) = (log(20.0), log(40.0))
    // What the counts k of a look may be so that Clopper-Pearson contains p.
    let looks = Array(stride(from: 64, through: length, by: 64))
    let accepted = looks.map { n in
      OrderStatisticInterval(ofShare: p, trials: n, under: .fixed, at: level95)
    }
    let successFactors = (0..<length).map { log(Double($0) + 0.5) }
    let uniformFactors = (0...length).map { log(Double($0) + 1) }
    let (logP, logQ) = (log(p), log(1 - p))
    let bets = (1...length).map { 2 * half / log(1 + Double($0)) }
    var generator = SplitMix64(state: 20_261_204)
    var (jeffreys, uniform, betting, repeated) = (0, 0, 0, 0)
    for _ in 0..<2000 {
      var (k, squares, look) = (0, 0.25, 0)
      var (a, b) = (0.0, 0.0)
      var (rising, falling) = (1.0, 1.0)
      var crossed = (jeffreys: false, uniform: false, betting: false, repeated: false)
      for n in 0..<length {
        let isSuccess = generator.uniform() < p
        let count = isSuccess ? k : n - k
        let expected = isSuccess ? logP : logQ
        a += successFactors[count] - uniformFactors[n] - expected
        b += uniformFactors[count] - log(Double(n) + 2) - expected
        let bet = (bets[n] / squares).squareRoot()
        let step = (isSuccess ? 1 : 0) - p
        rising *= 1 + min(bet, 0.5 / p) * step
        falling *= 1 - min(bet, 0.5 / (1 - p)) * step
        if isSuccess { k += 1 }
        let distance = (isSuccess ? 1 : 0) - (0.5 + Double(k)) / Double(n + 2)
        squares += distance * distance
        if a >= threshold { crossed.jeffreys = true }
        if b >= threshold { crossed.uniform = true }
        if rising >= 40 || falling >= 40 { crossed.betting = true }
        if n + 1 == looks[min(look, looks.count - 1)] {
          if k < accepted[look].lowerRank || k >= accepted[look].upperRank { crossed.repeated = true }
          look += 1
        }
      }
      if crossed.jeffreys { jeffreys += 1 }
      if crossed.uniform { uniform += 1 }
      if crossed.betting { betting += 1 }
      if crossed.repeated { repeated += 1 }
    }
    #expect(jeffreys <= 138 && uniform <= 138 && betting <= 138)
    #expect(jeffreys > 5 && betting > 5)
    #expect(repeated > 2 * 138)
  }

  /// What ends a stream.
  enum Rule: CaseIterable {
    /// The interval is at most 0.1 wide.
    case width
    /// Its lower end is above 0.8.
    case lowerEnd
    /// It does not contain 0.9.
    case decided

    func isMet(_ interval: Interval) -> Bool {
      switch self {
      case .width: interval.upper - interval.lower <= 0.1
      case .lowerEnd: interval.lower > 0.8
      case .decided: !interval.contains(0.9)
      }
    }
  }

  /// 2000 streams of at most 1600 trials, looked at after every 64, that end when the rule is met by the interval. It is wrong then, or
  /// at the end, in at most 5 % of them (at most 138, as above). The controls: where p is the value that a rule is about, Clopper-Pearson
  /// at every look errs more often, and so does the shorter of its interval and the sequence's.
  @Test(arguments: [0.8, 0.9, 0.97]) func stopped(p: Double) {
    let looks = 25
    let methods: [(Proportion) -> Interval] = [
      { $0.confidenceSequence(at: level95) },
      { Estimate(BracketedProportion($0), under: .anytime, at: level95).interval },
      { $0.clopperPearson(at: level95) },
      { proportion in
        [proportion.clopperPearson(at: level95), proportion.confidenceSequence(at: level95)]
          .min { $0.upper - $0.lower < $1.upper - $1.lower }!
      },
    ]
    var known: [[Proportion: Interval]] = Array(repeating: [:], count: methods.count)
    var generator = SplitMix64(state: 20_261_205)
    let streams = (0..<2000).map { _ in
      var k = 0
      return (0..<looks).map { _ in
        for _ in 0..<64 where generator.uniform() < p { k += 1 }
        return k
      }
    }
    for rule in Rule.allCases {
      var wrong = Array(repeating: 0, count: methods.count)
      var ended = 0
      let isAtValue = rule == .decided && p == 0.9 || rule == .lowerEnd && p == 0.8
      for counts in streams {
        for (place, method) in methods.enumerated().prefix(isAtValue ? 4 : 2) {
          for (look, count) in counts.enumerated() {
            let proportion = Proportion(successes: count, trials: 64 * (look + 1))
            let interval = known[place][proportion] ?? method(proportion)
            known[place][proportion] = interval
            let isMet = rule.isMet(interval)
            guard isMet || look == looks - 1 else { continue }
            if !interval.contains(p) { wrong[place] += 1 }
            if isMet && place == 0 { ended += 1 }
            break
          }
        }
      }
      #expect(wrong[0] <= 138 && wrong[1] <= 138)
      switch rule {
      case .width: #expect(ended == 2000)
      case .lowerEnd, .decided: #expect(isAtValue ? ended < 138 : ended > 1900)
      }
      // On one side only: half as many.
      if isAtValue { #expect(wrong[2] > (rule == .decided ? 276 : 138) && wrong[3] > (rule == .decided ? 276 : 138)) }
    }
  }

  /// 2000 studies of four stages that are wrong where the interval at some stage excludes the true value, 0.9: at most 138, as
  /// above. At the whole error probability at each stage more are.
  @Test func staged() {
    let plan = StagedPlan(stages: [100, 300, 1000, 3000], weights: [1, 1, 2, 4])
    #expect(plan.weights == [0.125, 0.125, 0.25, 0.5])
    #expect(plan.level(ofStage: 3, at: level95).error == 0.025)
    #expect(StagedPlan(stages: [300]).level(ofStage: 0, at: level95) == level95)
    var generator = SplitMix64(state: 20_261_206)
    var (wrong, greedy) = (0, 0)
    var known: [Proportion: Bool] = [:]
    for _ in 0..<2000 {
      var (k, n) = (0, 0)
      var looks: [BracketedProportion] = []
      var isGreedyWrong = false
      for stage in plan.stages {
        while n < stage {
          if generator.uniform() < 0.9 { k += 1 }
          n += 1
        }
        let proportion = Proportion(successes: k, trials: n)
        looks.append(BracketedProportion(proportion))
        let holds = known[proportion] ?? proportion.clopperPearson(at: level95).contains(0.9)
        known[proportion] = holds
        if !holds { isGreedyWrong = true }
      }
      // The intersection over all stages excludes what that of some first ones does.
      if !plan.interval(looks, at: level95).contains(0.9) { wrong += 1 }
      if isGreedyWrong { greedy += 1 }
    }
    #expect(wrong <= 138 && wrong > 10)
    #expect(greedy > 150)
  }

  @Test func stagesWithUndecidedTrials() {
    let plan = StagedPlan(stages: [100, 300])
    let looks = [
      BracketedProportion(successes: 80, failures: 10, trials: 100),
      BracketedProportion(successes: 250, failures: 40, trials: 300),
    ]
    let half = level95.simultaneous(over: 2)
    let parts = looks.map { Estimate($0, under: .fixed, at: half) }
    #expect(
      plan.interval(looks, at: level95)
        == Interval(
          lower: max(parts[0].interval.lower, parts[1].interval.lower),
          upper: min(parts[0].interval.upper, parts[1].interval.upper)))
    #expect(plan.lowerBound(looks, at: level95) == max(parts[0].lowerBound, parts[1].lowerBound))
    #expect(plan.interval([], at: level95) == .unit)
  }
}
