/// Bounds that hold at every number of trials simultaneously: with at least the probability of the level, the true
/// probability lies in all of them. So trials may be looked at at any time, and stopped or continued for any reason
/// found in the trials so far. (The order of the trials must not depend on their results.)
///
/// Both are the beta-binomial mixture of H. Robbins, "Statistical methods related to the law of the iterated logarithm",
/// Annals of Mathematical Statistics 41 (1970), in the form of S. R. Howard, A. Ramdas, J. McAuliffe, J. Sekhon,
/// arXiv:1810.08240: the probabilities p whose martingale M_n(p) is still below 1 / error. By Ville's inequality the
/// martingale of the true probability ever reaches 1 / error with at most the error probability.
extension Proportion {
  /// The two-sided confidence sequence at this number of trials: { p : M_n(p) < 1 / error } with
  ///
  ///     M_n(p) = B(a + k, b + n - k) / (B(a, b) p^k (1 - p)^(n - k)).
  ///
  /// [0, 1] without trials; 0 is its lower end without successes, 1 its upper end without failures. The interval
  /// contains the set: its ends are rounded away from the observed share.
  public func confidenceSequence(at level: ConfidenceLevel, prior: BetaPrior = .jeffreys) -> Interval {
    guard let share else { return .unit }
    let mixture = BetaBinomialMixture(self, prior: prior)
    func end(from outside: Double) -> Double {
      OutwardBisection.end(outside: outside, inside: share) { mixture.rejects($0, error: level.error) }
    }
    return Interval(lower: successes == 0 ? 0 : end(from: 0), upper: failures == 0 ? 1 : end(from: 1))
  }

  /// The one-sided lower confidence sequence at this number of trials: the probability is at least this. 0 without
  /// successes.
  ///
  /// It is the infimum of { p : M_n(p) < 1 / error } with the prior truncated to (p, 1],
  ///
  ///     M_n(p) = B(a + k, b + n - k) (1 - I_p(a + k, b + n - k)) / (B(a, b) (1 - I_p(a, b)) p^k (1 - p)^(n - k)).
  ///
  /// Valid for the same reason as the two-sided one: the prior of the hypothesis p is fixed before the first trial, so
  /// that under p the ratio M_n(p) is a non-negative martingale of mean 1, and the true probability is in the set, at
  /// or above its infimum, for all n with at least the probability of the level. All the mass of the prior lies
  /// on the side that the bound looks to: it is never below the lower end of the two-sided interval of the same level.
  public func confidenceSequenceLower(at level: ConfidenceLevel, prior: BetaPrior = .jeffreys) -> Double {
    guard let share, successes > 0 else { return 0 }
    let mixture = BetaBinomialMixture(self, prior: prior)
    let twoSided = confidenceSequence(at: level, prior: prior).lower
    return OutwardBisection.end(outside: twoSided, inside: share) {
      mixture.rejectsTruncated($0, error: level.error)
    }
  }

  /// The one-sided upper confidence sequence at this number of trials: the probability is at most this. 1 without
  /// failures.
  ///
  /// It is 1 less the lower sequence of the failures, with the prior mirrored: to [0, p) is its truncation.
  public func confidenceSequenceUpper(at level: ConfidenceLevel, prior: BetaPrior = .jeffreys) -> Double {
    let mirror = Proportion(successes: failures, trials: trials)
    return complementRoundedUp(
      mirror.confidenceSequenceLower(at: level, prior: BetaPrior(a: prior.b, b: prior.a)))
  }
}
