import CSpecialFunctions

/// The exact interval of C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the
/// case of the binomial", Biometrika 26 (1934), for a number of trials that was fixed before the first of them.
///
/// Each end is the probability at which a binomial count as extreme as the observed one would have exactly the error
/// probability of that end, rounded away from the observed share; the error probability is at most the stated one for
/// every true probability. Looking again and again while trials arrive breaks that promise: use the confidence
/// sequence.
extension Proportion {
  /// The two-sided interval: each end has half of the error probability. [0, 1] without trials; 0 is its lower end
  /// without successes, 1 its upper end without failures.
  public func clopperPearson(at level: ConfidenceLevel) -> Interval {
    Interval(
      lower: clopperPearsonLower(error: level.error / 2),
      upper: clopperPearsonUpper(error: level.error / 2))
  }

  /// The one-sided lower bound: the probability is at least this. 0 without successes.
  public func clopperPearsonLower(at level: ConfidenceLevel) -> Double { clopperPearsonLower(error: level.error) }

  /// The p with P(at least `successes` | p) = I_p(k, n - k + 1) = `error`; without failures, `error`^(1 / n).
  func clopperPearsonLower(error: Double) -> Double {
    if successes == 0 { return 0 }
    let (a, b) = (Double(successes), Double(failures) + 1)
    return OutwardBisection.end(outside: 0, inside: 1, near: csf_beta_regularized_inverse(a, b, error)) {
      csf_beta_regularized(a, b, $0) <= reached(error)
    }
  }

  /// The p with P(at most `successes` | p) = 1 - I_p(k + 1, n - k) = `error`; without successes, 1 - `error`^(1 / n).
  func clopperPearsonUpper(error: Double) -> Double {
    if failures == 0 { return 1 }
    let (a, b) = (Double(successes) + 1, Double(failures))
    return OutwardBisection.end(outside: 1, inside: 0, near: csf_beta_regularized_complement_inverse(a, b, error)) {
      csf_beta_regularized_complement(a, b, $0) <= reached(error)
    }
  }

  /// `error`, less the room for the rounding error of a tail probability. Boost computes in long double, of 64 bits or
  /// more on the processors of clusters, and the rounding of 1 - p is raised to a power of order n. (The inverse of
  /// Boost alone would not do: its last digits may lie on either side.)
  private func reached(_ error: Double) -> Double { error * (1 - 1e-13 - Double(trials) * 0x1p-62) }
}
