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
