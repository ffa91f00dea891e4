import Kernels
import Networks
import Problems

extension PopulationRisk {
  /// Half the width of the interval around a risk within which it is not decided, in units of ``RiskEvaluation/error``: 0
  /// where risks are exact, 3.2905, a 99.9 % interval, where a fixed evaluation set estimates them, 1 otherwise. Deep
  /// networks count as otherwise, because quadrature takes over from the exact method where they have too many pieces.
  ///
  /// - Parameter hasClosedForm: see ``hasClosedForm(_:architecture:initialization:trained:)``.
  public static func marginInErrors(
    of problem: Problem, _ architecture: Architecture, hasClosedForm: Bool
  ) -> Double {
    if hasClosedForm { return 0 }
    guard case .law(let law) = problem.inputs else { return 0 }
    if law.dimension == 1 {
      let shape = architecture.shape
      return architecture.depth == 1 && shape.activation.kind.isPiecewiseLinear ? 0 : 1
    }
    return problem.usesEvaluationSet ? PointSample.marginInStandardErrors : 1
  }
}
