/// What kind of critical point the limit of a gradient flow is.
public enum LimitKind: UInt8, Sendable, Hashable, CaseIterable {
  /// A local minimum, by a theorem.
  case minimum = 0
  /// The Hessian has no negative eigenvalue, but no theorem says that it is a minimum.
  case noWayDown = 1
  /// The Hessian has a negative eigenvalue, or a theorem says that the risk falls nearby.
  case saddle = 2
  /// The only known way down is a neuron that is dead with its kink exactly at an end of the interval.
  case degenerate = 3
  /// Neurons with w = b = 0 may lead down, and no other way down is known; or a point that a theorem about all critical
  /// points does not know.
  case unresolved = 4

  /// What tables and exports call it.
  public var text: String {
    switch self {
    case .minimum: "minimum"
    case .noWayDown: "no way down"
    case .saddle: "saddle"
    case .degenerate: "degenerate"
    case .unresolved: "unresolved"
    }
  }
}
