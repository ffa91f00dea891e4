import Outcomes

/// How a neuron stands to the interval [T0, T1] of the inputs; I is the set of inputs x in it with w x + b >= 0
/// (arXiv:2103.10922).
public enum AffineNeuronType: Sendable, Hashable, CaseIterable {
  /// w = b = 0.
  case degenerate
  /// I is empty.
  case inactive
  /// I is one point, an end of the interval.
  case semiInactive
  /// w = 0 < b.
  case semiActive
  /// w is not 0, and I the whole interval.
  case type1Active
  /// The kink is strictly inside.
  case type2Active

  public var text: String {
    switch self {
    case .degenerate: "degenerate"
    case .inactive: "inactive"
    case .semiInactive: "semi-inactive"
    case .semiActive: "semi-active"
    case .type1Active: "type-1-active"
    case .type2Active: "type-2-active"
    }
  }
}

/// What a shallow network is as a point of the risk landscape of an affine target.
public struct AffineClassification: Sendable, Hashable {
  public enum PointClass: Sendable, Hashable {
    /// Risk 0.
    case globalMinimum
    /// A local minimum with the best constant as realization: all neurons are dead.
    case localMinimum
    /// The realization has this many kinks; with 0 kinks it is the best constant.
    case saddle(kinks: Int)
    /// A degenerate neuron with v != 0: the risk has no gradient.
    case notDifferentiable
    case notCritical
    /// The gradient is 0 up to the tolerance, but risk or neurons are those of no critical point: for example where a
    /// neuron with a small outer weight is still dying.
    case unresolved
  }

  /// A neuron, and whether its outer weight is 0.
  public struct Neuron: Sendable, Hashable {
    public let type: AffineNeuronType
    public let isFlat: Bool

    public init(type: AffineNeuronType, isFlat: Bool) {
      self.type = type
      self.isFlat = isFlat
    }
  }

  public let pointClass: PointClass
  /// Of a saddle, whether the Hessian shows it: no neuron is degenerate, and the Hessian over the parameters of the
  /// neurons that are not semi-inactive has a negative eigenvalue. Nil for other classes.
  public let isStrict: Bool?
  public let neurons: [Neuron]
  /// The neurons that lead down from a saddle whose realization is constant; empty for other classes.
  public let escapeNeurons: [Int]

  /// The class in the words of all studies; nil for points that are not critical.
  public var limitKind: LimitKind? {
    switch pointClass {
    case .globalMinimum, .localMinimum: .minimum
    case .saddle: .saddle
    case .notDifferentiable, .unresolved: .unresolved
    case .notCritical: nil
    }
  }

  /// The level of the risk: m_0 for the best constant, S_n for saddles with n kinks; nil for other classes.
  public var level: RiskLevel? {
    switch pointClass {
    case .localMinimum, .saddle(kinks: 0): RiskLevel(.optimum, 0)
    case .saddle(let kinks): RiskLevel(.saddle, kinks)
    default: nil
    }
  }
}
