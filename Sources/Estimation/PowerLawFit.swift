import Foundation

/// A line through points (log x, log y), by least squares: y = e^intercept x^slope.
public struct PowerLawFit: Sendable, Hashable {
  public let slope: Double
  public let intercept: Double
  /// Of the slope, from the residuals; nil with two points.
  public let standardError: Double?
  private let degreesOfFreedom: Int

  /// Nil unless there are two different x at least, and every y is positive and finite.
  ///
  /// - Precondition: a positive x for each y.
  public init?(_ x: [Double], _ y: [Double]) {
    precondition(x.count == y.count && x.allSatisfy { $0 > 0 }, "a fit of a power law has positive numbers")
    guard x.count >= 2, y.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    let (u, v) = (x.map { log($0) }, y.map { log($0) })
    let n = Double(x.count)
    let (meanU, meanV) = (u.reduce(0, +) / n, v.reduce(0, +) / n)
    let spread = u.reduce(0) { $0 + ($1 - meanU) * ($1 - meanU) }
    guard spread > 0 else { return nil }
    let slope = zip(u, v).reduce(0) { $0 + ($1.0 - meanU) * ($1.1 - meanV) } / spread
    let squares = zip(u, v).reduce(0) { sum, point in
      let residual = point.1 - meanV - slope * (point.0 - meanU)
      return sum + residual * residual
    }
    self.slope = slope
    intercept = meanV - slope * meanU
    degreesOfFreedom = x.count - 2
    standardError = degreesOfFreedom > 0 ? (squares / Double(degreesOfFreedom) / spread).squareRoot() : nil
  }

  /// An interval of the slope by Student's t, which holds where logarithms of y scatter normally and equally around a line;
  /// nil with two points.
  public func slopeInterval(at level: ConfidenceLevel) -> ClosedRange<Double>? {
    standardError.map { error in
      let distance = error * StudentT.quantile(twoSidedError: level.error, degreesOfFreedom: Double(degreesOfFreedom))
      return slope - distance...slope + distance
    }
  }
}
