extension RosenbrockMethod {
  /// RODAS3: order 3(2), 4 stages, 3 values of f, both methods L-stable (Sandu, Verwer, Blom, Spee, Carmichael and
  /// Potra, "Benchmarking stiff ODE solvers for atmospheric chemistry problems II: Rosenbrock solvers", Atmos. Environ.
  /// 31, 1997).
  ///
  /// No dense output is published. This one is the parabola through both ends whose weights of the untransformed stages
  /// are b_i(s) = s b_i + s (1 - s) d_i, d = (3/4, -1/4, -1/2, 0): for all s they satisfy the conditions of order 2,
  /// sum b_i(s) = s and sum b_i(s) beta_i = s^2 / 2, and the one of order 2 for stiff components, sum b_i(s) omega_ij
  /// alpha_j^2 = s^2, omega the inverse of the beta_ij (Hairer and Wanner, "Solving ordinary differential equations
  /// II", VI.3). Between steps the error is therefore of third order, as at their ends; and it needs no f at the end,
  /// which stiff components would magnify.
  public static let rodas3 = RosenbrockMethod(
    order: 3, errorOrder: 3, gamma: 0.5,
    positions: [[], [], [2, 0], [2, 0, 1]],
    couplings: [[], [4], [1, -1], [1, -1, -8.0 / 3]],
    weights: [2, 0, 1, 1],
    errorWeights: [0, 0, 0, 1],
    bends: [[3, -1, -1, 0]])
}
