import Foundation

/// The generator of G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators" (2014): a
/// source of test data that does not go through the code under test.
package struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform on [lower, upper]; without bounds on the multiples of 2^-53 in [0, 1).
  package mutating func uniform(_ lower: Double = 0, _ upper: Double = 1) -> Double {
    lower + (upper - lower) * (Double(next() >> 11) * 0x1p-53)
  }

  /// One of 0 ... bound - 1, by the remainder: for small bounds nearly uniform.
  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

extension SplitMix64 {
  /// A generator whose seed differs from run to run and is printed, for what no test can repeat exactly anyway, such as
  /// the moment of a kill. The variable `LANDFALL_TEST_SEED` sets it.
  package static func printingItsSeed(for purpose: String) -> SplitMix64 {
    let given = ProcessInfo.processInfo.environment["LANDFALL_TEST_SEED"].flatMap { UInt64($0) }
    let seed = given ?? .random(in: 0...UInt64(UInt32.max))
    print("\(purpose): LANDFALL_TEST_SEED=\(seed)")
    return SplitMix64(state: seed)
  }
}
