import Numerics
import Testing

@Suite struct PivotedCholeskyTests {
  /// J J^T of an integer matrix: row by row.
  private func gram(_ rows: [[Double]]) -> SymmetricMatrix {
    var matrix = SymmetricMatrix(order: rows.count)
    for (i, a) in rows.enumerated() {
      for (k, b) in rows.enumerated() { matrix.set(i, k, zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }) }
    }
    return matrix
  }

  private let rows: [[Double]] = [
    [1, 2, 0, -1, 3], [0, 1, 1, 2, -2], [2, 5, 1, 0, 4], [4, 0, -3, 1, 1], [1, 3, 1, 1, 1],
  ]

  /// The third row is twice the first plus the second, the fifth their sum.
  @Test func findsTheRank() {
    let factor = PivotedCholesky(gram(rows))
    #expect(factor.rank == 3 && factor.order == 5 && Set(factor.pivots).count == 3)
    #expect(factor.smallestPivot > 1e-3)
    #expect(PivotedCholesky(SymmetricMatrix(order: 3)).rank == 0)
    #expect(PivotedCholesky(SymmetricMatrix(order: 0)).rank == 0)
  }

  @Test func theBasisIsOrthonormal() {
    let factor = PivotedCholesky(gram(rows))
    func image(_ v: [Double]) -> [Double] { rows.map { zip($0, v).reduce(0) { $0 + $1.0 * $1.1 } } }
    func adjoint(_ y: [Double]) -> [Double] {
      (0..<5).map { column in zip(rows, y).reduce(0) { $0 + $1.0[column] * $1.1 } }
    }
    for k in 0..<3 {
      var z = [0.0, 0, 0]
      z[k] = 1
      // Q Q^T z = z; numbers of a few units, rounded a few dozen times.
      let back = factor.basisComponents(image(adjoint(factor.preimage(z))))
      #expect(zip(back, z).allSatisfy { abs($0 - $1) < 1e-13 })
    }
    // J^T y has the components C^T y.
    let y = [1.0, -2, 0.5, 3, -1]
    let components = factor.transposedProduct(y)
    #expect(zip(components, factor.basisComponents(image(adjoint(y)))).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  /// C^T B C has the eigenvalues of J^T B J: here of J J^T diag(1, 2, 3, 4, 5), whose trace and determinants are known.
  @Test func congruence() {
    let factor = PivotedCholesky(gram(rows))
    let matrix = factor.congruence { y, result in
      for k in 0..<5 { result[k] = Double(k + 1) * y[k] }
    }
    let trace = (0..<5).reduce(0) { sum, k in sum + Double(k + 1) * rows[k].reduce(0) { $0 + $1 * $1 } }
    #expect(abs((0..<3).reduce(0) { $0 + matrix[$1, $1] } - trace) < 1e-11 * trace)
    #expect(SymmetricEigen(matrix).values.allSatisfy { $0 > 0 })
  }
}
