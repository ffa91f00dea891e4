/// Exact quantiles of several streams of observations that are gone through together, however long they are.
///
/// As long as all observations fit into a budget they are kept, and one pass is all. Beyond it each stream is a
/// histogram of the first 16 bits of its observations, and ``quantiles(ofShares:replay:)`` goes once more through those
/// streams of which that does not tell the quantiles, and keeps the observations that agree with a wanted quantile so far.
/// Where these are too many, it settles 16 bits more from histograms of them and goes through the stream again: radix
/// selection in bounded memory, with three passes after the first one at most.
///
/// Bit patterns, infinities included, are ordered like the numbers once those of negative numbers are inverted and the
/// others get the first bit. A bin of a histogram remembers whether all its observations are the same: values that are
/// common, such as 0, need no further pass. Memory: 8 bytes an observation up to the budgets; beyond the first one 1.5 MiB
/// for each stream in the first pass, and for each distinct prefix that is still wanted, at most one a quantile, in those
/// passes that settle bits. -0 counts as 0.
public struct QuantileStreams: Sendable {
  /// Observations that are kept at most in the first pass, of all streams together: 16 MB.
  public static let standardBudget = 1 << 21
  /// Those that are kept at most in a later pass: 128 MB.
  public static let standardReplayBudget = 1 << 24

  private let budget: Int
  private let replayBudget: Int
  /// Observations of each stream.
  public private(set) var counts: [Int]
  /// The observations of each stream; empty beyond the budget.
  private var values: [[Double]]
  private var kept = 0
  /// Of the first 16 bits, one a stream; empty within the budget.
  private var leading: [PrefixHistograms] = []

  public init(streams: Int, budget: Int = standardBudget, replayBudget: Int = standardReplayBudget) {
    self.budget = budget
    self.replayBudget = replayBudget
    counts = Array(repeating: 0, count: streams)
    values = Array(repeating: [], count: streams)
  }

  /// Takes in observations.
  ///
  /// - Precondition: none is NaN.
  public mutating func observe(_ observations: [Double], in stream: Int) {
    counts[stream] += observations.count
    if !leading.isEmpty {
      leading[stream].count(observations)
    } else {
      for observation in observations {
        precondition(!observation.isNaN, "observations are numbers")
        // Adding 0 turns -0 into 0.
        values[stream].append(observation + 0)
      }
      kept += observations.count
      if kept > budget { keepHistograms() }
    }
  }

  private mutating func keepHistograms() {
    leading = values.map { PrefixHistograms(of: $0) }
    values = []
  }

  /// Of each stream the quantiles of `shares`, in their order, see ``rank(ofShare:count:)``; empty for a
  /// stream without observations.
  ///
  /// - Parameter replay: passes every observation of the streams that it is given to its argument once more, in any order;
  ///   called up to three times if there are more observations than were kept, and not at all otherwise.
  /// - Throws: what `replay` throws.
  public func quantiles<Failure: Error>(
    ofShares shares: [Double],
    replay: (_ streams: [Int], _ observe: (_ observations: [Double], _ stream: Int) -> Void) throws(Failure) -> Void
  ) throws(Failure) -> [[Double]] {
    let ranks = counts.map { count in
      count == 0 ? [] : shares.map { Self.rank(ofShare: $0, count: count) }
    }
    guard leading.isEmpty else {
      let searches = zip(ranks, leading).map { ranks, histogram in ranks.map { histogram.search(rank: $0) } }
      return try Self.settle(searches, budget: replayBudget, replay: replay)
    }
    return zip(values, ranks).map { values, ranks in
      guard values.count > Self.sortedAtMost else {
        let sorted = values.sorted()
        return ranks.map { sorted[$0 - 1] }
      }
      let histogram = PrefixHistograms(of: values)
      return Self.settle([ranks.map { histogram.search(rank: $0) }], budget: values.count) { _, observe in
        observe(values, 0)
      }[0]
    }
  }

  /// Selection is faster than sorting for more values than these.
  private static let sortedAtMost = 1 << 13

  /// Of each stream what its searches look for.
  private static func settle<Failure: Error>(
    _ start: [[PatternSearch]], budget: Int,
    replay: (_ streams: [Int], _ observe: (_ observations: [Double], _ stream: Int) -> Void) throws(Failure) -> Void
  ) throws(Failure) -> [[Double]] {
    var searches = start
    while true {
      let open = searches.indices.filter { !searches[$0].allSatisfy(\.isSettled) }
      guard !open.isEmpty else { break }
      var candidates: [Candidates?] = Array(repeating: nil, count: searches.count)
      var histograms: [PrefixHistograms?] = Array(repeating: nil, count: searches.count)
      var left = budget
      func wanted(_ stream: Int) -> Int { PatternSearch.observations(of: searches[stream]) }
      for stream in open.sorted(by: { wanted($0) < wanted($1) }) {
        if wanted(stream) <= left {
          left -= wanted(stream)
          candidates[stream] = Candidates(searches[stream])
        } else {
          histograms[stream] = PrefixHistograms(searches[stream])
        }
      }
      try replay(open) { observations, stream in
        candidates[stream]?.add(observations)
        histograms[stream]?.count(observations)
      }
      for stream in open {
        candidates[stream]?.sort()
        searches[stream] = searches[stream].map { search in
          if search.isSettled { return search }
          return candidates[stream]?.settled(search) ?? histograms[stream]!.refined(search)
        }
      }
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
