import Networks
import Numerics
import Risk
import Training

/// Second derivatives beside those that act through the lines of the network.
extension FlowPolishing {
  /// Up to this share of the largest eigenvalue they count as 0.
  private static let negligibleShare = 1e-8
  /// Hessians of networks with at most so many trained parameters are written down in full where it matters.
  private static let largestDenseOrder = 300

  /// By the Hessian with the part S that ``LineHessian`` leaves out, where that is not negligible: on all trained
  /// parameters, or, of larger networks, on the row space of J and the directions in which S is largest.
  func stationarity(_ point: FlowPoint, _ lines: LineCurvature, _ hessian: LineHessian) -> Stationarity {
    let bound = Self.negligibleShare * hessian.matrix.maximumNorm
    guard let extreme = largestSecondDerivative(lines, above: bound) else {
      return Stationarity(gradient: hessian.gradient, hessian: hessian.matrix)
    }
    let gradient = flowGradient(point.evaluation.gradient)
    if trained.count <= Self.largestDenseOrder {
      let basis = trained.map { unit($0, point.network.parameters.count) }
      return Stationarity(
        gradient: trained.map { gradient[$0] }, hessian: matrix(basis, basis.map(lines.hessianProduct)))
    }
    var basis = (0..<hessian.rank).map { hessian.vector(unit($0, hessian.rank)) }
    for vector in extreme {
      var vector = vector
      // Twice, for what rounding leaves.
      for _ in 0..<2 {
        for known in basis {
          let part = dot(known, vector)
          for i in trained { vector[i] -= part * known[i] }
        }
      }
      let norm = vector.euclideanNorm
      if norm > 1e-6 { basis.append(vector.map { $0 / norm }) }
    }
    // J^T B J is known in its own basis, and 0 beside it.
    var whole = matrix(basis, lines.smoothProducts(basis))
    for row in 0..<hessian.rank {
      for column in 0...row { whole.set(row, column, whole[row, column] + hessian.matrix[row, column]) }
    }
    return Stationarity(gradient: basis.map { dot($0, gradient) }, hessian: whole)
  }

  /// The inner products of the vectors of a basis with the images of these, which are symmetric.
  private func matrix(_ basis: [[Double]], _ images: [[Double]]) -> SymmetricMatrix {
    var matrix = SymmetricMatrix(order: basis.count)
    matrix.setLowerProducts(
      basis.flatMap(\.self), images.flatMap(\.self), length: basis.first?.count ?? 0)
    return matrix
  }

  /// The directions of the largest and the smallest eigenvalue of S, by power iteration on S^2; nil if the moduli are at
  /// most the bound.
  private func largestSecondDerivative(_ lines: LineCurvature, above bound: Double) -> [[Double]]? {
    guard bound > 0 else { return nil }
    // No direction is left out: the golden section is far from every ratio of small integers.
    var vector = [Double](repeating: 0, count: lines.jacobian.parameterCount)
    for (k, i) in trained.enumerated() {
      vector[i] = 0.5 + (0.618033988749895 * Double(k + 1)).truncatingRemainder(dividingBy: 1)
    }
    var image: [Double] = []
    for _ in 0..<12 {
      let norm = vector.euclideanNorm
      vector = vector.map { $0 / norm }
      image = lines.smoothProduct(vector)
      let size = image.euclideanNorm
      // A random direction has at least about 1 / sqrt P of the norm.
      if size * Double(trained.count).squareRoot() <= bound { return nil }
      vector = lines.smoothProduct(image)
      if vector.allSatisfy({ $0 == 0 }) { return nil }
    }
    let norm = vector.euclideanNorm
    vector = vector.map { $0 / norm }
    image = lines.smoothProduct(vector)
    let size = image.euclideanNorm
    guard size > bound else { return nil }
    // S couples different layers only: with an eigenvalue it has its negative, and S v +- size v are eigenvectors.
    return [1.0, -1].map { sign in
      let sum = zip(image, vector).map { $0 + sign * size * $1 }
      let norm = sum.euclideanNorm
      return norm > 0 ? sum.map { $0 / norm } : sum
    }
  }

  private func unit(_ index: Int, _ count: Int) -> [Double] {
    var vector = [Double](repeating: 0, count: count)
    vector[index] = 1
    return vector
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
