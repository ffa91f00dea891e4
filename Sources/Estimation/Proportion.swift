/// The number of successes among a number of independent trials that all succeed with the same, unknown probability.
public struct Proportion: Sendable, Hashable {
  public let successes: Int
  public let trials: Int

  /// Precondition: 0 <= `successes` <= `trials` <= 2^53, so that both are exact in Float64.
  public init(successes: Int, trials: Int) {
    precondition(
      0 <= successes && successes <= trials && trials <= 1 << 53,
      "a proportion has 0 <= successes <= trials <= 2^53")
    self.successes = successes
    self.trials = trials
  }

  public var failures: Int { trials - successes }

  /// The observed share of successes: the maximum likelihood estimate of the probability; nil without trials.
  public var share: Double? { trials == 0 ? nil : Double(successes) / Double(trials) }
}

/// A number of successes that is known between two bounds only: of some of the trials it was not decided whether they
/// succeeded.
///
/// With g successes and b failures among n trials the number of successes is one of g ... n - b, whatever the undecided
/// trials are. Which trials stay undecided may depend on their results in any way.
public struct BracketedProportion: Sendable, Hashable {
  public let successes: Int
  public let failures: Int
  public let trials: Int

  /// Precondition: `successes` >= 0, `failures` >= 0, `successes` + `failures` <= `trials` <= 2^53.
  public init(successes: Int, failures: Int, trials: Int) {
    precondition(
      successes >= 0 && failures >= 0 && trials <= 1 << 53 && successes <= trials && failures <= trials - successes,
      "a bracketed proportion has successes >= 0, failures >= 0 and successes + failures <= trials <= 2^53")
    self.successes = successes
    self.failures = failures
    self.trials = trials
  }

  /// Every trial is decided.
  public init(_ proportion: Proportion) {
    self.init(successes: proportion.successes, failures: proportion.failures, trials: proportion.trials)
  }

  public var undecided: Int { trials - successes - failures }

  /// As if every undecided trial had failed: g of n.
  public var lowest: Proportion { Proportion(successes: successes, trials: trials) }

  /// As if every undecided trial had succeeded: n - b of n.
  public var highest: Proportion { Proportion(successes: trials - failures, trials: trials) }

  /// The observed share of successes lies in g / n ... (n - b) / n; nil without trials.
  public var shares: ClosedRange<Double>? {
    guard let low = lowest.share, let high = highest.share else { return nil }
    return low...high
  }
}
