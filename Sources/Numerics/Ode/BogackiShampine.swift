extension ExplicitRungeKuttaMethod {
  /// The method of order 3(2) of Bogacki and Shampine ("A 3(2) pair of Runge-Kutta formulas", Appl. Math. Lett. 2, 1989), 4
  /// stages, the last of them the first of the next step: cheap where the tolerance is large. Its dense output is the cubic
  /// through both ends with the slopes there.
  public static let bogackiShampine = ExplicitRungeKuttaMethod(
    order: 3, errorOrder: 3,
    positions: [[], [1.0 / 2], [0, 3.0 / 4], [2.0 / 9, 1.0 / 3, 4.0 / 9]],
    weights: [2.0 / 9, 1.0 / 3, 4.0 / 9, 0],
    errorWeights: [-5.0 / 72, 1.0 / 12, 1.0 / 9, -1.0 / 8],
    // y(s) = y + s (D + (1 - s) (k_1 - D + s (2 D - k_1 - k_4))), D the increment.
    bends: [
      [7.0 / 9, -1.0 / 3, -4.0 / 9, 0],
      [-5.0 / 9, 2.0 / 3, 8.0 / 9, -1],
    ])
}
