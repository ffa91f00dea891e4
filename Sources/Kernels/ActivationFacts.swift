/// What is known of an activation function A beside its values: whatever else in the program depends on the activation
/// asks here. ``Activation/facts`` is the table.
public struct ActivationFacts: Sendable, Hashable {
  /// The line slope * z + intercept.
  public struct Line: Sendable, Hashable {
    public let slope: Double
    public let intercept: Double

    init(slope: Double, intercept: Double = 0) {
      self.slope = slope
      self.intercept = intercept
    }

    static let zero = Line(slope: 0)
    static let one = Line(slope: 0, intercept: 1)
    static let identity = Line(slope: 1)

    @inlinable
    public func value(at z: Double) -> Double { slope == 0 ? intercept : slope * z + intercept }
  }

  /// Where A is not analytic, increasing; at most two places.
  public let kinks: [Double]
  /// A on its segments, the intervals between the kinks; empty unless it is a line on each of them.
  public let lines: [Line]
  /// Whether neurons die: where z <= 0 on all inputs, A is 0 there and the gradient of the neuron vanishes. By the kind
  /// alone, so that it holds for all parameters of a study: leaky neurons count as alive whatever their slope.
  public let canDie: Bool
  /// Whether |A| has a bound.
  public let isBounded: Bool
  /// Whether training takes 1 for A', which is 0 between jumps.
  public let isStraightThrough: Bool
  /// The default of the parameter; nil for an activation without one.
  public let defaultParameter: Double?

  fileprivate init(
    kinks: [Double], lines: [Line] = [], canDie: Bool = false, isBounded: Bool = false,
    isStraightThrough: Bool = false, defaultParameter: Double? = nil
  ) {
    self.kinks = kinks
    self.lines = lines
    self.canDie = canDie
    self.isBounded = isBounded
    self.isStraightThrough = isStraightThrough
    self.defaultParameter = defaultParameter
  }
}

extension Activation {
  /// One row for each activation.
  public var facts: ActivationFacts { Self.facts(kind, parameter: parameter) }

  /// The default of the parameter; nil for an activation without one.
  public static func defaultParameter(_ kind: Kind) -> Double? { facts(kind, parameter: 0).defaultParameter }

  private static func facts(_ kind: Kind, parameter: Double) -> ActivationFacts {
    switch kind {
    case .relu: ActivationFacts(kinks: [0], lines: [.zero, .identity], canDie: true)
    case .leakyReLU: ActivationFacts(kinks: [0], lines: [.init(slope: parameter), .identity], defaultParameter: 0.01)
    case .clipping: ActivationFacts(kinks: [0, 1], lines: [.zero, .identity, .one], canDie: true, isBounded: true)
    case .identity: ActivationFacts(kinks: [], lines: [.identity])
    case .logistic: ActivationFacts(kinks: [], isBounded: true)
    case .tanh: ActivationFacts(kinks: [], isBounded: true)
    case .softplus: ActivationFacts(kinks: [])
    case .gelu: ActivationFacts(kinks: [])
    case .silu: ActivationFacts(kinks: [])
    case .elu: ActivationFacts(kinks: [0], defaultParameter: 1)
    case .softsign: ActivationFacts(kinks: [0], isBounded: true)
    case .sine: ActivationFacts(kinks: [], isBounded: true)
    case .threshold: ActivationFacts(kinks: [0], lines: [.zero, .one], isBounded: true, isStraightThrough: true)
    }
  }
}

// MARK: - What follows

extension ActivationFacts {
  /// Whether A is analytic on the line.
  public var isAnalytic: Bool { kinks.isEmpty }

  /// Whether A is a line between its kinks, whether or not it jumps there.
  public var isPiecewiseAffine: Bool { !lines.isEmpty }

  /// Whether A is piecewise linear and continuous.
  public var isPiecewiseLinear: Bool {
    isPiecewiseAffine
      && kinks.enumerated().allSatisfy { lines[$0].value(at: $1) == lines[$0 + 1].value(at: $1) }
  }

  /// Whether A(c z) = c A(z) for all c > 0.
  public var isHomogeneous: Bool {
    isPiecewiseLinear && kinks.allSatisfy { $0 == 0 } && lines.allSatisfy { $0.intercept == 0 }
  }

  /// For A(z) = z where z > 0 and g z elsewhere the slope g: 0 for ReLU, the parameter of leaky ReLU. Nil for the
  /// others.
  public var rectifiedSlope: Double? {
    isHomogeneous && lines.count == 2 && lines[1].slope == 1 ? lines[0].slope : nil
  }

  /// A' on the segments, as training takes it.
  public var derivatives: [Double] { isStraightThrough ? lines.map { _ in 1 } : lines.map(\.slope) }

  /// The segment in which z lies: the number of the kinks before it. The first kink belongs to the segment below it, the
  /// second to the one above: for ReLU and clipping the sides on which A' is 0.
  @inlinable
  public func segment(of z: Double) -> Int {
    if kinks.isEmpty { return 0 }
    return (z > kinks[0] ? 1 : 0) + (kinks.count > 1 && z >= kinks[1] ? 1 : 0)
  }
}
