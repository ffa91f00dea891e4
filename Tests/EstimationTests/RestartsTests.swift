import Estimation
import Foundation
import TestSupport
import Testing

@Suite struct RestartsTests {
  @Test func expectedCost() throws {
    let estimate = Estimate(
      BracketedProportion(successes: 30, failures: 60, trials: 100), under: .fixed, at: level95)
    let restarts = try #require(Restarts(estimate, cost: 2))
    #expect(restarts.trainings == 1 / 0.4...1 / 0.3)
    #expect(restarts.totalCost == 5...2 / 0.3)
    #expect(restarts.trainingsInterval == 1 / estimate.interval.upper...1 / estimate.interval.lower)
    #expect(restarts.totalCostInterval.upperBound == 2 / estimate.interval.lower)
    // (1 - p)^k <= 0.01 for the first time.
    let k = try #require(restarts.trainings(for: 0.99))
    let p = estimate.interval.lower
    #expect(pow(1 - p, k) <= 0.01 && pow(1 - p, k - 1) > 0.01)
  }

  @Test func edges() throws {
    let none = try #require(
      Restarts(Estimate(Proportion(successes: 0, trials: 50), under: .fixed, at: level95), cost: 3))
    #expect(none.trainings.upperBound == .infinity && none.trainingsInterval.upperBound == .infinity)
    #expect(none.trainingsInterval.lowerBound > 10 && none.trainings(for: 0.5) == nil)
    let all = try #require(
      Restarts(Estimate(Proportion(successes: 50, trials: 50), under: .fixed, at: level95), cost: 3))
    #expect(all.totalCost == 3...3 && all.trainingsInterval.lowerBound == 1)
    #expect(Restarts(Estimate(Proportion(successes: 0, trials: 0), under: .fixed, at: level95), cost: 3) == nil)
  }

  /// A success after a time of 1 with probability 0.3, otherwise after 10: ending at 1 costs 1 / 0.3, ending at 10 costs 7.3.
  @Test func cutoffs() throws {
    func cutoff(_ time: Double, _ successes: Int, cost: Double) throws -> RestartCutoff {
      let estimate = Estimate(Proportion(successes: successes, trials: 1000), under: .fixed, at: level95)
      return RestartCutoff(cutoff: time, restarts: try #require(Restarts(estimate, cost: cost)))
    }
    let cutoffs = [try cutoff(0.5, 0, cost: 0.5), try cutoff(1, 300, cost: 1), try cutoff(10, 1000, cost: 7.3)]
    #expect(RestartCutoff.best(cutoffs) == cutoffs[1])
    #expect(RestartCutoff.best([cutoffs[0]]) == nil && RestartCutoff.best([]) == nil)
  }

  /// Geometric numbers of trainings of random costs: the mean over 20,000 searches is c / p, to four standard errors of it (false-alarm
  /// rate 6e-5).
  @Test func wald() {
    let (p, searches) = (0.2, 20_000)
    var generator = SplitMix64(state: 20_261_208)
    var moments = Moments()
    for _ in 0..<searches {
      var cost = 0.0
      repeat { cost += generator.uniform(1, 3) } while generator.uniform() >= p
      moments.add(cost)
    }
    #expect(abs(moments.mean - 2 / p) < 4 * moments.standardError!)
  }
}
