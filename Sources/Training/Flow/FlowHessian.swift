import Networks
import Numerics
import Risk

/// What steps of the flow need of the Hessian at a point: the exact one of a shallow network as a chain of neurons, or the
/// part that acts through the lines of the network.
package enum FlowHessian {
  case chain(ShallowHessian)
  case lines(LineHessian)

  /// Of the Hessian plus a multiple of the identity; nil where that is not positive definite.
  package func solver(shift: Double) -> (any LinearSolver)? {
    switch self {
    case .chain(let hessian): ShallowHessianFactor(hessian, shift: shift)
    case .lines(let hessian): hessian.solver(shift: shift)
    }
  }

  /// About the largest eigenvalue.
  package var scale: Double {
    switch self {
    case .chain(let hessian): hessian.scale
    case .lines(let hessian): hessian.matrix.maximumNorm
    }
  }

  /// About the multiplications that the Hessian, a factorization and some products take.
  package var work: Double {
    switch self {
    case .chain(let hessian): 1000 * Double(hessian.parameterCount)
    case .lines(let hessian): hessian.work
    }
  }
}
