/// Cholesky's factorization C C^T, C lower triangular, of a matrix plus a diagonal one that is definite by more than
/// given margins (Golub and Van Loan, "Matrix computations", 4.2).
///
/// The computed C C^T is within (n + 1) eps / (1 - (n + 1) eps) |C| |C^T| of the given matrix, eps = 2^-53 (Higham,
/// "Accuracy and stability of numerical algorithms", theorem 10.3). Plain arithmetic in a fixed order: the same bits
/// everywhere.
public struct CholeskyFactor: LinearSolver {
  public let order: Int
  /// The lower triangle of C, row by row.
  private var elements: [Double]

  /// O(n^3).
  ///
  /// - Parameters:
  ///   - diagonal: is added to that of the matrix.
  ///   - margins: what the pivots, the squares of the diagonal of C, must exceed; not negative.
  /// - Returns: nil where a pivot does not.
  public init?(_ matrix: SymmetricMatrix, plus diagonal: [Double], margins: [Double]) {
    order = matrix.order
    precondition(diagonal.count == order && margins.count == order)
    elements = [Double](repeating: 0, count: order * order)
    for row in 0..<order {
      for column in 0...row {
        var sum = matrix[row, column]
        if row == column { sum += diagonal[row] }
        for k in 0..<column { sum -= elements[row * order + k] * elements[column * order + k] }
        if row == column {
          guard sum > margins[row] else { return nil }
          elements[row * order + row] = sum.squareRoot()
        } else {
          elements[row * order + column] = sum / elements[column * order + column]
        }
      }
    }
  }

  /// The solution of the linear system with this matrix. O(n^2).
  public func solve(_ rightSide: [Double]) -> [Double] {
    precondition(rightSide.count == order)
    var x = rightSide
    for i in 0..<order {
      for k in 0..<i { x[i] -= elements[i * order + k] * x[k] }
      x[i] /= elements[i * order + i]
    }
    for i in stride(from: order - 1, through: 0, by: -1) {
      for k in i + 1..<order { x[i] -= elements[k * order + i] * x[k] }
      x[i] /= elements[i * order + i]
    }
    return x
  }
}
