import Estimation
import Foundation
import TestSupport
import Testing

/// A planned number of trials that was extended after a look.
@Suite struct ExtendedPlanTests {
  private let first = Proportion(successes: 285, trials: 300)
  private let all = Proportion(successes: 2840, trials: 3000)
  private let plan = SamplingPlan.extended(planned: 300)

  @Test func intersectionAtHalfOfTheErrorEach() {
    let half = level95.simultaneous(over: 2)
    let estimate = Estimate(all, first: first, under: plan, at: level95)
    let (planned, sequence) = (first.clopperPearson(at: half), all.confidenceSequence(at: half))
    #expect(estimate.method == .intersection && estimate.proportion == all)
    #expect(estimate.interval.lower == max(planned.lower, sequence.lower))
    #expect(estimate.interval.upper == min(planned.upper, sequence.upper))
    #expect(
      estimate.lowerBound
        == max(first.clopperPearsonLower(at: half), all.confidenceSequenceLower(at: half)))
    // With undecided trials too.
    let (few, many) = (
      BracketedProportion(successes: 280, failures: 15, trials: 300),
      BracketedProportion(successes: 2800, failures: 160, trials: 3000)
    )
    let bracketed = Estimate(many, first: few, under: plan, at: level95)
    let parts = (Estimate(few, under: .fixed, at: half), Estimate(many, under: .anytime, at: half))
    #expect(bracketed.interval.lower == max(parts.0.interval.lower, parts.1.interval.lower))
    #expect(bracketed.interval.upper == min(parts.0.interval.upper, parts.1.interval.upper))
    #expect(bracketed.undecided == 40)
  }

  /// Soon after the extension the planned trials still bound.
  @Test func shortExtensionHardlyWidens() {
    let estimate = Estimate(Proportion(successes: 286, trials: 301), first: first, under: plan, at: level95)
    #expect(estimate.interval == first.clopperPearson(at: level95.simultaneous(over: 2)))
    let sequence = Proportion(successes: 286, trials: 301).confidenceSequence(at: level95)
    #expect(sequence.lower < estimate.interval.lower && estimate.interval.upper < sequence.upper)
  }

  @Test func withoutThePlannedTrialsTheSequenceIsLeft() {
    #expect(Estimate(all, under: plan, at: level95) == Estimate(all, under: .anytime, at: level95))
  }

  /// Where the two have nothing in common, one of them is wrong: the one over more trials is left.
  @Test func disjoint() {
    let estimate = Estimate(
      Proportion(successes: 300, trials: 3000), first: Proportion(successes: 300, trials: 300), under: plan, at: level95
    )
    let sequence = Estimate(
      Proportion(successes: 300, trials: 3000), under: .anytime, at: level95.simultaneous(over: 2))
    #expect(estimate.interval == sequence.interval && estimate.lowerBound == sequence.lowerBound)
  }

  /// 4000 studies of 300 trials that are extended to 3000 if the first interval does not reach a wish, one of p that disappoints
  /// for about half of the studies. What leads is wrong for at most 5 % of them: a Binomial(4000, 0.05) count exceeds
  /// 252 with a probability of at most 1e-4, the false-alarm rate of each check over the choice of the seed, which is fixed.
  ///
  /// The control: what the planned trials and all of them exclude by Clopper and Pearson at the whole error probability
  /// each, that is, whichever is tighter, is wrong more often; for p = 0.5 for more than 252.
  @Test(arguments: [0.5, 0.9, 0.97, 0.99])
  func extendedOnlyWhenDisappointed(p: Double) {
    var generator = SplitMix64(state: 20_261_130)
    func successes(_ trials: Int) -> Int {
      (0..<trials).reduce(0) { sum, _ in sum + (generator.uniform() < p ? 1 : 0) }
    }
    let wish = Proportion(successes: Int((300 * p).rounded()), trials: 300).clopperPearson(at: level95).lower
    var (wrong, tighterWrong, extended) = (0, 0, 0)
    for _ in 0..<4000 {
      let first = Proportion(successes: successes(300), trials: 300)
      let planned = first.clopperPearson(at: level95)
      guard planned.lower < wish else {
        if !planned.contains(p) { (wrong, tighterWrong) = (wrong + 1, tighterWrong + 1) }
        continue
      }
      extended += 1
      let all = Proportion(successes: first.successes + successes(2700), trials: 3000)
      if !Estimate(all, first: first, under: plan, at: level95).interval.contains(p) { wrong += 1 }
      // At the whole error probability each.
      let intersection = [planned, all.clopperPearson(at: level95)]
      if !intersection.allSatisfy({ $0.contains(p) }) { tighterWrong += 1 }
    }
    #expect(extended > 1000 && extended < 3800)
    #expect(wrong <= 252)
    #expect(tighterWrong > wrong)
    if p == 0.5 { #expect(tighterWrong > 252) }
  }
}
