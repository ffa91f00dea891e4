import Estimation
import Foundation
import Testing

@Suite("Clopper-Pearson")
struct ClopperPearsonTests {
  @Test("reference values to 1e-12", arguments: ReferenceIntervals.all)
  func reference(_ reference: ReferenceIntervals) {
    let proportion = Proportion(successes: reference.successes, trials: reference.trials)
    let level = ConfidenceLevel(reference.level)
    #expect(agrees(proportion.clopperPearson(at: level), reference.clopperPearson, within: 1e-12))
    #expect(agrees(proportion.clopperPearsonLower(at: level), reference.clopperPearsonLower, within: 1e-12))
    let failures = Proportion(successes: reference.trials - reference.successes, trials: reference.trials)
    #expect(agrees(1 - failures.clopperPearsonLower(at: level), reference.clopperPearsonUpper, within: 1e-12))
  }

  @Test("the values of SciPy's binomtest")
  func scipy() {
    let seven = Proportion(successes: 7, trials: 50).clopperPearson(at: level95)
    #expect(agrees(seven, (0.05819170033997342, 0.26739600249700846), within: 1e-12))
    let three = Proportion(successes: 3, trials: 15).clopperPearsonLower(at: level95)
    #expect(agrees(three, 0.05684686759024681, within: 1e-12))
  }

  /// The roots of the binomial tails, found with mpmath at 50 digits.
  @Test("a thousand million trials")
  func large() {
    let n = 1_000_000_000
    let one = Proportion(successes: 1, trials: n).clopperPearson(at: level95)
    #expect(agrees(one, (2.5317807983969402e-11, 5.571643378203114e-9), within: 1e-12))
    #expect(one.lower <= 2.5317807983969402e-11 && one.upper >= 5.571643378203114e-9)
    let half = Proportion(successes: n / 2, trials: n).clopperPearson(at: level95)
    #expect(agrees(half, (0.49996900974842228, 1 - 0.49996900974842228), within: 1e-12))
    let most = Proportion(successes: 970_000_000, trials: n).clopperPearson(at: level95)
    #expect(agrees(most.lower, 0.96998942522833080, within: 1e-12))
  }

  @Test("no successes, no failures, no trials")
  func edges() {
    for n in [1, 2, 300, 1_000_000_000] {
      let none = Proportion(successes: 0, trials: n)
      let all = Proportion(successes: n, trials: n)
      // 1 - (error / 2)^(1 / n).
      let end = -expm1(log(level95.error / 2) / Double(n))
      #expect(none.clopperPearson(at: level95).lower == 0)
      #expect(agrees(none.clopperPearson(at: level95).upper, end, within: 1e-12))
      #expect(all.clopperPearson(at: level95).upper == 1)
      #expect(agrees(all.clopperPearson(at: level95).lower, 1 - end, within: 1e-12))
      #expect(none.clopperPearsonLower(at: level95) == 0)
      #expect(agrees(all.clopperPearsonLower(at: level95), exp(log(level95.error) / Double(n)), within: 1e-12))
    }
    let empty = Proportion(successes: 0, trials: 0)
    #expect(empty.clopperPearson(at: level95) == .unit)
    #expect(empty.clopperPearsonLower(at: level95) == 0)
  }

  /// The number of trials without a failure after which "failures are rarer than p" is known.
  @Test(
    "zero failures: trials needed",
    arguments: [
      (0.1, 29, 44), (0.05, 59, 90), (0.01, 299, 459), (0.005, 598, 919), (0.001, 2995, 4603), (0.0001, 29956, 46050),
    ])
  func zeroFailures(p: Double, needed95: Int, needed99: Int) {
    for (level, needed) in [(level95, needed95), (level99, needed99)] {
      #expect(Proportion(successes: needed, trials: needed).clopperPearsonLower(at: level) >= 1 - p)
      #expect(Proportion(successes: needed - 1, trials: needed - 1).clopperPearsonLower(at: level) < 1 - p)
    }
  }

  @Test("four widths at once")
  func simultaneous() {
    let level = level95.simultaneous(over: 4)
    // 1 - 0.95 and 1 - error are rounded, by 2^-53 at most.
    #expect(agrees(level.error, 0.0125, within: 1e-15))
    #expect(agrees(level.value, 0.9875, within: 1e-15))
    let all = Proportion(successes: 300, trials: 300)
    #expect(agrees(all.clopperPearsonLower(at: level), 0.985499405684992, within: 1e-12))
    #expect(level95.simultaneous(over: 1) == level95)
  }

  @Test("symmetry in success and failure, and nestedness in the level")
  func symmetryAndNesting() {
    let levels = [0.01, 0.5, 0.9, 0.95, 0.99, 0.999999].map { ConfidenceLevel($0) }
    for n in [1, 2, 7, 50, 300] {
      for k in stride(from: 0, through: n, by: n > 100 ? 7 : 1) {
        let proportion = Proportion(successes: k, trials: n)
        let mirror = Proportion(successes: n - k, trials: n)
        var previous: Interval?
        for level in levels {
          let interval = proportion.clopperPearson(at: level)
          let mirrored = mirror.clopperPearson(at: level)
          // Both are rounded outward: twice 1e-13, see `agrees`, and the rounding of 1 - p.
          #expect(abs(interval.lower - (1 - mirrored.upper)) <= 1e-12)
          #expect(abs(interval.upper - (1 - mirrored.lower)) <= 1e-12)
          #expect(interval.contains(proportion.share!))
          #expect(proportion.clopperPearsonLower(at: level) >= interval.lower)
          #expect(mirror.clopperPearsonLower(at: level) >= mirrored.lower)
          if let previous { #expect(interval.contains(previous)) }
          previous = interval
        }
      }
    }
  }

  /// The probability that the bounds hold, summed over the binomial distribution: no simulation.
  @Test("coverage is at least the level", arguments: [0.5, 0.9, 0.99, 0.999], [1, 10, 50, 300])
  func coverage(p: Double, n: Int) {
    var (twoSided, lower, upper) = (0.0, 0.0, 0.0)
    for (k, mass) in binomialMasses(trials: n, p: p).enumerated() {
      let proportion = Proportion(successes: k, trials: n)
      if proportion.clopperPearson(at: level95).contains(p) { twoSided += mass }
      if proportion.clopperPearsonLower(at: level95) <= p { lower += mass }
      if Proportion(successes: n - k, trials: n).clopperPearsonLower(at: level95) <= 1 - p { upper += mass }
    }
    // Masses have three roundings a trial: 900 * 2^-53 = 1e-13 relatively for 300 trials; their sum is 1.
    for coverage in [twoSided, lower, upper] { #expect(coverage >= 0.95 - 1e-12) }
  }
}

/// P(k successes) for k = 0 ... `trials`.
func binomialMasses(trials: Int, p: Double) -> [Double] {
  var masses = [1.0]
  for _ in 0..<trials {
    masses = (0...masses.count).map { k in
      (k > 0 ? masses[k - 1] * p : 0) + (k < masses.count ? masses[k] * (1 - p) : 0)
    }
  }
  return masses
}
