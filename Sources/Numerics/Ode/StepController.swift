/// The length of the steps of a method, steered by their errors, in units of what is allowed.
///
/// The step after a refused one is not longer than that.
public struct StepController: Sendable {
  /// What the length of a step follows from.
  public enum Law: Sendable {
    /// The error e of the last one: it is safety e^(-1 / errorOrder) times as long, within bounds (Hairer, Norsett and
    /// Wanner, "Solving ordinary differential equations I", II.4).
    case elementary
    /// The same, but errors are expected to go on changing as they did in the last step (Gustafsson, ACM Trans. Math.
    /// Software 20, 1994; Hairer and Wanner, "Solving ordinary differential equations II", IV.8): where steps have to become
    /// shorter and shorter, this spares every second one from being refused.
    case predictive
    /// The errors of the last two, in proportion and integral: safety e^(-0.7 / errorOrder) e_before^(0.4 / errorOrder) times
    /// as long (Gustafsson, ACM Trans. Math. Software 17, 1991; Hairer and Wanner, IV.2). Where stability bounds the steps of
    /// an explicit method, they become smooth instead of being refused now and then.
    case proportionalIntegral
  }

  /// Errors go with this power of the step.
  public var errorOrder: Int
  public let safety: Double
  /// What a step may be multiplied by.
  public let change: ClosedRange<Double>
  /// The most that a step may be multiplied by that is refused because of its error.
  public let largestChangeOfRefused: Double
  public let law: Law
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
    largestChangeOfRefused: Double = 0.8, law: Law = .elementary
  ) {
    step = first
    self.errorOrder = errorOrder
    self.safety = safety
    self.change = change
    self.largestChangeOfRefused = largestChangeOfRefused
    self.law = law
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
    let next = step * nextChange(error)
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

  private func nextChange(_ error: Double) -> Double {
    guard law != .elementary, let last, last.errorOrder == errorOrder else { return change(error) }
    let before = max(last.error, Self.smallError)
    if law == .predictive {
      let trend = (step / last.step) * root(before / error)
      return min(change(error), max(change.lowerBound, trend * change(error)))
    }
    let now = max(error, Self.smallError)
    let ratio = before * before * before * before / (now * now * now * now * now * now * now)
    let factor = safety * root(ratio.squareRoot().root(5))
    return max(change.lowerBound, min(change.upperBound, factor))
  }

  private func change(_ error: Double) -> Double {
    if error.isNaN { return change.lowerBound }
    return max(change.lowerBound, min(change.upperBound, safety / root(error)))
  }

  private func root(_ error: Double) -> Double { error.root(errorOrder) }
}
