import Estimation
import Foundation
import TestSupport
import Testing

@Suite struct SampleSizeTests {
  private let level99 = ConfidenceLevel(0.99)

  /// Without a failure n is the least with 1 - P^n >= level. Tables of theory: 459, 4603, 46050 at 99 %, 299, 2995, 29956 at 95 %.
  @Test func zeroFailures() {
    for (p, at95, at99) in [(0.99, 299, 459), (0.999, 2995, 4603), (0.9999, 29956, 46050)] {
      #expect(SampleSize.forLowerBound(p, at: level95) == at95)
      #expect(SampleSize.forLowerBound(p, at: level99) == at99)
      #expect(Int((log(0.01) / log(p)).rounded(.up)) == at99)
    }
    // scipy.stats.beta.ppf(0.01, n - 1, 2) passes 0.999 between these numbers.
    #expect(SampleSize.forLowerBound(0.999, failures: 1, at: level99) == 6636)
    #expect(SampleSize.forLowerBound(1, at: level99) == nil)
  }

  /// By SciPy's beta quantiles, searched one by one.
  @Test func halfWidths() {
    #expect(SampleSize.forHalfWidth(0.01, share: 0.5, at: level95) == 9701)
    #expect(SampleSize.forHalfWidth(0.01, share: 1, at: level95) == 183)
    #expect(SampleSize.forHalfWidth(0.01, share: 0, at: level95) == 183)
  }

  /// A normal test of two simulated shares finds the difference with about the power: 2000 pairs, whose share of finds has a
  /// standard deviation of 0.0067; 0.03 is more than four of them, a false-alarm rate below 1e-4 over the seed.
  @Test func differences() throws {
    #expect(SampleSize.forDifference(0.6, 0.6 + 1e-9, power: 0.9, at: level95) == nil)
    let n = try #require(SampleSize.forDifference(0.6, 0.65, power: 0.9, at: level95))
    #expect(n == 1965)
    var generator = SplitMix64(state: 3)
    var found = 0
    for _ in 0..<2000 {
      let (a, b) = (normalShare(0.6, n, &generator), normalShare(0.65, n, &generator))
      let error = ((a * (1 - a) + b * (1 - b)) / Double(n)).squareRoot()
      if abs(a - b) > 1.959964 * error { found += 1 }
    }
    #expect(abs(Double(found) / 2000 - 0.9) < 0.03, "\(found)")
  }

  /// A binomial share of so many trials, by its normal approximation.
  private func normalShare(_ p: Double, _ n: Int, _ generator: inout SplitMix64) -> Double {
    let (u, v) = (generator.uniform(), generator.uniform())
    let normal = (-2 * log(1 - u)).squareRoot() * cos(2 * .pi * v)
    return p + normal * (p * (1 - p) / Double(n)).squareRoot()
  }
}

@Suite struct CostForecastTests {
  private func uniform(_ count: Int, _ generator: inout SplitMix64) -> [Double] {
    (0..<count).map { _ in generator.uniform() }
  }

  @Test func expectedCost() {
    let forecast = CostForecast(
      [
        .init(blockSize: 10, costs: [1, 2, 3], trials: 1000, hasLongTail: false),
        .init(blockSize: 1, costs: [5, 5], trials: 7, hasLongTail: false),
      ], at: level95)
    #expect(abs(forecast.expected - 235) < 1e-12)
    #expect(forecast.interval.contains(235) && forecast.interval.lowerBound >= 16 * (1 - CostForecast.drift))
  }

  /// What was measured whole is known, but for the drift of the machine.
  @Test func wholeSample() {
    let forecast = CostForecast([.init(blockSize: 5, costs: [1, 4], trials: 10, hasLongTail: true)], at: level95)
    #expect(forecast.expected == 5 && forecast.interval == 5 * (1 - CostForecast.drift)...5 * (1 + CostForecast.drift))
  }

  /// Of 500 studies of two cells at most 5 % and chance lie outside: a Binomial(500, 0.05) count exceeds 45 with a probability
  /// below 1e-4. The control: the scatter of the trials without the number of blocks.
  @Test func coverage() {
    var generator = SplitMix64(state: 11)
    var errors = 0
    for _ in 0..<500 {
      // Costs of mean 1/2 and of mean 1 with a skew.
      let forecast = CostForecast(
        [
          .init(blockSize: 1, costs: uniform(12, &generator), trials: 4000, hasLongTail: false),
          .init(
            blockSize: 1, costs: uniform(20, &generator).map { -log(1 - $0) }, trials: 4000, hasLongTail: true),
        ], at: level95)
      if !forecast.interval.contains(6000) { errors += 1 }
    }
    #expect(errors <= 45, "\(errors)")
  }
}
