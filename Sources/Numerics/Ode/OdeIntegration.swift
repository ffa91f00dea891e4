/// The solution of y' = f(y) from a start, step by step, with errors kept within a tolerance.
public struct OdeIntegration {
  /// A step that was taken, and the solution along it.
  public struct Segment: Sendable {
    public let start: Double
    public let duration: Double
    /// y at the start.
    public let origin: [Double]
    public let step: OdeStep

    /// Dense output: y at a time between start and end.
    public func state(at time: Double) -> [Double] {
      zip(origin, step.increment(after: (time - start) / duration)).map { $0 + $1 }
    }
  }

  public private(set) var time = 0.0
  public private(set) var state: [Double]
  /// f at `state`.
  public private(set) var slope: [Double]
  /// Steps that were tried and not taken.
  public private(set) var refusedSteps = 0
  public private(set) var controller: StepController
  private let tolerance: ErrorTolerance
  /// f; nil where it is not finite.
  private let slopeAt: ([Double]) -> [Double]?
  private let attempt: (_ tau: Double, _ state: [Double], _ slope: [Double]) -> OdeStep?

  private init?(
    from start: [Double], controller: StepController, tolerance: ErrorTolerance,
    slopeAt: @escaping ([Double]) -> [Double]?,
    attempt: @escaping (_ tau: Double, _ state: [Double], _ slope: [Double]) -> OdeStep?
  ) {
    guard let slope = slopeAt(start) else { return nil }
    state = start
    self.slope = slope
    self.controller = controller
    self.tolerance = tolerance
    self.slopeAt = slopeAt
    self.attempt = attempt
  }

  /// By an explicit method.
  ///
  /// - Parameter slopeAt: f; nil where it is not finite.
  /// - Returns: nil where f is not finite at the start.
  public init?(
    from start: [Double], by method: ExplicitRungeKuttaMethod, firstStep: Double, tolerance: ErrorTolerance,
    slopeAt: @escaping ([Double]) -> [Double]?
  ) {
    self.init(
      from: start, controller: StepController(first: firstStep, errorOrder: method.errorOrder), tolerance: tolerance,
      slopeAt: slopeAt
    ) { tau, state, slope in
      method.step(tau, slope: slope) { increment in slopeAt(zip(state, increment).map { $0 + $1 }) }
    }
  }

  /// By a Rosenbrock method.
  ///
  /// - Parameters:
  ///   - slopeAt: f; nil where it is not finite.
  ///   - solver: of the matrix shift - J, J the Jacobian of f at the state; nil where there is none, and the step is to be
  ///     shorter.
  /// - Returns: nil where f is not finite at the start.
  public init?<Solver: LinearSolver>(
    from start: [Double], by method: RosenbrockMethod, firstStep: Double, tolerance: ErrorTolerance,
    slopeAt: @escaping ([Double]) -> [Double]?, solver: @escaping (_ state: [Double], _ shift: Double) -> Solver?
  ) {
    self.init(
      from: start, controller: StepController(first: firstStep, errorOrder: method.errorOrder), tolerance: tolerance,
      slopeAt: slopeAt
    ) { tau, state, slope in
      guard let solver = solver(state, method.shift(tau)) else { return nil }
      return method.step(tau, slope: slope, solver: solver) { increment in
        slopeAt(zip(state, increment).map { $0 + $1 })
      }
    }
  }

  /// Takes one step, up to the end at most, and tries shorter ones until the error is small enough.
  ///
  /// - Returns: nil at the end, and where steps become so short that they change the time no more: at a singularity.
  public mutating func advance(until end: Double) -> Segment? {
    guard time < end else { return nil }
    let remaining = end - time
    controller.shorten(to: remaining)
    while time + controller.step > time {
      let tau = controller.step
      guard let step = attempt(tau, state, slope) else {
        refuse(trying: 0.25 * tau)
        continue
      }
      let next = zip(state, step.increment).map { $0 + $1 }
      let error = tolerance.relativeError(step, from: state, to: next)
      guard error <= 1 else {
        refuse(trying: controller.shorterStep(error: error))
        continue
      }
      guard let slope = step.slopeAtEnd ?? slopeAt(next) else {
        refuse(trying: 0.25 * tau)
        continue
      }
      let segment = Segment(start: time, duration: tau, origin: state, step: step)
      time = tau == remaining ? end : time + tau
      state = next
      self.slope = slope
      controller.accept(error: error)
      return segment
    }
    return nil
  }

  private mutating func refuse(trying shorter: Double) {
    controller.refuse(trying: shorter)
    refusedSteps += 1
  }
}
