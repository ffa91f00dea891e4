/// Exact quantiles of a stream too long to keep: radix selection in bounded memory, over four passes.
public enum QuantileSelection {
  /// The rank r (from 1) of the quantile of `share` among `count` observations: the smallest observation that has at
  /// least this share of all observations at or below it, the least r with r / `count` >= `share`.
  ///
  /// This inverts the empirical distribution function (type 1 of R. J. Hyndman and Y. Fan, "Sample quantiles in
  /// statistical packages", The American Statistician 50 (1996); `method="inverted_cdf"` in NumPy). It needs no
  /// arithmetic on the observations, so infinite ones are treated like all others. The quotient is compared, not the
  /// product `share` * `count`, whose rounding error would skip a rank where the share is met exactly: 0.07 of 100
  /// observations is rank 7, though 0.07 * 100 > 7 in Float64. A share of 0 gives rank 1, the minimum.
  ///
  /// Precondition: 0 <= `share` <= 1 and 1 <= `count` <= 2^53.
  public static func rank(ofShare share: Double, count: Int) -> Int {
    precondition(0 <= share && share <= 1, "the share of a quantile lies in [0, 1]")
    precondition(1 <= count && count <= 1 << 53, "a quantile needs 1 to 2^53 observations")
    func suffices(_ rank: Int) -> Bool { Double(rank) / Double(count) >= share }
    var rank = min(count, max(1, Int((share * Double(count)).rounded(.up))))
    while rank > 1 && suffices(rank - 1) { rank -= 1 }
    while !suffices(rank) { rank += 1 }
    return rank
  }

  /// The quantiles of `shares`, in their order, of a stream of `count` observations; see ``rank(ofShare:count:)`` and
  /// ``orderStatistics(ranks:replay:)``.
  public static func quantiles<Failure: Error>(
    ofShares shares: [Double], count: Int,
    replay: (_ observe: (Double) -> Void) throws(Failure) -> Void
  ) throws(Failure) -> [Double] {
    try orderStatistics(ranks: shares.map { rank(ofShare: $0, count: count) }, replay: replay)
  }

  /// The observations of the given ranks, in the order of `ranks`: rank 1 is the smallest, rank n the largest of n;
  /// equal observations have consecutive ranks.
  ///
  /// The bit patterns of non-negative numbers, infinity included, are ordered like the numbers. Each of four passes
  /// settles 16 bits of every wanted bit pattern, from a histogram of the next 16 bits of the observations that agree
  /// with it so far. Time: four passes. Memory: 512 KiB for each distinct prefix that is still wanted, at most one a
  /// rank, whatever the length of the stream. -0 counts as 0.
  ///
  /// Precondition: ranks are at least 1 and at most the number of observations; observations are neither negative nor
  /// NaN; each replay yields the same observations (in any order).
  ///
  /// - Parameter replay: passes every observation of the stream to its argument, from the beginning; called four times.
  /// - Throws: what `replay` throws.
  public static func orderStatistics<Failure: Error>(
    ranks: [Int],
    replay: (_ observe: (Double) -> Void) throws(Failure) -> Void
  ) throws(Failure) -> [Double] {
    precondition(ranks.allSatisfy { $0 >= 1 }, "ranks of observations start at 1")
    if ranks.isEmpty { return [] }
    // The bits settled so far, and the rank among the observations that agree with them.
    var searches = ranks.map { (prefix: UInt64(0), rank: $0) }
    for shift in stride(from: 48, through: 0, by: -16) {
      var histograms = PrefixHistograms(prefixes: searches.map(\.prefix), shift: shift)
      try replay { (observation: Double) in
        precondition(observation >= 0, "observations are neither negative nor NaN")
        histograms.count(observation)
      }
      for index in searches.indices { searches[index] = histograms.refine(searches[index]) }
    }
    return searches.map { Double(bitPattern: $0.prefix) }
  }
}

/// Histograms of 16 bits of the observations whose higher bits are one of several prefixes.
private struct PrefixHistograms {
  private static let bins = 1 << 16

  /// Sorted and distinct.
  private let prefixes: [UInt64]
  private let shift: Int
  /// The histograms of the prefixes, one after the other.
  private var counts: [Int]

  init(prefixes: [UInt64], shift: Int) {
    self.prefixes = Set(prefixes).sorted()
    self.shift = shift
    counts = Array(repeating: 0, count: self.prefixes.count * Self.bins)
  }

  /// Prefixes are few: one a rank.
  private func place(of prefix: UInt64) -> Int? {
    for (place, candidate) in prefixes.enumerated() where candidate >= prefix {
      return candidate == prefix ? place : nil
    }
    return nil
  }

  mutating func count(_ observation: Double) {
    // Adding 0 turns -0 into 0.
    let bits = (observation + 0).bitPattern >> UInt64(shift)
    guard let place = place(of: bits >> 16) else { return }
    counts[place * Self.bins + Int(bits & 0xffff)] += 1
  }

  /// The search with 16 more bits settled.
  func refine(_ search: (prefix: UInt64, rank: Int)) -> (prefix: UInt64, rank: Int) {
    var rank = search.rank
    if let place = place(of: search.prefix) {
      for bin in 0..<Self.bins {
        let count = counts[place * Self.bins + bin]
        if rank <= count { return (search.prefix << 16 | UInt64(bin), rank) }
        rank -= count
      }
    }
    preconditionFailure("a rank exceeds the number of observations, or a replay yielded other observations")
  }
}
