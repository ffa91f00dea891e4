import Estimation
import Foundation
import TestSupport
import Testing

@Suite("Interval of a quantile")
struct OrderStatisticIntervalTests {
  /// scipy.stats.binom.
  @Test func ranks() {
    let rows = LawReferences.recorded.ranks
    #expect(rows.count == 50)
    for row in rows {
      let interval = OrderStatisticInterval(
        ofShare: row.p, trials: row.n, under: .fixed, at: ConfidenceLevel(1 - row.alpha))
      #expect([interval.lowerRank, interval.upperRank] == row.ranks, "n = \(row.n), p = \(row.p)")
      #expect(abs(interval.coverage! - row.coverage) < 1e-12)
      #expect(interval.coverage! >= 1 - row.alpha)
    }
    // Theory, H.2: the median, and the 95 % and 99 % quantiles, of 300 trials.
    let known = [0.5, 0.95, 0.99].map { OrderStatisticInterval(ofShare: $0, trials: 300, under: .fixed, at: level95) }
    #expect(known.map { [$0.lowerRank, $0.upperRank] } == [[133, 168], [277, 293], [293, 301]])
  }

  @Test func anytime() {
    for n in [1, 10, 300, 3000] {
      for p in [0.05, 0.5, 0.95, 0.99] {
        let fixed = OrderStatisticInterval(ofShare: p, trials: n, under: .fixed, at: level95)
        let always = OrderStatisticInterval(ofShare: p, trials: n, under: .anytime, at: level95)
        #expect(always.lowerRank <= fixed.lowerRank && always.upperRank >= fixed.upperRank)
        #expect(always.coverage == nil && always.method == .confidenceSequence)
        #expect(
          always == OrderStatisticInterval(ofShare: p, trials: n, under: .extended(planned: 1), at: level95))
        // By the sequences that are tested elsewhere: the counts next to the ranks.
        let half = level95.simultaneous(over: 2)
        func upper(_ count: Int) -> Double { Proportion(successes: count, trials: n).confidenceSequenceUpper(at: half) }
        func lower(_ count: Int) -> Double { Proportion(successes: count, trials: n).confidenceSequenceLower(at: half) }
        #expect(upper(always.lowerRank) >= p)
        if always.lowerRank > 0 { #expect(upper(always.lowerRank - 1) < p) }
        if always.upperRank <= n { #expect(lower(always.upperRank) > p) }
        #expect(lower(always.upperRank - 1) <= p)
      }
    }
  }

  /// 2000 streams of 1024 numbers, continuous and with jumps (a third of all mass at one point, which is the median), looked at after
  /// every 64. The interval of the median, of planned trials, is wrong at the end at most as often as stated; the sequence at no look;
  /// the former at some look more often. A Binomial(2000, 0.05) count exceeds 138 with a probability of at most 1e-4, the
  /// false-alarm rate of each check over the choice of the seed.
  @Test func coverage() {
    let looks = Array(stride(from: 64, through: 1024, by: 64))
    let fixed = looks.map { OrderStatisticInterval(ofShare: 0.5, trials: $0, under: .fixed, at: level95) }
    let always = looks.map { OrderStatisticInterval(ofShare: 0.5, trials: $0, under: .anytime, at: level95) }
    /// Whether the median, 1/2, lies outside, from the counts below it and up to it.
    func excludes(_ interval: OrderStatisticInterval, below: Int, upTo: Int) -> Bool {
      upTo < interval.lowerRank || below >= interval.upperRank
    }
    for jumps in [false, true] {
      var generator = SplitMix64(state: 20_261_203)
      var (atEnd, ever, fixedEver) = (0, 0, 0)
      for _ in 0..<2000 {
        var (below, upTo, failed, fixedFailed) = (0, 0, false, false)
        for (look, n) in looks.enumerated() {
          for _ in (n - 64)..<n {
            let x = generator.uniform()
            let isAtMedian = jumps && abs(x - 0.5) < 1 / 6.0
            if !isAtMedian && x < 0.5 { below += 1 }
            if isAtMedian || x < 0.5 { upTo += 1 }
          }
          if excludes(always[look], below: below, upTo: upTo) { failed = true }
          if excludes(fixed[look], below: below, upTo: upTo) {
            fixedFailed = true
            if look == looks.count - 1 { atEnd += 1 }
          }
        }
        if failed { ever += 1 }
        if fixedFailed { fixedEver += 1 }
      }
      #expect(atEnd <= 138 && ever <= 138)
      if jumps { #expect(atEnd == 0) } else { #expect(fixedEver > 200 && atEnd > 50) }
    }
  }
}
