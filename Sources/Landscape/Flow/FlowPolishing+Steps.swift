import Foundation
import Kernels
import Networks
import Risk

/// Steps of the flow.
extension FlowPolishing {
  private static let method = RosenbrockMethod.rodas3
  private static let relativeTolerance = 1e-4
  private static let absoluteTolerance = 1e-5
  /// Where a step is shorter than the tolerance, its error may be this share of it.
  private static let errorShare = 0.25

  enum StepResult {
    /// With half the decrease that a damped Newton step of this length promises, and the time to try next.
    case accepted(FlowPoint, promise: Double, suggested: Double)
    /// With the time to try instead.
    case rejected(shorter: Double)
  }

  func step(_ point: FlowPoint, _ tau: Double, _ kernels: KernelTable) -> StepResult {
    let indices = point.movable(trained)
    let gradient = point.gradient(indices)
    let shift = 1 / (Self.method.gamma * tau)
    guard let factor = PositiveDefiniteFactor(point.curvature.hessian.restricted(to: indices), shift: shift) else {
      return .rejected(shorter: 0.5 * tau)
    }
    let step = Self.method.step(tau, factor: factor, gradient: gradient) { increment in
      let network = point.moved(indices, by: increment)
      guard network.isFinite else { return nil }
      let gradient = risk.evaluate(network, kernels: kernels).gradient
      return indices.map { gradient[$0] }
    }
    guard let step, let next = FlowPoint(point.moved(indices, by: step.increment), risk: risk) else {
      return .rejected(shorter: 0.25 * tau)
    }
    // The Rayleigh quotient of the Hessian along k = (shift + H)^-1 G, from G^T k = k^T (shift + H) k.
    let slope = zip(gradient, step.damped).reduce(0) { $0 + $1.0 * $1.1 }
    let curvature = slope / step.damped.reduce(0) { $0 + $1 * $1 } - shift
    if curvature * tau < -1 { return .rejected(shorter: min(0.5 * tau, -0.7 / curvature)) }

    let error = relativeError(step, from: point, to: next, indices)
    let change = max(0.2, min(6, 0.9 / max(cbrt(error), 1e-3)))
    if error > 1 { return .rejected(shorter: tau * min(change, 0.8)) }
    let rounding = max(point.curvature.evaluation.error, next.curvature.evaluation.error)
    if next.risk > point.risk + rounding || tau > 1e-9 && diesTooEarly(point, next) {
      return .rejected(shorter: 0.5 * tau)
    }
    return .accepted(next, promise: 0.5 * slope, suggested: tau * change)
  }

  /// The root mean square over the parameters of the estimated error in units of what is allowed.
  private func relativeError(
    _ step: RosenbrockMethod.Step, from point: FlowPoint, to next: FlowPoint, _ indices: [Int]
  ) -> Double {
    var error = 0.0
    var increment = 0.0
    for (i, index) in indices.enumerated() {
      let size = max(point.network.parameters[index].magnitude, next.network.parameters[index].magnitude)
      let tolerance = Self.absoluteTolerance + Self.relativeTolerance * size
      error += (step.error[i] / tolerance) * (step.error[i] / tolerance)
      increment += (step.increment[i] / tolerance) * (step.increment[i] / tolerance)
    }
    let count = Double(max(indices.count, 1))
    let allowed = min(1, max(Self.errorShare * (increment / count).squareRoot(), 1e-10))
    return (error / count).squareRoot() / allowed
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
        let distance = before.network.parameters[j] > 0 ? interval.upperBound - kink : kink - interval.lowerBound
        return distance > DyingNeurons.distance * ends.length
      }
    }
  }
}
