import Estimation
import Foundation
import TestSupport
import Testing

@Suite("Confidence sequence")
struct ConfidenceSequenceTests {
  @Test("reference values to 1e-9", arguments: ReferenceIntervals.all)
  func reference(_ reference: ReferenceIntervals) {
    // How far the roots behind these references were refined was not recorded: no more than 1e-9 is claimed of them.
    // The bounds to 1e-11 are below.
    let proportion = Proportion(successes: reference.successes, trials: reference.trials)
    let level = ConfidenceLevel(reference.level)
    #expect(
      agrees(proportion.confidenceSequence(at: level, prior: .uniform), reference.uniformSequence, within: 1e-9))
    #expect(agrees(proportion.confidenceSequence(at: level), reference.jeffreysSequence, within: 1e-9))
  }

  /// Roots of M_n(p) = 20 at 60 digits, prior Beta(1/2, 1/2), computed with mpmath.
  @Test(
    "reference values to 1e-11, up to a thousand million trials",
    arguments: [
      (0, 1, 0, 0.975),
      (1, 1, 0.025, 1),
      (7, 50, 0.03233689489055596, 0.34034667640673402),
      (123_456, 1_000_000, 0.1219804562373576348, 0.12494171467382227),
      (0, 1_000_000_000, 0, 1.3929730038058205e-8),
      (1, 1_000_000_000, 4.4603122814926673e-16, 1.7484173266742098e-8),
      (500_000_000, 1_000_000_000, 0.49991758896809158, 0.50008241103190842),
      (970_000_000, 1_000_000_000, 0.96997187494940194, 0.97002810802637548),
      (999_999_999, 1_000_000_000, 0.99999998251582673, 0.99999999999999955),
      (1_000_000_000, 1_000_000_000, 0.99999998607026996, 1),
    ] as [(Int, Int, Double, Double)])
  func twoSided(k: Int, n: Int, lower: Double, upper: Double) {
    let interval = Proportion(successes: k, trials: n).confidenceSequence(at: level95)
    #expect(agrees(interval, (lower, upper), within: 1e-11))
    // Outward, up to the rounding of the reference value.
    #expect(interval.lower <= lower.nextUp && interval.upper >= upper.nextDown)
  }

  /// Roots of the truncated M_n(p) = 20, computed with mpmath.
  @Test(
    "one-sided reference values",
    arguments: [
      (1, 1, BetaPrior.jeffreys, 0.027936694624402466),
      (1, 10, .jeffreys, 0.00047207228962912168),
      (8, 10, .jeffreys, 0.37016194016468422),
      (3, 300, .jeffreys, 0.00051380012599879278),
      (285, 300, .jeffreys, 0.90328065357354887),
      (299, 300, .jeffreys, 0.97801993705153943),
      (300, 300, .jeffreys, 0.98745380777984775),
      (950, 1000, .jeffreys, 0.92533592981702975),
      (1, 1, .uniform, 0.025641025641025665),
      (8, 10, .uniform, 0.37819826742304839),
      (285, 300, .uniform, 0.90570766039940247),
      (300, 300, .uniform, 0.98508432004018859),
    ])
  func oneSided(k: Int, n: Int, prior: BetaPrior, lower: Double) {
    let bound = Proportion(successes: k, trials: n).confidenceSequenceLower(at: level95, prior: prior)
    #expect(agrees(bound, lower, within: 1e-11))
    #expect(bound <= lower.nextUp)
  }

  @Test("no trials, no successes, no failures")
  func edges() {
    let empty = Proportion(successes: 0, trials: 0)
    #expect(empty.confidenceSequence(at: level95) == .unit)
    #expect(empty.confidenceSequenceLower(at: level95) == 0)
    for n in [1, 2, 300, 1_000_000_000, 1 << 53] {
      #expect(Proportion(successes: 0, trials: n).confidenceSequence(at: level95).lower == 0)
      #expect(Proportion(successes: 0, trials: n).confidenceSequenceLower(at: level95) == 0)
      #expect(Proportion(successes: n, trials: n).confidenceSequence(at: level95).upper == 1)
    }
  }

  @Test("symmetry in success and failure, nestedness in the level, one side tighter than two")
  func properties() {
    let levels = [0.1, 0.5, 0.9, 0.95, 0.99, 0.999999].map { ConfidenceLevel($0) }
    for n in [1, 2, 7, 50, 300] {
      for k in stride(from: 0, through: n, by: n > 100 ? 7 : 1) {
        let proportion = Proportion(successes: k, trials: n)
        let mirror = Proportion(successes: n - k, trials: n)
        for prior in [BetaPrior.jeffreys, .uniform] {
          var previous: (interval: Interval, lower: Double)?
          for level in levels {
            let interval = proportion.confidenceSequence(at: level, prior: prior)
            let mirrored = mirror.confidenceSequence(at: level, prior: prior)
            let lower = proportion.confidenceSequenceLower(at: level, prior: prior)
            // Both are rounded outward: see `agrees`.
            #expect(abs(interval.lower - (1 - mirrored.upper)) <= 1e-11)
            #expect(abs(interval.upper - (1 - mirrored.lower)) <= 1e-11)
            #expect(interval.contains(proportion.share!))
            #expect(interval.contains(proportion.clopperPearson(at: level)))
            #expect(lower <= proportion.clopperPearsonLower(at: level))
            #expect(k == 0 ? lower == 0 : lower > interval.lower)
            if let previous {
              #expect(interval.contains(previous.interval))
              #expect(lower <= previous.lower)
            }
            previous = (interval, lower)
          }
        }
      }
    }
  }

  /// log M_n(p) at 60 digits, prior Beta(1/2, 1/2), computed with mpmath.
  @Test(
    "the logarithm keeps its digits up to a million million trials",
    arguments: [
      (7, 50, 0.3, 1.3262741651282458),
      (500_000_000, 1_000_000_000, 0.4999, 9.4125761286276723),
      (970_000_000, 1_000_000_000, 0.96997, 4.8665103126779429),
      (300_000_000_000, 1_000_000_000_000, 0.3000021, -3.5413299104772989),
      (0, 1_000_000_000_000, 1e-11, -4.3878755008390998),
      (999_999_999_999, 1_000_000_000_000, 1 - 0x1p-36, -3.2068300687608826),
    ])
  func logarithm(k: Int, n: Int, p: Double, reference: Double) {
    let mixture = BetaBinomialMixture(Proportion(successes: k, trials: n), prior: .jeffreys)
    // `BetaBinomialMixture.threshold` leaves 1e-12 (1 + |log M|), a hundred times what was seen: up to 1e-13 here,
    // where |log M| < 10.
    #expect(abs(mixture.log(at: p) - reference) <= 5e-13)
  }

  /// M_n(p) has mean 1 under p, and each value is the mean of its two successors: the two facts that Ville's
  /// inequality needs, for the martingale and for its truncated form.
  @Test("the mixture is a martingale of mean 1", arguments: [0.001, 0.5, 0.9, 0.999], [BetaPrior.jeffreys, .uniform])
  func martingale(p: Double, prior: BetaPrior) {
    func plain(_ k: Int, _ n: Int) -> Double {
      BetaBinomialMixture(Proportion(successes: k, trials: n), prior: prior).log(at: p)
    }
    func truncated(_ k: Int, _ n: Int) -> Double {
      BetaBinomialMixture(Proportion(successes: k, trials: n), prior: prior).logTruncated(at: p)
    }
    // Up to where a binomial probability underflows.
    for n in [0, 1, 14, 15, 16, 17, 60, 300] where pow(min(p, 1 - p), Double(n)) > 1e-305 {
      let masses = binomialMasses(trials: n, p: p)
      for logarithm in [plain, truncated] {
        // Added to the logarithm of the mass first: the martingale alone overflows.
        let mean = masses.indices.reduce(0) { $0 + exp(log(masses[$1]) + logarithm($1, n)) }
        // Masses are off by 3 n 2^-53 = 1e-13; logarithms, of size 700 at most, by 1e-13 to 1e-12 each, and so is the
        // exponential of their sum, relatively. The sum of the values is 1.
        #expect(abs(mean - 1) <= 1e-11)
        for k in stride(from: 0, through: n, by: 5) where truncated(k, n) - plain(k, n) > -600 {
          let current = logarithm(k, n)
          let next = p * exp(logarithm(k + 1, n + 1) - current) + (1 - p) * exp(logarithm(k, n + 1) - current)
          #expect(abs(next - 1) <= 1e-11)
        }
      }
    }
  }

  @Test("the truncated martingale is never NaN and crosses the threshold once")
  func truncatedTails() {
    for (k, n) in [
      (0, 1), (1, 1), (1, 10), (150, 300), (299, 300), (300, 300), (500_000, 1_000_000), (3, 1_000_000_000),
    ] {
      let proportion = Proportion(successes: k, trials: n)
      for prior in [BetaPrior.jeffreys, .uniform] {
        let mixture = BetaBinomialMixture(proportion, prior: prior)
        for level in [ConfidenceLevel(0.05), level95, ConfidenceLevel(0.999999)] {
          let threshold = -log(level.error)
          let bound = proportion.confidenceSequenceLower(at: level, prior: prior)
          var grid = [bound.nextDown, bound, bound * (1 + 1e-9)]
          for step in 0...400 { grid.append(Double(step) / 400) }
          for step in 1...60 { grid += [exp2(-Double(step)), 1 - exp2(-Double(step))] }
          for p in grid where p >= 0 && p < 1 {
            let value = mixture.logTruncated(at: p)
            #expect(!value.isNaN)
            // Bounds leave room of 1e-12 (1 + threshold) + n 2^-62, up to 2.4e-10 for 10^9 trials: 1e-9 is clear of
            // it.
            if p < bound { #expect(value >= threshold - 1e-9) }
            if p > bound * (1 + 1e-9) { #expect(value < threshold + 1e-9) }
            #expect(value <= 0 || value >= mixture.log(at: p) - 1e-9)
          }
        }
      }
    }
  }

  /// The probability that a bound fails at some n <= 50, summed over all paths that have not failed yet: exact, and
  /// with the bounds that users see.
  @Test("a bound ever fails with at most the error probability", arguments: [0.5, 0.9, 0.99, 0.999])
  func exactCrossing(p: Double) {
    func failure(_ holds: (Proportion) -> Bool) -> Double {
      var alive = [1.0]
      var failed = 0.0
      for n in 1...50 {
        alive = (0...n).map { k in (k > 0 ? alive[k - 1] * p : 0) + (k < n ? alive[k] * (1 - p) : 0) }
        // Paths too rare to matter count as failed.
        for k in 0...n where alive[k] < 1e-9 || !holds(Proportion(successes: k, trials: n)) {
          failed += alive[k]
          alive[k] = 0
        }
      }
      return failed
    }
    #expect(failure { $0.confidenceSequence(at: level95).contains(p) } <= 0.05)
    #expect(failure { $0.confidenceSequenceLower(at: level95) <= p } <= 0.05)
    // Clopper-Pearson at every look breaks the promise: the check has teeth.
    if p == 0.5 { #expect(failure { $0.clopperPearson(at: level95).contains(p) } > 0.1) }
  }

  /// 2000 streams of 2000 trials for each p, looked at after every trial. The share of streams that ever fail is
  /// compatible with an error of 0.05: a Binomial(2000, 0.05) count exceeds 138 with a probability of at most 1e-4, the
  /// false-alarm rate of each of the eight checks over the choice of the seed, which is fixed.
  @Test("simulated streams stay inside", arguments: [0.5, 0.9, 0.99, 0.999])
  func simulation(p: Double) {
    let threshold = 1 / level95.error
    let (streams, length) = (2000, 2000)
    let priorMass = 1 - 2 / Double.pi * asin(p.squareRoot())
    var generator = SplitMix64(state: 20_260_101)
    var (failures, oneSidedFailures) = (0, 0)
    for stream in 0..<streams {
      var k = 0
      var martingale = 1.0
      var (fails, oneSidedFails) = (false, false)
      for n in 0..<length {
        // The ratio of successive values, independent of the code under test.
        if generator.uniform() < p {
          martingale *= (0.5 + Double(k)) / ((1 + Double(n)) * p)
          k += 1
        } else {
          martingale *= (0.5 + Double(n - k)) / ((1 + Double(n)) * (1 - p))
        }
        if martingale >= threshold { fails = true }
        // The truncated martingale is at most this, and at most 1 below the share.
        if !oneSidedFails && martingale >= priorMass * threshold && Double(k) > p * Double(n + 1) {
          let proportion = Proportion(successes: k, trials: n + 1)
          let value = BetaBinomialMixture(proportion, prior: .jeffreys).logTruncated(at: p)
          if value >= log(threshold) {
            oneSidedFails = true
            // The bound is rounded outward by less than 1e-11.
            #expect(proportion.confidenceSequenceLower(at: level95) > p - 1e-9)
          }
        }
      }
      if fails { failures += 1 }
      if oneSidedFails { oneSidedFailures += 1 }
      if stream < 200 {
        let proportion = Proportion(successes: k, trials: length)
        let mixture = BetaBinomialMixture(proportion, prior: .jeffreys)
        // 2000 factors of four roundings each: 8000 * 2^-53 = 1e-12 relatively; the logarithm itself 1e-12 more.
        #expect(abs(mixture.log(at: p) - log(martingale)) <= 1e-10)
        #expect(proportion.confidenceSequence(at: level95).contains(p) == (martingale < threshold))
        #expect(
          (proportion.confidenceSequenceLower(at: level95) <= p) == (mixture.logTruncated(at: p) < log(threshold)))
      }
    }
    #expect(failures <= 138)
    #expect(oneSidedFailures <= 138)
    // Not vacuous: with p = 0.5 some streams do fail.
    if p == 0.5 { #expect(failures > 5 && oneSidedFailures > 5) }
  }
}
