import Foundation
import Numerics
import TestSupport
import Testing

/// LAPACK's errors are a modest multiple of eps |A|, eps = 2^-53 (see `SymmetricEigen`), the multiple growing with
/// the order at most. The bounds below allow 22 of them for the second difference, |A| < 4; and 1e-13, some 170 of
/// them, for the random matrices, |A| about 2 (20 / 3)^(1/2) = 5 at order 20, where products of 20 terms and their
/// sums add 20 eps |A|.
@Suite struct SymmetricEigenTests {
  /// The second difference: eigenvalues 2 - 2 cos(k pi / (n + 1)).
  @Test(arguments: [1, 2, 7, 30])
  func knownEigenvalues(_ order: Int) {
    var matrix = SymmetricMatrix(order: order)
    for i in 0..<order {
      matrix.set(i, i, 2)
      if i > 0 { matrix.set(i, i - 1, -1) }
    }
    for (k, value) in SymmetricEigen(matrix).values.enumerated() {
      #expect(abs(value - (2 - 2 * cos(Double(k + 1) * .pi / Double(order + 1)))) < 1e-14)
    }
  }

  @Test(arguments: [2, 5, 20])
  func indefiniteMatrices(_ order: Int) {
    var generator = SplitMix64(state: UInt64(order))
    var matrix = SymmetricMatrix(order: order)
    for row in 0..<order {
      for column in 0...row { matrix.set(row, column, generator.uniform(-1, 1)) }
    }
    let eigen = SymmetricEigen(matrix)
    #expect(eigen.values == eigen.values.sorted())
    let trace = (0..<order).reduce(0) { $0 + matrix[$1, $1] }
    #expect(abs(eigen.values.reduce(0, +) - trace) < 1e-13)
    for (k, value) in eigen.values.enumerated() {
      let vector = eigen.vector((0..<order).map { $0 == k ? 1 : 0 })
      #expect(abs(vector.euclideanNorm - 1) < 1e-13)
      let image = (0..<order).map { row in (0..<order).reduce(0) { $0 + matrix[row, $1] * vector[$1] } }
      #expect(image.euclideanDistance(to: vector.map { value * $0 }) < 1e-13)
    }
    // The eigenvectors are orthogonal: components, and back.
    let vector = (0..<order).map { _ in generator.uniform(-1, 1) }
    #expect(eigen.vector(eigen.components(vector)).euclideanDistance(to: vector) < 1e-13)
  }

  @Test func repeatedEigenvaluesAndNone() {
    let identity = SymmetricMatrix(order: 3, lowerTriangleOf: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    #expect(SymmetricEigen(identity).values == [1, 1, 1])
    #expect(SymmetricEigen(SymmetricMatrix(order: 3)).values == [0, 0, 0])
    #expect(SymmetricEigen(SymmetricMatrix(order: 0)).values.isEmpty)
  }
}
