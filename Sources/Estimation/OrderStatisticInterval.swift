import CSpecialFunctions

/// A confidence interval of a quantile between two observations, by their ranks.
///
/// A quantile Q of the share p is any number with P(X < Q) <= p <= P(X <= Q): laws with jumps have it too. If the
/// observation of rank l lies above Q, at most l - 1 trials have X <= Q, whose probability is at least p. So l is the largest rank
/// at which a count of l - 1 excludes such a probability; and u the smallest at which u trials with X < Q exclude one
/// of at most p. Each side has half of the error probability.
public struct OrderStatisticInterval: Sendable, Hashable {
  /// p.
  public let share: Double
  public let trials: Int
  /// The rank of the lower end, counted from 1; 0 where there is no lower limit.
  public let lowerRank: Int
  /// The rank of the upper end; `trials` + 1 where there is no upper limit.
  public let upperRank: Int
  /// How counts exclude probabilities.
  public let method: IntervalMethod

  /// Under a fixed plan by binomial tails (H. A. David and H. N. Nagaraja, *Order Statistics*, 3rd ed. (2003), section
  /// 7.1); otherwise, also after an extension, by the one-sided confidence sequences of a proportion, so that it holds
  /// at all numbers of trials together.
  ///
  /// - Precondition: 0 < `share` < 1.
  public init(ofShare share: Double, trials: Int, under plan: SamplingPlan, at level: ConfidenceLevel) {
    precondition(0 < share && share < 1, "a quantile with an interval is of a share between 0 and 1")
    self.share = share
    self.trials = trials
    let half = level.simultaneous(over: 2)
    let isFixed = plan == .fixed
    method = isFixed ? .clopperPearson : .confidenceSequence
    /// Whether so many trials exclude that each of them has this probability, or a larger one.
    func isTooFew(_ count: Int) -> Bool {
      if isFixed { return Self.atMost(count, of: trials, share) <= half.error }
      return Self.isExcluded(below: 1 - share, Proportion(successes: trials - count, trials: trials), half)
    }
    func isTooMany(_ count: Int) -> Bool {
      if isFixed { return Self.atLeast(count, of: trials, share) <= half.error }
      return Self.isExcluded(below: share, Proportion(successes: count, trials: trials), half)
    }
    // The counts that are too few are 0 ..< l, those that are too many u ... n.
    lowerRank = Self.first(in: 0...trials) { !isTooFew($0) } ?? trials
    upperRank = Self.first(in: 0...trials, where: isTooMany) ?? trials + 1
  }

  /// The probability that the interval contains the quantile of a continuous law: at least the confidence; nil where the
  /// number of trials was not fixed.
  public var coverage: Double? {
    guard method == .clopperPearson else { return nil }
    let below = lowerRank == 0 ? 0 : Self.atMost(lowerRank - 1, of: trials, share)
    let above = upperRank > trials ? 0 : Self.atLeast(upperRank, of: trials, share)
    return 1 - below - above
  }

  /// Whether the lower confidence sequence lies above a probability: where its martingale excludes one, it excludes all below.
  private static func isExcluded(below p: Double, _ proportion: Proportion, _ level: ConfidenceLevel) -> Bool {
    guard let share = proportion.share, share > p else { return false }
    return BetaBinomialMixture(proportion, prior: .jeffreys).rejectsTruncated(p, error: level.error)
  }

  /// P(at most k) of a binomial law.
  private static func atMost(_ k: Int, of n: Int, _ p: Double) -> Double {
    k >= n ? 1 : csf_beta_regularized_complement(Double(k) + 1, Double(n - k), p)
  }

  /// P(at least k) of a binomial law.
  private static func atLeast(_ k: Int, of n: Int, _ p: Double) -> Double {
    k <= 0 ? 1 : csf_beta_regularized(Double(k), Double(n - k) + 1, p)
  }

  /// The first number from which on a condition holds; nil where it does not hold for the last one.
  private static func first(in range: ClosedRange<Int>, where holds: (Int) -> Bool) -> Int? {
    var (low, high) = (range.lowerBound - 1, range.upperBound)
    guard holds(high) else { return nil }
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if holds(middle) { high = middle } else { low = middle }
    }
    return high
  }
}
