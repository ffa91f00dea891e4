import CSpecialFunctions

/// Intervals of a probability from a number of trials that was fixed before the first of them.
///
/// An end with error e is chosen so that the count would be as extreme as the observed one with a probability of about e.
/// Only Clopper and Pearson's ends are never wrong more often than stated; the others are shorter, and are wrong somewhat
/// more often for some probabilities (L. D. Brown, T. T. Cai, A. DasGupta, "Interval estimation for a binomial
/// proportion", Statistical Science 16 (2001)): for pictures and for comparisons with other work, not for claims.
///
/// The raw value is the family's name in machine-readable output.
public enum IntervalFamily: String, Sendable, Hashable, CaseIterable {
  case clopperPearson = "clopper-pearson"
  /// Inverts the test by the normal score (E. B. Wilson, Journal of the American Statistical Association 22 (1927)).
  case wilson
  /// Quantiles of Beta(k + 1/2, n - k + 1/2), the posterior under the prior of Jeffreys; 0 and 1 are ends without successes
  /// and without failures.
  case jeffreys
  /// Clopper and Pearson's, with half of the probability of the observed count itself.
  case midP = "mid-p"

  /// The name that tables and messages use.
  public var text: String {
    switch self {
    case .clopperPearson: "Clopper-Pearson"
    case .wilson: "Wilson"
    case .jeffreys: "Jeffreys"
    case .midP: "mid-P"
    }
  }

  /// Whether it is wrong at most as often as stated for every probability.
  public var isExact: Bool { self == .clopperPearson }
}

extension Proportion {
  /// The two-sided interval: each end has half of the error probability. [0, 1] without trials; 0 is its lower end
  /// without successes, 1 its upper end without failures.
  public func interval(_ family: IntervalFamily, at level: ConfidenceLevel) -> Interval {
    Interval(lower: lower(family, error: level.error / 2), upper: upper(family, error: level.error / 2))
  }

  /// The one-sided lower bound: the probability is at least this.
  public func lowerBound(_ family: IntervalFamily, at level: ConfidenceLevel) -> Double {
    lower(family, error: level.error)
  }

  /// The one-sided upper bound: the probability is at most this.
  public func upperBound(_ family: IntervalFamily, at level: ConfidenceLevel) -> Double {
    upper(family, error: level.error)
  }

  private func lower(_ family: IntervalFamily, error: Double) -> Double {
    if successes == 0 { return 0 }
    let (k, m) = (Double(successes), Double(failures))
    switch family {
    case .clopperPearson: return clopperPearsonLower(error: error)
    case .wilson: return wilson(error: error, sign: -1)
    case .jeffreys: return min(csf_beta_regularized_inverse(k + 0.5, m + 0.5, error), 1)
    case .midP:
      // P(more than k) + P(k) / 2
      return OutwardBisection.end(outside: 0, inside: 1) { p in
        let above = failures == 0 ? 0 : csf_beta_regularized(k + 1, m, p)
        return 0.5 * (csf_beta_regularized(k, m + 1, p) + above) <= error
      }
    }
  }

  private func upper(_ family: IntervalFamily, error: Double) -> Double {
    if failures == 0 { return 1 }
    let (k, m) = (Double(successes), Double(failures))
    switch family {
    case .clopperPearson: return clopperPearsonUpper(error: error)
    case .wilson: return wilson(error: error, sign: 1)
    case .jeffreys: return csf_beta_regularized_complement_inverse(k + 0.5, m + 0.5, error)
    case .midP:
      // P(less than k) + P(k) / 2
      return OutwardBisection.end(outside: 1, inside: 0) { p in
        let below = successes == 0 ? 0 : csf_beta_regularized_complement(k, m + 1, p)
        return 0.5 * (csf_beta_regularized_complement(k + 1, m, p) + below) <= error
      }
    }
  }

  /// (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n): the solutions q of (p - q)^2 = z^2 q (1 - q) / n.
  ///
  /// Where the two terms cancel, one solution is the product of both, p^2 / (1 + z^2 / n), divided by the other.
  private func wilson(error: Double, sign: Double) -> Double {
    let (n, z) = (Double(trials), csf_normal_quantile_complement(error))
    func upper(_ p: Double) -> Double {
      let square = z * z / n
      return (p + 0.5 * square + z.magnitude * (p * (1 - p) / n + 0.25 * square / n).squareRoot()) / (1 + square)
    }
    func lower(_ p: Double) -> Double { p == 0 ? 0 : p * p / (1 + z * z / n) / upper(p) }
    let p = Double(successes) / n
    // Errors above 1/2 exchange the ends.
    return (z >= 0) == (sign > 0) ? min(upper(p), 1) : lower(p)
  }
}
