import Kernels
import Networks
import Numerics
import Risk

/// Steps of the flow.
extension RectifiedFlow {
  /// So many linearly implicit steps of deep and of shallow networks may be refused in a row. A neuron of a later layer
  /// that slides along z = 0 refuses all of them, kinks of a shallow network that merge every second one.
  private static let refusalsOfDeepNetworks = 1
  private static let refusalsOfShallowNetworks = 0
  /// Then so many steps are taken by the implicit method.
  private static let implicitSteps = 7
  /// And so many where it has to decide on which side of an end a kink is.
  private static let implicitStepsAtEnd = 3
  /// Without the second derivatives beside J^T B J the estimate of the error is too small: it counts so many times. Measured:
  /// at the same tolerance the errors of the implicit method along the flow are a fifth to a twentieth.
  private static let errorsOfDeepNetworks = 2.0

  package struct Step {
    let end: FlowPoint
    /// Half the decrease that a damped Newton step of this length promises.
    package let promise: Double
    /// In units of what is allowed.
    let error: Double
  }

  /// Takes one step, up to `end` at most, with the dying neurons beside it; nil where it was refused, and a shorter one is to be
  /// tried.
  package func advance(_ state: inout State, until end: Double, kernels: KernelTable) -> Step? {
    state.controller.shorten(to: end - state.time)
    state.controller.shorten(to: state.dying.longestStep(state.point.network))
    let tau = state.controller.step
    guard let step = step(&state, kernels) else { return nil }
    guard let dying = state.dying.advanced(from: state.point.network, to: step.end.network, by: tau) else {
      state.controller.refuse(trying: 0.5 * tau)
      return nil
    }
    let previous = state.point
    state.advance(by: tau)
    state.move(to: step.end)
    state.dying = dying
    exchange(&state, previous: previous, after: tau)
    state.controller.accept(error: step.error)
    return step
  }

  /// Tries one step, and prepares the next try where it fails.
  private func step(_ state: inout State, _ kernels: KernelTable) -> Step? {
    state.steps += 1
    state.stepsOfOctave += 1
    let tau = state.controller.step
    if state.implicitSteps == 0 && integrator == .mixed {
      switch linearlyImplicitStep(&state, tau, kernels) {
      case .taken(let step):
        if activatesNeuron(state.point, step.end) {
          // The same step, by the other method.
          state.implicitSteps = Self.implicitStepsAtEnd
          return nil
        }
        state.refusals = 0
        return step
      case .refused(let shorter):
        state.controller.refuse(trying: shorter)
        state.refusals += 1
        if state.refusals > (isDeep(state.point) ? Self.refusalsOfDeepNetworks : Self.refusalsOfShallowNetworks) {
          state.implicitSteps = Self.implicitSteps
          state.refusals = 0
        }
        return nil
      }
    }
    switch implicitStep(&state, tau) {
    case .taken(let step):
      state.implicitSteps = max(state.implicitSteps - 1, 0)
      state.refusals = 0
      return step
    case .refused(let shorter):
      // Where a kink passes something, the errors of ever shorter steps fall late.
      state.controller.refuse(trying: state.refusals > 0 ? min(shorter, 0.1 * tau) : shorter)
      state.refusals += 1
      return nil
    }
  }

  private func isDeep(_ point: FlowPoint) -> Bool { point.network.architecture.depth > 1 }

  private enum Attempt {
    case taken(Step)
    /// With the time to try instead.
    case refused(shorter: Double)
  }

  /// By ROS34PW2, with J^T B J in place of the Hessian.
  private func linearlyImplicitStep(_ state: inout State, _ tau: Double, _ kernels: KernelTable) -> Attempt {
    let method = RosenbrockMethod.ros34pw2
    state.controller.errorOrder = method.errorOrder
    let point = state.point
    let shift = method.shift(tau)
    let hessian = state.currentHessian()
    guard let solver = hessian.solver(shift: shift) else { return .refused(shorter: 0.5 * tau) }
    let slope = flowSlope(point.evaluation)
    let step = method.step(tau, slope: slope, solver: solver) { increment in
      let network = moved(point.network, by: increment)
      guard network.isFinite else { return nil }
      return flowSlope(risk.evaluate(network, kernels: kernels))
    }
    guard let step, let next = self.point(moved(point.network, by: step.increment)) else {
      return .refused(shorter: 0.25 * tau)
    }
    let promise = promise(slope, step.stages[0], shift: shift)
    if promise.curvature * tau < -1 { return .refused(shorter: min(0.5 * tau, -0.7 / promise.curvature)) }
    return judged(
      step, from: point, to: next, tau, promise: promise.decrease, state,
      weight: isDeep(point) ? Self.errorsOfDeepNetworks : 1)
  }

  /// By SDIRK2.
  private func implicitStep(_ state: inout State, _ tau: Double) -> Attempt {
    state.controller.errorOrder = Sdirk2.errorOrder
    let point = state.point
    var last = point
    var work = 0.0
    let step = Sdirk2.step(tau, from: point.network.parameters) { centre, step in
      guard let stage = stage(from: last, centre: centre, step, &work) else { return nil }
      last = stage
      return stage.network.parameters
    }
    state.work += work
    guard let step else { return .refused(shorter: 0.5 * tau) }
    let shift = 1 / (Sdirk2.gamma * tau)
    let slope = flowSlope(point.evaluation)
    let damped = state.currentHessian().solver(shift: shift)?.solve(slope)
    return judged(
      step, from: point, to: last, tau,
      promise: damped.map { promise(slope, $0, shift: shift).decrease } ?? .infinity, state)
  }

  /// Half of G^T k, k = (shift + H)^-1 G, and the Rayleigh quotient of H along k, from G^T k = k^T (shift + H) k.
  private func promise(
    _ slope: [Double], _ damped: [Double], shift: Double
  ) -> (decrease: Double, curvature: Double) {
    let product = zip(slope, damped).reduce(0) { $0 + $1.0 * $1.1 }
    let square = damped.reduce(0) { $0 + $1 * $1 }
    return (0.5 * product, square > 0 ? product / square - shift : 0)
  }

  private func judged(
    _ step: OdeStep, from point: FlowPoint, to next: FlowPoint, _ tau: Double, promise: Double,
    _ state: State, weight: Double = 1
  ) -> Attempt {
    let error =
      weight
      * tolerance.relaxed(by: state.patience).relativeError(
        step, from: point.network.parameters, to: next.network.parameters, over: trained)
    guard error <= 1 else { return .refused(shorter: state.controller.shorterStep(error: error)) }
    let rounding = max(point.evaluation.error, next.evaluation.error)
    if next.risk > point.risk + rounding || tau > 1e-9 && leavesTooEarly(point, next) {
      return .refused(shorter: 0.5 * tau)
    }
    return .taken(Step(end: next, promise: promise, error: error))
  }

  /// Whether a kink of the first layer leaves the interval from too far inside. Near an end e the speed of a kink is mostly
  /// that of the mean residual beyond it, v r(e) times its distance: kinks come to the end exponentially slowly, and one
  /// that a step carries over the end would hardly come back.
  private func leavesTooEarly(_ before: FlowPoint, _ after: FlowPoint) -> Bool {
    before.activities.indices.contains { j in
      guard case .beyond(let kink) = before.activities[j] else {
        return before.isRectified && before.activities[j] == .everywhere && after.activities[j] == .nowhere
      }
      if case .beyond = after.activities[j] { return false }
      let distance = min(kink - interval.lowerBound, interval.upperBound - kink)
      return distance > DyingNeurons.distance * ends.length
    }
  }

  /// Whether a kink of the first layer leaves the interval so that its neuron is active everywhere. Inside, near an end e,
  /// it is held at the distance at which v r(e) times it balances the rest of its speed, which vanishes as the flow comes
  /// to rest: only a method that solves for that distance sees on which side of the end the kink is.
  private func activatesNeuron(_ before: FlowPoint, _ after: FlowPoint) -> Bool {
    before.activities.indices.contains { j in
      guard case .beyond = before.activities[j] else { return false }
      return after.activities[j] == .everywhere
    }
  }

  // MARK: Stages

  /// The minimum of phi(U) = L(U) + |U - centre|^2 / (2 step), which is U = centre - step G(U): by Newton's method with
  /// J^T B J at the iterates, so that neurons may change their segments on the way, and a line search.
  ///
  /// - Returns: nil where it is not found in a few iterations.
  private func stage(
    from start: FlowPoint, centre: [Double], _ step: Double, _ work: inout Double
  ) -> FlowPoint? {
    // What is not trained is the same everywhere.
    func objective(_ point: FlowPoint) -> Double {
      var square = 0.0
      for (value, centre) in zip(point.network.parameters, centre) { square += (value - centre) * (value - centre) }
      return point.risk + square / (2 * step)
    }
    var point = start
    var value = objective(point)
    var previousLength: Double?
    for _ in 0..<10 {
      // Minus the gradient of phi.
      var slope = flowSlope(point.evaluation)
      for i in slope.indices { slope[i] -= (point.network.parameters[i] - centre[i]) / step }
      let hessian = point.hessian
      work += hessian.work
      var solver = hessian.solver(shift: 1 / step)
      if solver == nil {
        work += hessian.work
        solver = point.convexHessian(self)?.solver(shift: 1 / step)
      }
      guard let direction = solver?.solve(slope) else { return nil }
      let length = tolerance.size(direction, at: point.network.parameters, over: trained)
      let descent = -zip(slope, direction).reduce(0) { $0 + $1.0 * $1.1 }
      var next: FlowPoint?
      var factor = 1.0
      while next == nil && factor > 1e-3 {
        let increment = factor == 1 ? direction : direction.map { factor * $0 }
        if let trial = self.point(moved(point.network, by: increment)) {
          let trialValue = objective(trial)
          if trialValue <= value + 1e-4 * factor * descent + 1e-14 * value.magnitude {
            next = trial
            value = trialValue
          }
        }
        if next == nil { factor *= 0.4 }
      }
      guard let next else { return length <= Self.stageAccuracy ? point : nil }
      point = next
      // What is left, if the steps go on to shorten as they do.
      let rate = previousLength.map { length / $0 } ?? 1
      if length <= Self.stageAccuracy || rate < 1 && length * rate / (1 - rate) <= Self.stageAccuracy { return point }
      previousLength = factor == 1 ? length : nil
    }
    return nil
  }

  /// Newton's method ends where this share of the tolerance is left.
  private static let stageAccuracy = 0.03
}
