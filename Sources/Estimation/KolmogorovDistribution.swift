import CSpecialFunctions
import Foundation

/// The law of D_n, the largest distance of the empirical distribution function of n independent observations from their
/// distribution function F: the same for every continuous F, and smaller where F jumps.
enum KolmogorovDistribution {
  /// P(D_n < `distance`), exact but for rounding: the (k, k) entry of n! / n^n H^n with the matrix H of J. Durbin,
  /// *Distribution theory for tests based on the sample distribution function* (1973), in the form of G. Marsaglia,
  /// W. W. Tsang and J. Wang, "Evaluating Kolmogorov's distribution", Journal of Statistical Software 8 (2003).
  ///
  /// Theirs multiplies matrices, in O(m^3 log n) with m = 2 n d. Here a vector goes through H n times. H has 1 / (i - j + 1)!
  /// below its diagonal, so that a band of few diagonals is all of it, beside its first column and last row: O(n m). What
  /// the band leaves out is positive: the probability is not larger than the exact one.
  static func below(_ distance: Double, trials n: Int) -> Double {
    let scaled = Double(n) * distance
    if scaled <= 0.5 { return 0 }
    if distance >= 1 { return 1 }
    let k = Int(scaled) + 1
    let m = 2 * k - 1
    let h = Double(k) - scaled
    /// 1 / i!, then the diagonals of H.
    var inverseFactorials = [1.0]
    for i in 1...m + 1 { inverseFactorials.append(inverseFactorials[i - 1] / Double(i)) }
    let band = min(m, 20)
    // The first column, (1 - h^i) / i!, and the last row, its mirror image; what both have, (1 - 2 h^m + max(0, 2 h - 1)^m) / m!.
    var edge = (0..<m).map { (1 - pow(h, Double($0 + 1))) * inverseFactorials[$0 + 1] }
    edge[m - 1] = (1 - 2 * pow(h, Double(m)) + pow(max(0, 2 * h - 1), Double(m))) * inverseFactorials[m]
    let shrinking = exp(-1.0)
    let diagonals = inverseFactorials[0...band].map { $0 * shrinking }
    let column = edge.map { $0 * shrinking }
    let row = Array(column.reversed())
    // Zeros before the vector, and one behind it, stand for what the band has outside of the matrix.
    var vector = [Double](repeating: 0, count: band + m + 1)
    vector[band + k - 1] = 1
    var next = vector
    for _ in 0..<n {
      multiply(diagonals: diagonals, column: column, row: row, vector, into: &next)
      swap(&vector, &next)
    }
    // n! e^n / n^n: each step was divided by e, about the largest eigenvalue of H.
    let count = Double(n)
    return min(vector[band + k - 1] * exp(csf_log_gamma(count + 1) + count - count * log(count)), 1)
  }

  /// A distance that D_n exceeds with a probability of at most `error`: larger than the smallest such by less than 1e-7 of it,
  /// and by what leaves room for rounding errors of the probability, n 2^-50 of 1.
  static func quantile(error: Double, trials n: Int) -> Double {
    let count = Double(n)
    let reached = 1 - error + count * 0x1p-50
    func excess(_ distance: Double) -> Double { below(distance, trials: n) - reached }
    // Massart's inequality is an upper bound. The quantile lies below it by 1 / (6 n), but for higher powers of 1 / sqrt n
    // (W. Pelz and I. J. Good, Journal of the Royal Statistical Society B 38 (1976)).
    let largest = min((log(2 / error) / (2 * count)).squareRoot(), 1)
    var (lower, upper) = (0.5 / count, largest)
    var (low, high) = (-reached, excess(largest))
    if high <= 0 { return largest }
    var probe = largest - 1 / (6 * count)
    var shift = 0.002 / count
    // A narrow bracket around the guess, then secants that stay inside (the Illinois method: an end that stays counts half).
    while upper - lower > 1e-7 * upper {
      if !(lower < probe && probe < upper) { probe = 0.5 * (lower + upper) }
      let value = excess(probe)
      if value > 0 {
        (upper, high) = (probe, value)
        low *= 0.5
      } else {
        (lower, low) = (probe, value)
        high *= 0.5
      }
      if shift > 1e-8 * upper && (upper == largest || low == -reached || upper - lower > 4 * shift) {
        // Towards the end that is still far away.
        probe = value > 0 ? probe - shift : probe + shift
        shift *= 4
      } else {
        probe = upper - high * (upper - lower) / (high - low)
        // Steps beyond the root bring the other end close, too.
        let margin = 2e-8 * upper
        probe = probe - lower < upper - probe ? probe + margin : probe - margin
        shift = 0
      }
    }
    return upper
  }
}
