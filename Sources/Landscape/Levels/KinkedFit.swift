import Numerics
import Risk

/// Continuous piecewise linear functions with h kinks, as best fits to a target once the kinks are chosen.
///
/// N(x) = c + s (x - a) + sum_j J_j ((x - q_j)_+ + kappa_j (x - q_j)), where J_j is the jump of the slope at the kink
/// q_j and kappa_j the share of it that the neuron has left of the kink: a ReLU neuron active on the right has 0, one
/// active on the left -1, a leaky one of slope g has g / (1 - g) and -1 / (1 - g). Networks of h such neurons have s
/// = 0, functions with free knots kappa = 0.
///
/// With the best line of the target on each cell the risk is the sum of the cells' errors plus a least squares
/// problem with two rows a cell, solved by Householder reflections: a sum of squares, nothing cancels. What is left
/// is a function of the kinks alone (variable projection: Golub and Pereyra, SIAM J. Numer. Anal. 10, 1973), with
/// gradient -2 J_j int (1[x > q_j] + kappa_j) r p and with exact second derivatives.
struct KinkedFit: NewtonProblem {
  let fitting: LineFitting
  /// kappa_j.
  let shares: [Double]
  let hasFreeSlope: Bool
  /// Passes of the best lines: 1 while searching, 2 for full accuracy.
  var passes = 1

  /// A fit with its coefficients c, then s if it is free, then the J_j; 0 where kinks make a coefficient superfluous.
  struct Solution {
    var expansion: Expansion
    var coefficients: [Double]
    /// J_j r(q_j) p(q_j): half the second derivative of the risk in a kink alone that moves in from an end of the
    /// interval.
    var turns: [Double]
  }

  func expansion(at kinks: [Double]) -> Expansion { solution(at: kinks).expansion }

  func admissible(_ target: [Double], from point: [Double]) -> [Double] {
    target.map { min(max($0, fitting.lower), fitting.upper) }
  }

  func solution(at kinks: [Double]) -> Solution {
    let h = kinks.count
    let order = kinks.indices.sorted { (kinks[$0], $0) < (kinks[$1], $1) }
    var place = order
    for (k, j) in order.enumerated() { place[j] = k }
    let ends = [fitting.lower] + order.map { kinks[$0] } + [fitting.upper]
    let targets = fitting.targets(at: ends)
    let lines = fitting.bestLines(between: ends, targets: targets, passes: passes)

    // Columns: the functions that are fitted, the best lines, and for each kink the function 1[x > q_j] + kappa_j;
    // two rows a cell, for the value in its mean and the slope.
    let first = hasFreeSlope ? 2 : 1
    let unknowns = first + h
    var system = LeastSquares(rows: 2 * (h + 1), columns: unknowns + 1 + h)
    for (i, line) in lines.enumerated() {
      let (heavy, wide) = (line.mass.squareRoot(), line.spread.squareRoot())
      system.set(2 * i, 0, heavy)
      if hasFreeSlope {
        system.set(2 * i, 1, heavy * (line.mean - fitting.lower))
        system.set(2 * i + 1, 1, wide)
      }
      for j in 0..<h {
        let active = (i > place[j] ? 1 : 0) + shares[j]
        system.set(2 * i, first + j, heavy * active * (line.mean - kinks[j]))
        system.set(2 * i + 1, first + j, wide * active)
        system.set(2 * i, unknowns + 1 + j, heavy * active)
      }
      system.set(2 * i, unknowns, heavy * line.value)
      system.set(2 * i + 1, unknowns, wide * line.slope)
    }
    system.reflect(unknowns)
    let coefficients = system.solve(unknowns)
    let jumps = Array(coefficients[first...])
    var value = 0.0
    for line in lines { value += line.error }
    value += system.productBelow(unknowns, unknowns)

    // With w_j = -int (1[x > q_j] + kappa_j) r p, and z_j what a unit of it at J_j moves the fit.
    let densities = fitting.densities(at: kinks)
    let w = (0..<h).map { system.productBelow(unknowns + 1 + $0, unknowns) }
    let z = (0..<h).map { system.dual(first + $0) }
    var turns: [Double] = []
    for j in 0..<h {
      var residual = coefficients[0] - targets[place[j] + 1]
      if hasFreeSlope { residual += coefficients[1] * (kinks[j] - fitting.lower) }
      for i in 0..<h where i != j {
        residual += jumps[i] * ((place[j] > place[i] ? 1 : 0) + shares[i]) * (kinks[j] - kinks[i])
      }
      turns.append(jumps[j] * residual * densities[j])
    }
    var hessian = SymmetricMatrix(order: h)
    for i in 0..<h {
      for j in 0...i {
        let (a, b) = (unknowns + 1 + i, unknowns + 1 + j)
        var sum = jumps[i] * jumps[j] * system.productBelow(a, b)
        sum += jumps[i] * w[j] * system.product(a, z[j]) + jumps[j] * w[i] * system.product(b, z[i])
        var overlap = 0.0
        for k in z[i].indices { overlap += z[i][k] * z[j][k] }
        sum -= w[i] * w[j] * overlap
        if i == j { sum += turns[i] }
        hessian.set(i, j, 2 * sum)
      }
    }
    let expansion = Expansion(
      value: value, gradient: (0..<h).map { 2 * jumps[$0] * w[$0] }, hessian: hessian,
      // At an end of the interval the neuron is a line or nothing, and the risk flat to first order.
      isFixed: kinks.map { $0 <= fitting.lower || $0 >= fitting.upper })
    return Solution(expansion: expansion, coefficients: coefficients, turns: turns)
  }
}
