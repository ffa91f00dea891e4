import Estimation
import TestSupport
import Testing

@Suite("Quantiles of streams")
struct QuantileStreamsTests {
  /// The quantiles of some lists, observed in turns, and the streams that were gone through again.
  private func quantiles(
    _ shares: [Double], of lists: [[Double]], budget: Int = QuantileStreams.standardBudget,
    replayBudget: Int = QuantileStreams.standardReplayBudget
  ) -> (quantiles: [[Double]], replays: [[Int]]) {
    var streams = QuantileStreams(streams: lists.count, budget: budget, replayBudget: replayBudget)
    func replay(_ wanted: [Int], _ observe: ([Double], Int) -> Void) {
      for place in stride(from: 0, to: lists.map(\.count).max() ?? 0, by: 7) {
        for stream in wanted where place < lists[stream].count {
          observe(Array(lists[stream][place..<min(place + 7, lists[stream].count)]), stream)
        }
      }
    }
    replay(Array(lists.indices)) { streams.observe($0, in: $1) }
    var replays: [[Int]] = []
    let quantiles = streams.quantiles(ofShares: shares) { wanted, observe in
      replays.append(wanted)
      replay(wanted, observe)
    }
    return (quantiles, replays)
  }

  @Test("every rank, against sorting: all magnitudes, ties, infinities", arguments: 0..<8)
  func sorting(seed: UInt64) {
    var generator = SplitMix64(state: seed)
    let count = [1, 2, 3, 10, 100, 300][Int(seed) % 6]
    let values = (0..<count).map { _ -> Double in
      switch Int.random(in: 0..<8, using: &generator) {
      case 0: [0, 1, 1, 2.5].randomElement(using: &generator)!
      case 1: .infinity
      case 2: Double(bitPattern: UInt64.random(in: 0...Double.infinity.bitPattern, using: &generator))
      case 3:
        [.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude].randomElement(using: &generator)!
      // Neighbours, which differ in the last 16 bits only.
      case 4: Double(bitPattern: (1e-3).bitPattern + UInt64.random(in: 0..<20, using: &generator))
      case 5: [-.infinity, -1, -.greatestFiniteMagnitude, -.leastNonzeroMagnitude].randomElement(using: &generator)!
      case 6: -generator.uniform()
      default: generator.uniform()
      }
    }
    let sorted = values.sorted()
    // Some ranks only: each may need a histogram of its own.
    let ranks = count <= 10 ? Array(1...count) : [1, 2, count / 20, count / 2, count * 95 / 100, count - 1, count]
    let shares = (ranks.shuffled(using: &generator) + ranks).map { Double($0) / Double(count) }
    let expected = shares.map { sorted[QuantileStreams.rank(ofShare: $0, count: count) - 1] }
    // Kept; and by selection, from the first observation on and from the middle, with room for what agrees with the first
    // 16 bits, with a little, and with none.
    for budget in [count, 0, count / 2] {
      for replayBudget in [count, count / 20, 0] {
        let result = quantiles(shares, of: [values], budget: budget, replayBudget: replayBudget)
        #expect(result.quantiles == [expected])
        #expect(result.replays.count <= (budget >= count ? 0 : replayBudget == count ? 1 : 3))
      }
    }
  }

  @Test("streams of different lengths share the passes; those that are settled are left out")
  func several() {
    let lists = [[3.0, 1, 2], [], [.infinity], (1...101).map { Double($0) * 1e-5 }.reversed()]
    let expected = [[1.0, 2, 3], [], [.infinity, .infinity, .infinity], [1e-5, 51e-5, 101e-5]]
    // A bin of the first 16 bits is a sixteenth of an octave: of 51e-5 there are others in it, of 1, 2 and 3 none.
    for (budget, replayBudget, replays) in [(1000, 0, 0), (105, 0, 0), (104, 1000, 1), (2, 1000, 1), (2, 0, 1)] {
      let result = quantiles([0, 0.5, 1], of: lists, budget: budget, replayBudget: replayBudget)
      #expect(result.quantiles == expected && result.replays == Array(repeating: [3], count: replays))
    }
  }

  @Test("neighbours need all passes without room, one value none")
  func passes() {
    let neighbours = (0..<100).map { Double(bitPattern: (0.1).bitPattern + UInt64($0 * 7 % 100)) }
    let zeros = Array(repeating: 0.0, count: 100) + [1]
    let result = quantiles([0.25, 0.5], of: [neighbours, zeros], budget: 0, replayBudget: 0)
    #expect(result.quantiles == [[24, 49].map { Double(bitPattern: (0.1).bitPattern + $0) }, [0, 0]])
    #expect(result.replays == [[0], [0], [0]])
    #expect(quantiles([0.25, 0.5], of: [neighbours, zeros], budget: 0).replays == [[0]])
  }

  @Test("edge cases", arguments: [0, 100])
  func edges(budget: Int) {
    #expect(quantiles([], of: [[1]], budget: budget).quantiles == [[]])
    #expect(quantiles([0.3], of: [], budget: budget).quantiles == [])
    let zero = quantiles([1], of: [[-0.0]], budget: budget).quantiles[0][0]
    #expect(zero == 0 && zero.sign == .plus)
    #expect(quantiles([0, 0.5, 1], of: [[5, 5, 5]], budget: budget).quantiles == [[5, 5, 5]])
  }

  @Test("a stream of a million, in bounded memory and all of it", arguments: [1000, 1 << 21])
  func longStream(budget: Int) {
    // A permutation of 1 ... 1,000,003 (prime), generated and not stored.
    let n = 1_000_003
    func replay(_ streams: [Int], _ observe: ([Double], Int) -> Void) {
      var x = 1
      var page: [Double] = []
      for place in 1...n {
        page.append(Double(x))
        x = (x + 700_001) % n
        if page.count == 1000 || place == n {
          observe(page, 0)
          page = []
        }
      }
    }
    var streams = QuantileStreams(streams: 1, budget: budget, replayBudget: budget)
    replay([0]) { streams.observe($0, in: $1) }
    // 0 ... 1,000,002: the observation of rank r is r - 1.
    let quantiles = streams.quantiles(ofShares: [0.05, 0.5, 0.95, 0, 1], replay: replay)
    #expect(quantiles == [[50_000, 500_001, 950_002, 0, 1_000_002]] && streams.counts == [n])
  }

  @Test("an error of the replay passes through")
  func throwing() {
    struct Unreadable: Error {}
    let nextToOne = (1.0).nextUp
    var streams = QuantileStreams(streams: 1, budget: 0)
    streams.observe([1, nextToOne], in: 0)
    #expect(throws: Unreadable.self) {
      try streams.quantiles(ofShares: [1]) { (_: [Int], observe: ([Double], Int) -> Void) throws(Unreadable) in
        observe([1, nextToOne], 0)
        throw Unreadable()
      }
    }
  }

  @Test("the rank is the least with the share at or below it")
  func rank() {
    for count in [1, 2, 3, 7, 100, 300, 1000] {
      for percent in 0...100 {
        // In integers: the least r >= 1 with 100 r >= percent * count.
        let expected = max(1, (percent * count + 99) / 100)
        #expect(QuantileStreams.rank(ofShare: Double(percent) / 100, count: count) == expected)
      }
      #expect(QuantileStreams.rank(ofShare: (1.0).nextDown, count: count) == count)
      #expect(QuantileStreams.rank(ofShare: .leastNonzeroMagnitude, count: count) == 1)
    }
    #expect(QuantileStreams.rank(ofShare: 1, count: 1 << 53) == 1 << 53)
    // 0.07 * 100 is above 7 in Float64.
    #expect(QuantileStreams.rank(ofShare: 0.07, count: 100) == 7)
  }
}
