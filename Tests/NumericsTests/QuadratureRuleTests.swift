import Numerics
import Testing

@Suite struct QuadratureRuleTests {
  @Test(arguments: 1...60)
  func gaussLegendreIsExact(_ n: Int) {
    let rule = QuadratureRule.gaussLegendre(n)
    #expect(rule.nodes == rule.nodes.sorted())
    for degree in 0..<(2 * n) {
      let sum = zip(rule.nodes, rule.weights).reduce(0) { sum, point in
        sum + point.1 * (0..<degree).reduce(1) { power, _ in power * point.0 }
      }
      let exact = degree % 2 == 0 ? 2 / Double(degree + 1) : 0
      // Weights, of sum 2, come from the square of a recurrence of n steps: 2 n 2^-53 = 1.3e-14 for n = 60, of either
      // sign. Powers add 2 degree 2^-53 times their integral, 2 / (degree + 1): 4e-16; sums 60 * 2^-53 = 7e-15.
      #expect(abs(sum - exact) <= 2e-14)
    }
  }

  @Test func kronrodIsExact() {
    let rule = QuadratureRule.gaussKronrod21
    // Nodes and weights are rounded from 33 digits: 2 * 2^-53 from the weights, as much from the powers and from the
    // products. The 20 additions, of partial sums up to 2, are off by 2^-53 at most each, of either sign; 1e-15 is
    // nine such, and the bits are the same on every machine.
    for degree in 0...31 {
      let powers = rule.nodes.map { x in (0..<degree).reduce(1.0) { power, _ in power * x } }
      let exact = degree % 2 == 0 ? 2 / Double(degree + 1) : 0
      #expect(abs(zip(powers, rule.weights).reduce(0) { $0 + $1.0 * $1.1 } - exact) <= 1e-15)
      if degree <= 19 {
        #expect(abs(zip(powers, rule.lowerOrderWeights!).reduce(0) { $0 + $1.0 * $1.1 } - exact) <= 1e-15)
      }
    }
  }

  /// Beyond their degree rules are wrong: by the square of the norm of the monic Legendre polynomial.
  @Test(arguments: [1, 2, 5, 10])
  func gaussLegendreIsNotExactBeyond(_ n: Int) {
    let rule = QuadratureRule.gaussLegendre(n)
    let sum = zip(rule.nodes, rule.weights).reduce(0) { sum, point in
      sum + point.1 * (0..<2 * n).reduce(1) { power, _ in power * point.0 }
    }
    // The product over k of k^2 / (4 k^2 - 1), times 2.
    var norm = 2.0
    for k in 1...n { norm *= Double(k * k) / Double(4 * k * k - 1) }
    // As above with n = 10: 2 n 2^-53 of weights of sum 2 and 2 n roundings of sums and products, 7e-15.
    #expect(abs(2 / Double(2 * n + 1) - sum - norm) <= 1e-14)
  }

  /// The nodes and weights decide bits of outcomes: FNV-1a of those of the rules with 1 to 200 nodes.
  @Test func nodesHaveTheirBits() {
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    for n in 1...200 {
      let rule = QuadratureRule.gaussLegendre(n)
      for number in rule.nodes + rule.weights {
        digest = (digest ^ number.bitPattern) &* 0x100_0000_01b3
      }
    }
    #expect(digest == 5_639_845_468_918_748_506)
  }
}
