import Kernels
import Networks
import Numerics
import Outcomes
import Problems
import Risk
import Training

extension Network {
  /// The largest modulus of a parameter, at least 1.
  var largestParameter: Double { parameters.reduce(1) { max($0, $1.magnitude) } }
}

/// The limit of the gradient flow over the trained parameters of a rectified network of any depth.
///
/// A ``Training/RectifiedFlow`` is followed. Once the Hessian is positive up to tolerance and the point stationary, Newton
/// steps finish, as long as the kinks keep their places and the risk falls.
public struct FlowPolishing: Sendable {
  let flow: RectifiedFlow
  private let plan: LimitPlan
  /// Risks up to this one count as 0, and as stationary.
  let negligibleRisk: Double

  /// A point is stationary if a Newton step promises a decrease of at most this share of the risk.
  static let stationaryShare = 1e-3
  /// The decrease that the flow still promises, as a share of the risk, at which Newton's method is tried.
  private static let newtonShare = 1e-4

  /// Whether there is a limit to compute.
  public static func supports(_ problem: Problem, _ architecture: Architecture) -> Bool {
    RectifiedFlow.supports(problem, architecture)
  }

  /// - Parameters:
  ///   - trained: the blocks of the parameters that move.
  ///   - accuracy: the error of a step that is allowed in a parameter, in proportion to it and, a tenth of this, by itself.
  public init(
    risk: PopulationRisk, architecture: Architecture, trained: [ParameterBlock], plan: LimitPlan,
    accuracy: Double = 1e-4, integrator: RectifiedFlow.Integrator = .mixed
  ) {
    flow = RectifiedFlow(
      risk: risk, architecture: architecture, trained: trained,
      tolerance: ErrorTolerance(absolute: 0.1 * accuracy, relative: accuracy, shareOfShortSteps: 0.25),
      integrator: integrator)
    self.plan = plan
    negligibleRisk = risk.resolution(of: Architecture(hidden: [1], activation: .relu)).negligibleRisk
  }

  var risk: PopulationRisk { flow.risk }
  var interval: ClosedRange<Double> { flow.interval }
  var ends: IntervalEnds { flow.ends }
  var target: Program { ends.target }
  var trained: [Int] { flow.trained }
  var blocks: Set<ParameterBlock> { flow.blocks }
  var isTrained: [Bool] { flow.isTrained }

  func flowGradient(_ gradient: [Double]) -> [Double] { flow.flowGradient(gradient) }

  /// Where the flow from a network ends, or has come to when its time or its steps are over; nil where risk, gradient
  /// or Hessian overflow at the start.
  ///
  /// - Parameter bound: a risk at which the flow may end, because it cannot rise again.
  public func limit(from network: Network, until bound: Double? = nil, kernels: KernelTable) -> FlowEnd? {
    guard var state = flow.start(from: network) else { return nil }
    var nextNewton = 0.0
    while state.time < plan.flowTime, !isSpent(state), state.controller.step >= RectifiedFlow.smallestStep,
      !isDone(state, bound)
    {
      if state.isStuck {
        guard let end = end(state) else { return nil }
        if end.rest != nil { return end }
      }
      if flow.isAtRest(state.point) {
        guard revive(&state) else { break }
        state.steps += 1
        state.controller.restart(RectifiedFlow.firstStep)
        continue
      }
      guard let step = flow.advance(&state, until: plan.flowTime, kernels: kernels) else { continue }
      let isNegligible = state.point.risk <= negligibleRisk
      guard step.promise <= Self.newtonShare * state.point.risk || isNegligible, state.time >= nextNewton,
        isNegligible || !state.dying.areReturning(state.point.network)
      else { continue }
      nextNewton = 1.5 * state.time
      guard let limit = newton(&state) else {
        if isNegligible { return end(state) }
        continue
      }
      var rested = state
      rested.move(to: limit)
      guard revive(&rested) else {
        guard let end = end(rested) else { return nil }
        if end.rest != nil { return end }
        continue
      }
      state = rested
      state.controller.restart(RectifiedFlow.firstStep)
    }
    return isDone(state, bound) && state.point.risk > negligibleRisk ? left(state) : end(state)
  }

  /// Waits for the first dying neuron on its way back, where there is one.
  private func revive(_ state: inout RectifiedFlow.State) -> Bool {
    state.point.risk > negligibleRisk && flow.revive(&state, until: plan.flowTime)
  }

  /// The end of a flow that was left at a bound: second derivatives, which take longer than the steps of wide networks, are not
  /// asked for.
  private func left(_ state: RectifiedFlow.State) -> FlowEnd? {
    let point = state.point
    guard let structure = structure(point, nil) else { return nil }
    return FlowEnd(
      network: point.network, risk: point.risk,
      gradientNorm: flowGradient(point.evaluation.gradient).euclideanNorm, decrease: point.risk, flowTime: state.time,
      steps: state.steps, rest: nil, kind: nil, negativeEigenvalues: nil, smallestEigenvalue: nil,
      escape: escape(point, dying: state.dying), structure: structure,
      dying: dying(state))
  }

  private func dying(_ state: RectifiedFlow.State) -> [FlowEnd.DyingNeuron] {
    zip(state.dying.neurons, state.dying.pressures(state.point.network)).map {
      FlowEnd.DyingNeuron(index: $0.index, end: $0.end, logarithm: $0.logarithm, pressure: $1)
    }
  }

  private func isSpent(_ state: RectifiedFlow.State) -> Bool { state.steps >= plan.steps || state.work >= plan.work }

  private func isDone(_ state: RectifiedFlow.State, _ bound: Double?) -> Bool {
    guard let bound else { return false }
    return state.point.risk <= bound
  }

  /// Nil for networks of too many pieces.
  private func end(_ state: RectifiedFlow.State) -> FlowEnd? {
    let point = state.point
    guard let lines = point.lines(flow), let structure = structure(point, lines) else { return nil }
    let hessian = LineHessian(lines)
    let stationarity = stationarity(point, lines, hessian)
    // The flow makes no neuron dead but by w = b = 0: what is dead now, but was not and is not dying, was lost.
    let isWhole = point.dead.subtracting(state.dead).allSatisfy { state.dying.contains($0) || point.isDegenerate($0) }
    let rest = isWhole ? rest(point, stationarity, isLeaving: !state.dying.areReturning(point.network)) : nil
    let escape = escape(point, dying: state.dying)
    // The directions beside the row space of J have the eigenvalue 0.
    let smallest =
      hessian.rank < trained.count ? min(stationarity.smallestEigenvalue, 0) : stationarity.smallestEigenvalue
    return FlowEnd(
      network: point.network, risk: point.risk,
      gradientNorm: flowGradient(point.evaluation.gradient).euclideanNorm,
      decrease: stationarity.decrease, flowTime: state.time, steps: state.steps, rest: rest,
      kind: rest == nil ? nil : kind(point, lines, hessian, stationarity, escape),
      negativeEigenvalues: stationarity.negativeEigenvalues, smallestEigenvalue: smallest, escape: escape,
      structure: structure, dying: dying(state))
  }

  /// - Parameter lines: of the network, if they are known already.
  /// - Returns: nil for networks of too many pieces.
  private func structure(_ point: FlowPoint, _ lines: LineCurvature?) -> LimitStructure? {
    point.network.architecture.depth == 1
      ? LimitStructure(point.network, activities: point.activities, interval: interval)
      : (lines ?? point.lines(flow)).map { LimitStructure($0, interval: interval) }
  }

  /// - Parameter isLeaving: whether all dying neurons go on dying.
  private func rest(_ point: FlowPoint, _ stationarity: Stationarity, isLeaving: Bool) -> FlowEnd.Rest? {
    if point.risk <= negligibleRisk { return .secondOrder }
    guard isLeaving else { return nil }
    if stationarity.negativeEigenvalues == 0 && stationarity.decrease <= Self.stationaryShare * point.risk {
      return .secondOrder
    }
    // A flow that has not left a saddle yet is on its way, unless nothing moves it.
    return flow.isAtRest(point) ? .gradient : nil
  }

  /// The critical point nearby; nil where the Hessian is not positive up to tolerance, the kinks change their places,
  /// or the risk does not fall.
  private func newton(_ state: inout RectifiedFlow.State) -> FlowPoint? {
    let merging = LimitStructure.mergingTolerance * ends.length
    var pattern: KinkPattern?
    var point = state.point
    var hessian = state.currentHessian()
    for _ in 0..<30 {
      // Eigenvalues down to minus the shift are none.
      let gradient = flowGradient(point.evaluation.gradient)
      guard let solver = hessian.solver(shift: Stationarity.negativeTolerance * hessian.scale) else { return nil }
      let direction = solver.solve(gradient).map { -$0 }
      let decrease = -0.5 * zip(direction, gradient).reduce(0) { $0 + $1.0 * $1.1 }
      guard decrease <= Self.stationaryShare * point.risk || point.risk <= negligibleRisk else { return nil }
      if decrease <= 1e-15 * point.risk { return point }
      guard direction.euclideanNorm <= 0.1 * point.network.largestParameter else { return nil }
      if pattern == nil { pattern = self.pattern(point, merging) }
      var next: FlowPoint?
      for factor in [1, 0.5, 0.25, 0.125] where next == nil {
        guard let trial = flow.point(flow.moved(point.network, by: direction.map { factor * $0 })),
          trial.risk < point.risk,
          let now = self.pattern(trial, merging), pattern?.agrees(with: now, tolerance: merging) == true
        else { continue }
        next = trial
      }
      // Rounding ends the descent before the last digits.
      guard let next else { return decrease <= 1e-10 * point.risk ? point : nil }
      point = next
      hessian = point.hessian
      state.work += hessian.work
    }
    return nil
  }

  private func pattern(_ point: FlowPoint, _ tolerance: Double) -> KinkPattern? {
    point.network.architecture.depth == 1
      ? KinkPattern(point.network, point.activities) : point.lines(flow).map { KinkPattern($0, tolerance: tolerance) }
  }
}
