import Estimation
import Foundation
import TestSupport
import Testing

@Suite struct ComparisonTests {
  private func pair(_ k: Int, _ n: Int, _ l: Int, _ m: Int) -> ProportionPair {
    ProportionPair(Proportion(successes: k, trials: n), Proportion(successes: l, trials: m))
  }

  @Test func newcombe() {
    let pair = pair(240, 300, 285, 300)
    #expect(abs(pair.difference - 0.15) < 1e-15)
    let interval = pair.newcombe(at: level95)
    #expect(abs(interval.lower - 0.09841710763685316) < 1e-14 && abs(interval.upper - 0.2026598195748781) < 1e-14)
    // The same the other way round.
    let mirror = self.pair(285, 300, 240, 300).newcombe(at: level95)
    #expect(abs(mirror.lower + interval.upper) < 1e-15 && abs(mirror.upper + interval.lower) < 1e-15)
    let extreme = self.pair(0, 10, 10, 10).newcombe(at: level95)
    #expect(extreme.upper <= 1 && extreme.lower > 0.5)
  }

  /// scipy.stats.fisher_exact of SciPy 1.17.
  @Test(arguments: [
    ((271, 300, 54, 60), 1.0), ((240, 300, 285, 300), 2.3530061138754756e-08), ((0, 10, 10, 10), 1.082508822446903e-05),
    ((5, 10, 5, 10), 1.0), ((3, 1000, 0, 300), 1.0), ((0, 300, 0, 300), 1.0),
    ((123_456, 1_000_000, 124_000, 1_000_000), 0.2435787784790357), ((1, 2, 299, 300), 0.01322303139644892),
  ])
  func fisher(table: (Int, Int, Int, Int), p: Double) {
    let (k, n, l, m) = table
    #expect(abs(pair(k, n, l, m).fisher - p) <= 1e-8 * p)
    #expect(abs(pair(l, m, k, n).fisher - p) <= 1e-8 * p)
  }

  /// The sum over all tables, one after the other.
  @Test func fisherBySummation() {
    for (n, m) in [(1, 1), (3, 5), (12, 7)] {
      let masses = (binomialMasses(trials: n, p: 0.5), binomialMasses(trials: m, p: 0.5))
      for k in 0...n {
        for l in 0...m {
          let tables = (0...n).filter { (0...m).contains(k + l - $0) }.map { masses.0[$0] * masses.1[k + l - $0] }
          let observed = masses.0[k] * masses.1[l] * (1 + 1e-9)
          let sum = tables.filter { $0 <= observed }.reduce(0, +) / tables.reduce(0, +)
          #expect(abs(pair(k, n, l, m).fisher - sum) < 1e-11)
        }
      }
    }
  }

  /// Where the probabilities are equal, Fisher's p is at most 0.05 with at most that probability: summed over all tables.
  @Test(arguments: [0.5, 0.9, 0.99])
  func fisherKeepsItsLevel(p: Double) {
    let masses = binomialMasses(trials: 60, p: p)
    var error = 0.0
    for k in 0...60 { for l in 0...60 where pair(k, 60, l, 60).fisher <= 0.05 { error += masses[k] * masses[l] } }
    #expect(error <= 0.05)
  }

  @Test func holm() {
    #expect(MultipleTests.holm([0.001, 0.02, 0.03, 0.04]) == [0.004, 0.06, 0.06, 0.06])
    #expect(MultipleTests.holm([0.04, 0.001, 0.03, 0.02]) == [0.06, 0.004, 0.06, 0.06])
    #expect(MultipleTests.holm([0.9, 0.8]) == [1, 1] && MultipleTests.holm([]) == [])
  }

  @Test func trend() throws {
    let test = try #require(
      TrendTest([240, 270, 290].map { Proportion(successes: $0, trials: 300) }, scores: [0, 1, 2]))
    #expect(abs(test.z - 6.495190528383303) < 1e-13)
    #expect(abs(test.risingP - 4.146419582521205e-11) < 1e-22)
    // Scores count up to a linear map; a falling trend is no rising one.
    let other = try #require(
      TrendTest([290, 270, 240].map { Proportion(successes: $0, trials: 300) }, scores: [5, 7, 9]))
    #expect(abs(other.z + test.z) < 1e-13 && other.risingP > 0.99)
    #expect(
      TrendTest([Proportion(successes: 3, trials: 3), Proportion(successes: 5, trials: 5)], scores: [0, 1]) == nil)
    #expect(
      TrendTest([Proportion(successes: 1, trials: 3), Proportion(successes: 2, trials: 5)], scores: [1, 1]) == nil)
  }
}
