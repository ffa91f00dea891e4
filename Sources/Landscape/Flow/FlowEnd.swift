import Networks
import Outcomes

/// Where the gradient flow from a network ends.
public struct FlowEnd: Sendable, Hashable {
  /// Dying neurons are dead in it.
  public let network: Network
  /// Exact population risk.
  public let risk: Double
  /// Norm of the population gradient over the trained parameters.
  public let gradientNorm: Double
  /// q = G^T |H|^+ G / 2 over the trained parameters on which there is a Hessian: about how far the risk is from that
  /// of the critical point nearby. Moduli of eigenvalues count as at least 1e-10 times the largest. The risk where the
  /// flow was left at a bound.
  public let decrease: Double
  /// Flow time from the start; Newton steps count none.
  public let flowTime: Double
  /// Steps tried, with those that were taken again, shorter.
  public let steps: Int
  /// In which sense the end is a critical point; nil while the flow moves.
  public let rest: Rest?
  /// Nil while the flow moves.
  public let kind: LimitKind?
  /// Eigenvalues of the Hessian, over the trained parameters of the neurons that are not frozen, below -1e-8 times
  /// the largest modulus. Nil where the flow was left at a bound.
  public let negativeEigenvalues: Int?
  /// The smallest of those eigenvalues; 0 where there are none. Nil where the flow was left at a bound.
  public let smallestEigenvalue: Double?
  public let escape: Escape
  public let structure: LimitStructure
  /// The neurons on their way out of the interval, see ``DyingNeurons``.
  package let dying: [DyingNeuron]

  public var isStationary: Bool { rest != nil }
  /// Neurons that the flow drives out of the interval for ever; those that were dead at the start are not counted.
  public var dyingNeurons: Int { dying.count }

  public enum Rest: Sendable, Hashable {
    /// The Hessian has no negative eigenvalue, and a Newton step promises at most a thousandth of the risk.
    case secondOrder
    /// The gradient is 0 but for rounding.
    case gradient
  }

  /// Whether neurons that are dead, at an end of the interval or degenerate, lead down, which the Hessian does not
  /// show.
  public enum Escape: Sendable, Hashable {
    case none
    case down
    /// There are degenerate neurons, w = b = 0.
    case unknown
  }

  package struct DyingNeuron: Sendable, Hashable {
    package let index: Int
    /// The end e of the interval, at which the neuron is active last.
    package let end: Double
    /// ln y, y = w e + b.
    package let logarithm: Double
    /// v r(e).
    package let pressure: Double
  }
}
