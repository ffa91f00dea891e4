/// What is known of the limit of a trial. It is stored apart from outcomes: eigenvalues come from a library whose last
/// bits differ between machines.
public struct TrialAnalysis: Sendable, Hashable {
  /// Neurons that are dead at initialization; nil where they are not counted.
  public var initiallyDeadNeurons: Int?
  /// What a theorem says of the flow from the trained network, without following it.
  public var certificate: Certificate?
  /// How far the flow was followed; nil where it was not.
  public var limit: FlowLimit?

  public init(initiallyDeadNeurons: Int? = nil, certificate: Certificate? = nil, limit: FlowLimit? = nil) {
    self.initiallyDeadNeurons = initiallyDeadNeurons
    self.certificate = certificate
    self.limit = limit
  }
}

/// What the trained network certifies of the flow from it.
public enum Certificate: Sendable, Hashable {
  /// The flow ends at a global minimum, of risk 0, unless it diverges: the target is affine, and the risk below that of
  /// every other critical point that is left (arXiv:2208.02083).
  case globalMinimum
  /// A whole hidden layer is dead: the network is constant for ever, and its risk tends to this one, that of the best
  /// constant if the outer bias is trained.
  case constant(risk: Double)

  /// What exports call it.
  public var text: String {
    switch self {
    case .globalMinimum: "global minimum"
    case .constant: "constant"
    }
  }
}

/// The point to which the gradient flow from the end of training was followed: its limit if it is at rest there.
public struct FlowLimit: Sendable, Hashable {
  /// Exact population risk.
  public var risk: Double
  /// How far the risk is from that of the critical point nearby, as far as second derivatives tell: half of G^T |H|^+ G.
  public var decrease: Double
  /// Norm of the population gradient over the trained parameters.
  public var gradientNorm: Double
  /// Flow time from the end of training.
  public var flowTime: Double
  /// Steps of the integration.
  public var steps: Int
  /// Whether the flow has come to rest: to second order, or because the gradient is 0 to rounding.
  public var isAtRest: Bool
  /// Whether the risk is known to be the smallest one of networks of this width, of which the flow is at rest.
  public var isGlobal: Bool
  /// Nil while the flow moves.
  public var kind: LimitKind?
  /// Eigenvalues of the Hessian below minus the tolerance; nil where there is no Hessian.
  public var negativeEigenvalues: Int?
  /// The smallest eigenvalue of the Hessian; nil where there is no Hessian.
  public var smallestEigenvalue: Double?
  /// The reference value nearest to the risk; nil where none is within 1e-3 of it, and where levels are not asked for.
  public var level: RiskLevel?
  public var structure: LimitStructure
  /// A number that permutations of neurons do not change, to tell minima of equal risk apart; 0 where none is used.
  public var signature: Double

  public init(
    risk: Double, decrease: Double = 0, gradientNorm: Double, flowTime: Double, steps: Int = 0, isAtRest: Bool,
    isGlobal: Bool = false, kind: LimitKind? = nil, negativeEigenvalues: Int? = nil, smallestEigenvalue: Double? = nil,
    level: RiskLevel? = nil, structure: LimitStructure = LimitStructure(), signature: Double = 0
  ) {
    self.risk = risk
    self.decrease = decrease
    self.gradientNorm = gradientNorm
    self.flowTime = flowTime
    self.steps = steps
    self.isAtRest = isAtRest
    self.isGlobal = isGlobal
    self.kind = kind
    self.negativeEigenvalues = negativeEigenvalues
    self.smallestEigenvalue = smallestEigenvalue
    self.level = level
    self.structure = structure
    self.signature = signature
  }

  /// What reads analyses may rely on: no number is negative or NaN that cannot be, and a kink is one of some neuron.
  package var isWellFormed: Bool {
    guard risk >= 0, decrease >= 0, gradientNorm >= 0, flowTime >= 0, signature.isFinite else { return false }
    if let negativeEigenvalues, let smallestEigenvalue, negativeEigenvalues > 0, smallestEigenvalue >= 0 {
      return false
    }
    return structure.interiorKinks <= structure.kinkedNeurons
      && (structure.interiorKinks == 0) == (structure.kinkedNeurons == 0)
      && structure.dyingNeurons <= structure.inactiveNeurons
  }
}

/// A reference value of the risk.
public struct RiskLevel: Sendable, Hashable {
  public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
    /// m_k: the smallest risk of shallow networks of width k.
    case optimum = 1
    /// D_k: the smallest risk of piecewise linear functions with k pieces.
    case ladder = 2
    /// The risk of the saddles with k kinks of an affine target.
    case saddle = 3
    /// A local minimum, other than D_k, of continuous piecewise linear fits with k pieces and free knots.
    case localFit = 4

    /// "m", "D", "S", "local D".
    public var symbol: String {
      switch self {
      case .optimum: "m"
      case .ladder: "D"
      case .saddle: "S"
      case .localFit: "local D"
      }
    }
  }

  public var kind: Kind
  public var index: Int

  public init(_ kind: Kind, _ index: Int) {
    self.kind = kind
    self.index = index
  }

  /// "m_3", "D_2", "S_4", "local D_2".
  public var name: String { "\(kind.symbol)_\(index)" }
}

/// How the neurons of a network stand to the interval of the inputs.
public struct LimitStructure: Sendable, Hashable {
  /// Different kinks strictly inside the interval. Of deep networks one less than the pieces that are longer than a
  /// thousandth of the interval.
  public var interiorKinks: Int
  /// Neurons with a kink strictly inside the interval: more than `interiorKinks` where kinks have
  /// merged. Of deep networks, where a
  /// neuron can have several, all kinks of the realization.
  public var kinkedNeurons: Int
  /// Neurons that are active on the whole interval.
  public var activeNeurons: Int
  /// Neurons that are active nowhere in the interval.
  public var inactiveNeurons: Int
  /// Those of the inactive neurons that the flow brings to the end of the interval; the others were dead before.
  public var dyingNeurons: Int

  public init(
    interiorKinks: Int = 0, kinkedNeurons: Int = 0, activeNeurons: Int = 0, inactiveNeurons: Int = 0,
    dyingNeurons: Int = 0
  ) {
    self.interiorKinks = interiorKinks
    self.kinkedNeurons = kinkedNeurons
    self.activeNeurons = activeNeurons
    self.inactiveNeurons = inactiveNeurons
    self.dyingNeurons = dyingNeurons
  }

  /// Whether one neuron stands at each interior kink and one more is active everywhere: then the realization can be
  /// moved like a continuous piecewise linear function with free knots, and its local minima are those of that problem.
  public var isFreeKnotFit: Bool { kinkedNeurons == interiorKinks && activeNeurons >= 1 }
}
