import CSpecialFunctions

/// Quantiles of resampled trials, without resampling.
///
/// n trials that are drawn with replacement from n sorted ones have as their order statistic of rank r the one at place
/// floor(n V), where V, the order statistic of rank r of n uniform numbers, has the law Beta(r, n - r + 1): one number stands for a
/// whole resample. (B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7 (1979).)
public enum QuantileBootstrap {
  /// The quantile of each of `replicates` resamples.
  ///
  /// - Parameters:
  ///   - sorted: trials, rising.
  ///   - share: of the quantile, see ``QuantileStreams/rank(ofShare:count:)``.
  /// - Precondition: at least one trial.
  public static func quantiles(
    ofShare share: Double, sorted: [Double], replicates: Int, using generator: inout some RandomNumberGenerator
  ) -> [Double] {
    let n = sorted.count
    let rank = QuantileStreams.rank(ofShare: share, count: n)
    return (0..<replicates).map { _ in
      let uniform = (Double(generator.next() >> 11) + 0.5) * 0x1p-53
      let place = csf_beta_regularized_inverse(Double(rank), Double(n - rank + 1), uniform)
      return sorted[min(Int(place * Double(n)), n - 1)]
    }
  }

  /// The interval between the quantiles of the replicates of half of the error probability and of the rest: holds about. Nil
  /// where an end is not a number.
  public static func percentileInterval(_ replicates: [Double], at level: ConfidenceLevel) -> ClosedRange<Double>? {
    if replicates.isEmpty || replicates.contains(where: \.isNaN) { return nil }
    let sorted = replicates.sorted()
    let (low, high) = (
      QuantileStreams.rank(ofShare: level.error / 2, count: sorted.count),
      QuantileStreams.rank(ofShare: 1 - level.error / 2, count: sorted.count)
    )
    return sorted[low - 1]...sorted[high - 1]
  }
}

/// The generator of G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators" (2014), for
/// resampling: no trial is drawn by it.
public struct ResamplingGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
