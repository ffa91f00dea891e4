import Foundation

/// A confidence sequence of a probability from the order in which successes and failures came: the capital of bets
/// against a probability m.
///
///     K_n(m) = prod_{i <= n} (1 + lambda_i(m) (X_i - m)),  lambda_i(m) = min(lambda_i, c / m),
///     lambda_i = sqrt(2 log(1 / error) / (s_(i-1)^2 i log(1 + i))),
///
/// with the variance s_(i-1)^2 of the trials before, regularized by one trial of 1/2. Where m is the probability, K_n(m) is a
/// non-negative martingale that starts at 1 and ever reaches 1 / error with at most the error probability (Ville); it
/// falls with m, so that what is excluded lies below a bound. I. Waudby-Smith and A. Ramdas, "Estimating means of bounded
/// random variables by betting", Journal of the Royal Statistical Society B 86 (2024): the hedged capital process with
/// predictable plug-in bets, of which this is one side.
///
/// Bounds are running ones: once excluded, a probability stays excluded. Compared with the beta-binomial mixture at the last
/// trial, 95 % intervals are on average 5 to 15 % shorter for 300 to 1000 trials with 0.9 <= p <= 0.99; longer by 15 to 50 % where
/// hardly a trial has failed, and for long streams (27 % for p = 0.5 and 10,000 trials), since bets of this size shrink too
/// slowly. Which of the two is tighter depends on the data: one of them has to be chosen before.
public struct BettingSequence: Sendable, Hashable {
  /// A bit a trial.
  private var words: [UInt64] = []
  public private(set) var trials = 0
  public private(set) var successes = 0

  /// c: how much of the capital is at stake at most.
  private static let stake = 0.5

  public init() {}

  /// Takes in the next trial.
  public mutating func add(_ isSuccess: Bool) {
    if trials % 64 == 0 { words.append(0) }
    if isSuccess {
      words[trials / 64] |= 1 << UInt64(trials % 64)
      successes += 1
    }
    trials += 1
  }

  /// Takes in several equal trials, one after the other.
  public mutating func add(_ isSuccess: Bool, count: Int) { for _ in 0..<count { add(isSuccess) } }

  /// Whether trial `index`, counted from 0, succeeded.
  public subscript(index: Int) -> Bool { words[index / 64] >> UInt64(index % 64) & 1 == 1 }

  /// The probability is at least this; 0 without successes.
  public func lowerBound(at level: ConfidenceLevel) -> Double { bound(of: true, error: level.error) }

  /// The probability is at most this; 1 without failures.
  public func upperBound(at level: ConfidenceLevel) -> Double {
    complementRoundedUp(bound(of: false, error: level.error))
  }

  /// Both bounds at half of the error probability each; [0, 1] without trials. Where they have crossed, which has at most the
  /// error probability, the point between them.
  public func interval(at level: ConfidenceLevel) -> Interval {
    let half = level.simultaneous(over: 2)
    let (lower, upper) = (lowerBound(at: half), upperBound(at: half))
    let middle = 0.5 * (lower + upper)
    return lower <= upper ? Interval(lower: lower, upper: upper) : Interval(lower: middle, upper: middle)
  }

  /// The largest K_i(m) so far, as a logarithm: with bets on the successes being more frequent than m, or the failures.
  public func logCapital(at m: Double, ofSuccesses: Bool = true, level: ConfidenceLevel) -> Double {
    largestCapital(m, ofSuccesses, bets(error: level.error), threshold: .infinity)
  }

  /// lambda_i, the same for successes and failures.
  private func bets(error: Double) -> [Double] {
    let factor = 2 * log(1 / error)
    var (count, squares) = (0.0, 0.25)
    return (1...max(trials, 1)).prefix(trials).map { place in
      let i = Double(place)
      let variance = squares / i
      let bet = (factor / (variance * i * log(1 + i))).squareRoot()
      let value = self[place - 1] ? 1.0 : 0
      count += value
      let distance = value - (0.5 + count) / (i + 1)
      squares += distance * distance
      return bet
    }
  }

  private func largestCapital(_ m: Double, _ ofSuccesses: Bool, _ bets: [Double], threshold: Double) -> Double {
    // The capital is mantissa times e^scale.
    var (mantissa, scale, largest) = (1.0, 0.0, 0.0)
    let most = m > 0 ? Self.stake / m : .infinity
    for place in 0..<trials {
      let bet = min(bets[place], most)
      mantissa *= self[place] == ofSuccesses ? 1 + bet * (1 - m) : 1 - bet * m
      if !(1e-100...1e100).contains(mantissa) {
        scale += log(mantissa)
        mantissa = 1
      }
      // The logarithm only where there is a new record: else about every trial costs one.
      if mantissa > 1, scale + log(mantissa) > largest {
        largest = scale + log(mantissa)
        if largest >= threshold { return largest }
      } else if mantissa <= 1, scale > largest {
        largest = max(largest, scale + log(mantissa))
        if largest >= threshold { return largest }
      }
    }
    return largest
  }

  private func bound(of isSuccess: Bool, error: Double) -> Double {
    let count = isSuccess ? successes : trials - successes
    if count == 0 { return 0 }
    let bets = bets(error: error)
    // Room for rounding errors: two a trial.
    let threshold = -log(error) + 1e-12 + Double(trials) * 0x1p-51
    return OutwardBisection.end(outside: 0, inside: 1) { m in
      largestCapital(m, isSuccess, bets, threshold: threshold) >= threshold
    }
  }
}

/// The intersection of the intervals of a confidence sequence at the looks so far: they hold all together, so their
/// intersection does, with the same confidence.
public struct RunningIntersection: Sendable, Hashable {
  public private(set) var interval: Interval
  /// Whether two intervals had nothing in common, which has at most the error probability; the intersection before is kept.
  public private(set) var isContradictory = false

  public init() { interval = .unit }

  public mutating func add(_ next: Interval) {
    let (lower, upper) = (max(interval.lower, next.lower), min(interval.upper, next.upper))
    if lower <= upper { interval = Interval(lower: lower, upper: upper) } else { isContradictory = true }
  }
}
