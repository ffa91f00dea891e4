import Kernels
import Networks
import Problems
import Risk

/// Whether flows of the risk of some networks are known to have a critical point to come to.
///
/// A flow that stays bounded converges to a critical point for scalar inputs and targets that are analytic or piecewise
/// polynomial (arXiv:2108.08106; for analytic targets by the Kurdyka-Lojasiewicz inequality). A flow along which the risk
/// tends to an infimum that no network attains leaves for infinity: its risk tends to a good value, but not at a
/// critical point.
public enum FlowBoundedness {
  /// Why flows may leave for infinity, to follow "because"; nil where nothing speaks for it.
  ///
  /// - Parameter hasClosedForm: whether the risk of these networks is a ``Risk/GaussianReLURisk``: it grows with the
  ///   weights.
  public static func doubt(_ problem: Problem, _ architecture: Architecture, hasClosedForm: Bool) -> String? {
    if hasClosedForm { return nil }
    guard architecture.activation.facts.isPiecewiseLinear else {
      return "the activation is smooth, and the infimum of the risk need not be attained (arXiv:2505.09572)"
    }
    switch problem.inputs {
    case .data: return "the infimum of the risk over a finite data set need not be attained"
    case .law(let law) where law.dimension > 1 || law.support == nil:
      return "for such inputs nothing keeps flows bounded that is known"
    case .law:
      // A problem whose risk cannot be computed has no flow either.
      guard let jump = (try? LineFitting(problem))?.jumps.first else { return nil }
      return
        "the target jumps (at x = \(shortest(jump))), and the infimum of the risk is not attained (arXiv:2211.15641)"
    }
  }

  /// Six digits.
  private static func shortest(_ value: Double) -> String {
    let scaled = (value * 1e6).rounded() / 1e6
    return "\(scaled)"
  }
}
