import Estimation
import Foundation
import TestSupport
import Testing

/// Several cells: levels that hold together, rising probabilities, power laws.
@Suite struct TrendTests {
  @Test func independentCells() {
    let level = level95.simultaneousOfIndependent(over: 4)
    #expect(abs(level.error - 0.012741455098566168) < 1e-16)
    #expect(level.error > level95.simultaneous(over: 4).error)
    #expect(level95.simultaneousOfIndependent(over: 1) == level95)
    #expect(abs(pow(1 - ConfidenceLevel(0.9).simultaneousOfIndependent(over: 400).error, 400) - 0.9) < 1e-12)
    // Theory, H.4.
    let bound = Proportion(successes: 300, trials: 300).clopperPearsonLower(at: level95.simultaneous(over: 4))
    #expect(abs(bound - 0.985499405684992) < 1e-12)
  }

  /// scipy.optimize.isotonic_regression.
  @Test func rising() {
    for row in LawReferences.recorded.rising {
      let fit = IsotonicFit.rising(row.shares, weights: row.weights)
      #expect(fit.count == row.fit.count)
      #expect(zip(fit, row.fit).allSatisfy { abs($0 - $1) < 1e-14 })
      #expect(zip(fit, fit.dropFirst()).allSatisfy { $0 <= $1 })
    }
    #expect(IsotonicFit.rising([0.3, 0.2, 0.1], weights: [1, 1, 2]) == [0.175, 0.175, 0.175])
  }

  @Test func risingBounds() {
    let bounds = [0.5, 0.96, 0.9, 0.97, 0.99]
    #expect(IsotonicFit.lowerBounds(bounds) == [0.5, 0.96, 0.96, 0.97, 0.99])
    let found = IsotonicFit.exceeding(0.95, bounds)
    #expect(found.first == 1 && found.fromOn == 3)
    let assumed = IsotonicFit.exceeding(0.95, IsotonicFit.lowerBounds(bounds))
    #expect(assumed.first == 1 && assumed.fromOn == 1)
    let none = IsotonicFit.exceeding(0.999, bounds)
    #expect(none.first == nil && none.fromOn == nil)
    let last = IsotonicFit.exceeding(0.4, bounds)
    #expect(last.first == 0 && last.fromOn == 0)
  }

  /// scipy.stats.linregress, and theory, H.5.
  @Test func powerLaw() throws {
    for row in LawReferences.recorded.powerLaws {
      let fit = try #require(PowerLawFit(row.x, row.y))
      #expect(abs(fit.slope - row.slope) < 1e-12 && abs(fit.intercept - row.intercept) < 1e-12)
      #expect(abs(try #require(fit.standardError) - row.standardError) < 1e-12)
      let interval = try #require(fit.slopeInterval(at: level95))
      #expect(abs(interval.lowerBound - row.interval[0]) < 1e-11 && abs(interval.upperBound - row.interval[1]) < 1e-11)
    }
    let known = try #require(LawReferences.recorded.powerLaws.first)
    #expect(abs(known.slope + 4.0197005) < 1e-7 && abs(known.interval[0] + 4.14765) < 1e-5)
    let two = try #require(PowerLawFit([2, 4], [1, 0.25]))
    #expect(abs(two.slope + 2) < 1e-14 && two.standardError == nil && two.slopeInterval(at: level95) == nil)
    #expect(PowerLawFit([2, 4], [1, 0]) == nil)
    #expect(PowerLawFit([2, 2], [1, 2]) == nil)
    #expect(PowerLawFit([2, 4], [1, .infinity]) == nil)
  }

  /// The quantile of a resample, drawn at once, has the law that resampling itself gives: both of 20,000 draws, compared by counts of
  /// places. The largest distance of the two distribution functions exceeds 1.95 / sqrt(10,000) with a probability of about 0.001.
  @Test func bootstrapWithoutResampling() {
    let sorted = (0..<25).map(Double.init)
    var generator = ResamplingGenerator(seed: 3)
    let fast = QuantileBootstrap.quantiles(ofShare: 0.7, sorted: sorted, replicates: 20_000, using: &generator)
    var slowGenerator = SplitMix64(state: 4)
    let rank = QuantileStreams.rank(ofShare: 0.7, count: 25)
    let slow = (0..<20_000).map { _ in (0..<25).map { _ in sorted[slowGenerator.below(25)] }.sorted()[rank - 1] }
    let distance = (0..<25).map { place in
      abs(Double(fast.count { $0 <= Double(place) }) - Double(slow.count { $0 <= Double(place) })) / 20_000
    }.max()!
    #expect(distance < 0.0195)
    #expect(Set(fast).count > 8)
    // The same numbers for the same seed; other ones for another.
    var again = ResamplingGenerator(seed: 3)
    #expect(fast == QuantileBootstrap.quantiles(ofShare: 0.7, sorted: sorted, replicates: 20_000, using: &again))
  }

  /// The slope of the median on the width, of log-normal risks whose median is 3 h^-2, over 4 widths of 200 trials each: the
  /// percentile interval of 400 resamples contains -2 in 90 to 98 % of 300 studies (it holds about: 95 %; of a Binomial(300, 0.95)
  /// count, 270 to 294 have all but 3e-4).
  @Test func nestedBootstrap() throws {
    let widths = [5.0, 10, 20, 40]
    var generator = SplitMix64(state: 20_261_207)
    var resampling = ResamplingGenerator(seed: 8)
    var contained = 0
    for _ in 0..<300 {
      let replicates = widths.map { h in
        let risks = (0..<200).map { _ in
          let radius = (-2 * log(1 - generator.uniform())).squareRoot()
          return 3 * pow(h, -2) * exp(0.7 * radius * cos(2 * Double.pi * generator.uniform()))
        }
        return QuantileBootstrap.quantiles(ofShare: 0.5, sorted: risks.sorted(), replicates: 400, using: &resampling)
      }
      let slopes = (0..<400).compactMap { place in PowerLawFit(widths, replicates.map { $0[place] })?.slope }
      let interval = try #require(QuantileBootstrap.percentileInterval(slopes, at: level95))
      if interval.contains(-2) { contained += 1 }
    }
    #expect(270...294 ~= contained)
    #expect(QuantileBootstrap.percentileInterval([], at: level95) == nil)
    #expect(QuantileBootstrap.percentileInterval([1, .nan], at: level95) == nil)
    let known = try #require(QuantileBootstrap.percentileInterval((1...1000).map(Double.init), at: level95))
    #expect(known == 25...975)
  }
}
