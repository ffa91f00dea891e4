import Foundation
import Numerics
import Testing

@Suite struct RootTests {
  @Test(arguments: 1...10)
  func roots(_ n: Int) {
    for exponent in [-1000, -53, -7, -1, 0, 1, 3, 52, 1000] {
      for significand in [1, 1.25, 1.7, 1.9999999] {
        let number = Double(sign: .plus, exponent: exponent, significand: significand)
        // The library is right to a unit in the last place.
        #expect(abs(number.root(n) / pow(number, 1 / Double(n)) - 1) < 2e-13)
        let power = (1..<n).reduce(number.root(n)) { product, _ in product * number.root(n) }
        #expect(abs(power / number - 1) < Double(4 * n) * 0x1p-52)
      }
    }
    #expect(0.0.root(n) == 0 && Double.infinity.root(n) == .infinity && Double.nan.root(n).isNaN)
    #expect(1.0.root(n) == 1 && Double.leastNonzeroMagnitude.root(n) > 0)
  }
}
