import Numerics

/// The risk of a network and what comes with it.
public struct RiskEvaluation: Sendable, Hashable {
  /// L = E (N(x) - f(x))^2, or the mean of (N(x_i) - y_i)^2 over a data set.
  public var risk: Double
  /// Estimate of the error of `risk`: of the quadrature, where it is not exact, and of rounding, 2^-51 times the sum
  /// of the moduli that went into it (for deep networks, where layers magnify the errors of those before them, mostly
  /// far too large). Where a fixed evaluation set estimates the risk, the standard error of that estimate.
  public var error: Double
  /// The gradient of the risk (of its quadrature or estimate, where it has one), layer by layer the weights as
  /// [output][input], then the biases. Derivatives of activations at a kink are those of the side z < 0 (of a clipped
  /// neuron at 1: 0); the threshold activation has the straight-through derivative 1.
  public var gradient: [Double]

  /// Euclidean norm of the gradient over parts of the parameter vector, summed in the order given.
  public func norm(over ranges: [Range<Int>]) -> Double { gradient.euclideanNorm(over: ranges) }
}

/// Risk, gradient and Hessian of a network.
public struct RiskCurvature: Sendable, Hashable {
  public let evaluation: RiskEvaluation
  /// The Hessian of the risk in the order of the parameters. It leaves out what is not differentiable: neurons with a
  /// kink at an end of the interval have none of the second derivatives that the kink has inside, and degenerate ones,
  /// w = b = 0, count as inactive.
  public let hessian: SymmetricMatrix
}
