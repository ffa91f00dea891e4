/// A Rosenbrock method with an embedded one for y' = f(y) with the Jacobian J of f: the stages solve (1 / (gamma tau) -
/// J) k_i = f(y + sum_j a_ij k_j) + sum_j (c_ij / tau) k_j, j < i, and the step is sum m_i k_i: the form without
/// products with J (Hairer and Wanner, "Solving ordinary differential equations II", IV.7).
///
/// A method is one value of this type, in a file of its own. For a gradient flow J is minus the Hessian.
public struct RosenbrockMethod: Sendable {
  /// The error after a given time goes with this power of the step.
  public let order: Int
  /// The estimate of the error of a step goes with this power of the step: one more than the lower of the two orders.
  public let errorOrder: Int
  public let gamma: Double
  /// The a_ij: row i has i entries, or none where a stage takes over the f of the one before.
  public let positions: [[Double]]
  /// The c_ij: row i has i entries.
  public let couplings: [[Double]]
  /// The m_i.
  public let weights: [Double]
  /// The m_i minus those of the embedded method.
  public let errorWeights: [Double]
  /// The q_i of the dense output y + sum_i (s m_i + s (1 - s) q_i(s)) k_i after the share s of the step: rows of the
  /// coefficients of 1, s, s^2, ...
  public let bends: [[Double]]

  public init(
    order: Int, errorOrder: Int, gamma: Double, positions: [[Double]], couplings: [[Double]], weights: [Double],
    errorWeights: [Double], bends: [[Double]]
  ) {
    self.order = order
    self.errorOrder = errorOrder
    self.gamma = gamma
    self.positions = positions
    self.couplings = couplings
    self.weights = weights
    self.errorWeights = errorWeights
    self.bends = bends
  }

  /// 1 / (gamma tau).
  public func shift(_ tau: Double) -> Double { 1 / (gamma * tau) }

  /// - Parameters:
  ///   - slope: f at the start.
  ///   - solver: of the matrix ``shift(_:)`` - J, J at the start.
  ///   - slopeAfter: f after an increment of y; nil where it is not finite.
  /// - Returns: nil where f is not finite. The first stage is (shift - J)^-1 f.
  public func step(
    _ tau: Double, slope: [Double], solver: some LinearSolver, slopeAfter: ([Double]) -> [Double]?
  ) -> OdeStep? {
    let n = slope.count
    var stages: [[Double]] = []
    var current = slope
    for i in weights.indices {
      if !positions[i].isEmpty {
        guard let next = slopeAfter(combination(positions[i], stages, count: n)) else { return nil }
        current = next
      }
      var side = combination(couplings[i].map { $0 / tau }, stages, count: n)
      for k in 0..<n { side[k] += current[k] }
      stages.append(solver.solve(side))
    }
    return OdeStep(
      increment: combination(weights, stages, count: n), error: combination(errorWeights, stages, count: n),
      stages: stages, slopeAtEnd: nil, bends: bends)
  }
}
