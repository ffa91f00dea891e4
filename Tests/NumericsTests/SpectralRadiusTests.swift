import Foundation
import Numerics
import Testing

@Suite struct SpectralRadiusTests {
  /// y' = -A y, A symmetric with the eigenvalues 1, 5 and 40: 1.2 times the largest, from above, up to a hundredth.
  @Test func symmetric() throws {
    let eigenvalues = [1.0, 5, 40]
    // Columns of a rotation.
    let basis = [[0.6, 0.8, 0], [-0.48, 0.36, 0.8], [0.64, -0.48, 0.6]]
    func slope(_ y: [Double]) -> [Double] {
      var slope = [0.0, 0, 0]
      for (eigenvalue, vector) in zip(eigenvalues, basis) {
        let part = zip(vector, y).reduce(0) { $0 + $1.0 * $1.1 }
        for k in 0..<3 { slope[k] -= eigenvalue * part * vector[k] }
      }
      return slope
    }
    let y = [1.0, 2, 3]
    var radius = SpectralRadius()
    let first = try #require(radius.estimate(at: y, slope: slope(y)) { slope(zip(y, $0).map { $0 + $1 }) })
    #expect(first > 40 && first < 1.21 * 40)
    // From the vector that is known.
    let before = radius.evaluations
    let second = try #require(radius.estimate(at: y, slope: slope(y)) { slope(zip(y, $0).map { $0 + $1 }) })
    #expect(abs(second - 48) < 0.5)
    #expect(radius.evaluations <= before + 4)
  }

  @Test func nothingMoves() {
    var radius = SpectralRadius()
    #expect(radius.estimate(at: [0, 0], slope: [0, 0]) { _ in [0, 0] } == 0)
    #expect(radius.estimate(at: [1], slope: [1]) { _ in nil } == nil)
  }
}
