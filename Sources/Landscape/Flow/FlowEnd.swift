import Networks
import Outcomes

/// Where the gradient flow from a network ends.
public struct FlowEnd: Sendable, Hashable {
  public let network: Network
  /// Exact population risk.
  public let risk: Double
  /// Norm of the population gradient over the trained parameters.
  public let gradientNorm: Double
  /// Flow time from the start; Newton steps count none.
  public let flowTime: Double
  /// Whether the end is a critical point, see ``FlowPolishing``.
  public let isStationary: Bool
  /// Eigenvalues of the Hessian, over the trained parameters of the neurons that are not frozen, below -1e-8 times
  /// the largest modulus.
  public let negativeEigenvalues: Int
  /// The smallest of those eigenvalues; 0 where there are none.
  public let smallestEigenvalue: Double
  public let escape: Escape
  public let structure: LimitStructure

  /// Whether neurons that are dead, at an end of the interval or degenerate, lead down, which the Hessian does not show.
  public enum Escape: Sendable, Hashable {
    case none
    case down
    /// There are degenerate neurons, w = b = 0.
    case unknown
  }
}
