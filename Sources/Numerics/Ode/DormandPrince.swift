extension ExplicitRungeKuttaMethod {
  /// The method of order 5(4) of Dormand and Prince ("A family of embedded Runge-Kutta formulae", J. Comput. Appl.
  /// Math. 6, 1980), 7 stages, the last of them the first of the next step; with the dense output of order 4 of
  /// Shampine ("Some practical Runge-Kutta formulas", Math. Comp. 46, 1986), as in DOPRI5 (Hairer, Norsett and Wanner,
  /// "Solving ordinary differential equations I", II.6).
  public static let dormandPrince: ExplicitRungeKuttaMethod = {
    let weights = [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84, 0]
    // y(s) = y + s (D + (1 - s) (k_1 - D + s (2 D - k_1 - k_7 + (1 - s) sum d_i k_i))), D the increment.
    let d = [
      -12715105075.0 / 11282082432, 0, 87487479700.0 / 32700410799, -10690763975.0 / 1880347072,
      701980252875.0 / 199316789632, -1453857185.0 / 822651844, 69997945.0 / 29380423,
    ]
    let first = [1.0, 0, 0, 0, 0, 0, 0]
    let last = [0.0, 0, 0, 0, 0, 0, 1]
    return ExplicitRungeKuttaMethod(
      order: 5, errorOrder: 5,
      positions: [
        [],
        [1.0 / 5],
        [3.0 / 40, 9.0 / 40],
        [44.0 / 45, -56.0 / 15, 32.0 / 9],
        [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
        [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
        [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
      ],
      weights: weights,
      errorWeights: [
        71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40,
      ],
      bends: [
        weights.indices.map { first[$0] - weights[$0] },
        weights.indices.map { 2 * weights[$0] - first[$0] - last[$0] + d[$0] },
        d.map { -$0 },
      ])
  }()
}
