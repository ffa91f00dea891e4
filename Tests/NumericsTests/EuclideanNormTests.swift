import Numerics
import TestSupport
import Testing

@Suite struct EuclideanNormTests {
  @Test func knownNorms() {
    #expect([3.0, 4].euclideanNorm == 5)
    #expect([1.0, -2, 2][...].euclideanNorm == 3)
    #expect([Double]().euclideanNorm == 0)
    #expect([2.0, -1, 4].euclideanNorm(over: [0..<1, 1..<3]) == 21.0.squareRoot())
    #expect([3.0, 100, 4].euclideanNorm(over: [2..<3, 0..<1]) == 5)
    #expect([3.0, 1].euclideanNorm(over: []) == 0)
    #expect([4.0, 1].euclideanDistance(to: [1, 5]) == 5)
    #expect([4.0, 7, 1].euclideanDistance(to: [1, 0, 5], over: [0..<1, 2..<3]) == 5)
    #expect([4.0, -3].euclideanNormOfAnyOrder == 5)
  }

  @Test func whatIsNotFiniteComesOut() {
    #expect([1, Double.nan].euclideanNorm.isNaN)
    #expect([1, -Double.infinity].euclideanNorm == .infinity)
    #expect([1e200].euclideanNorm == .infinity)
    #expect([1, .infinity].euclideanDistance(to: [1, .infinity]).isNaN)
  }

  /// Squares are added from the first component to the last: small ones first are not lost.
  @Test func theOrderIsThatOfTheComponents() {
    let small = [Double](repeating: 0x1p-27, count: 64)
    #expect(([1] + small).euclideanNorm == 1)
    #expect((small + [1]).euclideanNorm > 1)
    #expect(([1] + small).euclideanNorm(over: [1..<65, 0..<1]) == (small + [1]).euclideanNorm)
  }

  @Test func permutationsChangeNoBit() {
    var generator = SplitMix64(state: 3)
    let vector = (0..<20).map { _ in generator.uniform(-1, 1) }
    let norm = vector.euclideanNormOfAnyOrder
    var plain: Set<Double> = []
    for _ in 0..<200 {
      let permuted = vector.shuffled(using: &generator)
      #expect(permuted.euclideanNormOfAnyOrder == norm)
      plain.insert(permuted.euclideanNorm)
    }
    #expect(plain.count > 1)
    // 20 squares and 19 sums, halved by the root, and the root's rounding: 11 * 2^-53 at most; `norm`, whose small
    // squares come first, gets one more.
    #expect(plain.allSatisfy { abs($0 - norm) <= 12 * 0x1p-53 * norm })
  }
}
