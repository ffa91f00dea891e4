import Estimation
import Outcomes

/// How a quantity lies over the trials of a cell that have it.
public struct QuantitySpread: Sendable, Hashable {
  public var trials: Int
  /// One for each of ``CellSummary/shares``: the smallest value with at least that share of the trials at or below it.
  public var quantiles: [Double]
  /// Infinite if a value is.
  public var mean: Double
  /// Of the mean; nil for a single trial.
  public var standardError: Double?
}

/// An observable in a cell.
public struct ObservableSummary: Sendable, Hashable {
  public var observable: Observable
  /// Nil if no trial has it.
  public var spread: QuantitySpread?
}

/// Quantiles, means and standard errors of several quantities over the same trials, from one pass over them and, where
/// there are more values than are kept, others over some of the quantities, see ``Estimation/QuantileStreams``.
struct SpreadCollector {
  private var streams: QuantileStreams
  private var moments: [Moments]

  init(quantities: Int) {
    streams = QuantileStreams(streams: quantities)
    moments = Array(repeating: Moments(), count: quantities)
  }

  mutating func observe(_ values: [Double], of quantity: Int) {
    streams.observe(values, in: quantity)
    moments[quantity].add(values)
  }

  /// One for each quantity; nil for those that no trial has.
  func spreads<Failure: Error>(
    replay: (_ quantities: [Int], _ observe: (_ values: [Double], _ quantity: Int) -> Void) throws(Failure) -> Void
  ) throws(Failure) -> [QuantitySpread?] {
    let quantiles = try streams.quantiles(ofShares: CellSummary.shares, replay: replay)
    return zip(moments, quantiles).map { moments, quantiles in
      guard moments.count > 0 else { return nil }
      return QuantitySpread(
        trials: moments.count, quantiles: quantiles, mean: moments.mean, standardError: moments.standardError)
    }
  }
}

/// When the trials ended that met the criterion of `training.until` before all steps were done.
public struct EarlyEnds: Sendable, Hashable {
  public var trials: Int
  public var steps: QuantitySpread
  /// The sum of the learning rates of these steps times the optimizer's flow time factor.
  public var flowTime: QuantitySpread

  /// Whether a trial ended before it had done `plannedSteps`, for another reason than divergence.
  static func contains(risk: Double, steps: Int, plannedSteps: Int) -> Bool {
    risk != .infinity && steps < plannedSteps
  }
}
