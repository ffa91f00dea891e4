import Numerics
import Testing

@Suite struct LeastSquaresTests {
  /// Rows of coefficients and the right side.
  private func system(_ rows: [[Double]]) -> LeastSquares {
    var system = LeastSquares(rows: rows.count, columns: rows[0].count)
    for (row, numbers) in rows.enumerated() {
      for (column, number) in numbers.enumerated() { system.set(row, column, number) }
    }
    system.reflect(rows[0].count - 1)
    return system
  }

  /// The line through (0, 6), (1, 0), (2, 0) with the least squares is 5 - 3 x, its sum of squares 6.
  @Test func knownLine() {
    let system = system([[1, 0, 6], [1, 1, 0], [1, 2, 0]])
    let solution = system.solve(2)
    // 11 units in the last place of 5: the error of columns changed by 6 * 2^-53 (see `LeastSquares`) times the
    // condition, 3, and the size of the numbers, 6. The sum of squares loses twice the residual's 2.4 times that.
    #expect(abs(solution[0] - 5) < 1e-14)
    #expect(abs(solution[1] + 3) < 1e-14)
    #expect(abs(system.productBelow(2, 2) - 6) < 1e-13)
  }

  /// Läuchli's matrix, whose normal equations are singular in double precision: with (1, 1), (e, 0), (0, e) and the
  /// right side (2, e, e) the solution is (1, 1).
  @Test func nearlyDependentColumns() {
    let solution = system([[1, 1, 2], [1e-9, 0, 1e-9], [0, 1e-9, 1e-9]]).solve(2)
    // Columns changed by 6 * 2^-53, times the condition 2^0.5 / 1e-9: 9.4e-7.
    #expect(abs(solution[0] - 1) < 1e-6)
    #expect(abs(solution[1] - 1) < 1e-6)
  }

  /// A column that depends on those before it counts as 0, and the fit is as good without it.
  @Test func dependentColumnsAreLeftOut() {
    let system = system([[1, 2, 0, 6], [1, 2, 1, 0], [1, 2, 2, 0]])
    let solution = system.solve(3)
    #expect(solution[1] == 0)
    // The numbers and the bounds of `knownLine`.
    #expect(abs(solution[0] - 5) < 1e-14)
    #expect(abs(solution[2] + 3) < 1e-14)
    #expect(abs(system.productBelow(3, 3) - 6) < 1e-13)
    #expect(system.dual(1) == [0, 0])
  }

  /// z with R^T z = e_j is the part of the columns' space in which the coefficient j is read: its product with the
  /// right side is the coefficient of the last column.
  @Test func dualVectors() {
    let system = system([[2, 1, 3], [0, 1, 1], [1, 1, 4]])
    let z = system.dual(1)
    // Some twenty roundings of numbers up to 4, by 2^-51 at most each: 1e-14.
    #expect(abs(system.product(2, z) - system.solve(2)[1]) < 1e-14)
    #expect(abs(system.product(1, z) - 1) < 1e-14)
    #expect(abs(system.product(0, z)) < 1e-14)
  }

  // MARK: Lines

  /// The best line to x^2 on [a, b] with density 1: (a + b) x - (a^2 + 4 a b + b^2) / 6, error (b - a)^5 / 180.
  private func line(_ a: Double, _ b: Double) -> BestLine {
    let (length, mean) = (b - a, 0.5 * (a + b))
    return BestLine(
      mass: length, mean: mean, spread: length * length * length / 12,
      value: 2 * mean * mean - (a * a + 4 * a * b + b * b) / 6, slope: 2 * mean,
      error: length * length * length * length * length / 180)
  }

  @Test func mergedLinesAreTheBestOnes() {
    let merged = line(0, 1).merged(with: line(1, 3))
    let whole = line(0, 3)
    // Compared below: some twenty roundings of numbers below 5, by 2^-51 at most each, are within 1e-14.
    for (left, right) in [
      (merged.mass, whole.mass), (merged.mean, whole.mean), (merged.spread, whole.spread),
      (merged.value, whole.value), (merged.slope, whole.slope), (merged.error, whole.error),
      (merged.value(at: 0), -1.5),
    ] { #expect(abs(left - right) < 1e-14) }
  }

  /// A unit added at x moves the line at y by 1 / mass + (x - mean) (y - mean) / spread.
  @Test func influences() {
    let line = line(0, 2)
    #expect(line.influence(of: 1, on: 0) == 0.5)
    // The spread, the quotient and the sum are rounded, numbers up to 2: 3 * 2^-52 = 7e-16.
    #expect(abs(line.influence(of: 2, on: 2) - 2) < 1e-15)
    let none = BestLine(mass: 0, mean: 1, spread: 0, value: 0, slope: 0, error: 0)
    #expect(none.influence(of: 1, on: 1) == 0)
    #expect(none.merged(with: line) == line)
    #expect(line.merged(with: none) == line)
  }
}
