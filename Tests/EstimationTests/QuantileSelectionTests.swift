import Estimation
import TestSupport
import Testing

@Suite("Quantile selection")
struct QuantileSelectionTests {
  private func select(_ ranks: [Int], from values: [Double]) -> [Double] {
    QuantileSelection.orderStatistics(ranks: ranks) { observe in
      for value in values { observe(value) }
    }
  }

  @Test("every rank, against sorting: all magnitudes, ties, infinities", arguments: 0..<8)
  func sorting(seed: UInt64) {
    var generator = SplitMix64(state: seed)
    let count = [1, 2, 3, 10, 100, 300][Int(seed) % 6]
    let values = (0..<count).map { _ -> Double in
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: [0, 1, 1, 2.5].randomElement(using: &generator)!
      case 1: .infinity
      case 2: Double(bitPattern: UInt64.random(in: 0...Double.infinity.bitPattern, using: &generator))
      case 3:
        [.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude].randomElement(using: &generator)!
      // Neighbours, which differ in the last 16 bits only.
      case 4: Double(bitPattern: (1e-3).bitPattern + UInt64.random(in: 0..<20, using: &generator))
      default: generator.uniform()
      }
    }
    let sorted = values.sorted()
    // Some ranks only: each may need a histogram of its own.
    let ranks = count <= 10 ? Array(1...count) : [1, 2, count / 20, count / 2, count * 95 / 100, count - 1, count]
    #expect(select(ranks, from: values) == ranks.map { sorted[$0 - 1] })
    let shuffled = ranks.shuffled(using: &generator) + ranks
    #expect(select(shuffled, from: values) == shuffled.map { sorted[$0 - 1] })
  }

  @Test("edge cases")
  func edges() {
    #expect(select([], from: []) == [])
    #expect(select([1], from: [0.25]) == [0.25])
    #expect(select([1], from: [.infinity]) == [.infinity])
    let zero = select([1], from: [-0.0])[0]
    #expect(zero == 0 && zero.sign == .plus)
    #expect(select([1, 2, 3], from: [5, 5, 5]) == [5, 5, 5])
  }

  @Test("a stream of a million")
  func longStream() {
    // A permutation of 1 ... 1,000,003 (prime), generated and not stored.
    let n = 1_000_003
    var passes = 0
    let quantiles = QuantileSelection.quantiles(ofShares: [0.05, 0.5, 0.95, 0, 1], count: n) { observe in
      passes += 1
      var x = 1
      for _ in 0..<n {
        observe(Double(x))
        x = (x + 700_001) % n
      }
    }
    // 0 ... 1,000,002: the observation of rank r is r - 1.
    #expect(quantiles == [50_000, 500_001, 950_002, 0, 1_000_002])
    #expect(passes == 4)
  }

  @Test("an error of the replay passes through")
  func throwing() {
    struct Unreadable: Error {}
    #expect(throws: Unreadable.self) {
      try QuantileSelection.orderStatistics(ranks: [1]) { (observe: (Double) -> Void) throws(Unreadable) in
        observe(1)
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
        #expect(QuantileSelection.rank(ofShare: Double(percent) / 100, count: count) == expected)
      }
      #expect(QuantileSelection.rank(ofShare: (1.0).nextDown, count: count) == count)
      #expect(QuantileSelection.rank(ofShare: .leastNonzeroMagnitude, count: count) == 1)
    }
    #expect(QuantileSelection.rank(ofShare: 1, count: 1 << 53) == 1 << 53)
    // 0.07 * 100 is above 7 in Float64.
    #expect(QuantileSelection.rank(ofShare: 0.07, count: 100) == 7)
  }
}
