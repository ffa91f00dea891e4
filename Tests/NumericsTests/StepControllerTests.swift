import Foundation
import Numerics
import Testing

@Suite struct StepControllerTests {
  private func controller(_ errorOrder: Int = 3) -> StepController {
    StepController(first: 1, errorOrder: errorOrder)
  }

  /// safety e^(-1 / errorOrder), within bounds.
  @Test(arguments: [
    (2, 0.25, 1.8), (2, 1, 0.9), (3, 0.125, 1.8), (3, 0.001, 6), (3, 0, 6), (5, 0x1p-5, 1.8), (5, 0x1p-10, 3.6),
  ])
  func acceptedSteps(_ errorOrder: Int, _ error: Double, _ next: Double) {
    var controller = controller(errorOrder)
    controller.accept(error: error)
    // The root and the quotient are rounded: two units in the last place of 3.6 are 8.9e-16.
    #expect(abs(controller.step - next) < 1e-15)
  }

  @Test(arguments: [(1.0001, 0.8), (8, 0.45), (1e9, 0.2), (.infinity, 0.2), (.nan, 0.2)])
  func refusedSteps(_ error: Double, _ next: Double) {
    // Far above rounding, 1e-16: the rules to be told from this one differ by more, 0.9 instead of 0.8 in the first
    // case.
    #expect(abs(controller().shorterStep(error: error) - next) < 1e-4)
  }

  /// The step after a refused one is not longer, that after it may be.
  @Test func stepsDoNotGrowAfterARefusal() {
    var controller = controller()
    controller.refuse(trying: 0.5)
    #expect(controller.step == 0.5)
    controller.accept(error: 1e-6)
    #expect(controller.step == 0.5)
    controller.accept(error: 1e-6)
    #expect(controller.step == 3)
    controller.refuse(trying: 1)
    controller.accept(error: 8)
    // A root and a quotient of numbers up to 2: below 2^-51.
    #expect(abs(controller.step - 0.45) < 1e-15)
  }

  @Test func stepsAreShortened() {
    var controller = controller()
    controller.shorten(to: 2)
    #expect(controller.step == 1)
    controller.shorten(to: 0.25)
    #expect(controller.step == 0.25)
    controller.accept(error: 0)
    #expect(controller.step == 1.5)
  }

  @Test func aNewBeginningForgetsRefusals() {
    var controller = controller()
    controller.refuse(trying: 0.5)
    controller.restart(2)
    controller.accept(error: 0)
    #expect(controller.step == 12)
  }

  /// Where the error grew from 1/4 to 1 while the step grew to 1.8, the next one is expected to grow again: 0.9 = 1.8 sqrt(1/4)
  /// times shorter than by this error alone. A new beginning and another order forget the last step.
  @Test func predictiveStepsGoOnAsTheLastOne() {
    func controller() -> StepController {
      var controller = StepController(first: 1, errorOrder: 2, law: .predictive)
      controller.accept(error: 0.25)
      return controller
    }
    var predictive = controller()
    #expect(abs(predictive.step - 1.8) < 1e-15)
    predictive.accept(error: 1)
    #expect(abs(predictive.step - 1.8 * 0.9 * 0.9) < 1e-15)
    var restarted = controller()
    restarted.restart(1.8)
    restarted.accept(error: 1)
    #expect(abs(restarted.step - 1.8 * 0.9) < 1e-15)
    var changed = controller()
    changed.errorOrder = 3
    changed.accept(error: 1)
    #expect(abs(changed.step - 1.8 * 0.9) < 1e-15)
    // Errors that fall do not make steps longer than they would be.
    var falling = controller()
    falling.accept(error: 0.01)
    #expect(abs(falling.step - 1.8 * 6) < 1e-14)
  }

  /// safety e^(-0.7 / k) e_before^(0.4 / k), after a first step by the elementary law.
  @Test(arguments: [(2, 0.25), (3, 0.5), (5, 0.01), (5, 1)])
  func proportionalIntegral(_ errorOrder: Int, _ error: Double) {
    var controller = StepController(first: 1, errorOrder: errorOrder, law: .proportionalIntegral)
    controller.accept(error: 0.5)
    let first = controller.step
    #expect(abs(first - 0.9 * pow(0.5, -1 / Double(errorOrder))) < 1e-14)
    controller.accept(error: error)
    let factor = 0.9 * pow(error, -0.7 / Double(errorOrder)) * pow(0.5, 0.4 / Double(errorOrder))
    // A root of a root of a root: some dozen units in the last place.
    #expect(abs(controller.step / first - min(factor, 6)) < 1e-14 * factor)
  }
}
