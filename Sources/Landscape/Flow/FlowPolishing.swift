import Foundation
import Kernels
import Networks
import Outcomes
import Problems
import Risk

/// The limit of the gradient flow theta' = -G(theta) (Eberle, Jentzen, Riekert and Weiss, arXiv:2108.08106) over the
/// trained parameters of a shallow network, in double precision.
///
/// An L-stable Rosenbrock method with the exact Hessian follows the flow: plateaus and the exponential approach to a
/// minimum cost few steps. A step is taken again, shorter, if its error is too large, if the risk rises, if the risk
/// curves downwards so much that the step would leave the flow, or if a kink jumps out of the interval from further
/// inside than ``dyingDistance``. Dead neurons stay as they are. Once the Hessian is positive up to tolerance and the
/// point stationary, Newton steps finish, as long as the kinks keep their places and the risk falls.
public struct FlowPolishing: Sendable {
  private let risk: PopulationRisk
  private let interval: ClosedRange<Double>
  private let trained: [Int]
  private let flowTime: Double
  /// Risks up to this one count as 0, and as stationary: 1e-12 of that of the best constant, or of the constant 0 where
  /// the target is constant.
  let negligibleRisk: Double
  private let target: Program

  private static let method = RosenbrockMethod.rodas3
  private static let relativeTolerance = 1e-4
  private static let absoluteTolerance = 1e-5
  /// Where a step is shorter than the tolerance, its error may be this share of it.
  private static let errorShare = 0.25
  private static let firstStep = 1e-3
  /// Steps shorter than this lead nowhere.
  private static let smallestStep = 1e-14
  private static let mostSteps = 200_000
  /// A point is stationary if a Newton step promises a decrease of at most this share of the risk.
  static let stationaryShare = 1e-3
  /// The decrease that the flow still promises, as a share of the risk, at which Newton's method is tried.
  private static let newtonShare = 1e-4
  /// Neurons die by way of the end of the interval: a step in which a kink leaves it from further inside than this share
  /// of it is too long.
  private static let dyingDistance = 1e-4
  /// Neurons with a kink within this share of the interval from one of its ends are frozen for the test of stationarity.
  private static let endTolerance = 1e-8
  /// Dead neurons whose kink is at an end of the interval but for rounding can come to life again.
  private static let rounding = 0x1p-40

  /// Whether there is a limit to compute: shallow ReLU and leaky ReLU networks with a scalar input, uniform or with a
  /// piecewise polynomial density.
  public static func supports(_ problem: Problem, _ architecture: Architecture) -> Bool {
    if case .law(.normal) = problem.inputs { return false }
    return PopulationRisk.hasHessian(problem: problem, architecture: architecture)
  }

  /// - Parameters:
  ///   - trained: the places of the parameters that move.
  ///   - flowTime: the longest time to follow the flow.
  public init(risk: PopulationRisk, trained: [Range<Int>], flowTime: Double) {
    guard let interval = risk.inputInterval else { preconditionFailure("flows are followed for scalar inputs") }
    self.risk = risk
    self.interval = interval
    self.trained = trained.flatMap { Array($0) }
    self.flowTime = flowTime
    guard let target = risk.problem.targetProgram else { preconditionFailure("a law comes with a target") }
    self.target = target
    // The risk of the best constant, from that of the constant 0, whose gradient in the outer bias is twice the mean of -f.
    let zero = Network(innerWeights: [0], innerBiases: [-1], outerWeights: [0], outerBias: 0)
    let evaluation = risk.evaluate(zero, kernels: KernelTable(.baseline))
    let mean = -0.5 * evaluation.gradient.last!
    let variance = evaluation.risk - mean * mean
    let scale = variance > 0x1p-40 * evaluation.risk ? variance : evaluation.risk
    negligibleRisk = 1e-12 * (scale > 0 ? scale : 1)
  }

  /// Where the flow from a network ends, or has come to when its time is over; nil where risk, gradient or Hessian overflow
  /// at the start.
  public func limit(from network: Network, kernels: KernelTable) -> FlowEnd? {
    guard var point = point(network) else { return nil }
    var time = 0.0
    var tau = Self.firstStep
    var steps = 0
    var nextNewton = 0.0
    var mayGrow = true
    while time < flowTime, steps < Self.mostSteps, tau >= Self.smallestStep, !isAtRest(point) {
      tau = min(tau, flowTime - time)
      steps += 1
      switch step(point, tau, kernels) {
      case .rejected(let shorter):
        tau = shorter
        mayGrow = false
      case .accepted(let next, let promise, let suggested):
        time += tau
        tau = mayGrow ? suggested : min(tau, suggested)
        mayGrow = true
        point = next
        guard promise <= Self.newtonShare * point.risk || point.risk <= negligibleRisk, time >= nextNewton else {
          continue
        }
        if let end = newton(point) { return self.end(end, time: time) }
        nextNewton = 1.5 * time
      }
    }
    return end(point, time: time)
  }

  private func end(_ point: Point, time: Double) -> FlowEnd {
    let stationarity = stationarity(point)
    // A flow that has not left a saddle yet is on its way, unless nothing moves it.
    let isLeaving = stationarity.negativeEigenvalues > 0 && !isAtRest(point)
    return FlowEnd(
      network: point.network, risk: point.risk, gradientNorm: norm(gradient(point, trained)), flowTime: time,
      isStationary: !isLeaving && isStationary(point, stationarity),
      negativeEigenvalues: stationarity.negativeEigenvalues,
      smallestEigenvalue: stationarity.smallestEigenvalue, escape: escape(point),
      structure: LimitStructure(point.network, activities: point.pattern.activities, interval: interval))
  }

  /// Whether dead neurons lead down, where the Hessian does not see it.
  ///
  /// A neuron with its kink at an end e of the interval, inactive inside, changes the risk by v r(e) p(e) eps^2 / |w| up to
  /// a positive factor when the kink moves inside by eps / |w|; with v = 0, v can have either sign first.
  private func escape(_ point: Point) -> FlowEnd.Escape {
    guard point.isRectified, point.risk > negligibleRisk else { return .none }
    let width = point.pattern.activities.count
    let parameters = point.network.parameters
    var escape = FlowEnd.Escape.none
    for j in 0..<width where point.pattern.activities[j] == .nowhere {
      guard trained.contains(j) || trained.contains(width + j) else { continue }
      let (w, b, v) = (parameters[j], parameters[width + j], parameters[2 * width + j])
      if w == 0 && b == 0 {
        escape = .unknown
        continue
      }
      let end = w > 0 ? interval.upperBound : interval.lowerBound
      guard w * end + b >= -Self.rounding * max(w.magnitude, b.magnitude) else { continue }
      let residual = value(of: point.network, at: end) - target.evaluate(at: [end])[0]
      if v * residual < 0 || v == 0 && residual != 0 && trained.contains(2 * width + j) { return .down }
    }
    return escape
  }

  private func value(of network: Network, at x: Double) -> Double {
    let width = network.architecture.width
    let p = network.parameters
    return (0..<width).reduce(p[3 * width]) { $0 + p[2 * width + $1] * max(p[$1] * x + p[width + $1], 0) }
  }

  // MARK: - Points

  private struct Point {
    let network: Network
    let curvature: RiskCurvature
    let pattern: KinkPattern
    var risk: Double { curvature.evaluation.risk }
    var isRectified: Bool { network.architecture.activation.kind == .relu }
    var largestParameter: Double { network.parameters.reduce(1) { max($0, $1.magnitude) } }
  }

  /// Nil where something overflows.
  private func point(_ network: Network) -> Point? {
    guard network.isFinite, let curvature = risk.curvature(network), let activities = risk.activities(network),
      curvature.evaluation.risk.isFinite, curvature.evaluation.gradient.allSatisfy(\.isFinite)
    else { return nil }
    return Point(network: network, curvature: curvature, pattern: KinkPattern(network, activities: activities))
  }

  private func moved(_ network: Network, _ indices: [Int], _ increment: [Double]) -> Network {
    var network = network
    for (i, d) in zip(indices, increment) { network.parameters[i] += d }
    return network
  }

  private func gradient(_ point: Point, _ indices: [Int]) -> [Double] {
    indices.map { point.curvature.evaluation.gradient[$0] }
  }

  private func norm(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// The trained parameters except those of dead neurons.
  private func movable(_ point: Point) -> [Int] {
    guard point.isRectified else { return trained }
    let width = point.pattern.activities.count
    return trained.filter { $0 == 3 * width || point.pattern.activities[$0 % width] != .nowhere }
  }

  /// The trained parameters on which the risk has second derivatives: not those of dead and degenerate neurons and of
  /// neurons with a kink at an end of the interval.
  private func smooth(_ point: Point) -> [Int] {
    let width = point.pattern.activities.count
    let parameters = point.network.parameters
    let tolerance = Self.endTolerance * (interval.upperBound - interval.lowerBound)
    let isSmooth = point.pattern.activities.indices.map { j -> Bool in
      let (w, b) = (parameters[j], parameters[width + j])
      if w == 0 && b == 0 { return false }
      switch point.pattern.activities[j] {
      case .beyond(let kink): return min(kink - interval.lowerBound, interval.upperBound - kink) > tolerance
      case .nowhere where point.isRectified: return false
      case .everywhere, .nowhere:
        let kink = -b / w
        return
          !((kink - interval.lowerBound).magnitude <= tolerance || (kink - interval.upperBound).magnitude <= tolerance)
      }
    }
    return trained.filter { $0 == 3 * width || isSmooth[$0 % width] }
  }

  private func stationarity(_ point: Point) -> Stationarity {
    let indices = smooth(point)
    return Stationarity(
      gradient: gradient(point, indices), hessian: point.curvature.hessian.restricted(to: indices))
  }

  private func isStationary(_ point: Point, _ stationarity: Stationarity) -> Bool {
    point.risk <= negligibleRisk || stationarity.decrease <= Self.stationaryShare * point.risk
  }

  /// Whether the gradient is 0 but for rounding.
  private func isAtRest(_ point: Point) -> Bool {
    norm(gradient(point, movable(point))) <= 0x1p-46 * point.largestParameter * point.risk.squareRoot()
  }

  // MARK: - Steps of the flow

  private enum StepResult {
    /// With half the decrease that a damped Newton step of this length promises, and the time to try next.
    case accepted(Point, promise: Double, suggested: Double)
    /// With the time to try instead.
    case rejected(shorter: Double)
  }

  private func step(_ point: Point, _ tau: Double, _ kernels: KernelTable) -> StepResult {
    let indices = movable(point)
    let gradient = gradient(point, indices)
    let shift = 1 / (Self.method.gamma * tau)
    guard let factor = PositiveDefiniteFactor(point.curvature.hessian.restricted(to: indices), shift: shift) else {
      return .rejected(shorter: 0.5 * tau)
    }
    let step = Self.method.step(tau, factor: factor, gradient: gradient) { increment in
      let network = moved(point.network, indices, increment)
      guard network.isFinite else { return nil }
      let gradient = risk.evaluate(network, kernels: kernels).gradient
      return indices.map { gradient[$0] }
    }
    guard let step, let next = self.point(moved(point.network, indices, step.increment)) else {
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
    _ step: RosenbrockMethod.Step, from point: Point, to next: Point, _ indices: [Int]
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

  private func diesTooEarly(_ before: Point, _ after: Point) -> Bool {
    guard before.isRectified else { return false }
    return before.pattern.activities.indices.contains { j in
      guard after.pattern.activities[j] == .nowhere else { return false }
      switch before.pattern.activities[j] {
      case .everywhere: return true
      case .nowhere: return false
      case .beyond(let kink):
        let distance = before.network.parameters[j] > 0 ? interval.upperBound - kink : kink - interval.lowerBound
        return distance > Self.dyingDistance * (interval.upperBound - interval.lowerBound)
      }
    }
  }

  // MARK: - Newton's method

  /// The critical point nearby; nil where the Hessian is not positive up to tolerance, the kinks change their places, or the
  /// risk does not fall.
  private func newton(_ start: Point) -> Point? {
    let merging = LimitStructure.mergingTolerance * (interval.upperBound - interval.lowerBound)
    var point = start
    for _ in 0..<30 {
      let stationarity = stationarity(point)
      guard stationarity.negativeEigenvalues == 0, isStationary(point, stationarity) else { return nil }
      if stationarity.decrease <= 1e-15 * point.risk { return point }
      let direction = stationarity.newtonStep
      guard norm(direction) <= 0.1 * point.largestParameter else { return nil }
      let indices = smooth(point)
      var next: Point?
      for factor in [1, 0.5, 0.25, 0.125] where next == nil {
        guard let trial = self.point(moved(point.network, indices, direction.map { factor * $0 })),
          trial.pattern.agrees(with: start.pattern, tolerance: merging), trial.risk < point.risk
        else { continue }
        next = trial
      }
      // Rounding ends the descent before the last digits.
      guard let next else { return stationarity.decrease <= 1e-10 * point.risk ? point : nil }
      point = next
    }
    return nil
  }
}
