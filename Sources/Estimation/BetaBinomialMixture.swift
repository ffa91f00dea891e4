import CSpecialFunctions
import Foundation

/// The mixture martingale of a proportion: the likelihood of the observed trials under a mixture of probabilities,
/// divided by their likelihood under one probability p.
///
/// With k successes in n trials and the prior Beta(a, b),
///
///     M_n(p) = B(a + k, b + n - k) / (B(a, b) p^k (1 - p)^(n - k)).
///
/// For every fixed theta the ratio of the likelihoods under theta and under p is, under p, a non-negative martingale
/// that starts at 1; so is every mixture of them over theta. By Ville's inequality P_p(M_n(p) >= 1 / error for some n) is
/// at most `error`. S. R. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, arXiv:1810.08240.
package struct BetaBinomialMixture {
  private let successes: Double
  private let failures: Double
  private let trials: Double
  private let prior: BetaPrior

  /// The logarithm of M at the observed share, where it is smallest. At most 0: no mixture of likelihoods exceeds the
  /// largest likelihood.
  private let logMinimum: Double

  package init(_ proportion: Proportion, prior: BetaPrior) {
    successes = Double(proportion.successes)
    failures = Double(proportion.failures)
    trials = Double(proportion.trials)
    self.prior = prior
    // log B(a + k, b + m) - k log(k / n) - m log(m / n) - log B(a, b), with m = n - k, grouped by count: the terms of
    // order n log n and n cancel inside each excess and never arise.
    logMinimum =
      Self.gammaExcess(successes, prior.a) + Self.gammaExcess(failures, prior.b)
      - Self.gammaExcess(trials, prior.a + prior.b) - csf_log_beta(prior.a, prior.b)
  }

  /// log M_n(p), for p in [0, 1]. Infinity where the observed trials are impossible; decreasing below the observed
  /// share and increasing above it. The rounding error does not grow with the number of trials.
  package func log(at p: Double) -> Double { logMinimum + logLikelihoodRatio(at: p) }

  /// The logarithm of the martingale with the prior truncated to (p, 1], for p in [0, 1):
  ///
  ///     M_n(p) (1 - I_p(a + k, b + n - k)) / (1 - I_p(a, b)),
  ///
  /// a lower bound of it where that is smaller than 1. At p it mixes only over probabilities above p, so a large value
  /// speaks for a larger probability. The prior depends on p but not on the trials: under p it is a non-negative
  /// martingale that starts at 1, as before.
  ///
  /// Where it exceeds 1 it exceeds M_n(p), since the likelihood ratios that the truncation leaves out are at most 1
  /// below the observed share. With b <= 1 it crosses each value above 1 at most once, downwards: its logarithmic
  /// derivative is
  ///
  ///     h (1 - 1 / M) - (k - n p) / (p (1 - p)),
  ///
  /// with the hazard rate h of the prior, for which h p (1 - p) <= b. At an upward crossing of 1 / error, then,
  /// k - n p <= b (1 - error), where the likelihood ratio to the observed share is less than 1 / error. So every p that
  /// is rejected at a level lies below every p that is not.
  package func logTruncated(at p: Double) -> Double {
    let mass = csf_beta_regularized_complement(prior.a + successes, prior.b + failures, p)
    let priorMass = csf_beta_regularized_complement(prior.a, prior.b, p)
    // Far above the observed share the mass underflows to 0 while M overflows; there the value is below 1. Minus
    // infinity bounds it from below, as it does any value that could not be computed: p is then not rejected.
    guard mass > 0, priorMass > 0 else { return -.infinity }
    return log(at: p) + (Foundation.log(mass) - Foundation.log(priorMass))
  }

  /// Whether p is outside of the confidence set {p: M_n(p) < 1 / `error`}, beyond rounding errors.
  func rejects(_ p: Double, error: Double) -> Bool { log(at: p) >= Self.threshold(error: error) }

  /// Whether p is outside of the set of the truncated martingale, beyond rounding errors. Those of the mass grow with
  /// the number of trials: Boost raises 1 - p, rounded to a long double of 64 bits or more, to a power of that order.
  func rejectsTruncated(_ p: Double, error: Double) -> Bool {
    logTruncated(at: p) >= Self.threshold(error: error) + trials * 0x1p-62
  }

  /// log(1 / `error`), and room for the rounding errors of a logarithm of this size: a hundred times what was seen
  /// against 60 digits, up to 10^12 trials.
  private static func threshold(error: Double) -> Double {
    let threshold = -Foundation.log(error)
    return threshold + 1e-12 * (1 + threshold)
  }

  /// The logarithm of the ratio of the likelihood at the observed share to the one at p:
  /// k log(k / (n p)) + (n - k) log((n - k) / (n (1 - p))).
  private func logLikelihoodRatio(at p: Double) -> Double {
    let difference = successes.addingProduct(-trials, p)
    return Self.deviance(count: successes, expected: trials * p, difference: difference)
      + Self.deviance(count: failures, expected: trials * (1 - p), difference: -difference)
  }

  /// c log(c / e) + e - c for a count c, its expectation e and their difference c - e, which the caller knows to more
  /// digits: without cancellation where c is close to e. C. Loader, "Fast and accurate computation of binomial
  /// probabilities" (2000), the function D_0.
  private static func deviance(count: Double, expected: Double, difference: Double) -> Double {
    if count == 0 { return expected }
    guard abs(difference) < 0.1 * (count + expected) else {
      return count * Foundation.log(count / expected) - difference
    }
    // log(c / e) = 2 artanh(v), so that the value is (c - e) v + 2 c v (v^2 / 3 + v^4 / 5 + ...); |v| < 0.1.
    let v = difference / (count + expected)
    var power = 2 * count * v
    var sum = difference * v
    var divisor = 3.0
    while true {
      power *= v * v
      let next = sum + power / divisor
      if next == sum { return sum }
      sum = next
      divisor += 2
    }
  }

  /// log Gamma(c + a) - c log c + c for a count c and 0 < a <= 2, to rounding error for every c: what remains has the
  /// order of log c. With Stirling's series for log Gamma from 16 on, whose first term left out is below 2e-16 there
  /// (NIST Digital Library of Mathematical Functions, 5.11.1).
  private static func gammaExcess(_ count: Double, _ a: Double) -> Double {
    let z = count + a
    guard z >= 16 else {
      return csf_log_gamma(z) - (count == 0 ? 0 : count * Foundation.log(count)) + count
    }
    let halfLogTwoPi = 0.918938533204672741780329736406
    let w = 1 / (z * z)
    let series = (1.0 / 12 - w * (1.0 / 360 - w * (1.0 / 1260 - w * (1.0 / 1680 - w / 1188)))) / z
    return (a - 0.5) * Foundation.log(z) + count * log1p(a / count) - a + halfLogTwoPi + series
  }
}

/// The Beta distribution that a confidence sequence mixes over.
///
/// It is no belief about the unknown probability: the bounds are valid for every prior; one that puts more mass near the
/// true probability makes them tighter.
public struct BetaPrior: Sendable, Hashable {
  public let a: Double
  public let b: Double

  /// Beta(1/2, 1/2), the prior of Jeffreys: tight near 0 and 1, where probabilities of interest lie.
  public static let jeffreys = BetaPrior(a: 0.5, b: 0.5)

  /// Beta(1, 1), the uniform distribution.
  public static let uniform = BetaPrior(a: 1, b: 1)

  /// Precondition: 0 < `a` <= 1 and 0 < `b` <= 1. Up to 1 the probabilities that the one-sided confidence sequence
  /// does not reject are known to form an interval; see ``BetaBinomialMixture/logTruncated(at:)``.
  public init(a: Double, b: Double) {
    precondition(0 < a && a <= 1 && 0 < b && b <= 1, "the parameters of a mixing prior lie in (0, 1]")
    self.a = a
    self.b = b
  }
}
