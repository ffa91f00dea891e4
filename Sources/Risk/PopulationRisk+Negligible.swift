import Kernels
import Networks

extension PopulationRisk {
  /// What is known of the risk of the networks that are 0 everywhere: the least risk that can be told from 0.
  public struct Resolution: Sendable, Hashable {
    /// Risks up to this one count as 0: 1e-12 of the variance of the target, or of its mean square where it is constant.
    public let negligibleRisk: Double
    /// The error estimate of the risk of the constant 0, or ``negligibleRisk`` where that is larger: criteria below ask for
    /// more than risks can tell. On an evaluation set the error is one of sampling, which falls with the risk, and does not
    /// count.
    public let smallestBound: Double
  }

  /// - Parameter architecture: of networks that have a risk.
  public func resolution(of architecture: Architecture) -> Resolution {
    // The derivative in the outer bias is minus twice the mean of the target.
    let zero = Network(
      architecture: architecture, parameters: Array(repeating: 0, count: architecture.shape.parameterCount))
    let evaluation = evaluate(zero, kernels: KernelTable(.baseline))
    let mean = -0.5 * evaluation.gradient[evaluation.gradient.count - 1]
    let variance = evaluation.risk - mean * mean
    let scale = variance > 0x1p-40 * evaluation.risk ? variance : evaluation.risk
    let negligible = 1e-12 * (scale > 0 ? scale : 1)
    return Resolution(
      negligibleRisk: negligible,
      smallestBound: max(negligible, problem.usesEvaluationSet && closedForm == nil ? 0 : evaluation.error))
  }
}
