import Kernels
import Networks
import Numerics
import Risk

/// Steps of the flow.
extension FlowPolishing {
  static let method = RosenbrockMethod.rodas3
  private static let tolerance = ErrorTolerance(absolute: 1e-5, relative: 1e-4, shareOfShortSteps: 0.25)

  enum StepResult {
    /// With half the decrease that a damped Newton step of this length promises, and the error in units of what is
    /// allowed.
    case accepted(FlowPoint, promise: Double, error: Double)
    /// With the time to try instead.
    case rejected(shorter: Double)
  }

  func step(_ point: FlowPoint, _ controller: StepController, _ kernels: KernelTable) -> StepResult {
    let tau = controller.step
    let indices = point.movable(trained)
    let gradient = point.gradient(indices)
    let shift = Self.method.shift(tau)
    guard let factor = LDLFactor(point.curvature.hessian.restricted(to: indices), shift: shift) else {
      return .rejected(shorter: 0.5 * tau)
    }
    let step = Self.method.step(tau, slope: gradient.map { -$0 }, solver: factor) { increment in
      let network = point.moved(indices, by: increment)
      guard network.isFinite else { return nil }
      let gradient = risk.evaluate(network, kernels: kernels).gradient
      return indices.map { -gradient[$0] }
    }
    guard let step, let next = FlowPoint(point.moved(indices, by: step.increment), risk: risk) else {
      return .rejected(shorter: 0.25 * tau)
    }
    // The Rayleigh quotient of the Hessian along k = (shift + H)^-1 G, from G^T k = k^T (shift + H) k.
    let damped = step.stages[0].map { -$0 }
    let slope = zip(gradient, damped).reduce(0) { $0 + $1.0 * $1.1 }
    let curvature = slope / damped.reduce(0) { $0 + $1 * $1 } - shift
    if curvature * tau < -1 { return .rejected(shorter: min(0.5 * tau, -0.7 / curvature)) }

    let error = Self.tolerance.relativeError(
      step, from: point.parameters(indices), to: next.parameters(indices))
    guard error <= 1 else { return .rejected(shorter: controller.shorterStep(error: error)) }
    let rounding = max(point.curvature.evaluation.error, next.curvature.evaluation.error)
    if next.risk > point.risk + rounding || tau > 1e-9 && diesTooEarly(point, next) {
      return .rejected(shorter: 0.5 * tau)
    }
    return .accepted(next, promise: 0.5 * slope, error: error)
  }

  /// Whether a kink leaves the interval from too far inside.
  private func diesTooEarly(_ before: FlowPoint, _ after: FlowPoint) -> Bool {
    guard before.isRectified else { return false }
    return before.pattern.activities.indices.contains { j in
      guard after.pattern.activities[j] == .nowhere else { return false }
      switch before.pattern.activities[j] {
      case .everywhere: return true
      case .nowhere: return false
      case .beyond(let kink):
        let distance = before.shallow[j].innerWeight > 0 ? interval.upperBound - kink : kink - interval.lowerBound
        return distance > DyingNeurons.distance * ends.length
      }
    }
  }
}
