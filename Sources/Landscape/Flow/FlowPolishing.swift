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
  let risk: PopulationRisk
  let interval: ClosedRange<Double>
  let trained: [Int]
  private let flowTime: Double
  /// Risks up to this one count as 0, and as stationary: 1e-12 of that of the best constant, or of the constant 0 where
  /// the target is constant.
  let negligibleRisk: Double
  let target: Program

  private static let firstStep = 1e-3
  /// Steps shorter than this lead nowhere.
  private static let smallestStep = 1e-14
  private static let mostSteps = 200_000
  /// A point is stationary if a Newton step promises a decrease of at most this share of the risk.
  static let stationaryShare = 1e-3
  /// The decrease that the flow still promises, as a share of the risk, at which Newton's method is tried.
  private static let newtonShare = 1e-4

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
    // The risk of the best constant, from that of the constant 0, whose gradient in the outer bias is minus twice the
    // mean of f.
    let zero = Network(innerWeights: [0], innerBiases: [-1], outerWeights: [0], outerBias: 0)
    let evaluation = risk.evaluate(zero, kernels: KernelTable(.baseline))
    let mean = -0.5 * evaluation.gradient.last!
    let variance = evaluation.risk - mean * mean
    let scale = variance > 0x1p-40 * evaluation.risk ? variance : evaluation.risk
    negligibleRisk = 1e-12 * (scale > 0 ? scale : 1)
  }

  /// Where the flow from a network ends, or has come to when its time is over; nil where risk, gradient or Hessian
  /// overflow at the start.
  public func limit(from network: Network, kernels: KernelTable) -> FlowEnd? {
    guard var point = FlowPoint(network, risk: risk) else { return nil }
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

  private func end(_ point: FlowPoint, time: Double) -> FlowEnd {
    let stationarity = stationarity(point)
    // A flow that has not left a saddle yet is on its way, unless nothing moves it.
    let isLeaving = stationarity.negativeEigenvalues > 0 && !isAtRest(point)
    return FlowEnd(
      network: point.network, risk: point.risk, gradientNorm: norm(point.gradient(trained)), flowTime: time,
      isStationary: !isLeaving && isStationary(point, stationarity),
      negativeEigenvalues: stationarity.negativeEigenvalues,
      smallestEigenvalue: stationarity.smallestEigenvalue, escape: escape(point),
      structure: LimitStructure(point.network, activities: point.pattern.activities, interval: interval))
  }

  private func stationarity(_ point: FlowPoint) -> Stationarity {
    let indices = point.smooth(trained, on: interval)
    return Stationarity(
      gradient: point.gradient(indices), hessian: point.curvature.hessian.restricted(to: indices))
  }

  private func isStationary(_ point: FlowPoint, _ stationarity: Stationarity) -> Bool {
    point.risk <= negligibleRisk || stationarity.decrease <= Self.stationaryShare * point.risk
  }

  /// Whether the gradient is 0 but for rounding.
  private func isAtRest(_ point: FlowPoint) -> Bool {
    norm(point.gradient(point.movable(trained))) <= 0x1p-46 * point.largestParameter * point.risk.squareRoot()
  }

  /// The critical point nearby; nil where the Hessian is not positive up to tolerance, the kinks change their places,
  /// or the risk does not fall.
  private func newton(_ start: FlowPoint) -> FlowPoint? {
    let merging = LimitStructure.mergingTolerance * (interval.upperBound - interval.lowerBound)
    var point = start
    for _ in 0..<30 {
      let stationarity = stationarity(point)
      guard stationarity.negativeEigenvalues == 0, isStationary(point, stationarity) else { return nil }
      if stationarity.decrease <= 1e-15 * point.risk { return point }
      let direction = stationarity.newtonStep
      guard norm(direction) <= 0.1 * point.largestParameter else { return nil }
      let indices = point.smooth(trained, on: interval)
      var next: FlowPoint?
      for factor in [1, 0.5, 0.25, 0.125] where next == nil {
        guard let trial = FlowPoint(point.moved(indices, by: direction.map { factor * $0 }), risk: risk),
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
