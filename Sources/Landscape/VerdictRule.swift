/// When the risk of a trial counts as good.
public enum GoodCriterion: Sendable, Hashable {
  /// L <= this bound.
  case risk(atMost: Double)
  /// L - m_h <= this bound, m_h the smallest risk of networks of the cell's width.
  case excess(atMost: Double)
  /// L <= this number times m_h.
  case ratio(atMost: Double)

  /// Whether the criterion is stated against m_h.
  public var needsOptimum: Bool { if case .risk = self { false } else { true } }

  /// Its key in study files, below `verdict.good`.
  public var key: String {
    switch self {
    case .risk: "risk-at-most"
    case .excess: "excess-at-most"
    case .ratio: "ratio-at-most"
    }
  }

  /// Why a ratio cannot be asked for where m_h is 0, to follow the name of the key.
  public static let noRatioOfZero =
    "compares the risk with m_h, the smallest risk of networks of a width, which is 0 here: every positive risk would be "
    + "infinitely many times as large; use excess-at-most or risk-at-most"

  /// The criterion as bounds of the risk.
  ///
  /// - Parameter optimum: m_h, or the bracket in which it lies; infinity above where there is no upper bound.
  public func bounds(optimum: ClosedRange<Double>) -> GoodBounds {
    switch self {
    case .risk(let bound): GoodBounds(good: bound, bad: bound)
    case .excess(let bound): GoodBounds(good: optimum.lowerBound + bound, bad: optimum.upperBound + bound)
    case .ratio(let bound): GoodBounds(good: optimum.lowerBound * bound, bad: optimum.upperBound * bound)
    }
  }
}

/// The criterion of a cell as bounds of the risk. They differ where only a bracket of m_h is known.
public struct GoodBounds: Sendable, Hashable {
  /// Risks up to this one are good.
  public let good: Double
  /// Risks above this one are not.
  public let bad: Double

  /// - Precondition: 0 <= good <= bad.
  public init(good: Double, bad: Double) {
    precondition(0 <= good && good <= bad, "a good risk is no bad one")
    self.good = good
    self.bad = bad
  }

  /// Whether a risk in [risk - margin, risk + margin] is good; nil where that is not known.
  public func holds(risk: Double, margin: Double) -> Bool? {
    if risk + margin <= good { return true }
    return risk - margin > bad ? false : nil
  }
}

/// By what a study judges its trials.
public struct VerdictRule: Sendable, Hashable {
  public var good: GoodCriterion
  /// The norm of the population gradient up to which a trained network counts as at rest, for a statement about the end
  /// of training; nil: the verdict is about the limit of the flow. The meaning of a norm depends on width and
  /// parametrization.
  public var restingGradientNorm: Double?

  public init(good: GoodCriterion, restingGradientNorm: Double? = nil) {
    self.good = good
    self.restingGradientNorm = restingGradientNorm
  }
}
