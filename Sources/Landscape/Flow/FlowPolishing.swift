import Kernels
import Networks
import Numerics
import Outcomes
import Problems
import Risk

/// The limit of the gradient flow theta' = -G(theta) (Eberle, Jentzen, Riekert and Weiss, arXiv:2108.08106) over the
/// trained parameters of a piecewise linear network of any depth, in double precision.
///
/// An L-stable Rosenbrock method, a W-method, with the part of the Hessian that lives in the space of the lines of the
/// network (``LineHessian``) follows the flow: plateaus and the exponential approach to a minimum cost few steps. Where
/// such steps fail, in deep networks twice in a row, an implicit method takes over for some steps, whose equations a
/// semismooth Newton method solves: neurons of later layers can slide along z = 0, pushed in by the others and out by themselves, and a
/// linearly implicit step sees that only when it is too late.
///
/// A step is taken again, shorter, if its error is too large, if the risk rises, if the risk curves downwards so much that
/// the step would leave the flow, if a kink of the first layer jumps out of the interval from further inside than
/// ``DyingNeurons/distance``, or if it misses the moment when a dying neuron comes back. Neurons that are dead at the
/// start stay as they are; the flow makes no neuron of the first layer dead, see ``DyingNeurons``. Once the Hessian is
/// positive up to tolerance and the point stationary, Newton steps finish, as long as the kinks keep their places and the
/// risk falls.
public struct FlowPolishing: Sendable {
  let risk: PopulationRisk
  let interval: ClosedRange<Double>
  let ends: IntervalEnds
  /// The places of the parameters that move.
  let trained: [Int]
  let blocks: Set<ParameterBlock>
  let isTrained: [Bool]
  /// The places of the parameters that stay.
  private let frozen: [Int]
  private let plan: LimitPlan
  let tolerance: ErrorTolerance
  let integrator: Integrator

  /// By which steps the flow is followed.
  public enum Integrator: Sendable {
    /// Linearly implicit ones, and implicit ones where those fail.
    case mixed
    /// Only implicit ones: to compare with.
    case implicit
  }
  /// Risks up to this one count as 0, and as stationary.
  let negligibleRisk: Double
  let target: Program

  static let firstStep = 1e-3
  /// Steps shorter than this lead nowhere.
  private static let smallestStep = 1e-14
  /// A point is stationary if a Newton step promises a decrease of at most this share of the risk.
  static let stationaryShare = 1e-3
  /// The decrease that the flow still promises, as a share of the risk, at which Newton's method is tried.
  private static let newtonShare = 1e-4

  /// Whether there is a limit to compute: ReLU and leaky ReLU networks of any depth with a scalar input, uniform or with a
  /// piecewise polynomial density.
  public static func supports(_ problem: Problem, _ architecture: Architecture) -> Bool {
    if case .law(.normal) = problem.inputs { return false }
    return PopulationRisk.hasLineCurvature(problem: problem, architecture: architecture)
      && architecture.activation.facts.rectifiedSlope != nil
  }

  /// - Parameters:
  ///   - trained: the blocks of the parameters that move.
  ///   - accuracy: the error of a step that is allowed in a parameter, in proportion to it and, a tenth of this, by itself.
  public init(
    risk: PopulationRisk, architecture: Architecture, trained: [ParameterBlock], plan: LimitPlan,
    accuracy: Double = 1e-4, integrator: Integrator = .mixed
  ) {
    guard let interval = risk.inputInterval else { preconditionFailure("flows are followed for scalar inputs") }
    self.risk = risk
    self.interval = interval
    self.trained = trained.flatMap { Array(architecture.range($0)) }
    self.plan = plan
    self.integrator = integrator
    tolerance = ErrorTolerance(absolute: 0.1 * accuracy, relative: accuracy, shareOfShortSteps: 0.25)
    blocks = Set(trained)
    var isTrained = [Bool](repeating: false, count: architecture.parameterCount)
    for index in self.trained { isTrained[index] = true }
    self.isTrained = isTrained
    frozen = isTrained.indices.filter { !isTrained[$0] }
    guard let target = risk.problem.targetProgram, case .law(let law) = risk.problem.inputs else {
      preconditionFailure("a law comes with a target")
    }
    self.target = target
    ends = IntervalEnds(interval, law: law, target: target)
    negligibleRisk = risk.resolution(of: Architecture(hidden: [1], activation: .relu)).negligibleRisk
  }

  func point(_ network: Network) -> FlowPoint? { FlowPoint(network, flow: self) }

  /// The network with an increment to the trained parameters.
  func moved(_ network: Network, by increment: [Double]) -> Network {
    var network = network
    for index in trained { network.parameters[index] += increment[index] }
    return network
  }

  /// The gradient over the trained parameters, 0 at the others.
  func flowGradient(_ gradient: [Double]) -> [Double] {
    var gradient = gradient
    for i in frozen { gradient[i] = 0 }
    return gradient
  }

  /// Minus the gradient over the trained parameters.
  func flowSlope(_ evaluation: RiskEvaluation) -> [Double] {
    var slope = evaluation.gradient
    for i in slope.indices { slope[i] = -slope[i] }
    for i in frozen { slope[i] = 0 }
    return slope
  }

  /// Where the flow from a network ends, or has come to when its time or its steps are over; nil where risk, gradient
  /// or Hessian overflow at the start.
  ///
  /// - Parameter bound: a risk at which the flow may end, because it cannot rise again.
  public func limit(from network: Network, until bound: Double? = nil, kernels: KernelTable) -> FlowEnd? {
    guard let start = point(network) else { return nil }
    var state = FlowState(point: start, dying: DyingNeurons(ends))
    state.dead = start.dead
    exchange(&state, previous: nil, after: 0)
    var nextNewton = 0.0
    while state.time < plan.flowTime, !isSpent(state), state.controller.step >= Self.smallestStep,
      !isDone(state, bound)
    {
      if state.isStuck {
        guard let end = end(state) else { return nil }
        if end.rest != nil { return end }
      }
      if isAtRest(state.point) {
        guard revive(&state) else { break }
        state.steps += 1
        state.controller.restart(Self.firstStep)
        continue
      }
      state.controller.shorten(to: plan.flowTime - state.time)
      state.controller.shorten(to: state.dying.longestStep(state.point.network))
      let tau = state.controller.step
      guard let step = step(&state, kernels) else { continue }
      guard let dying = state.dying.advanced(from: state.point.network, to: step.end.network, by: tau) else {
        state.controller.refuse(trying: 0.5 * tau)
        continue
      }
      let previous = state.point
      state.advance(by: tau)
      state.move(to: step.end)
      state.dying = dying
      exchange(&state, previous: previous, after: tau)
      state.controller.accept(error: step.error)
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
      state.controller.restart(Self.firstStep)
    }
    return isDone(state, bound) && state.point.risk > negligibleRisk ? left(state) : end(state)
  }

  /// The end of a flow that was left at a bound: second derivatives, which take longer than the steps of wide networks, are not
  /// asked for.
  private func left(_ state: FlowState) -> FlowEnd? {
    let point = state.point
    guard let structure = structure(point, nil) else { return nil }
    return FlowEnd(
      network: point.network, risk: point.risk,
      gradientNorm: flowGradient(point.evaluation.gradient).euclideanNorm, decrease: point.risk, flowTime: state.time,
      steps: state.steps, rest: nil, kind: nil, negativeEigenvalues: nil, smallestEigenvalue: nil,
      escape: escape(point, dying: state.dying), structure: structure,
      dying: dying(state))
  }

  private func dying(_ state: FlowState) -> [FlowEnd.DyingNeuron] {
    zip(state.dying.neurons, state.dying.pressures(state.point.network)).map {
      FlowEnd.DyingNeuron(index: $0.index, end: $0.end, logarithm: $0.logarithm, pressure: $1)
    }
  }

  /// Where a flow has come to.
  struct FlowState {
    /// Neurons of the first layer that are dead from the start.
    var dead: Set<Int> = []
    private(set) var point: FlowPoint
    /// At the point; nil until it is needed.
    private var hessian: FlowHessian?
    var dying: DyingNeurons
    var controller = StepController(
      first: FlowPolishing.firstStep, errorOrder: RosenbrockMethod.ros34pw2.errorOrder, isPredictive: true)
    var time = 0.0
    /// Steps tried, with those that were taken again.
    var steps = 0
    /// Multiplications, about.
    var work = 0.0
    /// Steps tried since the flow time was half of what it is, or since the start.
    var stepsOfOctave = 0
    var octave = 0.0
    /// Steps that are still to be taken by the implicit method.
    var implicitSteps = 0
    /// Steps refused since the last one that was taken or that changed the method.
    var refusals = 0

    init(point: FlowPoint, dying: DyingNeurons) {
      self.point = point
      self.dying = dying
    }

    mutating func advance(by tau: Double) {
      time += tau
      if time > 2 * octave { (octave, stepsOfOctave) = (time, 0) }
    }

    /// How much more than usual the error of short steps may be. Where a neuron slides along 0 the speed jumps to and fro,
    /// and steps that are small against the tolerance never have a small error compared with themselves.
    var patience: Double { Double(1 + stepsOfOctave / 100) }

    /// Whether the flow has taken so many steps without doubling its time that it may be at rest as well as it can be: where
    /// a neuron slides along 0, the risk falls by nothing to speak of, but no Newton step leads on.
    var isStuck: Bool { [200, 400, 800, 1600, 3200, 6400].contains(stepsOfOctave) }

    mutating func move(to point: FlowPoint) {
      self.point = point
      hessian = nil
    }

    mutating func currentHessian() -> FlowHessian {
      if let hessian { return hessian }
      let new = point.hessian
      work += new.work
      hessian = new
      return new
    }
  }

  private func isSpent(_ state: FlowState) -> Bool { state.steps >= plan.steps || state.work >= plan.work }

  private func isDone(_ state: FlowState, _ bound: Double?) -> Bool {
    guard let bound else { return false }
    return state.point.risk <= bound
  }

  /// Puts back the dying neurons that have come back, and takes out those that are leaving.
  private func exchange(_ state: inout FlowState, previous: FlowPoint?, after time: Double) {
    let trained = { (index: Int) in isTrained[index] }
    var dying = state.dying
    if let network = dying.takeOut(of: state.point, previous: previous, time: time, trained: trained),
      let point = point(network)
    {
      state.move(to: point)
      state.dying = dying
    }
    dying = state.dying
    if let network = dying.putBack(into: state.point.network, trained: trained), let point = point(network) {
      state.move(to: point)
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
    let isInTime = state.time + wait < plan.flowTime
    let time = isInTime ? wait : plan.flowTime - state.time
    guard let dying = state.dying.advanced(from: network, to: network, by: time) else { return false }
    state.time = isInTime ? state.time + wait : plan.flowTime
    state.dying = dying
    guard isInTime else { return false }
    exchange(&state, previous: state.point, after: 0)
    return true
  }

  /// Nil for networks of too many pieces.
  private func end(_ state: FlowState) -> FlowEnd? {
    let point = state.point
    guard let lines = point.lines(self), let structure = structure(point, lines) else { return nil }
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
      : (lines ?? point.lines(self)).map { LimitStructure($0, interval: interval) }
  }

  /// - Parameter isLeaving: whether all dying neurons go on dying.
  private func rest(_ point: FlowPoint, _ stationarity: Stationarity, isLeaving: Bool) -> FlowEnd.Rest? {
    if point.risk <= negligibleRisk { return .secondOrder }
    guard isLeaving else { return nil }
    if stationarity.negativeEigenvalues == 0 && stationarity.decrease <= Self.stationaryShare * point.risk {
      return .secondOrder
    }
    // A flow that has not left a saddle yet is on its way, unless nothing moves it.
    return isAtRest(point) ? .gradient : nil
  }

  /// Whether the gradient is 0 but for rounding.
  private func isAtRest(_ point: FlowPoint) -> Bool {
    point.hasNoGradient(trained, on: interval)
  }

  /// The critical point nearby; nil where the Hessian is not positive up to tolerance, the kinks change their places,
  /// or the risk does not fall.
  private func newton(_ state: inout FlowState) -> FlowPoint? {
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
        guard let trial = self.point(moved(point.network, by: direction.map { factor * $0 })), trial.risk < point.risk,
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
      ? KinkPattern(point.network, point.activities) : point.lines(self).map { KinkPattern($0, tolerance: tolerance) }
  }
}
