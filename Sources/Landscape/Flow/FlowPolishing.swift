import Kernels
import Networks
import Numerics
import Outcomes
import Problems
import Risk

/// The limit of the gradient flow theta' = -G(theta) (Eberle, Jentzen, Riekert and Weiss, arXiv:2108.08106) over the
/// trained parameters of a shallow network, in double precision.
///
/// An L-stable Rosenbrock method with the exact Hessian follows the flow: plateaus and the exponential approach to a
/// minimum cost few steps. A step is taken again, shorter, if its error is too large, if the risk rises, if the risk
/// curves downwards so much that the step would leave the flow, if a kink jumps out of the interval from further inside
/// than ``DyingNeurons/distance``, or if it misses the moment when a dying neuron comes back. Neurons that are dead at
/// the start stay as they are; the flow makes no neuron dead, see ``DyingNeurons``. Once the Hessian is positive up to
/// tolerance and the point stationary, Newton steps finish, as long as the kinks keep their places and the risk falls.
public struct FlowPolishing: Sendable {
  let risk: PopulationRisk
  let interval: ClosedRange<Double>
  let ends: IntervalEnds
  let trained: [Int]
  private let flowTime: Double
  private let steps: Int
  /// Risks up to this one count as 0, and as stationary.
  let negligibleRisk: Double
  let target: Program

  private static let firstStep = 1e-3
  /// Steps shorter than this lead nowhere.
  private static let smallestStep = 1e-14
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
  ///   - steps: the most steps to take.
  public init(risk: PopulationRisk, trained: [Range<Int>], flowTime: Double, steps: Int = LimitPlan().steps) {
    guard let interval = risk.inputInterval else { preconditionFailure("flows are followed for scalar inputs") }
    self.risk = risk
    self.interval = interval
    self.trained = trained.flatMap { Array($0) }
    self.flowTime = flowTime
    self.steps = steps
    guard let target = risk.problem.targetProgram, case .law(let law) = risk.problem.inputs else {
      preconditionFailure("a law comes with a target")
    }
    self.target = target
    ends = IntervalEnds(interval, law: law, target: target)
    negligibleRisk = risk.resolution(of: Architecture(hidden: [1], activation: .relu)).negligibleRisk
  }

  /// Where the flow from a network ends, or has come to when its time or its steps are over; nil where risk, gradient
  /// or Hessian overflow at the start.
  ///
  /// - Parameter bound: a risk at which the flow may end, because it cannot rise again.
  public func limit(from network: Network, until bound: Double? = nil, kernels: KernelTable) -> FlowEnd? {
    guard let start = FlowPoint(network, risk: risk) else { return nil }
    var state = FlowState(point: start, dying: DyingNeurons(ends))
    state.dead = start.dead
    exchange(&state, previous: nil, after: 0)
    var controller = StepController(first: Self.firstStep, errorOrder: Self.method.errorOrder)
    var nextNewton = 0.0
    while state.time < flowTime, state.steps < steps, controller.step >= Self.smallestStep, !isDone(state, bound) {
      state.steps += 1
      if isAtRest(state.point) {
        guard revive(&state) else { break }
        controller.restart(Self.firstStep)
        continue
      }
      controller.shorten(to: flowTime - state.time)
      controller.shorten(to: state.dying.longestStep(state.point.network))
      let tau = controller.step
      switch step(state.point, controller, kernels) {
      case .rejected(let shorter):
        controller.refuse(trying: shorter)
      case .accepted(let next, let promise, let error):
        guard let dying = state.dying.advanced(from: state.point.network, to: next.network, by: tau) else {
          controller.refuse(trying: 0.5 * tau)
          continue
        }
        let previous = state.point
        state.time += tau
        state.point = next
        state.dying = dying
        exchange(&state, previous: previous, after: tau)
        controller.accept(error: error)
        let isNegligible = state.point.risk <= negligibleRisk
        guard promise <= Self.newtonShare * state.point.risk || isNegligible, state.time >= nextNewton,
          isNegligible || !state.dying.areReturning(state.point.network)
        else { continue }
        nextNewton = 1.5 * state.time
        guard let limit = newton(state.point) else {
          if isNegligible { return end(state) }
          continue
        }
        state.point = limit
        guard revive(&state) else { return end(state) }
        controller.restart(Self.firstStep)
      }
    }
    return end(state)
  }

  private struct FlowState {
    /// Neurons that are dead from the start.
    var dead: Set<Int> = []
    var point: FlowPoint
    var dying: DyingNeurons
    var time = 0.0
    var steps = 0
  }

  private func isDone(_ state: FlowState, _ bound: Double?) -> Bool {
    guard let bound else { return false }
    return state.point.risk <= bound
  }

  /// Puts back the dying neurons that have come back, and takes out those that are leaving.
  private func exchange(_ state: inout FlowState, previous: FlowPoint?, after time: Double) {
    let trained = { (index: Int) in self.trained.contains(index) }
    var dying = state.dying
    if let network = dying.takeOut(of: state.point, previous: previous, time: time, trained: trained),
      let point = FlowPoint(network, risk: risk)
    {
      state.point = point
      state.dying = dying
    }
    dying = state.dying
    if let network = dying.putBack(into: state.point.network, trained: trained),
      let point = FlowPoint(network, risk: risk)
    {
      state.point = point
      state.dying = dying
    }
  }

  /// Where the rest of the network is at rest, but dying neurons are on their way back: waits for the first of them and
  /// puts it back.
  ///
  /// - Returns: whether there is one and it comes back in time.
  private func revive(_ state: inout FlowState) -> Bool {
    let network = state.point.network
    guard state.point.risk > negligibleRisk, state.dying.areReturning(network) else { return false }
    let wait = state.dying.timeToReturn(network)
    let isInTime = state.time + wait < flowTime
    let time = isInTime ? wait : flowTime - state.time
    guard let dying = state.dying.advanced(from: network, to: network, by: time) else { return false }
    state.time = isInTime ? state.time + wait : flowTime
    state.dying = dying
    guard isInTime else { return false }
    exchange(&state, previous: state.point, after: 0)
    return true
  }

  private func end(_ state: FlowState) -> FlowEnd {
    let point = state.point
    let stationarity = stationarity(point)
    let pressures = state.dying.pressures(point.network)
    // The flow makes no neuron dead but by w = b = 0: what is dead now, but was not and is not dying, was lost.
    let isWhole = point.dead.subtracting(state.dead).allSatisfy { state.dying.contains($0) || point.isDegenerate($0) }
    let rest = isWhole ? rest(point, stationarity, pressures: pressures) : nil
    let escape = escape(point, dying: state.dying)
    return FlowEnd(
      network: point.network, risk: point.risk, gradientNorm: point.gradient(trained).euclideanNorm,
      decrease: stationarity.decrease, flowTime: state.time, steps: state.steps, rest: rest,
      kind: rest == nil ? nil : kind(point, stationarity, escape),
      negativeEigenvalues: stationarity.negativeEigenvalues,
      smallestEigenvalue: stationarity.smallestEigenvalue, escape: escape,
      structure: LimitStructure(point.network, activities: point.pattern.activities, interval: interval),
      dying: zip(state.dying.neurons, pressures).map {
        FlowEnd.DyingNeuron(index: $0.index, end: $0.end, logarithm: $0.logarithm, pressure: $1)
      })
  }

  private func rest(_ point: FlowPoint, _ stationarity: Stationarity, pressures: [Double]) -> FlowEnd.Rest? {
    if point.risk <= negligibleRisk { return .secondOrder }
    guard pressures.allSatisfy({ $0 > 0 }) else { return nil }
    if stationarity.negativeEigenvalues == 0 && isStationary(point, stationarity) { return .secondOrder }
    // A flow that has not left a saddle yet is on its way, unless nothing moves it.
    return isAtRest(point) ? .gradient : nil
  }

  private func stationarity(_ point: FlowPoint) -> Stationarity {
    let indices = point.smooth(trained)
    return Stationarity(
      gradient: point.gradient(indices), hessian: point.curvature.hessian.restricted(to: indices))
  }

  private func isStationary(_ point: FlowPoint, _ stationarity: Stationarity) -> Bool {
    point.risk <= negligibleRisk || stationarity.decrease <= Self.stationaryShare * point.risk
  }

  /// Whether the gradient is 0 but for rounding.
  private func isAtRest(_ point: FlowPoint) -> Bool {
    point.hasNoGradient(point.movable(trained), on: interval)
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
      guard direction.euclideanNorm <= 0.1 * point.network.largestParameter else { return nil }
      let indices = point.smooth(trained)
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
