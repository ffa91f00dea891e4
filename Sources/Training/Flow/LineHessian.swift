import Networks
import Numerics
import Risk

/// The part J^T B J of a Hessian (``Risk/LineCurvature``) in an orthonormal basis Q of the row space of J.
///
/// With J J^T = C C^T, C of full column rank r <= 2 K, J = C Q, and Q (J^T B J) Q^T = C^T B C, a matrix of order r whose
/// eigenvalues are those of J^T B J but for zeros. The gradient J^T rho has the components C^T rho. No matrix has as many
/// rows as there are parameters.
package struct LineHessian {
  private let jacobian: LineJacobian
  private let factor: PivotedCholesky
  /// C^T B C.
  package let matrix: SymmetricMatrix
  /// C^T rho.
  package let gradient: [Double]
  /// Multiplications that it took.
  package let work: Double

  /// Bases with smaller pivots, in units of the largest, are orthonormal to single precision only.
  private static let soundPivot = 1e-8

  package init(_ curvature: LineCurvature, convex: Bool = false) {
    jacobian = curvature.jacobian
    factor = PivotedCholesky(jacobian.gram())
    matrix = factor.congruence { curvature.lineProduct($0, $1, convex: convex) }
    gradient = factor.transposedProduct(curvature.residuals)
    let (n, r) = (Double(factor.order), Double(factor.rank))
    work = n * r * r + r * r * r / 6 + 4 * n * Double(jacobian.parameterCount)
  }

  package var rank: Int { factor.rank }
  /// Whether every line can be moved by itself.
  package var hasFullRank: Bool { factor.rank == factor.order }

  /// Q^T z: the vector with these components.
  package func vector(_ components: [Double]) -> [Double] { jacobian.transposedProduct(factor.preimage(components)) }

  /// Of J^T B J plus a multiple of the identity; nil where that is not positive definite.
  package func solver(shift: Double) -> Solver? {
    LDLFactor(matrix, shift: shift).map { Solver(hessian: self, factor: $0, shift: shift) }
  }

  /// (shift + J^T B J)^-1 = (1 - Q^T Q) / shift + Q^T (shift + C^T B C)^-1 Q.
  package struct Solver: LinearSolver {
    fileprivate let hessian: LineHessian
    fileprivate let factor: LDLFactor
    fileprivate let shift: Double

    package func solve(_ rightSide: [Double]) -> [Double] {
      var components = hessian.components(rightSide)
      if hessian.factor.smallestPivot < LineHessian.soundPivot {
        let projection = hessian.vector(components)
        let rest = hessian.components(zip(rightSide, projection).map { $0 - $1 })
        for k in components.indices { components[k] += rest[k] }
      }
      let solution = factor.solve(components)
      let inside = hessian.vector(zip(solution, components).map { $0 - $1 / shift })
      return zip(rightSide, inside).map { $0 / shift + $1 }
    }
  }

  /// Q v.
  private func components(_ vector: [Double]) -> [Double] { factor.basisComponents(jacobian.product(vector)) }
}
