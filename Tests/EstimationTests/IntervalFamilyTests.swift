import Estimation
import Foundation
import TestSupport
import Testing

/// Against mpmath at 50 digits: Scripts/reference/intervals.py says how.
@Suite struct IntervalFamilyTests {
  struct Row: Decodable {
    var k: Int
    var n: Int
    var alpha: Double
    var cp: [String]
    var wilson: [String]
    var jeffreys: [String]
    var midp: [String]
    var uniform: [String]
    var mixture: [String]
    var oneSided: [String]

    var proportion: Proportion { Proportion(successes: k, trials: n) }
  }

  private static let rows: [Row] = recordedResults("intervals.json")

  /// Lower ends relative to themselves, upper ones to their distance to 1, which is recorded; but not more digits of that
  /// distance than a Float64 near 1 has.
  private func agrees(_ interval: Interval, _ reference: [String], _ tolerance: Double) -> Bool {
    let (lower, rest) = (Double(reference[0])!, Double(reference[1])!)
    return abs(interval.lower - lower) <= tolerance * lower
      && abs(1 - interval.upper - rest) <= tolerance * rest + 0x1p-52
  }

  @Test func grid() {
    #expect(Self.rows.count == 500)
    #expect(Self.rows.map(\.alpha).min() == 1e-10 && Self.rows.contains { $0.n > 500_000 })
    for row in Self.rows {
      let level = ConfidenceLevel(1 - row.alpha)
      let name = "\(row.k) of \(row.n) at \(row.alpha)"
      // Outward by 1e-13 and n 2^-62 of the tail probability, which moves an end by less.
      #expect(agrees(row.proportion.interval(.clopperPearson, at: level), row.cp, 1e-12), "\(name)")
      #expect(row.proportion.interval(.clopperPearson, at: level) == row.proportion.clopperPearson(at: level))
      #expect(agrees(row.proportion.interval(.midP, at: level), row.midp, 1e-12), "\(name)")
      #expect(agrees(row.proportion.interval(.wilson, at: level), row.wilson, 1e-12), "\(name)")
      // Of the inverse function of Boost alone.
      #expect(agrees(row.proportion.interval(.jeffreys, at: level), row.jeffreys, 1e-9), "\(name)")
      #expect(agrees(row.proportion.confidenceSequence(at: level, prior: .uniform), row.uniform, 1e-9), "\(name)")
      #expect(agrees(row.proportion.confidenceSequence(at: level), row.mixture, 1e-9), "\(name)")
      let oneSided = Interval(
        lower: row.proportion.lowerBound(.clopperPearson, at: level),
        upper: row.proportion.upperBound(.clopperPearson, at: level))
      #expect(agrees(oneSided, row.oneSided, 1e-12), "\(name)")
      // Never tighter than the exact ends.
      let exact = row.proportion.clopperPearson(at: level)
      #expect(exact.lower <= Double(row.cp[0])!.nextUp && 1 - exact.upper <= Double(row.cp[1])! + 0x1p-53)
    }
  }

  /// Both sides of a family mirror each other, one-sided bounds lie inside, and no share lies outside.
  @Test(arguments: IntervalFamily.allCases)
  func shape(family: IntervalFamily) {
    for n in [1, 2, 7, 300] {
      for k in 0...n {
        let (own, mirror) = (Proportion(successes: k, trials: n), Proportion(successes: n - k, trials: n))
        for level in [ConfidenceLevel(0.5), level95, ConfidenceLevel(0.999999)] {
          let interval = own.interval(family, at: level)
          #expect(abs(interval.lower - (1 - mirror.interval(family, at: level).upper)) <= 1e-12)
          #expect(interval.contains(own.share!))
          #expect(own.lowerBound(family, at: level) >= interval.lower)
          #expect(own.upperBound(family, at: level) <= interval.upper)
          #expect(k > 0 || interval.lower == 0)
          #expect(k < n || interval.upper == 1)
        }
      }
    }
    #expect(Proportion(successes: 0, trials: 0).interval(family, at: level95) == .unit)
  }

  /// What the table of Documentation/methods.md says: summed over all counts, exactly. Clopper and Pearson's interval is wrong
  /// at most as often as stated for every probability; each of the others is wrong more often for one of these.
  @Test func coverage() {
    func error(_ family: IntervalFamily, _ p: Double, _ n: Int) -> Double {
      let masses = binomialMasses(trials: n, p: p)
      return (0...n).reduce(0) { sum, k in
        Proportion(successes: k, trials: n).interval(family, at: level95).contains(p) ? sum : sum + masses[k]
      }
    }
    var worst: [IntervalFamily: Double] = [:]
    for n in [10, 300] {
      for p in [0.5, 0.9, 0.97, 0.99, 0.999, 1] {
        for family in IntervalFamily.allCases { worst[family] = max(worst[family] ?? 0, error(family, p, n)) }
      }
    }
    #expect(worst[.clopperPearson]! <= 0.05)
    for family in IntervalFamily.allCases where !family.isExact { #expect(worst[family]! > 0.05) }
  }

  @Test func levelsAreWhatIsWritten() {
    #expect(ConfidenceLevel(0.95).error == 0.05)
    #expect(ConfidenceLevel(0.9999999999).error == 1e-10)
    #expect(ConfidenceLevel(0.3).error == 0.7)
  }
}
