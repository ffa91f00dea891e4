import Kernels

/// Why a problem has no risk that can be computed.
public enum RiskError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The target or its square is infinite or NaN at a scalar input.
  case targetNotFinite(x: Double, value: Double)
  /// The same at a vector input.
  case targetNotFiniteAt(point: [Double], value: Double)
  /// The quadrature does not reach a relative error of 1e-12; the point where it fails.
  case targetNotIntegrable(x: Double)
  /// Product quadrature does not see the target: the integral of its square changes by more than 0.1 % between the finest
  /// grids; the point where it has most of it.
  case targetNotResolved(point: [Double])
  /// The square of the target, times the density of a normal input, is not small where the density is cut off.
  case targetGrowsTooFast(x: Double)

  public var description: String {
    switch self {
    case .targetNotFinite(let x, let value):
      Self.notFinite(value, where: "on the input interval", at: "\(x)") + "choose an interval on which it is"
    case .targetNotFiniteAt(let point, let value):
      Self.notFinite(value, where: "at an input", at: "(\(point.map { "\($0)" }.joined(separator: ", ")))")
        + "choose inputs at which it is"
    case .targetNotIntegrable(let x):
      """
      the risk of this target cannot be computed to a relative error of 1e-12: it varies too fast near x = \(x); \
      choose an input interval that leaves this point out, or a target with fewer oscillations
      """
    case .targetNotResolved(let point):
      """
      the risk of this target cannot be computed: it varies too fast near (\(point.map { "\($0)" }.joined(separator: ", "))) \
      for quadrature in \(point.count) dimensions; choose a smaller input box, a target with wider features, or a data set
      """
    case .targetGrowsTooFast(let x):
      """
      the risk of this target cannot be computed to a relative error of 1e-12: at x = \(x) it still matters, as rare \
      as such inputs are; choose a target that grows more slowly than the density of the input falls
      """
    }
  }

  /// The target where its value or only the square of it is not finite.
  private static func notFinite(_ value: Double, where place: String, at x: String) -> String {
    value.isFinite
      ? "the target's square is not finite \(place) (the target is \(value) at x = \(x)); "
      : "the target is not finite \(place) (it is \(value) at x = \(x)); "
  }
}

extension [Double] {
  /// The place of the first value of a target that no risk can be computed with: the value or its square is not finite.
  var firstNonFinite: Int? { firstIndex { !($0 * $0).isFinite } }
}

extension Program {
  /// The values at points [count][dimension].
  ///
  /// - Throws: ``RiskError/targetNotFiniteAt(point:value:)`` where a value or its square is not finite.
  func finiteValues(at points: [Double], dimension: Int) throws(RiskError) -> [Double] {
    let values = evaluate(at: points, dimension: dimension)
    if let bad = values.firstNonFinite {
      throw .targetNotFiniteAt(
        point: Array(points[bad * dimension..<(bad + 1) * dimension]), value: values[bad])
    }
    return values
  }
}
