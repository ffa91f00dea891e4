import Numerics
import TestSupport
import Testing

/// Sums of integers that are exact in 128 bits, against the error bound |value - s| <= eps |s| + g(n + 1)^2 S.
@Suite struct TwofoldSumTests {
  private static let eps = 0x1p-53

  private static func g(_ n: Int) -> Double { Double(n) * eps / (1 - Double(n) * eps) }

  /// Integers below 2^53 times powers of 2 up to 2^`exponents`.
  private static func term(_ generator: inout SplitMix64, exponents: Int) -> Double {
    let size = 0x1p53 * generator.uniform()
    let sign = generator.below(2) == 0 ? 1.0 : -1
    return sign * Double(sign: .plus, exponent: generator.below(exponents + 1), significand: size.rounded(.down))
  }

  private struct Check {
    var terms: [(exact: Int128, size: Double)] = []
    var exact: Int128 { terms.reduce(0) { $0 + $1.exact } }
    var size: Double { terms.reduce(0) { $0 + $1.size } }

    /// `additions`: the n of the bound, plus 1.
    func holds(_ value: Double, additions: Int) -> Bool {
      let error = Double((Int128(value) - exact).magnitude)
      // The bound itself is computed with rounding, and `size` is.
      let bound = eps * Double(exact.magnitude) + g(additions) * g(additions) * size
      return error <= bound * (1 + 1e-9)
    }
  }

  /// Terms of all sizes, each taken back, in another order, but for the smallest ones.
  @Test func cancellingSums() {
    var plainFailures = 0
    for seed in 0..<200 as Range<UInt64> {
      var generator = SplitMix64(state: seed)
      let large = (0..<10).map { _ in Self.term(&generator, exponents: 60) }
      let small = (0..<5).map { _ in Double(generator.below(1000) + 1) }
      let terms = (large + large.map { -$0 } + small).shuffled(using: &generator)
      var check = Check()
      var sum = TwofoldSum(0)
      var plain = 0.0
      for term in terms {
        sum.add(term)
        plain += term
        check.terms.append((Int128(term), term.magnitude))
      }
      #expect(check.holds(sum.value, additions: terms.count + 1))
      if !check.holds(plain, additions: terms.count + 1) { plainFailures += 1 }
    }
    // The sums are such that working precision does not do.
    #expect(plainFailures > 150)
  }

  /// The published example of a sum that loses everything: 1 + 10^100 + 1 - 10^100 = 2.
  @Test func knownSum() {
    var sum = TwofoldSum(1)
    for term in [1e100, 1, -1e100] { sum.add(term) }
    #expect(sum.value == 2)
  }

  /// Products of 53 by 53 bits: their rounding errors count.
  @Test func cancellingProducts() {
    var plainFailures = 0
    for seed in 0..<200 as Range<UInt64> {
      var generator = SplitMix64(state: 500 + seed)
      var factors = (0..<8).map { _ in
        (Self.term(&generator, exponents: 8), Self.term(&generator, exponents: 8))
      }
      // A product close to minus the sum of the others makes most of it vanish.
      let rest = factors.reduce(0) { $0 + $1.0 * $1.1 }
      factors.append((-(rest / 0x1p30).rounded(), 0x1p30))
      var check = Check()
      var sum = TwofoldSum(0)
      var plain = 0.0
      for (a, b) in factors {
        sum.addProduct(a, b)
        plain += a * b
        check.terms.append((Int128(a) * Int128(b), (a * b).magnitude))
      }
      #expect(check.holds(sum.value, additions: factors.count + 1))
      if !check.holds(plain, additions: factors.count + 1) { plainFailures += 1 }
    }
    #expect(plainFailures > 150)
  }

  /// Two sums that agree in their first 53 bits and more: what is left counts.
  @Test func differences() {
    for seed in 0..<200 as Range<UInt64> {
      var generator = SplitMix64(state: 900 + seed)
      var check = Check()
      var (left, right) = (TwofoldSum(0), TwofoldSum(0))
      for _ in 0..<6 {
        let term = Self.term(&generator, exponents: 60)
        left.add(term)
        right.add(term)
        check.terms += [(Int128(term), term.magnitude), (-Int128(term), term.magnitude)]
        let small = Double(generator.below(1 << 20))
        right.add(small)
        check.terms.append((-Int128(small), small))
      }
      // 18 additions and the two of the difference.
      #expect(check.holds((left - right).value, additions: 21))
    }
  }

  /// a + s x near a zero of the line.
  @Test func linesNearTheirZeros() {
    for seed in 0..<200 as Range<UInt64> {
      var generator = SplitMix64(state: 1300 + seed)
      var check = Check()
      let x = Double(generator.below(1 << 20) + 1)
      var slope = TwofoldSum(0)
      var intercept = TwofoldSum(0)
      for _ in 0..<6 {
        let term = Self.term(&generator, exponents: 30)
        slope.add(term)
        check.terms.append((Int128(term) * Int128(x), term.magnitude * x))
        intercept.addProduct(-term, x)
        check.terms.append((-Int128(term) * Int128(x), term.magnitude * x))
      }
      let small = Double(generator.below(1000))
      intercept.add(small)
      check.terms.append((Int128(small), small))
      // 13 additions, and what the line adds.
      #expect(check.holds(intercept.valueOfLine(slope: slope, at: x), additions: 13 + 5))
    }
  }
}
