/// Least squares problems by Householder's reflections (Golub and Van Loan, "Matrix computations", 5.2 and 5.3): a
/// matrix by columns, the first of which are made upper triangular.
///
/// Columns to the right are reflected too: right sides, and whatever else is wanted in the new coordinates. A column
/// that depends on those before it to rounding is left out, and its coefficient is 0. Plain arithmetic in a fixed
/// order: the same bits everywhere.
///
/// The computed solution is that of a problem whose columns are changed by about rows times columns times 2^-53 of
/// their norm (Higham, "Accuracy and stability of numerical algorithms", theorem 20.3).
public struct LeastSquares: Sendable {
  @usableFromInline let rows: Int
  private let columns: Int
  @usableFromInline var entries: [Double]
  /// Columns that do not depend on those before them, each with a row of the triangle.
  private var pivots: [Int] = []

  /// The matrix of zeros.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    entries = Array(repeating: 0, count: rows * columns)
  }

  @inlinable public mutating func set(_ row: Int, _ column: Int, _ value: Double) {
    entries[column * rows + row] = value
  }

  /// Reflects all columns so that the first `count` become a triangle. A column that depends on those before it to
  /// rounding is left out.
  public mutating func reflect(_ count: Int) {
    for column in 0..<count where pivots.count < rows {
      let pivot = pivots.count
      let start = column * rows
      var square = 0.0
      for row in pivot..<rows { square += entries[start + row] * entries[start + row] }
      var whole = square
      for row in 0..<pivot { whole += entries[start + row] * entries[start + row] }
      guard square > 1e-26 * whole else { continue }
      pivots.append(column)
      let head = entries[start + pivot]
      let norm = head > 0 ? -square.squareRoot() : square.squareRoot()
      // The reflection along v, kept in place of the column: v^T v / 2 = norm (norm - head).
      entries[start + pivot] = head - norm
      let half = norm * (norm - head)
      for other in column + 1..<columns {
        let place = other * rows
        var product = 0.0
        for row in pivot..<rows { product += entries[start + row] * entries[place + row] }
        let factor = product / half
        for row in pivot..<rows { entries[place + row] -= factor * entries[start + row] }
      }
      entries[start + pivot] = norm
      for row in pivot + 1..<rows { entries[start + row] = 0 }
    }
  }

  /// The least squares solution with the given column on the right, 0 for columns left out.
  public func solve(_ right: Int) -> [Double] {
    var solution = [Double](repeating: 0, count: right)
    for (row, column) in pivots.enumerated().reversed() {
      var sum = entries[right * rows + row]
      for later in pivots[(row + 1)...] { sum -= entries[later * rows + row] * solution[later] }
      solution[column] = sum / entries[column * rows + row]
    }
    return solution
  }

  /// The product of two columns below the triangle.
  public func productBelow(_ left: Int, _ right: Int) -> Double {
    var sum = 0.0
    for row in pivots.count..<rows { sum += entries[left * rows + row] * entries[right * rows + row] }
    return sum
  }

  /// The product of the upper part of a column with a vector.
  public func product(_ column: Int, _ vector: [Double]) -> Double {
    var sum = 0.0
    for row in vector.indices { sum += entries[column * rows + row] * vector[row] }
    return sum
  }

  /// The solution z of R^T z = e, where e is 1 at the given column; 0 for a column left out.
  public func dual(_ column: Int) -> [Double] {
    var z = [Double](repeating: 0, count: pivots.count)
    guard let place = pivots.firstIndex(of: column) else { return z }
    for row in place..<pivots.count {
      let start = pivots[row] * rows
      var sum = row == place ? 1.0 : 0
      for k in place..<row { sum -= entries[start + k] * z[k] }
      z[row] = sum / entries[start + row]
    }
    return z
  }
}
