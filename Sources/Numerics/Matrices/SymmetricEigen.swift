import CLAPACK

/// Eigenvalues, ascending, and eigenvectors of a symmetric matrix by LAPACK's dsyev.
///
/// The eigenvalues are those of a matrix within a modest multiple of eps |A|, eps = 2^-53, of the given one (LAPACK
/// Users' Guide, 4.7). Their last bits differ between machines and libraries.
public struct SymmetricEigen: Sendable {
  public let values: [Double]
  /// One eigenvector a row.
  private let vectors: [Double]

  /// - Precondition: The elements are finite.
  public init(_ matrix: SymmetricMatrix) {
    var vectors = matrix.elements
    var values = [Double](repeating: 0, count: matrix.order)
    let code = landfall_symmetric_eigen(Int32(matrix.order), &vectors, &values)
    precondition(code == 0, "LAPACK finds no eigenvalues (\(code))")
    self.values = values
    self.vectors = vectors
  }

  /// The components of a vector along the eigenvectors.
  public func components(_ vector: [Double]) -> [Double] {
    let n = values.count
    return (0..<n).map { k in
      var sum = 0.0
      for i in 0..<n { sum += vectors[k * n + i] * vector[i] }
      return sum
    }
  }

  /// The vector with these components.
  public func vector(_ components: [Double]) -> [Double] {
    let n = values.count
    var vector = [Double](repeating: 0, count: n)
    for k in 0..<n {
      for i in 0..<n { vector[i] += components[k] * vectors[k * n + i] }
    }
    return vector
  }
}
