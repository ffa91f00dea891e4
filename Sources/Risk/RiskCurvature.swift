/// Risk, gradient and Hessian of a network.
public struct RiskCurvature: Sendable, Hashable {
  public let evaluation: RiskEvaluation
  /// The Hessian of the risk in the order of the parameters. It leaves out what is not differentiable: neurons with a
  /// kink at an end of the interval have none of the second derivatives that the kink has inside, and degenerate ones,
  /// w = b = 0, count as inactive.
  public let hessian: SymmetricMatrix
}
