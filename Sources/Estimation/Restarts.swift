import Foundation

/// What it takes to train again and again, from independent initializations, until the first good result: a number of
/// trainings with the geometric law, 1 / p on average, and c / p of what a training costs c of on average (A. Wald's
/// identity).
public struct Restarts: Sendable, Hashable {
  /// Mean cost of a training; its error is not in the intervals.
  public let cost: Double
  /// The observed share of good trainings, from that without the undecided ones to that with them.
  public let shares: ClosedRange<Double>
  public let interval: Interval

  /// Nil without trials.
  public init?(_ estimate: Estimate, cost: Double) {
    guard let shares = estimate.shares else { return nil }
    self.cost = cost
    self.shares = shares
    interval = estimate.interval
  }

  /// 1 / p over the observed shares; infinite at 0.
  public var trainings: ClosedRange<Double> { 1 / shares.upperBound...1 / shares.lowerBound }

  /// 1 / p over the interval: contains it with the confidence of the interval.
  public var trainingsInterval: ClosedRange<Double> { 1 / interval.upper...1 / interval.lower }

  public var totalCost: ClosedRange<Double> { cost * trainings.lowerBound...cost * trainings.upperBound }

  /// c / p over the interval of p.
  public var totalCostInterval: ClosedRange<Double> {
    cost * trainingsInterval.lowerBound...cost * trainingsInterval.upperBound
  }

  /// Trainings of which at least one is good with this probability: log(1 - `probability`) / log(1 - p), rounded up, for the
  /// smallest p of the interval. Nil where that is 0.
  public func trainings(for probability: Double) -> Double? {
    let p = interval.lower
    guard p > 0 else { return nil }
    return p == 1 ? 1 : max(1, (log1p(-probability) / log1p(-p)).rounded(.up))
  }
}

/// When to give a training up and start anew: with the cut-off t the expected cost until a good result is
///
///     E(t) = (mean cost of a training that ends at t at the latest) / P(good by t)
///
/// (M. Luby, A. Sinclair and D. Zuckerman, "Optimal speedup of Las Vegas algorithms", Information Processing Letters 47
/// (1993)).
public struct RestartCutoff: Sendable, Hashable {
  public let cutoff: Double
  public let restarts: Restarts

  public init(cutoff: Double, restarts: Restarts) {
    self.cutoff = cutoff
    self.restarts = restarts
  }

  /// The one with the smallest expected cost at the observed shares; of equal ones the first. Nil where none has a good trial.
  public static func best(_ cutoffs: [RestartCutoff]) -> RestartCutoff? {
    cutoffs.filter { $0.restarts.totalCost.upperBound.isFinite }
      .min { $0.restarts.totalCost.upperBound < $1.restarts.totalCost.upperBound }
  }
}
