import Outcomes

/// How good the risk of a limit is. What kind of point the limit is, is another question: a saddle can be good.
public enum LimitQuality: Sendable, Hashable, CaseIterable {
  /// The smallest risk of all networks of this width.
  case global
  /// A good risk by the criterion of the study, but not the smallest.
  case good
  case bad

  public var text: String {
    switch self {
    case .global: "global"
    case .good: "good"
    case .bad: "bad"
    }
  }

  /// Nil where the flow is not at rest, and between the bounds of a criterion of which only a bracket is known.
  public init?(_ limit: FlowLimit, bounds: GoodBounds) {
    guard limit.isAtRest else { return nil }
    if limit.isGlobal {
      self = .global
    } else if limit.risk <= bounds.good {
      self = .good
    } else if limit.risk - limit.decrease > bounds.bad {
      self = .bad
    } else {
      return nil
    }
  }
}
