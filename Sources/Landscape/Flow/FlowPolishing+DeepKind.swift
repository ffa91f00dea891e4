import Networks
import Numerics
import Outcomes
import Risk
import Training

/// What kind of critical point a limit of a network with several hidden layers is.
///
/// Let J have full rank 2 K: then every line can be moved by itself. At a critical point J^T rho = 0, so rho = 0: the
/// network is the best line on each piece, S = 0, and the Hessian is J^T B J. The risk depends on the parameters nearby
/// only through the lines, if no neuron is at 0 anywhere but where it passes its kink: the pieces end where neighbouring
/// lines meet. The lines are a submersion of the parameters, which is open, and B is the second derivative of the risk in
/// the lines; so the point is a local minimum if B is positive definite, and a saddle if B has a negative eigenvalue.
/// Where lines are tied nothing is claimed beyond second order.
extension FlowPolishing {
  /// Pieces shorter than this share of the interval are kinks in one place, or at an end.
  static let shortPiece = 1e-3
  /// Mean residuals up to this share of the root of the risk count as 0.
  private static let clearMoment = 1e-6
  /// A neuron keeps its distance from 0 by more than this, in units of its largest pre-activation.
  private static let clearDistance = 1e-6

  func kindOfDeepNetwork(_ point: FlowPoint, _ curvature: LineCurvature, _ hessian: LineHessian) -> LimitKind {
    let lengths = zip(curvature.ends.dropFirst(), curvature.ends).map { $0 - $1 }
    guard blocks.count == point.network.architecture.blocks.count, hessian.hasFullRank,
      lengths.allSatisfy({ $0 > Self.shortPiece * ends.length }),
      hasBestLines(curvature, lengths), keepsNeuronsFromZero(point, at: curvature.ends)
    else { return .noWayDown }
    let form = curvature.lineMatrix()
    return LDLFactor(form, shift: -Stationarity.cutoff * form.maximumNorm) == nil ? .noWayDown : .minimum
  }

  /// Whether the residual has mean 0 on all pieces, and no slope.
  private func hasBestLines(_ curvature: LineCurvature, _ lengths: [Double]) -> Bool {
    let bound = Self.clearMoment * curvature.evaluation.risk.squareRoot() / ends.length
    return lengths.indices.allSatisfy { k in
      let (value, slope) = (curvature.residuals[k], curvature.residuals[lengths.count + k])
      return value.magnitude <= bound * lengths[k] && slope.magnitude <= bound * lengths[k] * lengths[k]
    }
  }

  /// Whether at most one neuron is at 0 at a breakpoint, and none at the ends of the interval. Between breakpoints
  /// pre-activations are lines.
  private func keepsNeuronsFromZero(_ point: FlowPoint, at points: [Double]) -> Bool {
    var atZero = [Int](repeating: 0, count: points.count)
    for layer in 1...point.network.architecture.depth {
      let z = points.map { point.network.preActivations(at: [$0], through: layer) }
      for neuron in z[0].indices {
        let scale = z.reduce(0) { max($0, $1[neuron].magnitude) }
        for k in points.indices where z[k][neuron].magnitude <= Self.clearDistance * scale { atZero[k] += 1 }
      }
    }
    return atZero.first == 0 && atZero.last == 0 && atZero.allSatisfy { $0 <= 1 }
  }
}
