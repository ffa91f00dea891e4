import Outcomes

/// When a trial counts as stationary.
public enum StationarityCriterion: Sendable, Hashable {
  /// tau |G|^2 <= ratio * L, where tau is the flow time spent (the sum of the learning rates times the optimizer's flow
  /// time factor), G the population gradient over the trained parameters and L the risk: the decrease that gradient
  /// flow would make in another tau at its present speed is at most this share of the risk. Free of the scale of the
  /// parametrization.
  case relativeDecrease(atMost: Double)
  /// |G| <= this bound. Its meaning depends on width and parametrization.
  case gradientNorm(atMost: Double)

  /// Whether the criterion holds with its tolerance multiplied by `factor`.
  public func holds(risk: Double, gradientNorm: Double, flowTime: Double, toleranceFactor factor: Double = 1) -> Bool {
    switch self {
    case .relativeDecrease(let ratio): flowTime * gradientNorm * gradientNorm <= factor * ratio * risk
    case .gradientNorm(let bound): gradientNorm <= factor * bound
    }
  }
}

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

  /// The criterion as a bound on the risk.
  ///
  /// - Parameter optimum: m_h, or a lower bound of it, with which a good trial may be called bad but no bad one good.
  public func resolved(optimum: Double) -> GoodCriterion {
    switch self {
    case .risk: self
    case .excess(let bound): .risk(atMost: optimum + bound)
    case .ratio(let bound): .risk(atMost: optimum * bound)
    }
  }

  /// - Precondition: the criterion is a bound on the risk.
  public func holds(risk: Double) -> Bool {
    guard case .risk(let bound) = self else { preconditionFailure("an excess or a ratio is resolved first") }
    return risk <= bound
  }

  /// Whether the criterion holds; nil where it holds for some risks in [risk - margin, risk + margin] and not for
  /// others.
  public func holds(risk: Double, margin: Double) -> Bool? {
    let lowest = holds(risk: risk - margin)
    let highest = holds(risk: risk + margin)
    return lowest == highest ? lowest : nil
  }
}

/// Turns risk and population gradient at the end of training into a verdict.
public struct VerdictRule: Sendable, Hashable {
  public let good: GoodCriterion
  public let stationary: StationarityCriterion

  public init(good: GoodCriterion, stationary: StationarityCriterion) {
    self.good = good
    self.stationary = stationary
  }

  /// The rule with its criterion as a bound on the risk, see ``GoodCriterion/resolved(optimum:)``.
  public func resolved(optimum: Double) -> VerdictRule {
    VerdictRule(good: good.resolved(optimum: optimum), stationary: stationary)
  }

  /// The verdict on a trial: "diverged" when its risk or gradient is not finite; "not converged" when it is not
  /// stationary, and also when it is but its risk is known too inexactly to be called good or bad; otherwise good or
  /// bad.
  ///
  /// - Parameters:
  ///   - margin: half the width of the interval around `risk` in which the exact risk lies; a verdict good or bad needs
  ///     the whole interval on one side of the bound. Stationarity is judged by `risk` itself.
  ///   - flowTime: the sum of the learning rates times the optimizer's flow time factor.
  public func verdict(risk: Double, margin: Double, gradientNorm: Double, flowTime: Double) -> Verdict {
    guard risk.isFinite && gradientNorm.isFinite else { return .diverged }
    guard
      stationary.holds(risk: risk, gradientNorm: gradientNorm, flowTime: flowTime),
      let isGood = good.holds(risk: risk, margin: margin)
    else { return .notConverged }
    return isGood ? .good : .bad
  }
}
