import Kernels
import Networks
import Numerics
import Outcomes
import Problems
import Risk
import Training

/// The limit of the gradient flow theta' = -G(theta) over the inner biases, or inner biases and outer bias, of a shallow
/// clipping network, the setting of Ibragimov, Jentzen and Riekert (arXiv:2212.13111), in double precision.
///
/// An L-stable Rosenbrock method with the exact Hessian follows the flow. Its errors are measured by how far windows
/// move: rates are 2 v f' / w^2, and steps become as long as that asks for. A step is taken again, shorter, if its error
/// is too large, if the risk rises, if it curves downwards so much that the step would leave the flow, or if a window
/// leaves the interval from further inside than ``largestLeap``. Neurons that are dead or saturated at the start stay as
/// they are; windows that leave the interval are looked after by ``LeavingWindows``.
///
/// Windows far from their places can have gradients below any bound, because they move slowly. So the flow is at rest
/// where Newton's method, from within a part of every window's length of a minimum, converges: this does not know
/// speeds. Where the Hessian is singular, or the flow stays on a saddle, it is at rest where all mean residuals are 0 but
/// for rounding, or after ``quietSteps`` steps that move nothing, later than the slowest window needs.
public struct ClippingFlow: Sendable {
  let risk: PopulationRisk
  let law: IntervalEnds
  private let trained: [Int]
  let movesOuterBias: Bool
  private let flowTime: Double
  private let steps: Int
  /// Risks up to this one count as 0.
  let negligibleRisk: Double
  /// The unit in which moves of the outer bias are measured: the root of the variance of the target.
  let outputUnit: Double
  /// Interior points where the density may jump or the target not be smooth.
  let cuts: [Double]

  private static let firstStep = 1e-3
  /// Steps shorter than this lead nowhere.
  private static let smallestStep = 1e-14
  /// The decrease that the flow still promises, as a share of the risk, at which Newton's method is tried.
  private static let newtonShare = 1e-4
  private static let quietSteps = 8
  /// Steps that move nothing by more than this are quiet.
  private static let quietMove = 1e-9

  /// Whether there is a limit to compute: shallow clipping networks of which the inner biases, or inner biases and outer
  /// bias, are trained, with a scalar input, uniform or with a piecewise polynomial density.
  public static func supports(_ problem: Problem, _ architecture: Architecture, trained: [ParameterBlock]) -> Bool {
    guard case .law(let law) = problem.inputs, problem.dimension == 1, architecture.inputDimension == 1,
      architecture.depth == 1, architecture.activation.kind == .clipping
    else { return false }
    if case .normal = law { return false }
    let inner = ParameterBlock(layer: 1, kind: .biases)
    return trained == [inner] || trained == [inner, ParameterBlock(layer: 2, kind: .biases)]
  }

  /// - Parameters:
  ///   - trained: the places of the parameters that move.
  ///   - flowTime: the longest time to follow the flow, in units of the time in which a residual of the size of the
  ///     target moves the slowest window across the interval; see ``timeUnit(_:)``.
  ///   - steps: the most steps to take.
  public init(risk: PopulationRisk, trained: [Range<Int>], flowTime: Double, steps: Int = LimitPlan().steps) {
    guard let interval = risk.inputInterval, let target = risk.problem.targetProgram,
      case .law(let law) = risk.problem.inputs
    else { preconditionFailure("flows are followed for scalar inputs that have a law") }
    self.risk = risk
    self.law = IntervalEnds(interval, law: law, target: target)
    self.trained = trained.flatMap { Array($0) }
    movesOuterBias = trained.count > 1
    self.flowTime = flowTime
    self.steps = steps
    negligibleRisk = risk.resolution(of: Architecture(hidden: [1], activation: Activation(.clipping))).negligibleRisk
    outputUnit = (1e12 * negligibleRisk).squareRoot()
    var cuts = risk.problem.targetCuts
    if case .density(let density) = law { cuts += density.breaks }
    self.cuts = cuts.filter { $0 > interval.lowerBound && $0 < interval.upperBound }
  }

  /// Where the flow from a network ends, or has come to when its time or its steps are over; nil where risk or gradient
  /// overflow at the start, and where an inner weight is 0 and the neuron moves all the same.
  ///
  /// - Parameter bound: a risk at which the flow may end, because it cannot rise again.
  public func limit(from network: Network, until bound: Double? = nil, kernels: KernelTable) -> FlowEnd? {
    let hasFlatNeuron = network.shallow.neurons.contains {
      $0.innerWeight == 0 && $0.outerWeight != 0 && $0.innerBias > 0 && $0.innerBias < 1
    }
    guard !hasFlatNeuron, let start = point(network, kernels) else { return nil }
    var state = FlowState(point: start, leaving: LeavingWindows(law))
    var controller = StepController(first: Self.firstStep, errorOrder: Self.method.errorOrder)
    exchange(&state, previous: nil, &controller, kernels)
    let unit = timeUnit(start)
    let longest = flowTime * unit
    var quiet = 0
    var nextNewton = 0.0
    while state.time < longest, state.steps < steps, controller.step >= Self.smallestStep,
      bound.map({ state.point.risk > $0 }) ?? true
    {
      state.steps += 1
      // Before steps are asked not to raise the risk, which rounding does in the end.
      if hasNoGradient(state.point) || state.point.risk <= negligibleRisk || quiet >= Self.quietSteps {
        state.isSettled = true
        quiet = 0
        guard revive(&state, until: longest, &controller, kernels) else { break }
        continue
      }
      controller.shorten(to: longest - state.time)
      controller.shorten(to: state.leaving.longestStep(state.point.network))
      let tau = controller.step
      switch step(state.point, controller, kernels) {
      case .rejected(let shorter): controller.refuse(trying: shorter)
      case .accepted(let next, let promise, let error, let move):
        guard let leaving = state.leaving.advanced(from: state.point.network, to: next.network, by: tau) else {
          controller.refuse(trying: 0.5 * tau)
          continue
        }
        let previous = state.point
        state.time += tau
        state.point = next
        state.leaving = leaving
        controller.accept(error: error)
        exchange(&state, previous: previous, &controller, kernels)
        // Steps that something shortens may be quiet on a saddle.
        let isQuiet = move <= Self.quietMove && state.time > 1e3 * unit && tau >= 0.5 * state.time
        quiet = isQuiet ? quiet + 1 : 0
        guard promise <= Self.newtonShare * state.point.risk, state.time >= nextNewton,
          !state.leaving.areReturning(state.point.network)
        else { continue }
        nextNewton = 1.5 * state.time
        guard let limit = newton(state.point, kernels) else { continue }
        state.point = limit
        // Windows that leave have their places at the end.
        exchange(&state, previous: nil, &controller, kernels)
        state.isSettled = true
        guard revive(&state, until: longest, &controller, kernels) else { return end(state) }
      }
    }
    return end(state)
  }

  struct FlowState {
    var point: ClippingPoint
    var leaving: LeavingWindows
    var time = 0.0
    var steps = 0
    /// Whether the windows inside are in their places.
    var isSettled = false
  }

  func point(_ network: Network, _ kernels: KernelTable) -> ClippingPoint? {
    ClippingPoint(network, risk: risk, law: law, movesOuterBias: movesOuterBias, kernels: kernels)
  }

  /// The time in which b' = 2 v int r p moves the slowest window across the interval, r being of the size of the target:
  /// with u the unit of the bias and T the length of the interval, max (u T)^2 / (2 |v|) over that size; at least 1, for
  /// the outer bias. With steep windows it is many orders of magnitude: rates fall with the square of the slopes.
  private func timeUnit(_ point: ClippingPoint) -> Double {
    point.windows.reduce(1) { unit, window in
      let way = window.unit(law.interval) * law.length
      return max(unit, way * way / (2 * window.outer.magnitude * outputUnit))
    }
  }

  /// Puts back the windows that have come back, and takes out those that are leaving.
  private func exchange(
    _ state: inout FlowState, previous: ClippingPoint?, _ controller: inout StepController, _ kernels: KernelTable
  ) {
    var leaving = state.leaving
    if let network = leaving.takeOut(of: state.point, previous: previous), let point = point(network, kernels) {
      state.point = point
      state.leaving = leaving
    }
    leaving = state.leaving
    if let (network, time) = leaving.putBack(into: state.point.network), let point = point(network, kernels) {
      state.point = point
      state.leaving = leaving
      controller.restart(min(controller.step, time))
    }
  }

  /// Where the windows inside are in their places, but others are on their way back: waits for the first of them and puts
  /// it back.
  ///
  /// - Returns: whether there is one and it comes back in time.
  private func revive(
    _ state: inout FlowState, until longest: Double, _ controller: inout StepController, _ kernels: KernelTable
  ) -> Bool {
    let network = state.point.network
    guard state.point.risk > negligibleRisk, state.leaving.areReturning(network) else { return false }
    let wait = state.leaving.timeToReturn(network)
    guard state.time + wait < longest, let leaving = state.leaving.advanced(from: network, to: network, by: wait)
    else { return false }
    state.time += wait
    state.leaving = leaving
    exchange(&state, previous: state.point, &controller, kernels)
    state.isSettled = false
    return true
  }

  private func end(_ state: FlowState) -> FlowEnd {
    let point = state.point
    let pressures = state.leaving.pressures(point.network)
    let stationarity = stationarity(point)
    let isNegligible = point.risk <= negligibleRisk
    var rest: FlowEnd.Rest?
    if isNegligible {
      rest = .secondOrder
    } else if state.isSettled, pressures.allSatisfy({ $0 > 0 }) {
      let isFlat = stationarity.negativeEigenvalues == 0
      if isFlat && stationarity.decrease <= FlowPolishing.stationaryShare * point.risk {
        rest = .secondOrder
      } else if hasNoGradient(point) {
        rest = .gradient
      }
    }
    return FlowEnd(
      network: point.network, risk: point.risk,
      gradientNorm: trained.map { point.evaluation.gradient[$0] }.euclideanNorm, decrease: stationarity.decrease,
      flowTime: state.time, steps: state.steps, rest: rest, kind: rest == nil ? nil : kind(point, stationarity),
      negativeEigenvalues: stationarity.negativeEigenvalues, smallestEigenvalue: stationarity.smallestEigenvalue,
      escape: .none, structure: structure(point),
      dying: zip(state.leaving.windows, pressures).filter(\.0.isDying).map {
        FlowEnd.DyingNeuron(
          index: $0.index, end: $0.isUpper ? law.interval.upperBound : law.interval.lowerBound,
          logarithm: $0.logarithm, pressure: $1)
      })
  }
}
