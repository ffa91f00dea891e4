import Foundation
import Numerics
import Testing

/// Steps of one length, on problems with known solutions: slopes of log2(error) when the steps are halved.
@Suite struct OdeMethodTests {
  /// y' = y cos t with the time as a second component: y = exp(sin t).
  private static func smooth(_ y: [Double]) -> [Double] { [y[0] * cos(y[1]), 1] }
  private static func solution(_ time: Double) -> Double { exp(sin(time)) }

  private static func dormandPrince(_ y: [Double], _ tau: Double) -> OdeStep {
    ExplicitRungeKuttaMethod.dormandPrince.step(tau, slope: smooth(y)) { smooth(sum(y, $0)) }!
  }

  private static func bogackiShampine(_ y: [Double], _ tau: Double) -> OdeStep {
    ExplicitRungeKuttaMethod.bogackiShampine.step(tau, slope: smooth(y)) { smooth(sum(y, $0)) }!
  }

  private static func rkc2(_ y: [Double], _ tau: Double, stages: Int) -> OdeStep {
    Rkc2.step(tau, stages: stages, slope: smooth(y)) { smooth(sum(y, $0)) }!
  }

  private static func rodas3(_ y: [Double], _ tau: Double) -> OdeStep {
    let method = RosenbrockMethod.rodas3
    let shift = method.shift(tau)
    let solver = TwoByTwo(shift - cos(y[1]), y[0] * sin(y[1]), 0, shift)
    return method.step(tau, slope: smooth(y), solver: solver) { smooth(sum(y, $0)) }!
  }

  /// By ROS34PW2 with a matrix that is not the Jacobian: `wrong` times it.
  private static func ros34pw2(_ y: [Double], _ tau: Double, wrong: Double) -> OdeStep {
    let method = RosenbrockMethod.ros34pw2
    let shift = method.shift(tau)
    let solver = TwoByTwo(shift - wrong * cos(y[1]), wrong * y[0] * sin(y[1]), 0, shift)
    return method.step(tau, slope: smooth(y), solver: solver) { smooth(sum(y, $0)) }!
  }

  /// By SDIRK2, its equations solved by Newton's method.
  private static func sdirk2(_ y: [Double], _ tau: Double) -> OdeStep {
    Sdirk2.step(tau, from: y) { centre, step in
      var point = centre
      for _ in 0..<8 {
        let slope = smooth(point)
        let residual = (0..<2).map { point[$0] - centre[$0] - step * slope[$0] }
        let solver = TwoByTwo(1 - step * cos(point[1]), step * point[0] * sin(point[1]), 0, 1)
        let change = solver.solve(residual)
        for k in 0..<2 { point[k] -= change[k] }
      }
      return point
    }!
  }

  struct Errors {
    /// At the end.
    var end = 0.0
    /// The largest between the ends of steps, by dense output.
    var between = 0.0
  }

  /// The errors of the first component over the time 3 with 2^k steps.
  private static func errors(
    _ k: Int, _ step: ([Double], Double) -> OdeStep, between: Bool = true
  ) -> Errors {
    let tau = 3 / Double(1 << k)
    var y = [1.0, 0]
    var errors = Errors()
    for i in 0..<1 << k {
      let step = step(y, tau)
      for share in between ? shares : [] {
        let exact = solution((Double(i) + share) * tau)
        errors.between = max(errors.between, abs(y[0] + step.increment(after: share)[0] - exact))
      }
      y = sum(y, step.increment)
    }
    errors.end = abs(y[0] - solution(3))
    return errors
  }

  // Slopes: an error c tau^p (1 + d tau) has the slope p + d tau / (2 ln 2), tau the longer step. The bound 0.05
  // allows d = 1.5 for Dormand and Prince's method (tau = 3/64), 6 for Rodas3 (tau = 3/256); rounding, 2^-52 a step,
  // changes an error of 1e-12 by less than 3 %, a slope by less than 0.04 if all roundings agree.
  private static let shares = (1...9).map { Double($0) / 10 }

  @Test func dormandPrinceHasOrder5() {
    let (coarse, fine) = (Self.errors(6, Self.dormandPrince), Self.errors(7, Self.dormandPrince))
    #expect(abs(log2(coarse.end / fine.end) - 5) < 0.05)
    // The dense output is of order 4, its error in a step of fifth order: as the error at the ends of many.
    #expect(abs(log2(coarse.between / fine.between) - 5) < 0.05)
    // The constant, not only the order: the tableau gives 3.84e-11, computed once by a program of its own.
    #expect(coarse.end < 4e-11)
  }

  @Test func bogackiShampineHasOrder3() {
    let (coarse, fine) = (Self.errors(8, Self.bogackiShampine), Self.errors(9, Self.bogackiShampine))
    #expect(abs(log2(coarse.end / fine.end) - 3) < 0.05)
    // Cubics through the ends and their slopes are of order 3 between them.
    #expect(abs(log2(coarse.between / fine.between) - 3) < 0.05)
  }

  /// Whatever the number of stages.
  @Test(arguments: [2, 3, 5, 20])
  func rkc2HasOrder2(stages: Int) {
    let (coarse, fine) = (
      Self.errors(9) { Self.rkc2($0, $1, stages: stages) }, Self.errors(10) { Self.rkc2($0, $1, stages: stages) }
    )
    // At the end errors of the second order nearly cancel on this problem, so the largest along the way.
    #expect(abs(log2(coarse.between / fine.between) - 2) < 0.05)
  }

  /// y' = -lambda y: stable, and damped, up to the bound by which the stages are chosen, and not far beyond it.
  @Test(arguments: [2, 5, 20, 200, 400])
  func rkc2IsStable(stages: Int) {
    func growth(_ product: Double) -> Double {
      abs(1 + Rkc2.step(1, stages: stages, slope: [-product]) { [-product * (1 + $0[0])] }!.increment[0])
    }
    // The largest product with so many stages.
    let bound = (Double(stages * stages) - 2 * Double(stages)) / 1.54
    for share in stride(from: 0.001, through: 1, by: 0.001) where share * bound > 0.1 {
      #expect(growth(share * bound) < 1)
    }
    #expect(Rkc2.stages(1, radius: bound * 0.999) <= stages)
    #expect(growth(0.8 * Double(stages * stages)) > 1)
    #expect(Rkc2.stages(1e30, radius: 1e300) > Rkc2.mostStages)
  }

  @Test func rodas3HasOrder3() {
    let (coarse, fine) = (Self.errors(8, Self.rodas3), Self.errors(9, Self.rodas3))
    #expect(abs(log2(coarse.end / fine.end) - 3) < 0.05)
    #expect(abs(log2(coarse.between / fine.between) - 3) < 0.05)
    // The constant, not only the order: the tableau gives 1.1e-7 at the ends of steps; between them the dense output
    // adds to it.
    #expect(coarse.between < 2e-7)
  }

  /// Of order 3 with the Jacobian, and, as a W-method, with any other matrix; its dense output of order 2, its error in a
  /// step of third order.
  @Test(arguments: [1, 0.5, 0])
  func ros34pw2HasOrder3(wrong: Double) {
    let (coarse, fine) = (
      Self.errors(8) { Self.ros34pw2($0, $1, wrong: wrong) }, Self.errors(9) { Self.ros34pw2($0, $1, wrong: wrong) }
    )
    #expect(abs(log2(coarse.end / fine.end) - 3) < 0.05)
    #expect(abs(log2(coarse.between / fine.between) - 3) < 0.1)
  }

  /// The estimate, where the solution is not as flat as at its start.
  @Test func ros34pw2EstimatesItsError() {
    func estimate(_ tau: Double) -> Double {
      abs(Self.ros34pw2([Self.solution(0.5), 0.5], tau, wrong: 1).error[0])
    }
    // d tau / (2 ln 2), tau = 3/512: the bound allows d = 23.
    let slope = log2(estimate(3.0 / 512) / estimate(3.0 / 1024))
    #expect(abs(slope - Double(RosenbrockMethod.ros34pw2.errorOrder)) < 0.1)
  }

  @Test func sdirk2HasOrder2() {
    let (coarse, fine) = (Self.errors(8, Self.sdirk2, between: false), Self.errors(9, Self.sdirk2, between: false))
    #expect(abs(log2(coarse.end / fine.end) - 2) < 0.05)
    // One step from the exact solution: its error and the estimate.
    func local(_ tau: Double) -> (Double, Double) {
      let step = Self.sdirk2([1, 0], tau)
      return (abs(1 + step.increment[0] - Self.solution(tau)), abs(step.error[0]))
    }
    let (long, short) = (local(3.0 / 64), local(3.0 / 128))
    #expect(abs(log2(long.0 / short.0) - 3) < 0.1)
    #expect(abs(log2(long.1 / short.1) - Double(Sdirk2.errorOrder)) < 0.1)
  }

  /// One step from the exact solution: the power of the step with which its error, that of the dense output and the
  /// estimate go.
  @Test func localErrors() {
    func slopes(_ step: ([Double], Double) -> OdeStep) -> (end: Double, between: Double, estimate: Double) {
      func errors(_ tau: Double) -> (Double, Double, Double) {
        let step = step([1, 0], tau)
        let between = Self.shares.map { abs(1 + step.increment(after: $0)[0] - Self.solution($0 * tau)) }.max()!
        return (abs(1 + step.increment[0] - Self.solution(tau)), between, abs(step.error[0]))
      }
      let (coarse, fine) = (errors(3.0 / 64), errors(3.0 / 128))
      return (log2(coarse.0 / fine.0), log2(coarse.1 / fine.1), log2(coarse.2 / fine.2))
    }
    // One step, from the same point: d tau / (2 ln 2) as above, tau = 3/64; the bound 0.1 allows d = 3.
    let explicit = slopes(Self.dormandPrince)
    #expect(abs(explicit.end - 6) < 0.1)
    #expect(abs(explicit.between - 5) < 0.1)
    #expect(abs(explicit.estimate - Double(ExplicitRungeKuttaMethod.dormandPrince.errorOrder)) < 0.1)
    let implicit = slopes(Self.rodas3)
    #expect(abs(implicit.end - 4) < 0.1)
    #expect(abs(implicit.between - 3) < 0.1)
    #expect(abs(implicit.estimate - Double(RosenbrockMethod.rodas3.errorOrder)) < 0.1)
  }

  /// The same where the solution is not as flat as at its start, whose third derivative is 0.
  @Test func localErrorsOfLowOrder() {
    func slopes(_ step: ([Double], Double) -> OdeStep) -> (end: Double, estimate: Double) {
      let start = [Self.solution(0.5), 0.5]
      func errors(_ tau: Double) -> (Double, Double) {
        let step = step(start, tau)
        return (abs(start[0] + step.increment[0] - Self.solution(0.5 + tau)), abs(step.error[0]))
      }
      let (coarse, fine) = (errors(3.0 / 512), errors(3.0 / 1024))
      return (log2(coarse.0 / fine.0), log2(coarse.1 / fine.1))
    }
    let cheap = slopes(Self.bogackiShampine)
    #expect(abs(cheap.end - 4) < 0.1)
    #expect(abs(cheap.estimate - Double(ExplicitRungeKuttaMethod.bogackiShampine.errorOrder)) < 0.1)
    for stages in [2, 5, 20] {
      let stabilized = slopes { Self.rkc2($0, $1, stages: stages) }
      #expect(abs(stabilized.end - 3) < 0.1)
      #expect(abs(stabilized.estimate - Double(Rkc2.errorOrder)) < 0.1)
    }
  }

  @Test func denseOutputMeetsTheEnds() {
    let steps = [
      Self.dormandPrince([1, 0], 0.25), Self.bogackiShampine([1, 0], 0.25), Self.rodas3([1, 0], 0.25),
      Self.rkc2([1, 0], 0.25, stages: 4),
    ]
    for step in steps {
      #expect(step.increment(after: 0) == [0, 0])
      #expect(step.increment(after: 1) == step.increment)
      // A few dozen roundings of numbers up to 1/4, by 2^-55 = 3e-17 at most each.
      // Time is a component whose slope is 1.
      for share in Self.shares { #expect(abs(step.increment(after: share)[1] - share * 0.25) < 1e-15) }
    }
  }

  /// The last stage of a step is f at its end, and the first of the next: the dense output has a continuous derivative.
  @Test(arguments: [
    dormandPrince([1, 0], 0.25), bogackiShampine([1, 0], 0.25), rkc2([1, 0], 0.25, stages: 3),
  ])
  func slopesAreContinuous(_ step: OdeStep) {
    #expect(step.slopeAtEnd == Self.smooth(Self.sum([1, 0], step.increment)))
    let share = 1e-7
    // Half the second derivative, about 1, times share * 0.25: 1.3e-8. Rounding: the quotient magnifies 2^-53 to
    // 4e-9. The bounds of 1e-6 leave room for dozens of either; a bent slope would differ by much more.
    let atStart = step.increment(after: share)[0] / (share * 0.25)
    let atEnd = (step.increment[0] - step.increment(after: 1 - share)[0]) / (share * 0.25)
    #expect(abs(atStart - 1) < 1e-6)
    #expect(abs(atEnd - step.slopeAtEnd![0]) < 1e-6)
  }

  /// y' = -lambda (y - sin t) + cos t from y = sin t (Prothero and Robinson, 1974). At the ends of steps stiffly
  /// accurate methods have an error of tau / lambda, between them that of the dense output, of third order.
  @Test(arguments: [1e6, 1e8])
  func rodas3OnAStiffProblem(_ lambda: Double) {
    let method = RosenbrockMethod.rodas3
    func slope(_ y: [Double]) -> [Double] { [-lambda * (y[0] - sin(y[1])) + cos(y[1]), 1] }
    func errors(_ count: Int) -> Errors {
      let tau = 2 / Double(count)
      let shift = method.shift(tau)
      var y = [0.0, 0]
      var errors = Errors()
      for i in 0..<count {
        let start = y
        let solver = TwoByTwo(shift + lambda, sin(y[1]) - lambda * cos(y[1]), 0, shift)
        let step = method.step(tau, slope: slope(y), solver: solver) { slope(Self.sum(start, $0)) }!
        for share in Self.shares {
          let exact = sin((Double(i) + share) * tau)
          errors.between = max(errors.between, abs(y[0] + step.increment(after: share)[0] - exact))
        }
        y = Self.sum(y, step.increment)
      }
      errors.end = abs(y[0] - sin(2))
      return errors
    }
    let (coarse, fine) = (errors(32), errors(64))
    // Slopes as at the top, tau = 1/16: the bound allows d = 1.1. The last bound is half of tau / lambda.
    #expect(abs(log2(coarse.end / fine.end) - 1) < 0.05)
    #expect(abs(log2(coarse.between / fine.between) - 3) < 0.05)
    #expect(fine.end < 0.5 / (32 * lambda))
  }

  /// A symmetric Jacobian with eigenvalues -1 and -10^6, as that of a gradient flow: the fast component dies at once,
  /// the slow one has order 3.
  @Test func rodas3OnAGradientFlow() throws {
    let method = RosenbrockMethod.rodas3
    let hessian = SymmetricMatrix(
      order: 2, lowerTriangleOf: [0.5 * (1 + 1e6), 0, 0.5 * (1 - 1e6), 0.5 * (1 + 1e6)])
    func slope(_ y: [Double]) -> [Double] { (0..<2).map { -(hessian[$0, 0] * y[0] + hessian[$0, 1] * y[1]) } }
    func end(_ count: Int) throws -> [Double] {
      let tau = 1 / Double(count)
      var y = [2.0, 0]
      for _ in 0..<count {
        let start = y
        let factor = try #require(LDLFactor(hessian, shift: method.shift(tau)))
        y = Self.sum(y, method.step(tau, slope: slope(y), solver: factor) { slope(Self.sum(start, $0)) }!.increment)
      }
      return y
    }
    let (coarse, fine) = (try end(32), try end(64))
    // The fast component is gone; rounding brings it back with the condition, 1e6 * 2^-53 = 1e-10, in each step and
    // to be forgotten in the next: ten of those. The slope as at the top, tau = 1/32: d = 2.2.
    #expect(abs(coarse[0] - coarse[1]) < 1e-9)
    #expect(abs(log2((coarse[0] - exp(-1)) / (fine[0] - exp(-1))) - 3) < 0.05)
  }

  /// However long the step: its end and the embedded method's are 0, and the dense output does not exceed the start.
  @Test func rodas3IsLStable() {
    let method = RosenbrockMethod.rodas3
    let lambda = 1e12
    let step = method.step(1, slope: [-lambda], solver: Scalar(method.shift(1) + lambda)) { [-lambda * (1 + $0[0])] }!
    // L-stable: of order 1 / (lambda tau) = 1e-12, times the coefficients of the method, a hundred at most.
    #expect(abs(1 + step.increment[0]) < 1e-10)
    #expect(abs(step.error[0]) < 1e-10)
    for share in Self.shares { #expect(abs(1 + step.increment(after: share)[0]) <= 1) }
  }

  @Test func whatIsNotFiniteEndsTheStep() {
    #expect(ExplicitRungeKuttaMethod.dormandPrince.step(1, slope: [1]) { _ in nil }?.increment == nil)
    #expect(RosenbrockMethod.rodas3.step(1, slope: [1], solver: Scalar(3)) { _ in nil }?.increment == nil)
    #expect(Rkc2.step(1, stages: 3, slope: [1]) { _ in nil }?.increment == nil)
  }

  private static func sum(_ y: [Double], _ increment: [Double]) -> [Double] { zip(y, increment).map { $0 + $1 } }
}
