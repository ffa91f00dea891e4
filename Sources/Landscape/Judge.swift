import Outcomes

/// Judges the trials of a cell. What is stored of a trial can be judged again by another criterion.
public struct Judge: Sendable, Hashable {
  public let bounds: GoodBounds
  /// See ``VerdictRule/restingGradientNorm``.
  private let restingGradientNorm: Double?
  /// How many error estimates around a risk are left undecided by it.
  private let errorMargin: Double

  /// - Parameter errorMargin: see ``Risk/PopulationRisk/marginInErrors(of:_:hasClosedForm:)``.
  public init(_ rule: VerdictRule, bounds: GoodBounds, errorMargin: Double) {
    self.bounds = bounds
    self.errorMargin = errorMargin
    restingGradientNorm = rule.restingGradientNorm
  }

  /// Whether the risk is good when training ends; nil where its error leaves that open, and for a crashed
  /// trial.
  public func isGoodAtEnd(_ outcome: Outcome) -> Bool? {
    if outcome.hasCrashed { return nil }
    return outcome.hasDiverged ? false : bounds.holds(risk: outcome.risk, margin: errorMargin * outcome.riskError)
  }

  /// The verdict on a trial, about the limit of the flow from the trained network.
  ///
  /// The risk never rises along the flow: a trial is good where it is at most the bound at the end of training or where
  /// the flow was left. It is bad where the flow is at rest above the bound, even by what a Newton step still promises. A
  /// theorem may tell the risk of the limit.
  ///
  /// - Parameter analysis: nil where the study follows no flow.
  public func judgement(of outcome: Outcome, _ analysis: TrialAnalysis?) -> Judgement {
    if outcome.hasCrashed { return Judgement(.crashed, margin: 0) }
    if outcome.hasDiverged { return Judgement(.diverged, margin: .infinity) }
    let error = errorMargin * outcome.riskError
    if bounds.holds(risk: outcome.risk, margin: error) == true {
      return Judgement(.good, margin: margin(outcome.risk + error, from: bounds.good), isAtEnd: true)
    }
    switch analysis?.certificate {
    case .globalMinimum: return Judgement(.good, margin: .infinity, isCertified: true)
    case .constant(let risk):
      switch bounds.holds(risk: risk, margin: error) {
      case true?: return Judgement(.good, margin: margin(risk + error, from: bounds.good), isCertified: true)
      case false?: return Judgement(.bad, margin: margin(risk - error, from: bounds.bad), isCertified: true)
      case nil: break
      }
    case nil: break
    }
    if let limit = analysis?.limit {
      if limit.risk + error <= bounds.good {
        return Judgement(.good, margin: margin(limit.risk + error, from: bounds.good))
      }
      let least = limit.risk - limit.decrease - error
      if limit.isAtRest && least > bounds.bad { return Judgement(.bad, margin: margin(least, from: bounds.bad)) }
    }
    if let restingGradientNorm, outcome.gradientNorm <= restingGradientNorm, outcome.risk - error > bounds.bad {
      return Judgement(.bad, margin: margin(outcome.risk - error, from: bounds.bad), isAtEnd: true)
    }
    return Judgement(.undecided, margin: 0)
  }

  /// How far a risk is from a bound, in proportion to it.
  private func margin(_ risk: Double, from bound: Double) -> Double {
    bound > 0 ? (risk - bound).magnitude / bound : .infinity
  }
}

/// A verdict, and how firmly it holds.
public struct Judgement: Sendable, Hashable {
  public var verdict: Verdict
  /// The distance of the risk that decides from the bound, in proportion to the bound: what a perturbation would have to
  /// overcome. Infinite where no number decides, 0 for undecided
  /// and crashed trials.
  public var margin: Double
  /// Whether the trained network decides, without the flow.
  public var isAtEnd: Bool
  /// Whether a theorem decides, see ``Outcomes/Certificate``.
  public var isCertified: Bool

  init(_ verdict: Verdict, margin: Double, isAtEnd: Bool = false, isCertified: Bool = false) {
    self.verdict = verdict
    self.margin = margin
    self.isAtEnd = isAtEnd
    self.isCertified = isCertified
  }

  /// Verdicts of one trial may differ between machines, by the last bits of eigenvalues, if one of them holds by no more
  /// than this.
  public static let firmMargin = 1e-6

  /// What two computations of the same trial say together: their verdict if they agree, undecided if they differ and one
  /// of them holds by a small margin only; nil if they contradict each other.
  public func reconciled(with other: Judgement) -> Judgement? {
    if verdict == other.verdict { return margin <= other.margin ? self : other }
    let areFirm = margin > Self.firmMargin && other.margin > Self.firmMargin
    return areFirm ? nil : Judgement(.undecided, margin: 0)
  }
}
