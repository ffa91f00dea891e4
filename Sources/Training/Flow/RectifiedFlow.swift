import Kernels
import Networks
import Numerics
import Problems
import Risk

/// The gradient flow theta' = -G(theta) (Eberle, Jentzen, Riekert and Weiss, arXiv:2108.08106) over the trained parameters of
/// a rectified network of any depth with a scalar input, in double precision, for stiff flows and long times.
///
/// An L-stable Rosenbrock method, a W-method, with the part of the Hessian that lives in the space of the lines of the
/// network (``LineHessian``) follows the flow: plateaus and the exponential approach to a minimum cost few steps. Where
/// such steps fail, in deep networks twice in a row, an implicit method takes over for some steps, whose equations a
/// semismooth Newton method solves: neurons of later layers can slide along z = 0, pushed in by the others and out by
/// themselves, and a linearly implicit step sees that only when it is too late.
///
/// A step is taken again, shorter, if its error is too large, if the risk rises, if the risk curves downwards so much that
/// the step would leave the flow, if a kink of the first layer jumps out of the interval from further inside than
/// ``DyingNeurons/distance``, or if it misses the moment when a dying neuron comes back. Neurons that are dead at the
/// start stay as they are; the flow makes no neuron of the first layer dead, see ``DyingNeurons``.
public struct RectifiedFlow: Sendable {
  package let risk: PopulationRisk
  package let interval: ClosedRange<Double>
  package let ends: IntervalEnds
  /// The places of the parameters that move.
  package let trained: [Int]
  package let blocks: Set<ParameterBlock>
  package let isTrained: [Bool]
  /// The places of the parameters that stay.
  private let frozen: [Int]
  let tolerance: ErrorTolerance
  let integrator: Integrator

  /// By which steps the flow is followed.
  public enum Integrator: Sendable {
    /// Linearly implicit ones, and implicit ones where those fail.
    case mixed
    /// Only implicit ones: to compare with.
    case implicit
  }

  package static let firstStep = 1e-3
  /// Steps shorter than this lead nowhere.
  package static let smallestStep = 1e-14

  /// Whether flows of these networks can be followed so: ReLU and leaky ReLU networks of any depth with a scalar input,
  /// uniform or with a piecewise polynomial density.
  public static func supports(_ problem: Problem, _ architecture: Architecture) -> Bool {
    if case .law(.normal) = problem.inputs { return false }
    return PopulationRisk.hasLineCurvature(problem: problem, architecture: architecture)
      && architecture.activation.facts.rectifiedSlope != nil
  }

  /// - Parameters:
  ///   - trained: the blocks of the parameters that move.
  ///   - tolerance: of the errors of steps in the trained parameters.
  public init(
    risk: PopulationRisk, architecture: Architecture, trained: [ParameterBlock], tolerance: ErrorTolerance,
    integrator: Integrator = .mixed
  ) {
    guard let interval = risk.inputInterval else { preconditionFailure("flows are followed for scalar inputs") }
    self.risk = risk
    self.interval = interval
    self.trained = trained.flatMap { Array(architecture.range($0)) }
    self.tolerance = tolerance
    self.integrator = integrator
    blocks = Set(trained)
    var isTrained = [Bool](repeating: false, count: architecture.parameterCount)
    for index in self.trained { isTrained[index] = true }
    self.isTrained = isTrained
    frozen = isTrained.indices.filter { !isTrained[$0] }
    guard let target = risk.problem.targetProgram, case .law(let law) = risk.problem.inputs else {
      preconditionFailure("a law comes with a target")
    }
    ends = IntervalEnds(interval, law: law, target: target)
  }

  /// Where a flow from a network begins; nil where risk, gradient or Hessian overflow there.
  package func start(from network: Network) -> State? {
    guard let point = point(network) else { return nil }
    var state = State(point: point, dying: DyingNeurons(ends))
    exchange(&state, previous: nil, after: 0)
    return state
  }

  package func point(_ network: Network) -> FlowPoint? { FlowPoint(network, flow: self) }

  /// The network with an increment to the trained parameters.
  package func moved(_ network: Network, by increment: [Double]) -> Network {
    var network = network
    for index in trained { network.parameters[index] += increment[index] }
    return network
  }

  /// The gradient over the trained parameters, 0 at the others.
  package func flowGradient(_ gradient: [Double]) -> [Double] {
    var gradient = gradient
    for i in frozen { gradient[i] = 0 }
    return gradient
  }

  /// Minus the gradient over the trained parameters.
  package func flowSlope(_ evaluation: RiskEvaluation) -> [Double] {
    var slope = evaluation.gradient
    for i in slope.indices { slope[i] = -slope[i] }
    for i in frozen { slope[i] = 0 }
    return slope
  }

  /// Whether the gradient is 0 but for rounding.
  package func isAtRest(_ point: FlowPoint) -> Bool {
    point.hasNoGradient(trained, on: interval)
  }

  /// Where a flow has come to.
  package struct State: Sendable {
    /// Neurons of the first layer that are dead from the start.
    package var dead: Set<Int> = []
    package private(set) var point: FlowPoint
    /// At the point; nil until it is needed.
    private var hessian: FlowHessian?
    package var dying: DyingNeurons
    package var controller = StepController(
      first: RectifiedFlow.firstStep, errorOrder: RosenbrockMethod.ros34pw2.errorOrder, law: .predictive)
    package var time = 0.0
    /// Steps tried, with those that were taken again.
    package var steps = 0
    /// Multiplications, about.
    package var work = 0.0
    /// Steps tried since the flow time was half of what it is, or since the start.
    var stepsOfOctave = 0
    var octave = 0.0
    /// Steps that are still to be taken by the implicit method.
    var implicitSteps = 0
    /// Steps refused since the last one that was taken or that changed the method.
    var refusals = 0

    fileprivate init(point: FlowPoint, dying: DyingNeurons) {
      self.point = point
      self.dying = dying
      dead = point.dead
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
    package var isStuck: Bool { [200, 400, 800, 1600, 3200, 6400].contains(stepsOfOctave) }

    package mutating func move(to point: FlowPoint) {
      self.point = point
      hessian = nil
    }

    package mutating func currentHessian() -> FlowHessian {
      if let hessian { return hessian }
      let new = point.hessian
      work += new.work
      hessian = new
      return new
    }
  }

  /// Puts back the dying neurons that have come back, and takes out those that are leaving.
  func exchange(_ state: inout State, previous: FlowPoint?, after time: Double) {
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
  /// - Returns: whether there is one and it comes back before the flow time `end`; otherwise that has passed, if one comes back
  ///   at all.
  package func revive(_ state: inout State, until end: Double) -> Bool {
    let network = state.point.network
    guard state.dying.areReturning(network) else { return false }
    let wait = state.dying.timeToReturn(network)
    let isInTime = state.time + wait < end
    let time = isInTime ? wait : end - state.time
    guard let dying = state.dying.advanced(from: network, to: network, by: time) else { return false }
    state.time = isInTime ? state.time + wait : end
    state.dying = dying
    guard isInTime else { return false }
    exchange(&state, previous: state.point, after: 0)
    return true
  }
}
