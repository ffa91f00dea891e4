import Estimation
import TestSupport
import Testing

/// Exact bounds of how many members of a lot are defective.
@Suite struct LotSampleTests {
  private func most(_ lot: Int, _ sampled: Int, _ defective: Int, _ confidence: Double) -> Int {
    LotSample(lot: lot, sampled: sampled, defective: defective).mostDefective(at: ConfidenceLevel(confidence))
  }

  /// In exact fractions, by Python: the largest D with sum(comb(D, i) * comb(N - D, n - i)) / comb(N, n) over i <= x greater
  /// than 1 - confidence.
  @Test func exactValues() {
    for (lot, sampled, defective, confidence, expected) in [
      (1000, 100, 0, 0.95, 28), (1000, 100, 0, 0.99, 42), (390, 40, 0, 0.99, 40), (1000, 100, 3, 0.95, 73),
      (50, 10, 10, 0.9, 50), (50, 10, 4, 0.99, 37), (20, 19, 0, 0.94, 0), (20, 19, 0, 0.96, 1), (7, 7, 3, 0.95, 3),
      (5, 0, 0, 0.95, 5), (0, 0, 0, 0.95, 0), (100_000, 300, 0, 0.99, 1521), (100_000, 2000, 5, 0.999, 814),
    ] {
      #expect(most(lot, sampled, defective, confidence) == expected, "\(lot) \(sampled) \(defective) \(confidence)")
    }
  }

  /// Over simulated lots the bound is exceeded no more often than with the error probability: 2000 lots, and a false alarm
  /// once in 10^4.
  @Test func coverage() {
    var random = SplitMix64(state: 7)
    let (lot, sampled, defective) = (200, 30, 12)
    var failures = 0
    for _ in 0..<2000 {
      var members = Array(0..<lot)
      var found = 0
      for place in 0..<sampled {
        members.swapAt(place, place + Int(random.next() % UInt64(lot - place)))
        if members[place] < defective { found += 1 }
      }
      if most(lot, sampled, found, 0.9) < defective { failures += 1 }
    }
    #expect(failures <= 252, "binomial(2000, 0.1): more with probability below 1e-4")
  }
}
