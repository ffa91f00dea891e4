import Kernels
import Numerics
import Problems

/// Best lines of the target of a problem with a scalar input on an interval, by the quadrature of the exact risk.
package struct LineFitting: Sendable {
  private let quadrature: ScalarQuadrature
  /// Integrates the density times a polynomial of degree 2 between its cuts.
  private let densityRule: QuadratureRule

  /// The end points of the inputs.
  package var lower: Double { quadrature.lower }
  package var upper: Double { quadrature.upper }
  /// Points at which the integrals of the risk are cut, increasing: among them all where the target is not smooth.
  package var cuts: [Double] { quadrature.cuts }

  /// - Precondition: the input of the problem is scalar, its law uniform or a piecewise polynomial density.
  /// - Throws: when the target is not finite on the interval or the quadrature does not reach 1e-12.
  package init(_ problem: Problem) throws(RiskError) {
    guard case .law(let law) = problem.inputs, let target = problem.targetProgram else {
      preconditionFailure("lines are fitted to the target of a problem with a law")
    }
    quadrature = try ScalarQuadrature(problem: problem, law: law, target: target)
    densityRule = .gaussLegendre(2 + quadrature.density.extraNodes)
  }

  package func targets(at points: [Double]) -> [Double] { quadrature.target.evaluate(at: points) }

  package func densities(at points: [Double]) -> [Double] {
    quadrature.density.values(at: points).map { quadrature.density.constant * $0 }
  }

  /// The best lines between neighbouring ends, from the integrals of the residual of a line near it: first the line
  /// through the values of the target at the ends, then, in each further pass, the best line of the pass before.
  ///
  /// - Parameters:
  ///   - ends: in increasing order, some perhaps equal; where there is no probability between two of them, the line is
  ///     the one through the values.
  ///   - targets: the target at the ends.
  package func bestLines(between ends: [Double], targets: [Double], passes: Int) -> [BestLine] {
    var lines: [BestLine] = []
    lines.reserveCapacity(ends.count)
    for i in 0..<ends.count - 1 {
      var line = moments(from: ends[i], to: ends[i + 1])
      let length = ends[i + 1] - ends[i]
      line.slope = length > 0 ? (targets[i + 1] - targets[i]) / length : 0
      line.value = targets[i] + line.slope * (line.mean - ends[i])
      lines.append(line)
    }
    for _ in 0..<passes { improve(&lines, ends) }
    return lines
  }

  /// Replaces lines by the best ones, with their errors.
  private func improve(_ lines: inout [BestLine], _ ends: [Double]) {
    var cells: [AffineCell] = []
    cells.reserveCapacity(lines.count)
    for (i, line) in lines.enumerated() {
      let middle = ends[i] + 0.5 * (ends[i + 1] - ends[i])
      var atZero = TwofoldSum(line.value)
      atZero.addProduct(-line.slope, line.mean)
      cells.append(
        AffineCell(
          lower: ends[i], upper: ends[i + 1], middle: middle, value: line.value(at: middle), slope: line.slope,
          atZero: atZero))
    }
    quadrature.integrate(&cells)
    let constant = quadrature.density.constant
    for (i, cell) in cells.enumerated() where lines[i].mass > 0 && lines[i].spread > 0 {
      let residual = constant * cell.residual
      let moment = constant * cell.centredMoment + (cell.middle - lines[i].mean) * residual
      let shift = residual / lines[i].mass
      let turn = moment / lines[i].spread
      lines[i].value -= shift
      lines[i].slope -= turn
      lines[i].error = max(constant * cell.square - (shift * residual + turn * moment), 0)
    }
  }

  /// Mass, mean and spread of the density on an interval.
  private func moments(from left: Double, to right: Double) -> BestLine {
    let density = quadrature.density
    let length = right - left
    let middle = left + 0.5 * length
    if density.isUniform {
      let mass = density.constant * length
      return BestLine(
        mass: mass, mean: middle, spread: mass * (length * length) / 12, value: 0, slope: 0, error: 0)
    }
    let ends = [left] + density.cuts.filter { $0 > left && $0 < right } + [right]
    var sums = SIMD4<Double>.zero
    for (a, b) in zip(ends, ends.dropFirst()) {
      let half = 0.5 * (b - a)
      let points = densityRule.nodes.map { a + half + half * $0 }
      let values = densities(at: points)
      for (k, x) in points.enumerated() {
        let offset = x - middle
        sums += (half * densityRule.weights[k] * values[k]) * SIMD4(1, offset, offset * offset, 0)
      }
    }
    guard sums[0] > 0 else { return BestLine(mass: 0, mean: middle, spread: 0, value: 0, slope: 0, error: 0) }
    let offset = sums[1] / sums[0]
    return BestLine(
      mass: sums[0], mean: middle + offset, spread: max(sums[2] - offset * sums[1], 0), value: 0, slope: 0, error: 0)
  }
}
