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
  /// Whether a step may be taken whose error is small; otherwise a shorter one is tried.
  public var mayTake: (_ before: [Double], _ after: [Double]) -> Bool = { _, _ in true }

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
    law: StepController.Law = .elementary, slopeAt: @escaping ([Double]) -> [Double]?
  ) {
    self.init(
      from: start, controller: StepController(first: firstStep, errorOrder: method.errorOrder, law: law),
      tolerance: tolerance, slopeAt: slopeAt
    ) { tau, state, slope in
      method.step(tau, slope: slope) { increment in slopeAt(zip(state, increment).map { $0 + $1 }) }
    }
  }

  /// By ``Rkc2``, for stiff problems whose Jacobians have real eigenvalues that are hardly positive.
  ///
  /// - Parameter slopeAt: f; nil where it is not finite.
  /// - Returns: nil where f is not finite at the start.
  public init?(
    byChebyshevFrom start: [Double], firstStep: Double, tolerance: ErrorTolerance,
    slopeAt: @escaping ([Double]) -> [Double]?
  ) {
    var stiffness = Stiffness()
    self.init(
      from: start,
      controller: StepController(first: firstStep, errorOrder: Rkc2.errorOrder, law: .proportionalIntegral),
      tolerance: tolerance, slopeAt: slopeAt
    ) { tau, state, slope in
      func slopeAfter(_ increment: [Double]) -> [Double]? { slopeAt(zip(state, increment).map { $0 + $1 }) }
      guard let radius = stiffness.radius(at: state, slope: slope, slopeAfter: slopeAfter) else { return nil }
      let stages = Rkc2.stages(tau, radius: radius)
      return stages <= Rkc2.mostStages ? Rkc2.step(tau, stages: stages, slope: slope, slopeAfter: slopeAfter) : nil
    }
  }

  /// The spectral radius, estimated again after some steps and where a step was refused.
  private struct Stiffness {
    private var estimate = SpectralRadius()
    private var radius = 0.0
    private var age = Int.max
    private var lastState: [Double]?

    private static let oldest = 25

    mutating func radius(
      at state: [Double], slope: [Double], slopeAfter: ([Double]) -> [Double]?
    ) -> Double? {
      let isRepeated = state == lastState
      lastState = state
      if age < Self.oldest, !isRepeated || age == 0 {
        if !isRepeated { age += 1 }
        return radius
      }
      guard let new = estimate.estimate(at: state, slope: slope, slopeAfter: slopeAfter) else { return nil }
      (radius, age) = (new, 0)
      return radius
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
      guard mayTake(state, next), let slope = step.slopeAtEnd ?? slopeAt(next) else {
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
