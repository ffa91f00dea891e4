/// What the error of a step may be: in each component `absolute` plus `relative` times its modulus.
public struct ErrorTolerance: Sendable {
  public let absolute: Double
  public let relative: Double
  /// Where a step is shorter than the tolerance, its error may be this share of it; nil: the whole tolerance.
  public let shareOfShortSteps: Double?

  /// - Precondition: `absolute` is positive.
  public init(absolute: Double, relative: Double, shareOfShortSteps: Double? = nil) {
    self.absolute = absolute
    self.relative = relative
    self.shareOfShortSteps = shareOfShortSteps
  }

  /// With a larger share of short steps.
  public func relaxed(by factor: Double) -> ErrorTolerance {
    ErrorTolerance(
      absolute: absolute, relative: relative, shareOfShortSteps: shareOfShortSteps.map { factor * $0 })
  }

  /// The root mean square over components of a vector in units of what is allowed at a point.
  ///
  /// - Parameter components: those that count.
  public func size(_ vector: [Double], at point: [Double], over components: [Int]) -> Double {
    var sum = 0.0
    for i in components {
      let part = vector[i] / (absolute + relative * point[i].magnitude)
      sum += part * part
    }
    return (sum / Double(max(components.count, 1))).squareRoot()
  }

  /// The root mean square over the components of the estimated error in units of what is allowed: the step is good if
  /// it is at most 1. Infinite or NaN where the step is not finite.
  ///
  /// - Parameters:
  ///   - before, after: y at the start and the end.
  ///   - components: those that count; nil for all.
  public func relativeError(
    _ step: OdeStep, from before: [Double], to after: [Double], over components: [Int]? = nil
  ) -> Double {
    var error = 0.0
    var increment = 0.0
    func count(_ i: Int) {
      let tolerance = absolute + relative * max(before[i].magnitude, after[i].magnitude)
      error += (step.error[i] / tolerance) * (step.error[i] / tolerance)
      increment += (step.increment[i] / tolerance) * (step.increment[i] / tolerance)
    }
    if let components { components.forEach(count) } else { before.indices.forEach(count) }
    let number = Double(max(components?.count ?? before.count, 1))
    var allowed = 1.0
    if let shareOfShortSteps {
      allowed = min(1, max(shareOfShortSteps * (increment / number).squareRoot(), 1e-10))
    }
    return (error / number).squareRoot() / allowed
  }
}
