/// Cholesky's factorization T = C C^T of a positive semidefinite matrix with complete pivoting, which finds its rank r
/// (Higham, "Accuracy and stability of numerical algorithms", 10.3): C is n x r, and its rows at the pivots are lower
/// triangular.
///
/// For T = J J^T, J of size n x p, the rows of Q = C_11^-1 J_1, J_1 the rows of J at the pivots, are an orthonormal basis
/// of the row space of J, and J = C Q.
public struct PivotedCholesky: Sendable {
  /// n.
  public let order: Int
  /// r.
  public let rank: Int
  /// The rows of the pivots, in their order.
  public let pivots: [Int]
  /// The smallest pivot in units of the largest: the rows of Q are orthonormal up to about 2^-52 over it.
  public let smallestPivot: Double
  /// C column by column.
  private let columns: [Double]
  /// C_11 row by row.
  private let triangle: [Double]

  /// O(n r^2).
  ///
  /// - Parameters:
  ///   - matrix: only the lower triangle is read.
  ///   - tolerance: the rank ends where no pivot is larger than this share of the largest.
  public init(_ matrix: SymmetricMatrix, tolerance: Double = 1e-13) {
    let n = matrix.order
    order = n
    var diagonal = (0..<n).map { matrix[$0, $0] }
    let largest = diagonal.max() ?? 0
    var columns: [Double] = []
    columns.reserveCapacity(n * n)
    var pivots: [Int] = []
    var smallest = largest
    var column = [Double](repeating: 0, count: n)
    while pivots.count < n {
      var pivot = -1
      for i in 0..<n where pivot < 0 || diagonal[i] > diagonal[pivot] { pivot = i }
      let value = diagonal[pivot]
      guard value > tolerance * largest, value > 0 else { break }
      smallest = value
      for i in 0..<n { column[i] = matrix[i, pivot] }
      columns.withUnsafeBufferPointer { done in
        column.withUnsafeMutableBufferPointer { column in
          for k in 0..<pivots.count {
            let row = done.baseAddress! + k * n
            addMultiple(-row[pivot], row, to: column.baseAddress!, n)
          }
        }
      }
      for p in pivots { column[p] = 0 }
      let root = value.squareRoot()
      for i in 0..<n { column[i] /= root }
      column[pivot] = root
      for i in 0..<n { diagonal[i] -= column[i] * column[i] }
      diagonal[pivot] = -.infinity
      for p in pivots { diagonal[p] = -.infinity }
      columns += column
      pivots.append(pivot)
    }
    rank = pivots.count
    self.pivots = pivots
    self.columns = columns
    smallestPivot = largest > 0 ? smallest / largest : 1
    var triangle = [Double](repeating: 0, count: pivots.count * pivots.count)
    for (a, p) in pivots.enumerated() {
      for b in 0...a { triangle[a * pivots.count + b] = columns[b * n + p] }
    }
    self.triangle = triangle
  }

  /// C^T y, y of n components.
  public func transposedProduct(_ y: [Double]) -> [Double] {
    columns.withUnsafeBufferPointer { c in
      y.withUnsafeBufferPointer { y in
        (0..<rank).map { innerProduct(c.baseAddress! + $0 * order, y.baseAddress!, order) }
      }
    }
  }

  /// C^T B C for a symmetric operator B on n components.
  public func congruence(_ product: (_ y: UnsafePointer<Double>, _ result: UnsafeMutablePointer<Double>) -> Void)
    -> SymmetricMatrix
  {
    var images = [Double](repeating: 0, count: rank * order)
    var result = SymmetricMatrix(order: rank)
    columns.withUnsafeBufferPointer { c in
      images.withUnsafeMutableBufferPointer { images in
        guard let c = c.baseAddress, let images = images.baseAddress else { return }
        for k in 0..<rank { product(c + k * order, images + k * order) }
        result.setLowerProducts(images, c, length: order)
      }
    }
    return result
  }

  /// Q v from J v.
  public func basisComponents(_ image: [Double]) -> [Double] {
    var x = pivots.map { image[$0] }
    for a in 0..<rank {
      for b in 0..<a { x[a] -= triangle[a * rank + b] * x[b] }
      x[a] /= triangle[a * rank + a]
    }
    return x
  }

  /// The y for which J^T y = Q^T z.
  public func preimage(_ z: [Double]) -> [Double] {
    var x = z
    for a in stride(from: rank - 1, through: 0, by: -1) {
      x[a] /= triangle[a * rank + a]
      for b in 0..<a { x[b] -= triangle[a * rank + b] * x[a] }
    }
    var y = [Double](repeating: 0, count: order)
    for (a, p) in pivots.enumerated() { y[p] = x[a] }
    return y
  }
}
