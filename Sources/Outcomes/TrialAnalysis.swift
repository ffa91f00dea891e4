/// What the analysis of the landscape adds to the outcome of a trial. It is stored apart from outcomes: eigenvalues come
/// from a library whose last bits differ between machines.
public struct TrialAnalysis: Sendable, Hashable {
  /// Neurons that are dead at initialization; nil where they are not counted.
  public var initiallyDeadNeurons: Int?
  /// Whether the risk when training ended certifies that the gradient flow from there ends at a global minimum.
  public var isCertifiedGlobal: Bool
  /// The limit of the gradient flow from the end of training; nil where the study does not ask for it, and after
  /// divergence.
  public var limit: FlowLimit?

  public init(initiallyDeadNeurons: Int? = nil, isCertifiedGlobal: Bool = false, limit: FlowLimit? = nil) {
    self.initiallyDeadNeurons = initiallyDeadNeurons
    self.isCertifiedGlobal = isCertifiedGlobal
    self.limit = limit
  }
}

/// The point that the gradient flow reaches from the end of training, or how far it came.
public struct FlowLimit: Sendable, Hashable {
  public var pointClass: CriticalPointClass
  /// Exact population risk at the limit.
  public var risk: Double
  /// Norm of the population gradient over the trained parameters.
  public var gradientNorm: Double
  /// Flow time from the end of training.
  public var flowTime: Double
  /// Eigenvalues of the Hessian below minus the tolerance; nil where there is no Hessian.
  public var negativeEigenvalues: Int?
  /// The smallest eigenvalue of the Hessian; nil where there is no Hessian.
  public var smallestEigenvalue: Double?
  /// The reference value nearest to the risk; nil where none is within 1e-3 of it.
  public var level: RiskLevel?
  public var structure: LimitStructure
  /// A number that permutations of neurons do not change, to tell minima of equal risk apart; 0 where none is used.
  public var signature: Double

  public init(
    pointClass: CriticalPointClass, risk: Double, gradientNorm: Double, flowTime: Double,
    negativeEigenvalues: Int? = nil, smallestEigenvalue: Double? = nil, level: RiskLevel? = nil,
    structure: LimitStructure = LimitStructure(), signature: Double = 0
  ) {
    self.pointClass = pointClass
    self.risk = risk
    self.gradientNorm = gradientNorm
    self.flowTime = flowTime
    self.negativeEigenvalues = negativeEigenvalues
    self.smallestEigenvalue = smallestEigenvalue
    self.level = level
    self.structure = structure
    self.signature = signature
  }
}

/// What kind of critical point a trial came to.
public enum CriticalPointClass: UInt8, Sendable, Hashable, CaseIterable {
  /// A minimum with the smallest risk of all networks of this width.
  case globalMinimum = 0
  /// A critical point without descent directions that meets the criterion of the study but is not optimal.
  case goodMinimum = 1
  /// A local minimum that does not meet the criterion.
  case badMinimum = 2
  /// A critical point with a direction of descent.
  case saddle = 3
  /// Critical, but of a kind that could not be decided.
  case undecided = 4
  /// The flow was not stationary when its time was over.
  case notConverged = 5

  /// What tables and exports call it.
  public var text: String {
    switch self {
    case .globalMinimum: "global minimum"
    case .goodMinimum: "good non-optimal"
    case .badMinimum: "bad local minimum"
    case .saddle: "saddle"
    case .undecided: "undecided"
    case .notConverged: "not converged"
    }
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
  }

  public var kind: Kind
  public var index: Int

  public init(_ kind: Kind, _ index: Int) {
    self.kind = kind
    self.index = index
  }

  /// "m_3", "D_2", "S_4", "local D_2".
  public var name: String {
    switch kind {
    case .optimum: "m_\(index)"
    case .ladder: "D_\(index)"
    case .saddle: "S_\(index)"
    case .localFit: "local D_\(index)"
    }
  }
}

/// How the neurons of a shallow network stand to the interval of the inputs.
public struct LimitStructure: Sendable, Hashable {
  /// Different kinks strictly inside the interval.
  public var interiorKinks: Int
  /// Neurons with a kink strictly inside the interval: more than `interiorKinks` where kinks have merged.
  public var kinkedNeurons: Int
  /// Neurons that are active on the whole interval.
  public var activeNeurons: Int
  /// Neurons that are active nowhere in the interval.
  public var inactiveNeurons: Int

  public init(interiorKinks: Int = 0, kinkedNeurons: Int = 0, activeNeurons: Int = 0, inactiveNeurons: Int = 0) {
    self.interiorKinks = interiorKinks
    self.kinkedNeurons = kinkedNeurons
    self.activeNeurons = activeNeurons
    self.inactiveNeurons = inactiveNeurons
  }

  /// Whether one neuron stands at each interior kink and one more is active everywhere: then the realization can be
  /// moved like a continuous piecewise linear function with free knots, and its local minima are those of that problem.
  public var isFreeKnotFit: Bool { kinkedNeurons == interiorKinks && activeNeurons >= 1 }
}
