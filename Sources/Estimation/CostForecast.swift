import Foundation

/// What many trials of several cells will cost, from the cost of some of each.
public struct CostForecast: Sendable, Hashable {
  /// What was measured of a cell.
  public struct Sample: Sendable, Hashable {
    /// Trials of every measured block.
    public var blockSize: Int
    /// The cost of each block, at least one.
    public var costs: [Double]
    /// Trials whose cost is asked for.
    public var trials: Int
    /// Whether single trials may cost very much more than others, so that the measured ones may have missed the costly.
    public var hasLongTail: Bool

    public init(blockSize: Int, costs: [Double], trials: Int, hasLongTail: Bool) {
      precondition(blockSize >= 1 && !costs.isEmpty, "a cost is measured of blocks with trials")
      self.blockSize = blockSize
      self.costs = costs
      self.trials = trials
      self.hasLongTail = hasLongTail
    }

    /// Of a trial.
    public var meanCost: Double { costs.reduce(0, +) / Double(costs.count * blockSize) }
  }

  public let expected: Double
  public let interval: ClosedRange<Double>

  /// How far the speed of a machine changes from hour to hour, in proportion, as measured on shared ones: added to both
  /// sides.
  public static let drift = 0.15

  /// The interval holds with about the confidence: Student's t for the sum of the means, with the degrees of freedom of
  /// F. E. Satterthwaite, Biometrics Bulletin 2 (1946) and B. L. Welch, Biometrika 34 (1947), and ``drift``. Of a cell with a
  /// long tail the upper end has room for trials as costly as the costliest block, of which no more than a share of
  /// 1 - error^(1 / blocks) can have been missed, at half of the error.
  ///
  /// - Precondition: at least one sample.
  public init(_ samples: [Sample], at level: ConfidenceLevel) {
    var (total, variance, denominator, missed) = (0.0, 0.0, 0.0, 0.0)
    for sample in samples {
      let blocks = Double(sample.trials) / Double(sample.blockSize)
      let count = Double(sample.costs.count)
      let mean = sample.costs.reduce(0, +) / count
      total += blocks * mean
      // A single block says nothing of the scatter: as much as its own cost.
      let degrees = max(1, count - 1)
      let squares = sample.costs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let scatter = sample.costs.count == 1 ? mean * mean : squares / degrees
      // What was measured is known.
      let ownVariance = blocks * blocks * scatter / count * max(0, 1 - count / max(blocks, count))
      variance += ownVariance
      denominator += ownVariance * ownVariance / degrees
      if sample.hasLongTail {
        let share = 1 - pow(level.error / 2, 1 / count)
        missed += max(0, blocks - count) * share * max(0, sample.costs.max()! - mean)
      }
    }
    let degrees = denominator > 0 ? variance * variance / denominator : 1
    let distance =
      variance > 0
      ? variance.squareRoot() * StudentT.quantile(twoSidedError: level.error, degreesOfFreedom: degrees) : 0
    expected = total
    let measured = samples.reduce(0) { sum, sample in
      sum + min(sample.costs.reduce(0, +), sample.meanCost * Double(sample.trials))
    }
    interval =
      max(measured, total - distance) * (1 - Self.drift)...(total + distance + missed) * (1 + Self.drift)
  }
}
