extension RosenbrockMethod {
  /// ROS34PW2: order 3(2), 4 stages and values of f, stiffly accurate and L-stable, and a W-method: the order holds for
  /// any matrix in place of the Jacobian (Rang and Angermann, "New Rosenbrock W-methods of order 3 for partial
  /// differential algebraic equations of index 1", BIT 45, 2005).
  ///
  /// No dense output is published. This one is the parabola through both ends whose weights of the untransformed stages
  /// are b_i(s) = s b_i + s (1 - s) d_i, d the shortest vector for which they satisfy the conditions of order 2 of a
  /// W-method for all s: sum b_i(s) = s, sum b_i(s) alpha_i = s^2 / 2, sum b_i(s) gamma_i = 0, alpha_i and gamma_i the
  /// sums of the rows.
  public static let ros34pw2 = RosenbrockMethod(
    order: 3, errorOrder: 3, gamma: 0.43586652150845900,
    untransformedPositions: [
      [], [0.87173304301691801], [0.84457060015369423, -0.11299064236484185], [0, 0, 1],
    ],
    untransformedCouplings: [
      [], [-0.87173304301691801], [-0.90338057013044082, 0.054180672388095326],
      [0.24212380706095346, -1.2232505839045147, 0.54526025533510214],
    ],
    untransformedWeights: [0.24212380706095346, -1.2232505839045147, 1.5452602553351020, 0.43586652150845900],
    untransformedEmbedded: [0.37810903145819369, -0.096042292212423178, 0.5, 0.21793326075422950],
    untransformedBends: [0.40100696126334758, 0.093763155058492240, 0.32399340765975862, -0.81876352398159887])
}

extension RosenbrockMethod {
  /// A method by its coefficients before products with J are transformed away: (1 - gamma tau J) K_i = tau f(y + sum
  /// alpha_ij K_j) + tau J sum gamma_ij K_j, the step sum b_i K_i. With G the matrix of the gamma_ij, gamma on its
  /// diagonal, the K are G^-1 k: a = alpha G^-1, c = 1 / gamma - G^-1, m = b G^-1 (Hairer and Wanner, IV.7).
  init(
    order: Int, errorOrder: Int, gamma: Double, untransformedPositions alpha: [[Double]],
    untransformedCouplings couplings: [[Double]], untransformedWeights b: [Double],
    untransformedEmbedded embedded: [Double], untransformedBends bends: [Double]
  ) {
    let count = b.count
    // G^-1, lower triangular, column by column.
    var inverse = [[Double]](repeating: Array(repeating: 0, count: count), count: count)
    for column in 0..<count {
      for row in column..<count {
        var sum = row == column ? 1.0 : 0
        for k in column..<row { sum -= couplings[row][k] * inverse[k][column] }
        inverse[row][column] = sum / gamma
      }
    }
    func transformed(_ row: [Double]) -> [Double] {
      (0..<count).map { column in zip(row, inverse).reduce(0) { $0 + $1.0 * $1.1[column] } }
    }
    self.init(
      order: order, errorOrder: errorOrder, gamma: gamma,
      positions: alpha.enumerated().map { Array(transformed($1).prefix($0)) },
      couplings: (0..<count).map { row in (0..<row).map { -inverse[row][$0] } },
      weights: transformed(b), errorWeights: transformed(zip(b, embedded).map { $0 - $1 }),
      bends: [transformed(bends)])
  }
}
