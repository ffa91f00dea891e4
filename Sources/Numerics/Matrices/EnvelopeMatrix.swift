/// A symmetric matrix of which every row begins with zeros up to a place of its own: the envelope (Jennings, "A compact
/// storage scheme for the solution of symmetric linear simultaneous equations", Computer Journal 9, 1966). Banded
/// matrices, also with a border of full rows at the end, take little room in it.
public struct EnvelopeMatrix: Sendable {
  /// For each row the first column that is stored, at most the row itself.
  public let firstColumns: [Int]
  /// Where column 0 of each row would be stored.
  fileprivate let origins: [Int]
  fileprivate var elements: [Double]

  /// The matrix of zeros.
  public init(firstColumns: [Int]) {
    precondition(firstColumns.enumerated().allSatisfy { 0 <= $1 && $1 <= $0 })
    self.firstColumns = firstColumns
    var origins: [Int] = []
    var count = 0
    for (row, first) in firstColumns.enumerated() {
      origins.append(count - first)
      count += row - first + 1
    }
    self.origins = origins
    elements = Array(repeating: 0, count: count)
  }

  public var order: Int { firstColumns.count }

  /// On and below the diagonal, within the envelope.
  public subscript(row: Int, column: Int) -> Double {
    get { elements[origins[row] + column] }
    set {
      precondition(firstColumns[row] <= column && column <= row)
      elements[origins[row] + column] = newValue
    }
  }

  /// All elements, of row i and column j times scales[i] * scales[j].
  public func dense(scales: [Double]) -> SymmetricMatrix {
    var matrix = SymmetricMatrix(order: order)
    for row in 0..<order {
      for column in firstColumns[row]...row {
        matrix.set(row, column, scales[row] * scales[column] * self[row, column])
      }
    }
    return matrix
  }
}

/// The factorization L D L^T, L unit lower triangular with the same envelope, D > 0 diagonal, of a positive definite
/// matrix plus a multiple of the identity; see ``LDLFactor`` for its accuracy.
public struct EnvelopeFactor: LinearSolver {
  /// L; what is left of the diagonal is not used.
  private var lower: EnvelopeMatrix
  private var pivots: [Double] = []

  /// Nil where the matrix plus `shift` times the identity is not positive definite: where a pivot is not positive, or
  /// not finite. O(n b^2) for n rows, b of them within the envelope of a column.
  public init?(_ matrix: EnvelopeMatrix, shift: Double = 0) {
    lower = matrix
    pivots.reserveCapacity(matrix.order)
    for row in 0..<matrix.order {
      let (first, origin) = (lower.firstColumns[row], lower.origins[row])
      // First the products of L and D.
      for column in first..<row {
        let start = max(first, lower.firstColumns[column])
        var sum = lower.elements[origin + column]
        if start < column {
          let other = lower.origins[column]
          for k in start..<column { sum -= lower.elements[origin + k] * lower.elements[other + k] }
        }
        lower.elements[origin + column] = sum
      }
      var pivot = lower.elements[origin + row] + shift
      for k in first..<row {
        let product = lower.elements[origin + k]
        let factor = product / pivots[k]
        pivot -= product * factor
        lower.elements[origin + k] = factor
      }
      guard pivot > 0, pivot < .infinity else { return nil }
      pivots.append(pivot)
    }
  }

  /// The solution of the linear system with this matrix.
  public func solve(_ rightSide: [Double]) -> [Double] {
    precondition(rightSide.count == lower.order)
    var solution = rightSide
    for row in 0..<lower.order {
      var value = solution[row]
      for k in lower.firstColumns[row]..<row { value -= lower.elements[lower.origins[row] + k] * solution[k] }
      solution[row] = value
    }
    for row in solution.indices { solution[row] /= pivots[row] }
    for row in solution.indices.reversed() {
      let value = solution[row]
      for k in lower.firstColumns[row]..<row { solution[k] -= lower.elements[lower.origins[row] + k] * value }
    }
    return solution
  }
}
