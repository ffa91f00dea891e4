/// Why a problem has no exact population risk.
public enum RiskError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The target or its square is infinite or NaN at a point of the input interval.
  case targetNotFinite(x: Double, value: Double)
  /// The quadrature does not reach a relative error of 1e-12; the point where it fails.
  case targetNotIntegrable(x: Double)

  public var description: String {
    switch self {
    case .targetNotFinite(let x, let value):
      "the target\(value.isFinite ? "'s square" : "") is not finite on the input interval (\(value.isFinite ? "the target" : "it") is "
        + "\(value) at x = \(x)); choose an interval on which it is"
    case .targetNotIntegrable(let x):
      """
      the risk of this target cannot be computed to a relative error of 1e-12: it varies too fast near x = \(x); \
      choose an input interval that leaves this point out, or a target with fewer oscillations
      """
    }
  }
}
