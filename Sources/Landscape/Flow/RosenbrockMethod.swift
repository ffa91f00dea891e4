import Risk

/// A Rosenbrock method for theta' = -G(theta) with the Hessian H of the risk: the stages solve
/// (1 / (gamma tau) + H) k_i = -G(theta + sum_j a_ij k_j) + sum_j (c_ij / tau) k_j, j < i, and the step is sum m_i k_i.
/// The last stage is the difference to the embedded method of lower order.
struct RosenbrockMethod: Sendable {
  let gamma: Double
  /// Rows for the stages; empty where a stage takes over the gradient of the one before.
  let positions: [[Double]]
  let couplings: [[Double]]
  let weights: [Double]

  /// RODAS3: order 3(2), so that errors go with the third power of the step; 4 stages, 3 gradients, both methods
  /// L-stable (Sandu, Verwer, Blom, Spee, Carmichael and Potra, "Benchmarking stiff ODE solvers for atmospheric
  /// chemistry problems II: Rosenbrock solvers", 1997), in the form without products with the Jacobian (Hairer and
  /// Wanner, "Solving ordinary differential equations II", IV.7).
  static let rodas3 = RosenbrockMethod(
    gamma: 0.5, positions: [[], [], [2, 0], [2, 0, 1]], couplings: [[], [4], [1, -1], [1, -1, -8.0 / 3]],
    weights: [2, 0, 1, 1])

  struct Step {
    let increment: [Double]
    let error: [Double]
    /// (1 / (gamma tau) + H)^-1 G.
    let damped: [Double]
  }

  /// - Parameters:
  ///   - factor: of the Hessian plus 1 / (gamma tau).
  ///   - gradientAt: the gradient after an increment of theta; nil where it is not finite.
  /// - Returns: nil where a gradient is not finite.
  func step(
    _ tau: Double, factor: PositiveDefiniteFactor, gradient: [Double], gradientAt: ([Double]) -> [Double]?
  ) -> Step? {
    let n = gradient.count
    var stages: [[Double]] = []
    var current = gradient
    for i in weights.indices {
      if !positions[i].isEmpty {
        guard let next = gradientAt(combination(positions[i], stages, count: n)) else { return nil }
        current = next
      }
      var side = combination(couplings[i].map { $0 / tau }, stages, count: n)
      for k in 0..<n { side[k] -= current[k] }
      stages.append(factor.solve(side))
    }
    return Step(
      increment: combination(weights, stages, count: n), error: stages.last!, damped: stages[0].map { -$0 })
  }

  private func combination(_ coefficients: [Double], _ vectors: [[Double]], count: Int) -> [Double] {
    var sum = [Double](repeating: 0, count: count)
    for (coefficient, vector) in zip(coefficients, vectors) where coefficient != 0 {
      for k in 0..<count { sum[k] += coefficient * vector[k] }
    }
    return sum
  }
}
