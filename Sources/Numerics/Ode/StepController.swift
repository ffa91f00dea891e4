import Foundation

/// The length of the steps of a method, steered by their errors: the elementary controller (Hairer, Norsett and Wanner,
/// "Solving ordinary differential equations I", II.4), with errors in units of what is allowed.
///
/// The step after one with error e is safety e^(-1 / errorOrder) times as long, within bounds. The step after a refused
/// one is not longer than that. A predictive controller expects errors to go on changing as they did in the last step
/// (Gustafsson, ACM Trans. Math. Software 20, 1994; Hairer and Wanner, "Solving ordinary differential equations II",
/// IV.8): where steps have to become shorter and shorter, it spares every second one from being refused.
public struct StepController: Sendable {
  /// Errors go with this power of the step.
  public var errorOrder: Int
  public let safety: Double
  /// What a step may be multiplied by.
  public let change: ClosedRange<Double>
  /// The most that a step may be multiplied by that is refused because of its error.
  public let largestChangeOfRefused: Double
  public let isPredictive: Bool
  /// The length of the step to take.
  public private(set) var step: Double
  private var mayGrow = true
  /// The last step that was taken.
  private var last: Taken?

  private struct Taken {
    let step: Double
    let error: Double
    let errorOrder: Int
  }

  public init(
    first: Double, errorOrder: Int, safety: Double = 0.9, change: ClosedRange<Double> = 0.2...6,
    largestChangeOfRefused: Double = 0.8, isPredictive: Bool = false
  ) {
    step = first
    self.errorOrder = errorOrder
    self.safety = safety
    self.change = change
    self.largestChangeOfRefused = largestChangeOfRefused
    self.isPredictive = isPredictive
  }

  /// Makes the next step no longer than this: where something happens.
  public mutating func shorten(to longest: Double) { step = min(step, longest) }

  /// The length to try after a step with an error above 1 or NaN.
  public func shorterStep(error: Double) -> Double { step * min(change(error), largestChangeOfRefused) }

  /// The step was not taken, for whatever reason: another length is tried, and the step after it is not longer.
  public mutating func refuse(trying shorter: Double) {
    step = shorter
    mayGrow = false
  }

  /// The step was taken, with an error of at most 1.
  public mutating func accept(error: Double) {
    let next = step * min(change(error), predictedChange(error))
    last = Taken(step: step, error: error, errorOrder: errorOrder)
    step = mayGrow ? next : min(step, next)
    mayGrow = true
  }

  /// Begins anew, with a first step.
  public mutating func restart(_ first: Double) {
    step = first
    mayGrow = true
    last = nil
  }

  /// Errors of less than this say nothing about the next one.
  private static let smallError = 1e-4

  private func predictedChange(_ error: Double) -> Double {
    guard isPredictive, let last, last.errorOrder == errorOrder else { return .infinity }
    let trend = (step / last.step) * root(max(last.error, Self.smallError) / error)
    return max(change.lowerBound, trend * change(error))
  }

  private func change(_ error: Double) -> Double {
    if error.isNaN { return change.lowerBound }
    return max(change.lowerBound, min(change.upperBound, safety / root(error)))
  }

  private func root(_ error: Double) -> Double {
    switch errorOrder {
    case 2: error.squareRoot()
    case 3: cbrt(error)
    default: pow(error, 1 / Double(errorOrder))
    }
  }
}
