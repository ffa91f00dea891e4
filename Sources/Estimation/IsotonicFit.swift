/// Probabilities that do not fall in the order of the cells.
public enum IsotonicFit {
  /// The rising sequence that is nearest to `shares`, by squares weighted with `weights`: the maximum likelihood estimate of
  /// rising probabilities. Neighbours that violate the order are pooled until none does (M. Ayer, H. D. Brunk, G. M.
  /// Ewing, W. T. Reid and E. Silverman, Annals of Mathematical Statistics 26 (1955)).
  ///
  /// - Precondition: a positive weight for each share.
  public static func rising(_ shares: [Double], weights: [Double]) -> [Double] {
    precondition(shares.count == weights.count && weights.allSatisfy { $0 > 0 }, "a share has a positive weight")
    var pools: [(mean: Double, weight: Double, count: Int)] = []
    for (share, weight) in zip(shares, weights) {
      var pool = (mean: share, weight: weight, count: 1)
      while let last = pools.last, last.mean >= pool.mean {
        let sum = last.weight + pool.weight
        pool = ((last.mean * last.weight + pool.mean * pool.weight) / sum, sum, last.count + pool.count)
        pools.removeLast()
      }
      pools.append(pool)
    }
    return pools.flatMap { Array(repeating: $0.mean, count: $0.count) }
  }

  /// Lower bounds of rising probabilities from bounds that hold together: each probability is at least every one before it, so
  /// at least the largest of the bounds up to its own.
  ///
  /// They hold where the probabilities rise, which is an assumption.
  public static func lowerBounds(_ bounds: [Double]) -> [Double] {
    var largest = 0.0
    return bounds.map { bound in
      largest = max(largest, bound)
      return largest
    }
  }

  /// The places whose probability exceeds a threshold, by lower bounds that hold together: the first of them; and the
  /// first from which on all places exceed it. Nil where there is none.
  public static func exceeding(
    _ threshold: Double, _ bounds: [Double]
  ) -> (first: Int?, fromOn: Int?) {
    let last = bounds.lastIndex { $0 <= threshold }.map { $0 + 1 } ?? bounds.startIndex
    return (bounds.firstIndex { $0 > threshold }, last < bounds.endIndex ? last : nil)
  }
}
