/// The line with the smallest integral of (line - f)^2 p over an interval, f the target and p the density.
package struct BestLine: Sendable, Hashable {
  /// The integral of p.
  package var mass: Double
  /// The mean of x: the integral of x p divided by `mass`.
  package var mean: Double
  /// The integral of (x - mean)^2 p.
  package var spread: Double
  /// The line at `mean`.
  package var value: Double
  package var slope: Double
  /// The integral of (line - f)^2 p.
  package var error: Double

  package func value(at x: Double) -> Double { value + slope * (x - mean) }

  /// What a unit of (line - f) p, added at x, takes from the line at y.
  package func influence(of x: Double, on y: Double) -> Double {
    guard mass > 0, spread > 0 else { return 0 }
    return 1 / mass + (x - mean) * (y - mean) / spread
  }

  /// The best line on the union of two intervals, from nothing but those of the parts: everything in its error is a sum
  /// of squares, so nothing cancels.
  package func merged(with other: BestLine) -> BestLine {
    guard mass > 0 else { return other }
    guard other.mass > 0 else { return self }
    let total = mass + other.mass
    let share = mass * other.mass / total
    let step = other.mean - mean
    let rise = other.value - value
    let spread = self.spread + other.spread + share * (step * step)
    let moment = self.spread * self.slope + other.spread * other.slope + share * (step * rise)
    let slope = spread > 0 ? moment / spread : 0
    let (left, right, jump) = (self.slope - slope, other.slope - slope, rise - slope * step)
    return BestLine(
      mass: total, mean: mean + (other.mass / total) * step, spread: spread,
      value: value + (other.mass / total) * rise, slope: slope,
      error: error + other.error
        + (self.spread * (left * left) + other.spread * (right * right) + share * (jump * jump)))
  }
}
