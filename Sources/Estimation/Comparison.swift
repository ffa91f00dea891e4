import CSpecialFunctions
import Foundation

/// Two proportions of independent trials, each of a fixed number.
public struct ProportionPair: Sendable, Hashable {
  public let first: Proportion
  public let second: Proportion

  /// - Precondition: both have trials.
  public init(_ first: Proportion, _ second: Proportion) {
    precondition(first.trials > 0 && second.trials > 0, "shares are compared where there are trials")
    self.first = first
    self.second = second
  }

  /// The second share less the first.
  public var difference: Double { second.share! - first.share! }

  /// The hybrid score interval of the difference of the probabilities, the second less the first: with Wilson's intervals
  /// [l, u] and d = p_2 - p_1, from d - sqrt((p_2 - l_2)^2 + (u_1 - p_1)^2) to d + sqrt((u_2 - p_2)^2 + (p_1 - l_1)^2)
  /// (R. G. Newcombe, Statistics in Medicine 17 (1998), method 10). It holds about, not for every pair of probabilities.
  public func newcombe(at level: ConfidenceLevel) -> (lower: Double, upper: Double) {
    let (one, two) = (first.interval(.wilson, at: level), second.interval(.wilson, at: level))
    let (p, q) = (first.share!, second.share!)
    func distance(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
    return (
      max(difference - distance(q - two.lower, one.upper - p), -1),
      min(difference + distance(two.upper - q, p - one.lower), 1)
    )
  }

  /// The p value of Fisher's exact test that the two probabilities are equal, two-sided: the probability, given the number of
  /// all successes, of a table that is at most as probable as the observed one, up to 1e-7 of it for rounding.
  ///
  /// At most the error probability with at most that probability where they are equal.
  public var fisher: Double {
    let successes = first.successes + second.successes
    let least = max(0, successes - second.trials)
    let most = min(successes, first.trials)
    func logarithm(_ k: Int) -> Double {
      Self.logChoose(first.trials, k) + Self.logChoose(second.trials, successes - k)
    }
    let whole = Self.logChoose(first.trials + second.trials, successes)
    let observed = logarithm(first.successes)
    /// Of the tables from k on, away from the most probable one, until they do not count any more.
    func tail(from k: Int, by step: Int) -> Double {
      var sum = 0.0
      var k = k
      while (least...most).contains(k) {
        let term = exp(logarithm(k) - whole)
        sum += term
        if term < 1e-20 * sum || term == 0 { break }
        k += step
      }
      return sum
    }
    // The probabilities rise to one maximum and fall again: on its other side the first table that counts is bisected.
    let mode = min(max((successes + 1) * (first.trials + 1) / (first.trials + second.trials + 2), least), most)
    let limit = observed + 1e-7
    if logarithm(mode) <= limit { return 1 }
    var (low, high) = (least - 1, mode)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if logarithm(middle) <= limit { low = middle } else { high = middle }
    }
    let below = low
    (low, high) = (mode, most + 1)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if logarithm(middle) <= limit { high = middle } else { low = middle }
    }
    return min(tail(from: below, by: -1) + tail(from: high, by: 1), 1)
  }

  private static func logChoose(_ n: Int, _ k: Int) -> Double {
    csf_log_gamma(Double(n) + 1) - csf_log_gamma(Double(k) + 1) - csf_log_gamma(Double(n - k) + 1)
  }
}

/// Several tests at once.
public enum MultipleTests {
  /// The p values, in the same order, raised so that those at most alpha are rejected all together with an error
  /// probability of at most alpha (S. Holm, Scandinavian Journal of Statistics 6 (1979)), however they depend on each other.
  public static func holm(_ values: [Double]) -> [Double] {
    var adjusted = values
    var largest = 0.0
    for (place, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
      largest = max(largest, min(1, Double(values.count - place) * values[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}

/// The test of P. Armitage (Biometrics 11 (1955)) and W. G. Cochran for a trend of probabilities along a score: that the
/// probability rises with it.
public struct TrendTest: Sendable, Hashable {
  /// The statistic, standard normal without a trend, for many trials.
  public let z: Double

  /// Nil where all trials have the same result, or all scores are equal.
  ///
  /// - Precondition: a score for each proportion.
  public init?(_ proportions: [Proportion], scores: [Double]) {
    precondition(proportions.count == scores.count, "a proportion has a score")
    let trials = proportions.reduce(0) { $0 + Double($1.trials) }
    let successes = proportions.reduce(0) { $0 + Double($1.successes) }
    guard trials > 0 else { return nil }
    let share = successes / trials
    let mean = zip(proportions, scores).reduce(0) { $0 + Double($1.0.trials) * $1.1 } / trials
    let (sum, spread) = zip(proportions, scores).reduce((0, 0)) { sums, row in
      let (proportion, score) = row
      let (n, distance) = (Double(proportion.trials), score - mean)
      return (sums.0 + distance * (Double(proportion.successes) - n * share), sums.1 + n * distance * distance)
    }
    let variance = share * (1 - share) * spread
    guard variance > 0 else { return nil }
    z = sum / variance.squareRoot()
  }

  /// The probability of such a large z without a trend.
  public var risingP: Double { 0.5 * erfc(z / 2.0.squareRoot()) }
}
