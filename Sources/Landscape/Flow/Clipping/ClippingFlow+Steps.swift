import Kernels
import Networks
import Numerics
import Risk

/// Steps of the flow.
extension ClippingFlow {
  static let method = RosenbrockMethod.ros34pw2
  /// The largest error of a step: of windows as a share of the interval, of the outer bias in units of the target.
  private static let tolerance = 1e-3
  /// Windows may leave the interval in one step from no further inside than this share of it.
  private static let largestLeap = 1e-3

  enum StepResult {
    /// With half the decrease that a damped Newton step of this length promises, the error in units of what is allowed,
    /// and the largest move.
    case accepted(ClippingPoint, promise: Double, error: Double, move: Double)
    /// With the time to try instead.
    case rejected(shorter: Double)
  }

  func step(_ point: ClippingPoint, _ controller: StepController, _ kernels: KernelTable) -> StepResult {
    let tau = controller.step
    let gradient = point.gradient
    let shift = Self.method.shift(tau)
    guard let factor = EnvelopeFactor(point.hessian, shift: shift) else { return .rejected(shorter: 0.5 * tau) }
    let step = Self.method.step(tau, slope: gradient.map { -$0 }, solver: factor) { increment in
      let network = point.moved(by: increment)
      guard network.isFinite else { return nil }
      let gradient = risk.evaluate(network, kernels: kernels).gradient
      return point.indices.map { -gradient[$0] }
    }
    guard let step else { return .rejected(shorter: 0.25 * tau) }
    // The Rayleigh quotient of the Hessian along k = (shift + H)^-1 G, from G^T k = k^T (shift + H) k.
    let damped = step.stages[0].map { -$0 }
    let slope = zip(gradient, damped).reduce(0) { $0 + $1.0 * $1.1 }
    let curvature = slope / damped.reduce(0) { $0 + $1 * $1 } - shift
    if curvature * tau < -1 { return .rejected(shorter: min(0.5 * tau, -0.7 / curvature)) }

    let error = largestMove(point, step.error) / Self.tolerance
    guard error <= 1 else { return .rejected(shorter: controller.shorterStep(error: error)) }
    guard let next = self.point(point.moved(by: step.increment), kernels) else {
      return .rejected(shorter: 0.25 * tau)
    }
    let rounding = max(point.evaluation.error, next.evaluation.error)
    if next.risk > point.risk + rounding || leavesWrongly(point, next) { return .rejected(shorter: 0.5 * tau) }
    return .accepted(next, promise: 0.5 * slope, error: error, move: largestMove(point, step.increment))
  }

  /// The largest of the moves of windows, as shares of the interval, and of the outer bias, in units of the target. Not
  /// their root mean square: one window may move while hundreds rest.
  private func largestMove(_ point: ClippingPoint, _ increment: [Double]) -> Double {
    var largest = movesOuterBias ? increment[increment.count - 1].magnitude / outputUnit : 0
    for (window, change) in zip(point.windows, increment) {
      let move = change.magnitude / (window.unit(law.interval) * law.length)
      // NaN is no small move.
      if !(move <= largest) { largest = move }
    }
    return largest
  }

  /// Whether a window leaves the interval that does not: its last part from further inside than a leap, or against the
  /// pressure at the end.
  private func leavesWrongly(_ before: ClippingPoint, _ after: ClippingPoint) -> Bool {
    let inside = Set(after.windows.map(\.index))
    let left = before.windows.filter { !inside.contains($0.index) }
    if left.isEmpty { return false }
    let (shallow, residuals, leaving) = (after.network.shallow, law.residuals(after.network), LeavingWindows(law))
    return left.contains { window in
      let neuron = shallow[window.index]
      let isUpper = LeavingWindows.leavesAbove(neuron, law)
      let distance = isUpper ? law.interval.upperBound - window.lower : window.upper - law.interval.lowerBound
      return distance > Self.largestLeap * law.length || leaving.pressure(neuron, isUpper: isUpper, residuals) <= 0
    }
  }

  // MARK: Rest

  /// The minimum nearby; nil where the Hessian is not positive definite, a window would have to move by more than a
  /// quarter of its length, or the risk rises.
  func newton(_ start: ClippingPoint, _ kernels: KernelTable) -> ClippingPoint? {
    var point = start
    var last = Double.infinity
    for _ in 0..<30 {
      guard let factor = EnvelopeFactor(point.hessian) else { return nil }
      let direction = factor.solve(point.gradient.map { -$0 })
      let move = newtonMove(point, direction)
      guard move.largest <= 0.25 else { return nil }
      // Rounding ends the descent before the last digits.
      if move.isRounding || move.largest <= 1e-4 && move.largest > 0.5 * last { return point }
      last = move.largest
      guard let next = self.point(point.moved(by: direction), kernels), next.indices == start.indices,
        next.risk <= point.risk + max(point.evaluation.error, next.evaluation.error)
      else { return nil }
      point = next
    }
    return nil
  }

  /// The largest move in units of windows, or of the interval for longer ones, and of the target; and whether all moves
  /// are as small as rounding makes them: that of an edge, and that of the residual, which has digits as an edge has.
  private func newtonMove(_ point: ClippingPoint, _ increment: [Double]) -> (largest: Double, isRounding: Bool) {
    let reach = max(law.interval.lowerBound.magnitude, law.interval.upperBound.magnitude)
    var largest = movesOuterBias ? increment[increment.count - 1].magnitude / outputUnit : 0
    var isRounding = largest <= 1e-12
    for (window, change) in zip(point.windows, increment) {
      let unit = min(1, window.weight.magnitude * law.length)
      largest = max(largest, change.magnitude / unit)
      let rounding = 1e-10 * unit + 0x1p-48 * window.weight.magnitude * reach
      isRounding = isRounding && change.magnitude <= rounding
    }
    return (largest, isRounding)
  }

  /// Whether the mean residual of every window, and of the whole interval where the outer bias is trained, is 0 but for
  /// rounding: not the gradient, which is small for every short window.
  func hasNoGradient(_ point: ClippingPoint) -> Bool {
    let rounding = 0x1p-44 * point.risk.squareRoot()
    let gradient = point.gradient
    if movesOuterBias, gradient[gradient.count - 1].magnitude > 2 * rounding { return false }
    return zip(point.windows, gradient).allSatisfy { window, derivative in
      // The bias is rounded too.
      let residual = rounding + 0x1p-52 * window.bias.magnitude * window.outer.magnitude
      return derivative.magnitude <= 2 * window.outer.magnitude * point.mass(window) * residual
    }
  }
}
