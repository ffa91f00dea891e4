import Foundation

/// A band around the empirical distribution function of independent trials that contains the whole distribution function
/// with at least the confidence: P(X <= x) lies within `halfWidth` of the share of trials at or below x, for all x
/// together. So x may be chosen after the look, and no correction for several x is due.
public struct DistributionBand: Sendable, Hashable {
  public let halfWidth: Double
  public let method: BandMethod

  /// The most trials whose exact quantile is computed, in less than 0.1 s. Beyond it the inequality is used, which is wider by
  /// less than 0.13 %.
  public static let mostExact = 10_000

  /// The band that is valid under `plan`. After an extension it is that of any stopping rule.
  ///
  /// - Precondition: at least one trial.
  public init(trials: Int, under plan: SamplingPlan, at level: ConfidenceLevel) {
    precondition(trials >= 1, "a band is of trials")
    switch plan {
    case .fixed where trials <= Self.mostExact:
      (halfWidth, method) = (KolmogorovDistribution.quantile(error: level.error, trials: trials), .kolmogorov)
    case .fixed: (halfWidth, method) = (Self.massart(trials: trials, at: level), .massart)
    case .anytime, .extended, .staged: (halfWidth, method) = (Self.timeUniform(trials: trials, at: level), .timeUniform)
    }
  }

  /// The half-width of a band on one side, valid under the plan: P(X <= x) is at least the share at or below x less this, at
  /// every x together.
  public static func oneSided(trials: Int, under plan: SamplingPlan, at level: ConfidenceLevel) -> Double {
    switch plan {
    case .fixed where trials <= mostExact: SmirnovDistribution.quantile(error: level.error, trials: trials)
    case .fixed: massartOneSided(trials: trials, at: level)
    case .anytime, .extended, .staged: timeUniform(trials: trials, at: level)
    }
  }

  /// sqrt(log(2 / error) / (2 n)): the inequality of A. Dvoretzky, J. Kiefer and J. Wolfowitz with the constant of
  /// P. Massart, "The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality", Annals of Probability 18 (1990).
  public static func massart(trials: Int, at level: ConfidenceLevel) -> Double {
    min((log(2 / level.error) / (2 * Double(trials))).squareRoot(), 1)
  }

  /// sqrt(log(1 / error) / (2 n)): of a band on one side, by the same inequality, for errors up to 1/2.
  public static func massartOneSided(trials: Int, at level: ConfidenceLevel) -> Double {
    min((log(1 / min(level.error, 0.5)) / (2 * Double(trials))).squareRoot(), 1)
  }

  /// 0.85 sqrt((log log(e n) + 0.8 log(1612 / error)) / n), at all n >= 1 together: S. R. Howard and A. Ramdas,
  /// "Sequential estimation of quantiles with applications to A/B testing and best-arm identification", Bernoulli 28
  /// (2022), Theorem 2.
  public static func timeUniform(trials: Int, at level: ConfidenceLevel) -> Double {
    let n = Double(trials)
    return min(0.85 * ((log(1 + log(n)) + 0.8 * log(1612 / level.error)) / n).squareRoot(), 1)
  }

  /// What P(X <= x) lies in, where the share of trials at or below x is known to be in `shares`.
  public func interval(_ shares: ClosedRange<Double>) -> Interval {
    // Rounded away from the share.
    Interval(
      lower: max((shares.lowerBound - halfWidth).nextDown, 0), upper: min((shares.upperBound + halfWidth).nextUp, 1))
  }
}

/// How the half-width of a band is computed. The raw value is its name in machine-readable output.
public enum BandMethod: String, Sendable, Hashable, CaseIterable {
  /// The exact quantile for a number of trials fixed in advance.
  case kolmogorov
  /// An inequality for the same, for many trials.
  case massart = "dvoretzky-kiefer-wolfowitz"
  /// Valid at every number of trials, however it came about.
  case timeUniform = "time-uniform"

  /// The name that notes use.
  public var text: String {
    switch self {
    case .kolmogorov: "Kolmogorov's exact band"
    case .massart: "Dvoretzky, Kiefer and Wolfowitz's band"
    case .timeUniform: "Howard and Ramdas's time-uniform band"
    }
  }
}
