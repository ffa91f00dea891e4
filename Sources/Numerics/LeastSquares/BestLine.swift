/// The line with the smallest integral of (line - f)^2 p over an interval, f a function and p a density.
public struct BestLine: Sendable, Hashable {
  /// The integral of p.
  public var mass: Double
  /// The mean of x: the integral of x p divided by `mass`.
  public var mean: Double
  /// The integral of (x - mean)^2 p.
  public var spread: Double
  /// The line at `mean`.
  public var value: Double
  public var slope: Double
  /// The integral of (line - f)^2 p.
  public var error: Double

  public init(mass: Double, mean: Double, spread: Double, value: Double, slope: Double, error: Double) {
    self.mass = mass
    self.mean = mean
    self.spread = spread
    self.value = value
    self.slope = slope
    self.error = error
  }

  public func value(at x: Double) -> Double { value + slope * (x - mean) }

  /// What a unit of (line - f) p, added at x, takes from the line at y.
  public func influence(of x: Double, on y: Double) -> Double {
    guard mass > 0, spread > 0 else { return 0 }
    return 1 / mass + (x - mean) * (y - mean) / spread
  }

  /// The best line on the union of two intervals, from nothing but those of the parts: everything in its error is a sum
  /// of squares, so nothing cancels.
  public func merged(with other: BestLine) -> BestLine {
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
