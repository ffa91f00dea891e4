import CSpecialFunctions

/// How many trials, planned before the first look, a statement about a probability takes.
public enum SampleSize {
  /// 2^40, as many as a cell can have.
  static let most = 1 << 40

  /// The least number of trials for which half of the length of Clopper and Pearson's interval is at most `halfWidth`, if the
  /// observed share is `share`, up to rounding; nil beyond 2^40.
  public static func forHalfWidth(_ halfWidth: Double, share: Double, at level: ConfidenceLevel) -> Int? {
    least { trials in
      let successes = Int((share * Double(trials)).rounded())
      let interval = Proportion(successes: successes, trials: trials).clopperPearson(at: level)
      return interval.upper - interval.lower <= 2 * halfWidth
    }
  }

  /// The least number of trials of which all but `failures` succeed and whose one-sided lower bound is at least `probability`;
  /// without a failure log(1 - level) / log(`probability`), rounded up (the rule of three at 95 %). Nil beyond 2^40.
  public static func forLowerBound(_ probability: Double, failures: Int = 0, at level: ConfidenceLevel) -> Int? {
    least { trials in
      trials > failures
        && Proportion(successes: trials - failures, trials: trials).clopperPearsonLower(at: level) >= probability
    }
  }

  /// Trials of each of two cells with which a two-sided test tells their probabilities apart with the power:
  ///
  ///     n = (z(1 - error / 2) + z(power))^2 (p (1 - p) + q (1 - q)) / (p - q)^2,
  ///
  /// rounded up, nil beyond 2^40 (J. L. Fleiss, B. Levin and M. C. Paik, "Statistical Methods for Rates and Proportions", 3rd edition, 4.2,
  /// without continuity correction). Normal approximations, which are short by some percent where few failures are
  /// expected.
  ///
  /// - Precondition: different probabilities; 0 < `power` < 1.
  public static func forDifference(_ p: Double, _ q: Double, power: Double, at level: ConfidenceLevel) -> Int? {
    let z = csf_normal_quantile_complement(level.error / 2) + csf_normal_quantile_complement(1 - power)
    let variance = p * (1 - p) + q * (1 - q)
    let trials = (z * z * variance / ((p - q) * (p - q))).rounded(.up)
    return trials <= Double(most) ? Int(trials) : nil
  }

  /// - Parameter isEnough: false up to some number of trials and true from there on, but for rounding.
  private static func least(_ isEnough: (Int) -> Bool) -> Int? {
    var enough = 1
    while !isEnough(enough) {
      guard enough < most else { return nil }
      enough *= 2
    }
    var tooFew = enough / 2
    while enough - tooFew > 1 {
      let middle = tooFew + (enough - tooFew) / 2
      if isEnough(middle) { enough = middle } else { tooFew = middle }
    }
    return enough
  }
}
