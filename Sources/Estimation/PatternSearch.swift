/// The search for the observation of a rank by its bit pattern.
struct PatternSearch {
  /// The bits that are settled, the first ones of the pattern.
  var prefix: UInt64
  /// Bits that are not.
  var openBits: Int
  /// The rank among the observations that agree with the prefix.
  var rank: Int
  /// The number of these observations.
  var count: Int

  var isSettled: Bool { openBits == 0 }

  /// The distinct prefixes of searches that are open, ascending, with their observations. All have as many open bits.
  static func prefixes(of searches: [PatternSearch]) -> [(prefix: UInt64, count: Int)] {
    var prefixes: [(prefix: UInt64, count: Int)] = []
    for search in searches.filter({ !$0.isSettled }).sorted(by: { $0.prefix < $1.prefix })
    where prefixes.last?.prefix != search.prefix {
      prefixes.append((search.prefix, search.count))
    }
    return prefixes
  }

  /// The number of observations that agree with an open search.
  static func observations(of searches: [PatternSearch]) -> Int { prefixes(of: searches).reduce(0) { $0 + $1.count } }
}

/// The observations that agree with open searches, by prefix.
struct Candidates {
  private let prefixes: [UInt64]
  private let openBits: UInt64
  private var patterns: [[UInt64]]

  /// - Precondition: a search is open.
  init(_ searches: [PatternSearch]) {
    let wanted = PatternSearch.prefixes(of: searches)
    openBits = UInt64(searches.first { !$0.isSettled }!.openBits)
    prefixes = wanted.map(\.prefix)
    patterns = wanted.map { entry in
      var list: [UInt64] = []
      list.reserveCapacity(entry.count)
      return list
    }
  }

  mutating func add(_ observations: [Double]) {
    for observation in observations {
      let pattern = observation.orderedPattern
      let prefix = pattern >> openBits
      // They are few: one a quantile.
      for place in prefixes.indices where prefixes[place] == prefix { patterns[place].append(pattern) }
    }
  }

  mutating func sort() { for place in patterns.indices { patterns[place].sort() } }

  /// - Precondition: it is one of the searches, the candidates are sorted, and all observations were added.
  func settled(_ search: PatternSearch) -> PatternSearch {
    let place = prefixes.firstIndex(of: search.prefix)!
    precondition(patterns[place].count == search.count, "a replay yielded other observations")
    return PatternSearch(prefix: patterns[place][search.rank - 1], openBits: 0, rank: 1, count: 1)
  }
}

/// Histograms of the next 16 bits of the observations whose higher bits are one of several prefixes.
struct PrefixHistograms {
  private static let bins = 1 << 16

  private struct Bin {
    var count = 0
    var first: UInt64 = 0
    /// The bits in which observations of the bin differ from the first one.
    var differences: UInt64 = 0
  }

  /// Ascending and distinct.
  private let prefixes: [UInt64]
  /// Bits behind the 16 that are counted.
  private let openBits: UInt64
  /// The histograms of the prefixes, one after the other.
  private var counts: [Bin]

  /// Of the first 16 bits.
  init(of observations: [Double]) {
    self.init(prefixes: [0], openBits: 48)
    count(observations)
  }

  /// For observations that agree with an open search.
  ///
  /// - Precondition: a search is open.
  init(_ searches: [PatternSearch]) {
    self.init(
      prefixes: PatternSearch.prefixes(of: searches).map(\.prefix),
      openBits: searches.first { !$0.isSettled }!.openBits - 16)
  }

  private init(prefixes: [UInt64], openBits: Int) {
    self.prefixes = prefixes
    self.openBits = UInt64(openBits)
    counts = Array(repeating: Bin(), count: prefixes.count * Self.bins)
  }

  mutating func count(_ observations: [Double]) {
    for observation in observations {
      precondition(!observation.isNaN, "observations are numbers")
      let pattern = observation.orderedPattern
      let bits = pattern >> openBits
      guard let place = place(of: bits >> 16) else { continue }
      let bin = place * Self.bins + Int(bits & 0xffff)
      if counts[bin].count == 0 { counts[bin].first = pattern }
      counts[bin].count += 1
      counts[bin].differences |= pattern ^ counts[bin].first
    }
  }

  /// Prefixes are few: one a quantile.
  private func place(of prefix: UInt64) -> Int? {
    for place in prefixes.indices where prefixes[place] >= prefix {
      return prefixes[place] == prefix ? place : nil
    }
    return nil
  }

  /// A search of which nothing is settled yet.
  func search(rank: Int) -> PatternSearch { refined(PatternSearch(prefix: 0, openBits: 64, rank: rank, count: 0)) }

  /// The search with 16 more bits settled, or all of them.
  func refined(_ search: PatternSearch) -> PatternSearch {
    var rank = search.rank
    if let place = place(of: search.prefix) {
      for bin in 0..<Self.bins {
        let found = counts[place * Self.bins + bin]
        if rank <= found.count {
          return found.differences == 0
            ? PatternSearch(prefix: found.first, openBits: 0, rank: rank, count: found.count)
            : PatternSearch(
              prefix: search.prefix << 16 | UInt64(bin), openBits: Int(openBits), rank: rank, count: found.count)
        }
        rank -= found.count
      }
    }
    preconditionFailure("a rank exceeds the number of observations, or a replay yielded other observations")
  }
}

extension Double {
  /// The bit pattern in an order that is that of the numbers; that of 0 for -0.
  var orderedPattern: UInt64 {
    // Adding 0 turns -0 into 0.
    let value = self + 0
    return value.sign == .minus ? ~value.bitPattern : value.bitPattern | 1 << 63
  }

  init(orderedPattern pattern: UInt64) {
    self.init(bitPattern: pattern >> 63 == 1 ? pattern & ~(1 << 63) : ~pattern)
  }
}
