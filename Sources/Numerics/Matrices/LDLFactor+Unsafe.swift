/// The factorization L D L^T, L unit lower triangular, D > 0 diagonal, of a positive definite matrix plus a multiple of
/// the identity: Cholesky's without square roots (Golub and Van Loan, "Matrix computations", 4.1).
///
/// The pivots stand in the order of the rows, for a positive definite matrix needs no other: the computed factors are
/// those of a matrix within n eps / (1 - n eps) |L| D |L^T| of the given one, eps = 2^-53 (Higham, "Accuracy and
/// stability of numerical algorithms", theorem 10.3). Each element is changed by one term after another, so that the
/// bits do not depend on the processor.
public struct LDLFactor: LinearSolver {
  public let order: Int
  /// L^T row by row, with 1 / D in place of its diagonal. What is left of the diagonal is not used.
  private var elements: [Double]

  /// Nil where the matrix plus `shift` times the identity is not positive definite: where a pivot is not positive, or
  /// not finite. O(n^3).
  public init?(_ matrix: SymmetricMatrix, shift: Double = 0) {
    order = matrix.order
    elements = matrix.elements
    let n = order
    let isPositive = elements.withUnsafeMutableBufferPointer { buffer -> Bool in
      guard let a = buffer.baseAddress else { return true }
      for i in 0..<n { a[i * n + i] += shift }
      for k in 0..<n {
        let pivotRow = a + k * n
        let pivot = pivotRow[k]
        guard pivot > 0, pivot < .infinity else { return false }
        let inverse = 1 / pivot
        pivotRow[k] = inverse
        for i in k + 1..<max(n, k + 1) {
          let factor = pivotRow[i] * inverse
          if factor == 0 { continue }
          let row = a + i * n
          for j in i..<n { row[j] -= factor * pivotRow[j] }
        }
        for i in k + 1..<max(n, k + 1) { pivotRow[i] *= inverse }
      }
      return true
    }
    if !isPositive { return nil }
  }

  /// The solution of the linear system with this matrix. O(n^2).
  public func solve(_ rightSide: [Double]) -> [Double] {
    precondition(rightSide.count == order)
    let n = order
    var solution = rightSide
    elements.withUnsafeBufferPointer { a in
      solution.withUnsafeMutableBufferPointer { x in
        for k in 0..<n {
          let value = x[k]
          for i in k + 1..<max(n, k + 1) { x[i] -= a[k * n + i] * value }
        }
        for k in (0..<n).reversed() {
          var value = x[k] * a[k * n + k]
          for i in k + 1..<max(n, k + 1) { value -= a[k * n + i] * x[i] }
          x[k] = value
        }
      }
    }
    return solution
  }
}
