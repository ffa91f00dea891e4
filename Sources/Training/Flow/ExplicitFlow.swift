import Kernels
import Networks
import Numerics
import Risk

/// The gradient flow from a network by explicit methods, for every network whose risk has an exact gradient.
///
/// The state has the trained parameters and the integral of |G|^2, whose error is kept within the tolerance like the others.
/// Parameters with gradient 0, those of dead neurons, keep their bits.
///
/// The flow makes no rectified neuron of the first layer dead: its kink comes to the end of the interval exponentially slowly. A
/// step that would carry one over the end is taken again, shorter, unless it is there up to ``atEnd``.
struct ExplicitFlow {
  private let field: Field
  private let plan: FlowPlan
  private let end: Double
  private var integration: OdeIntegration
  /// Flow time at which the integration began.
  private var origin = 0.0
  /// The last step that was taken, and the flow time at which its integration began.
  private var last: (segment: OdeIntegration.Segment, origin: Double)?
  /// Steps that were taken, and those that were tried by an integration before.
  private var countedSteps = 0
  private var stiffness = StiffnessTest()

  /// A point of the flow.
  struct Point {
    let network: Network
    /// The integral of |G|^2 up to here.
    let energy: Double
  }

  /// The vector field.
  private struct Field {
    let start: Network
    let trained: [Int]
    let risk: PopulationRisk
    let kernels: KernelTable

    func network(_ state: [Double]) -> Network {
      var network = start
      for (place, index) in trained.enumerated() { network.parameters[index] = state[place] }
      return network
    }

    /// Nil where it is not finite.
    func slope(_ state: [Double]) -> [Double]? {
      guard state.allSatisfy(\.isFinite) else { return nil }
      let gradient = risk.evaluate(network(state), kernels: kernels).gradient
      var slope: [Double] = []
      slope.reserveCapacity(state.count)
      var square = 0.0
      for index in trained {
        slope.append(-gradient[index])
        square += gradient[index] * gradient[index]
      }
      slope.append(square)
      return square.isFinite ? slope : nil
    }
  }

  /// Kinks within this share of the interval from its end may cross it: it is rounding that takes them there.
  private static let atEnd = 1e-13
  /// The first step changes the state by this share of what it is, in units of the tolerance.
  private static let firstShare = 1e-2

  /// - Parameter end: the flow time up to which the flow is going to be followed.
  /// - Returns: nil where the gradient is not finite at the start.
  init?(
    from start: Network, trained: [Int], plan: FlowPlan, until end: Double, risk: PopulationRisk, kernels: KernelTable
  ) {
    field = Field(start: start, trained: trained, risk: risk, kernels: kernels)
    self.plan = plan
    self.end = end
    let state = trained.map { start.parameters[$0] } + [0]
    guard
      let integration = Self.integration(
        field, plan.tolerances, from: state, by: plan.integrator, firstStep: nil, until: end)
    else { return nil }
    self.integration = integration
  }

  var time: Double { integration.time >= end - origin ? end : origin + integration.time }
  /// Steps that were tried.
  var steps: Int { countedSteps + integration.refusedSteps }
  /// Where the flow has come to.
  var point: Point { point(integration.state) }

  private func point(_ state: [Double]) -> Point { Point(network: field.network(state), energy: state.last!) }

  /// The flow at a time, which is not before one that was asked for: between the steps by their dense output.
  ///
  /// - Returns: nil where it cannot be followed so far within the tolerance and the steps.
  mutating func point(at time: Double) -> Point? {
    while self.time < time {
      guard steps < plan.mostSteps, let segment = integration.advance(until: end - origin) else { return nil }
      last = (segment, origin)
      countedSteps += 1
      if plan.integrator == .automatic { switchMethod(after: segment) }
    }
    guard let last, time < self.time else { return point }
    return point(last.segment.state(at: time - last.origin))
  }

  /// Goes on by Chebyshev's method where Dormand and Prince's takes short steps only to be stable.
  private mutating func switchMethod(after segment: OdeIntegration.Segment) {
    guard !stiffness.isOver, let value = ExplicitRungeKuttaMethod.dormandPrince.stiffness(segment.step),
      stiffness.finds(value),
      let stiff = Self.integration(
        field, plan.tolerances, from: integration.state, by: .chebyshev, firstStep: segment.duration, until: end - time)
    else { return }
    stiffness.isOver = true
    countedSteps = steps
    origin = time
    integration = stiff
  }

  private static func integration(
    _ field: Field, _ tolerance: ErrorTolerance, from state: [Double], by method: FlowIntegrator, firstStep: Double?,
    until end: Double
  ) -> OdeIntegration? {
    guard let slope = field.slope(state) else { return nil }
    let (size, speed) = (tolerance.size(state, at: state), tolerance.size(slope, at: state))
    let first = min(firstStep ?? (speed > 0 ? firstShare * max(size, 1) / speed : end), end)
    var integration =
      switch method {
      case .automatic, .dormandPrince:
        OdeIntegration(
          from: state, by: .dormandPrince, firstStep: first, tolerance: tolerance, law: .proportionalIntegral,
          slopeAt: field.slope)
      case .bogackiShampine:
        OdeIntegration(
          from: state, by: .bogackiShampine, firstStep: first, tolerance: tolerance, law: .proportionalIntegral,
          slopeAt: field.slope)
      case .chebyshev:
        OdeIntegration(byChebyshevFrom: state, firstStep: first, tolerance: tolerance, slopeAt: field.slope)
      }
    if let interval = field.risk.inputInterval, field.start.architecture.activation.facts.canDie {
      integration?.mayTake = { before, after in
        !killsNeuron(field.network(before), field.network(after), on: interval)
      }
    }
    return integration
  }

  /// Whether a neuron of the first layer is dead after a step that was active before, and not just at the end.
  private static func killsNeuron(_ before: Network, _ after: Network, on interval: ClosedRange<Double>) -> Bool {
    let length = interval.upperBound - interval.lowerBound
    let activities = before.firstLayerActivities(on: interval)
    return zip(activities, after.firstLayerActivities(on: interval)).contains { before, after in
      guard after == .nowhere else { return false }
      switch before {
      case .nowhere: return false
      case .everywhere: return true
      case .beyond(let kink): return min(kink - interval.lowerBound, interval.upperBound - kink) > atEnd * length
      }
    }
  }
}

/// Whether the steps of Dormand and Prince's method are bounded by its stability: the test of DOPRI5 (Hairer and Wanner,
/// "Solving ordinary differential equations II", IV.2).
private struct StiffnessTest {
  /// Whether nothing is tested any more.
  var isOver = false
  private var stiffSteps = 0
  private var otherSteps = 0

  /// The end of the region of stability on the real axis, about.
  private static let bound = 3.25

  /// - Parameter value: the step times the largest eigenvalue.
  mutating func finds(_ value: Double) -> Bool {
    if value > Self.bound {
      (stiffSteps, otherSteps) = (stiffSteps + 1, 0)
    } else {
      otherSteps += 1
      if otherSteps == 6 { stiffSteps = 0 }
    }
    return stiffSteps == 15
  }
}

extension FlowPlan {
  fileprivate var tolerances: ErrorTolerance { ErrorTolerance(absolute: 0.1 * tolerance, relative: tolerance) }
}

extension ErrorTolerance {
  fileprivate func size(_ vector: [Double], at point: [Double]) -> Double {
    size(vector, at: point, over: Array(point.indices))
  }
}
