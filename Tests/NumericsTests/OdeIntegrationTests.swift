import Foundation
import Numerics
import Testing

@Suite struct OdeIntegrationTests {
  /// The logistic equation y' = y (1 - y) from 1/100.
  private func logistic(tolerance: Double) -> OdeIntegration? {
    OdeIntegration(
      from: [0.01], by: .dormandPrince, firstStep: 1e-3,
      tolerance: ErrorTolerance(absolute: tolerance, relative: tolerance)
    ) { y in [y[0] * (1 - y[0])] }
  }

  private func logisticSolution(_ time: Double) -> Double { 1 / (1 + 99 * exp(-time)) }

  @Test(arguments: [1e-4, 1e-7, 1e-10])
  func theErrorFollowsTheTolerance(_ tolerance: Double) throws {
    var integration = try #require(logistic(tolerance: tolerance))
    var worst = 0.0
    var steps = 0
    var reached = 0.0
    while let segment = integration.advance(until: 12) {
      steps += 1
      #expect(segment.start == reached)
      reached = integration.time
      #expect(abs(segment.state(at: segment.start)[0] - segment.origin[0]) == 0)
      for share in [0.25, 0.5, 0.75, 1] {
        let time = segment.start + share * segment.duration
        worst = max(worst, abs(segment.state(at: time)[0] - logisticSolution(time)))
      }
    }
    #expect(integration.time == 12)
    // Each step is allowed tolerance (1 + y). The flow magnifies an early error by up to y (1 - y) / (0.01 * 0.99) =
    // 25, at y = 1/2; errors of later steps, magnified less, take the rest.
    #expect(worst <= 30 * tolerance)
    // Steps go with the fifth root of the tolerance.
    #expect(steps <= Int(12 * pow(1e-4 / tolerance, 0.2)) + 12)
    #expect(integration.refusedSteps <= steps / 3)
  }

  /// y1' = -1000 (y1 - y2^2), y2' = -y2 from (2, 1): after a first layer y1 = c y2^2, c = 1000 / 998. The explicit
  /// method takes steps of 3.3 / 1000 at most, Rosenbrock's as long ones as the solution allows.
  @Test func stiffProblemsCostRosenbrockFewSteps() throws {
    func slope(_ y: [Double]) -> [Double] { [-1000 * (y[0] - y[1] * y[1]), -y[1]] }
    let tolerance = ErrorTolerance(absolute: 1e-6, relative: 1e-6)
    func steps(_ integration: OdeIntegration?) throws -> Int {
      var integration = try #require(integration)
      var steps = 0
      while integration.advance(until: 5) != nil { steps += 1 }
      #expect(integration.time == 5)
      // Ten times what a step is allowed, 1e-6: the solution forgets errors as fast as it decays, so few steps count.
      #expect(abs(integration.state[1] - exp(-5)) < 1e-5)
      #expect(abs(integration.state[0] - 1000.0 / 998 * exp(-10)) < 1e-5)
      return steps
    }
    let rosenbrock = try steps(
      OdeIntegration(
        from: [2, 1], by: .rodas3, firstStep: 1e-4, tolerance: tolerance, slopeAt: slope
      ) { y, shift in TwoByTwo(shift + 1000, -2000 * y[1], 0, shift + 1) })
    let explicit = try steps(
      OdeIntegration(from: [2, 1], by: .dormandPrince, firstStep: 1e-4, tolerance: tolerance, slopeAt: slope))
    #expect(rosenbrock < 300)
    #expect(explicit > 1400)
    let stabilized = try steps(
      OdeIntegration(byChebyshevFrom: [2, 1], firstStep: 1e-4, tolerance: tolerance, slopeAt: slope))
    // Of order 2: the accuracy asks for as many, not stability.
    #expect(stabilized < 1000)
  }

  /// Steps that may not be taken are tried again, shorter: here none across y = 1/2 but short ones.
  @Test func stepsMayBeRefused() throws {
    var integration = try #require(logistic(tolerance: 1e-4))
    integration.mayTake = { before, after in
      (before[0] < 0.5) == (after[0] < 0.5) || after[0] - before[0] < 1e-3
    }
    var longest = 0.0
    while let segment = integration.advance(until: 12) {
      if segment.origin[0] < 0.5, integration.state[0] >= 0.5 { longest = segment.step.increment[0] }
    }
    #expect(longest > 0 && longest < 1e-3)
    #expect(integration.refusedSteps > 3)
    #expect(abs(integration.state[0] - logisticSolution(12)) < 30e-4)
  }

  /// The step times the eigenvalue, from the last two stages.
  @Test func stiffnessIsSeen() throws {
    let step = try #require(
      ExplicitRungeKuttaMethod.dormandPrince.step(0.01, slope: [-300, -1]) { [-300 * (1 + $0[0]), -(1 + $0[1])] })
    let value = try #require(ExplicitRungeKuttaMethod.dormandPrince.stiffness(step))
    #expect(abs(value - 3) < 1e-6)
  }

  /// y' = y^2 from 1 is infinite at time 1.
  @Test func singularitiesEndIt() throws {
    var integration = try #require(
      OdeIntegration(
        from: [1], by: .dormandPrince, firstStep: 0.1, tolerance: ErrorTolerance(absolute: 1e-8, relative: 1e-8)
      ) { y in y[0].isFinite && y[0] * y[0] < .infinity ? [y[0] * y[0]] : nil })
    var steps = 0
    while integration.advance(until: 2) != nil { steps += 1 }
    // y = 1 / (1 - t): an error of 1e-8 (1 + y) moves the singularity by 1e-8 (1 + y) / y^2, 2e-8 at the start and
    // less and less: of dozens of steps at most 1e-6. What remains when y^2 overflows is no time at all.
    #expect(abs(integration.time - 1) < 1e-6)
    #expect(integration.state[0] > 1e6)
    #expect(steps < 2000)
  }

  @Test func startsWithoutASlopeAreNone() {
    let integration = OdeIntegration(
      from: [0], by: .dormandPrince, firstStep: 1, tolerance: ErrorTolerance(absolute: 1, relative: 1)
    ) { _ in nil }
    #expect(integration == nil)
  }

  /// Where there is no solver the step is shortened until there is one.
  @Test func stepsWithoutASolverAreShortened() throws {
    var integration = try #require(
      OdeIntegration(
        from: [1], by: .rodas3, firstStep: 1, tolerance: ErrorTolerance(absolute: 1, relative: 1),
        slopeAt: { y in [y[0]] },
        solver: { _, shift in shift > 100 ? Scalar(shift - 1) : nil }))
    let segment = integration.advance(until: 1)
    #expect(segment?.duration == 0.015625)
    #expect(integration.refusedSteps == 3)
  }
}

@Suite struct ErrorToleranceTests {
  private func step(error: [Double], increment: [Double]) -> OdeStep {
    // One explicit step whose stages are the increment and the increment minus the error.
    let method = ExplicitRungeKuttaMethod(
      order: 1, errorOrder: 1, positions: [[], [0]], weights: [1, 0], errorWeights: [1, -1], bends: [])
    return method.step(1, slope: increment) { _ in zip(increment, error).map { $0 - $1 } }!
  }

  @Test func errorsAreRootMeanSquares() {
    let tolerance = ErrorTolerance(absolute: 1, relative: 0.5)
    // Allowed are 1 + 0.5 * 2 and 1 + 0.5 * 6.
    let error = tolerance.relativeError(step(error: [2, 4], increment: [8, 8]), from: [2, 2], to: [-1, -6])
    // A few roundings of numbers about 1: 1e-15 is 9 * 2^-53.
    #expect(abs(error - 1) < 1e-15)
  }

  /// Of some components only, and likewise the size of a vector.
  @Test func someComponentsCount() {
    let tolerance = ErrorTolerance(absolute: 1, relative: 0.5)
    let step = step(error: [2, 100, 4], increment: [8, 8, 8])
    let error = tolerance.relativeError(step, from: [2, 0, 2], to: [-1, 0, -6], over: [0, 2])
    #expect(abs(error - 1) < 1e-15)
    #expect(tolerance.size([2, 100, 4], at: [2, 0, -6], over: [0, 2]) == 1)
    #expect(tolerance.size([2], at: [2], over: []) == 0)
  }

  @Test func shortStepsAreAllowedLess() {
    let tolerance = ErrorTolerance(absolute: 1, relative: 0, shareOfShortSteps: 0.25)
    let short = tolerance.relativeError(step(error: [0.0625], increment: [0.5]), from: [0], to: [0.5])
    #expect(short == 0.5)
    let long = tolerance.relativeError(step(error: [0.0625], increment: [64]), from: [0], to: [64])
    #expect(long == 0.0625)
  }

  @Test func noComponentsHaveNoError() {
    let tolerance = ErrorTolerance(absolute: 1, relative: 1, shareOfShortSteps: 0.25)
    #expect(tolerance.relativeError(step(error: [], increment: []), from: [], to: []) == 0)
  }
}
