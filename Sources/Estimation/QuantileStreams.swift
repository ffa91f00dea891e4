/// Exact quantiles of several streams of observations that are gone through together, however long they are.
///
/// As long as all observations fit into a budget they are kept, and one pass is all. Beyond it each stream is a
/// histogram of the first 16 bits of its observations, and ``quantiles(ofShares:replay:)`` goes through all streams
/// together three more times: radix selection in bounded memory.
///
/// Bit patterns, infinities included, are ordered like the numbers once those of negative numbers are inverted and the
/// others get the first bit; each pass settles 16 bits of every wanted pattern, from a histogram of the next 16 bits of the observations that agree with it so far. Memory:
/// 8 bytes an observation up to the budget; beyond it 512 KiB for each stream in the first pass, and for each distinct
/// prefix that is still wanted, at most one a quantile, in the others. -0 counts as 0.
public struct QuantileStreams: Sendable {
  /// Observations that are kept at most, of all streams together: 16 MB.
  public static let standardBudget = 1 << 21

  private let budget: Int
  /// Observations of each stream.
  public private(set) var counts: [Int]
  /// The observations of each stream; empty beyond the budget.
  private var values: [[Double]]
  private var kept = 0
  /// Of the first 16 bits, one a stream; empty within the budget.
  private var leading: [PrefixHistograms] = []

  public init(streams: Int, budget: Int = standardBudget) {
    self.budget = budget
    counts = Array(repeating: 0, count: streams)
    values = Array(repeating: [], count: streams)
  }

  /// Takes in an observation.
  ///
  /// - Precondition: it is not NaN.
  public mutating func observe(_ observation: Double, in stream: Int) {
    precondition(!observation.isNaN, "observations are numbers")
    counts[stream] += 1
    if !leading.isEmpty {
      leading[stream].count(observation)
    } else {
      // Adding 0 turns -0 into 0.
      values[stream].append(observation + 0)
      kept += 1
      if kept > budget { keepHistograms() }
    }
  }

  private mutating func keepHistograms() {
    leading = values.map { values in
      var histogram = PrefixHistograms(prefixes: [0], shift: 48)
      for value in values { histogram.count(value) }
      return histogram
    }
    values = []
  }

  /// Of each stream the quantiles of `shares`, in their order, see ``rank(ofShare:count:)``; empty for a
  /// stream without observations.
  ///
  /// - Parameter replay: passes every observation of every stream to its argument once more, in any order; called three
  ///   times if there are more observations than were kept, and not at all otherwise.
  /// - Throws: what `replay` throws.
  public func quantiles<Failure: Error>(
    ofShares shares: [Double],
    replay: (_ observe: (_ observation: Double, _ stream: Int) -> Void) throws(Failure) -> Void
  ) throws(Failure) -> [[Double]] {
    let ranks = counts.map { count in
      count == 0 ? [] : shares.map { Self.rank(ofShare: $0, count: count) }
    }
    guard !leading.isEmpty else {
      return zip(values, ranks).map { values, ranks in
        let sorted = values.sorted()
        return ranks.map { sorted[$0 - 1] }
      }
    }
    // The bits settled so far, and the rank among the observations that agree with them.
    var searches = zip(ranks, leading).map { ranks, histogram in
      ranks.map { histogram.refine((prefix: UInt64(0), rank: $0)) }
    }
    for shift in stride(from: 32, through: 0, by: -16) {
      var histograms = searches.map { PrefixHistograms(prefixes: $0.map(\.prefix), shift: shift) }
      try replay { observation, stream in
        precondition(!observation.isNaN, "observations are numbers")
        histograms[stream].count(observation)
      }
      searches = zip(searches, histograms).map { searches, histogram in searches.map { histogram.refine($0) } }
    }
    return searches.map { $0.map { Double(orderedPattern: $0.prefix) } }
  }

  // MARK: - Ranks

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
    let bits = (observation + 0).orderedPattern >> UInt64(shift)
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

extension Double {
  /// The bit pattern in an order that is that of the numbers.
  fileprivate var orderedPattern: UInt64 { sign == .minus ? ~bitPattern : bitPattern | 1 << 63 }

  fileprivate init(orderedPattern pattern: UInt64) {
    self.init(bitPattern: pattern >> 63 == 1 ? pattern & ~(1 << 63) : ~pattern)
  }
}
