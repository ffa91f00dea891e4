import Estimation
import Foundation
import TestSupport
import Testing

/// scipy.stats.ksone.ppf(0.95, n), and at n = 1, where D^+ = 1 - X: the level itself.
@Test(arguments: [
  (10, 0.36866333261296375), (30, 0.21756345070419805), (100, 0.12066568772965511), (300, 0.07009412059614449),
  (1000, 0.038533841268045536), (10000, 0.012222011278849367), (1, 0.95),
])
func oneSided(trials: Int, expected: Double) {
  let exact = DistributionBand.oneSided(trials: trials, under: .fixed, at: level95)
  #expect(exact >= expected * (1 - 1e-9) && exact <= expected * (1 + 1e-7), "\(exact)")
  #expect(exact <= DistributionBand.massartOneSided(trials: trials, at: level95))
  let always = DistributionBand.oneSided(trials: trials, under: .anytime, at: level95)
  #expect(always == DistributionBand.timeUniform(trials: trials, at: level95))
  let many = DistributionBand.oneSided(trials: 20_000, under: .fixed, at: level95)
  #expect(many == DistributionBand.massartOneSided(trials: 20_000, at: level95))
}

@Suite("Band of a distribution function")
struct DistributionBandTests {
  /// Powers of the whole matrix in long double, SciPy for few and for many trials; not smaller than those by more than rounding.
  @Test func kolmogorov() {
    let rows = LawReferences.recorded.bands
    #expect(rows.count == 52 && rows.map(\.n).max() == 10_000)
    for row in rows {
      let band = DistributionBand(trials: row.n, under: .fixed, at: ConfidenceLevel(1 - row.alpha))
      #expect(band.method == .kolmogorov)
      #expect(
        abs(band.halfWidth - row.halfWidth) <= max(row.tolerance, 1e-7) * row.halfWidth,
        "n = \(row.n), alpha = \(row.alpha)")
      if row.tolerance <= 1e-8 { #expect(band.halfWidth >= row.halfWidth * (1 - 1e-11)) }
    }
    // Theory, H.2, to six digits.
    for (n, halfWidth) in [(300, 0.077832), (1000, 0.042777), (10_000, 0.013564)] {
      #expect(abs(DistributionBand(trials: n, under: .fixed, at: level95).halfWidth - halfWidth) < 1e-6)
    }
  }

  /// The values of theory: sqrt(log(2 / alpha) / 2n), and with log(1 / alpha) on one side.
  @Test func inequality() {
    for (n, two, one) in [
      (10, 0.4294694083467376, 0.38702275602049496), (300, 0.07841002756996855, 0.07066036458008114),
      (10_000, 0.013581015157406196, 0.012238734153404082),
    ] {
      #expect(abs(DistributionBand.massart(trials: n, at: level95) - two) < 1e-15)
      #expect(abs(DistributionBand.massartOneSided(trials: n, at: level95) - one) < 1e-15)
    }
    // Exact ones are narrower, by little where the inequality takes over.
    for n in [1, 2, 17, 1000, 10_000] {
      let exact = DistributionBand(trials: n, under: .fixed, at: level95).halfWidth
      #expect(exact <= DistributionBand.massart(trials: n, at: level95))
      if n == 10_000 { #expect(exact > 0.9987 * DistributionBand.massart(trials: n, at: level95)) }
    }
    let beyond = DistributionBand(trials: 10_001, under: .fixed, at: level95)
    #expect(beyond.method == .massart && beyond.halfWidth == DistributionBand.massart(trials: 10_001, at: level95))
  }

  @Test func timeUniform() {
    for plan in [SamplingPlan.anytime, .extended(planned: 300)] {
      let band = DistributionBand(trials: 1000, under: plan, at: level95)
      #expect(band.method == .timeUniform)
      // 0.85 sqrt((log log(1000 e) + 0.8 log(32240)) / 1000)
      #expect(abs(band.halfWidth - 0.08656912837667055) < 1e-15)
    }
    #expect(DistributionBand(trials: 1, under: .anytime, at: level95).halfWidth == 1)
  }

  @Test func ends() {
    let band = DistributionBand(trials: 300, under: .fixed, at: level95)
    let inside = band.interval(0.4...0.5)
    #expect(abs(inside.lower - (0.4 - band.halfWidth)) < 1e-15 && abs(inside.upper - (0.5 + band.halfWidth)) < 1e-15)
    #expect(band.interval(0...1) == .unit)
  }

  /// The largest distance of the empirical distribution function of 40 uniform numbers from theirs: 4000 samples. It
  /// exceeds the half-width in 5 % of the samples; a Binomial(4000, 0.05) count is outside of 148 ... 252 with a probability of
  /// at most 2e-4, the false-alarm rate over the choice of the seed. For a law with jumps, the numbers rounded to tenths, not more often.
  @Test func coverage() {
    let band = DistributionBand(trials: 40, under: .fixed, at: level95)
    var generator = SplitMix64(state: 20_261_201)
    var (continuous, discrete) = (0, 0)
    for _ in 0..<4000 {
      let sample = (0..<40).map { _ in generator.uniform() }
      let scaled = kolmogorovSmirnov(sample) { $0 }
      if scaled / 40.0.squareRoot() > band.halfWidth { continuous += 1 }
      let distance = (1...10).map { step in
        abs(Double(sample.count { $0 < Double(step) / 10 }) / 40 - Double(step) / 10)
      }.max()!
      if distance > band.halfWidth { discrete += 1 }
    }
    #expect(148...252 ~= continuous)
    #expect(discrete <= 252 && discrete < continuous)
  }

  /// 400 streams of 1024 uniform numbers, looked at after each power of 2 and in between: the time-uniform band holds at all looks;
  /// the exact one for a fixed number fails at one of them in more than 10 % of the streams (expected: 20 to 25 %).
  @Test func everyLook() {
    let looks = stride(from: 16, through: 1024, by: 48).map { $0 }
    let fixed = looks.map { DistributionBand(trials: $0, under: .fixed, at: level95).halfWidth }
    let always = looks.map { DistributionBand(trials: $0, under: .anytime, at: level95).halfWidth }
    var generator = SplitMix64(state: 20_261_202)
    var (failures, fixedFailures) = (0, 0)
    for _ in 0..<400 {
      let stream = (0..<1024).map { _ in generator.uniform() }
      let distances = looks.map { kolmogorovSmirnov(Array(stream.prefix($0))) { $0 } / Double($0).squareRoot() }
      if zip(distances, always).contains(where: { $0 > $1 }) { failures += 1 }
      if zip(distances, fixed).contains(where: { $0 > $1 }) { fixedFailures += 1 }
    }
    // A Binomial(400, 0.05) count exceeds 38 with a probability of at most 1e-4.
    #expect(failures <= 38)
    #expect(fixedFailures > 40)
  }
}
