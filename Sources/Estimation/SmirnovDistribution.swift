import CSpecialFunctions
import Foundation

/// The law of D_n^+, the largest excess of the empirical distribution function of n independent observations over their
/// distribution function F: the same for every continuous F, and smaller where F jumps.
enum SmirnovDistribution {
  /// P(D_n^+ >= `distance`) for 0 < `distance` < 1, exact but for rounding, a sum of positive terms:
  ///
  ///     d sum_j C(n, j) (d + j / n)^(j - 1) (1 - d - j / n)^(n - j),  j = 0, ..., floor(n (1 - d)).
  ///
  /// Z. W. Birnbaum and F. H. Tingey, "One-sided confidence contours for probability distribution functions", Annals of
  /// Mathematical Statistics 22 (1951).
  static func atLeast(_ distance: Double, trials n: Int) -> Double {
    let count = Double(n)
    let logFactorial = csf_log_gamma(count + 1)
    var sum = 0.0
    for j in 0...Int(count * (1 - distance)) {
      let (place, rest) = (distance + Double(j) / count, max(0, 1 - distance - Double(j) / count))
      let logTerm =
        logFactorial - csf_log_gamma(Double(j) + 1) - csf_log_gamma(count - Double(j) + 1)
        + (Double(j) - 1) * log(place) + (j == n ? 0 : (count - Double(j)) * log(rest))
      sum += exp(logTerm)
    }
    return min(distance * sum, 1)
  }

  /// A distance that D_n^+ reaches with a probability of at most `error`, with room for the rounding errors of logarithms of
  /// order n.
  static func quantile(error: Double, trials n: Int) -> Double {
    let reached = error * (1 - 1e-13 * Double(n))
    // Massart's inequality is an upper bound for errors up to 1/2; 1 - error^(1 / n) is the first term alone, a lower one.
    let largest = error <= 0.5 ? min((log(1 / error) / (2 * Double(n))).squareRoot(), 1) : 1
    return OutwardBisection.end(outside: largest, inside: 0) { $0 >= 1 || atLeast($0, trials: n) <= reached }
  }
}
