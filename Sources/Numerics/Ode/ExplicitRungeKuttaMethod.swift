/// An explicit Runge-Kutta method with an embedded one for y' = f(y): with the stages k_i = tau f(y + sum_j a_ij k_j),
/// j < i, the step is sum b_i k_i (Hairer, Norsett and Wanner, "Solving ordinary differential equations I", II.4).
///
/// A method is one value of this type, in a file of its own. Time is no argument of f; where it is needed, it is a
/// component of y.
public struct ExplicitRungeKuttaMethod: Sendable {
  /// The error after a given time goes with this power of the step.
  public let order: Int
  /// The estimate of the error of a step goes with this power of the step: one more than the lower of the two orders.
  public let errorOrder: Int
  /// The a_ij: row i has i entries.
  public let positions: [[Double]]
  /// The b_i.
  public let weights: [Double]
  /// The b_i minus those of the embedded method.
  public let errorWeights: [Double]
  /// The q_i of the dense output y + sum_i (s b_i + s (1 - s) q_i(s)) k_i after the share s of the step: rows of the
  /// coefficients of 1, s, s^2, ...
  public let bends: [[Double]]
  /// Whether the last stage is the first of the next step.
  let endsWithSlope: Bool

  public init(
    order: Int, errorOrder: Int, positions: [[Double]], weights: [Double], errorWeights: [Double], bends: [[Double]]
  ) {
    self.order = order
    self.errorOrder = errorOrder
    self.positions = positions
    self.weights = weights
    self.errorWeights = errorWeights
    self.bends = bends
    endsWithSlope = positions.last! + [0] == weights
  }

  /// - Parameters:
  ///   - slope: f at the start.
  ///   - slopeAfter: f after an increment of y; nil where it is not finite.
  /// - Returns: nil where f is not finite.
  public func step(_ tau: Double, slope: [Double], slopeAfter: ([Double]) -> [Double]?) -> OdeStep? {
    let n = slope.count
    var stages = [slope.map { tau * $0 }]
    var last = slope
    for row in positions.dropFirst() {
      guard let next = slopeAfter(combination(row, stages, count: n)) else { return nil }
      stages.append(next.map { tau * $0 })
      last = next
    }
    return OdeStep(
      increment: combination(weights, stages, count: n), error: combination(errorWeights, stages, count: n),
      stages: stages, slopeAtEnd: endsWithSlope ? last : nil, bends: bends)
  }

  /// About the step times the largest modulus of an eigenvalue of the Jacobian of f, from the last two stages (Hairer and
  /// Wanner, "Solving ordinary differential equations II", IV.2); nil where their places are the same.
  ///
  /// - Parameter step: one of this method.
  public func stiffness(_ step: OdeStep) -> Double? {
    let last = positions.count - 1
    let n = step.increment.count
    let places = [last - 1, last].map { combination(positions[$0], step.stages, count: n) }
    let distance = places[0].euclideanDistance(to: places[1])
    return distance > 0 ? step.stages[last - 1].euclideanDistance(to: step.stages[last]) / distance : nil
  }
}
