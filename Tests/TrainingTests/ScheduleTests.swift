import Expressions
import Foundation
import Kernels
import Testing
import Training

@Suite struct ScheduleTests {
  private func rates(_ schedule: Schedule, _ steps: Range<Int>) -> [Double] {
    schedule.expression.program(of: "n").evaluate(at: steps.map(Double.init))
  }

  private func expectClose(_ schedule: Schedule, _ expected: [Double], tolerance: Double) {
    for (n, (rate, expected)) in zip(rates(schedule, 0..<expected.count), expected).enumerated() {
      #expect(abs(rate - expected) <= tolerance * max(abs(expected), 1e-3), "step \(n)")
    }
  }

  /// PyTorch computes rates recursively: an error of some 1e-16 a step.
  @Test func ratesAreThoseOfPyTorch() throws {
    // 60 steps: 6e-15 relatively, and more where the recursion of the cosine starts high and ends at 0.01: thirty
    // times. 1e-13 is for both.
    let recorded = RecordedSteps.all.schedules
    #expect(recorded.count == 4)
    expectClose(
      .stepDecay(initial: 0.3, factor: 0.6, every: 7), try #require(recorded["step-decay"]), tolerance: 1e-13)
    expectClose(
      .polynomialDecay(initial: 0.3, final: 0, power: 1.7, steps: 40), try #require(recorded["polynomial-decay"]),
      tolerance: 1e-13)
    expectClose(
      .cosine(initial: 0.3, final: 0.01, steps: 59), try #require(recorded["cosine"]), tolerance: 1e-13)
    expectClose(
      .warmUp(steps: 8, then: .constant(rate: 0.3)), try #require(recorded["warm-up"]), tolerance: 1e-13)
  }

  @Test func ratesAreThoseOfTheFormulas() {
    // 1e-15: the same formulas, at most five roundings and the two powers' last bits: 9 * 2^-53. 1e-14: where 1 + cos
    // cancels it is off by 2^-53, the rate by 0.05 * 2^-53 = 6e-18, with 1e-14 * 1e-3 allowed. (Rates that rise take
    // the same cosine on both sides.)
    let n = (0..<300).map(Double.init)
    expectClose(.constant(rate: 1e-5), n.map { _ in 1e-5 }, tolerance: 0)
    expectClose(
      .stepDecay(initial: 0.1, factor: 0.5, every: 100), n.map { 0.1 * pow(0.5, ($0 / 100).rounded(.down)) },
      tolerance: 1e-15)
    expectClose(
      .polynomialDecay(initial: 1, final: 0.25, power: 2, steps: 200),
      n.map { 0.25 + 0.75 * pow(1 - min($0, 200) / 200, 2) }, tolerance: 1e-15)
    expectClose(
      .cosine(initial: 0.1, final: 0, steps: 200), n.map { 0.1 * (1 + cos(.pi * min($0, 200) / 200)) / 2 },
      tolerance: 1e-14)
    // Rising final rates are allowed.
    expectClose(
      .cosine(initial: 0, final: 0.5, steps: 200), n.map { 0.5 - 0.5 * (1 + cos(.pi * min($0, 200) / 200)) / 2 },
      tolerance: 1e-14)
    expectClose(
      .warmUp(steps: 10, then: .stepDecay(initial: 0.1, factor: 0.5, every: 100)),
      n.map { min(($0 + 1) / 10, 1) * 0.1 * pow(0.5, ($0 / 100).rounded(.down)) }, tolerance: 1e-15)
  }

  @Test func warmUpIsDoneAtItsLastStep() {
    #expect(rates(.warmUp(steps: 4, then: .constant(rate: 2)), 0..<6) == [0.5, 1, 1.5, 2, 2, 2])
    #expect(rates(.warmUp(steps: 1, then: .constant(rate: 2)), 0..<2) == [2, 2])
  }

  /// Sums that are equally far from each other on a logarithmic axis, shifted by `first`; the last rate stays.
  @Test func geometricRatesHaveGeometricSums() {
    let rates = rates(.geometric(total: 1e5, first: 1e-3, steps: 64), 0..<70)
    var sum = 0.0
    for (n, rate) in rates.prefix(64).enumerated() {
      sum += rate
      // 64 roundings, and differences of powers that cancel to a quarter.
      #expect(abs(sum / (1e-3 * (pow(1 + 1e8, Double(n + 1) / 64) - 1)) - 1) < 1e-13)
    }
    #expect(abs(sum / 1e5 - 1) < 1e-14)
    #expect(rates[63...].allSatisfy { $0 == rates[63] })
    #expect(
      Schedule.geometric(total: 9, first: 1, steps: 4).expression.text
        == "1 * (10^(min(n + 1, 4) / 4) - 10^(min(n, 3) / 4))")
  }

  @Test func texts() throws {
    #expect(Schedule.constant(rate: 0.01).expression.text == "0.01")
    #expect(Schedule.constant(rate: 1e-05).expression.text == "1e-5")
    #expect(
      Schedule.stepDecay(initial: 0.1, factor: 0.5, every: 500).expression.text == "0.1 * 0.5^floor(n / 500)")
    #expect(
      Schedule.polynomialDecay(initial: 0.1, final: 0.01, power: 1, steps: 5000).expression.text
        == "0.01 + (0.1 - 0.01) * (1 - min(n, 5000) / 5000)^1")
    #expect(
      Schedule.cosine(initial: 0.1, final: 0, steps: 5000).expression.text
        == "0.1 * (1 + cos(pi * min(n, 5000) / 5000)) / 2")
    let own = try Expression(parsing: "1 / (n + h)", variables: ["n", "h"])
    #expect(Schedule.expression(own).expression == own)
    #expect(
      Schedule.warmUp(steps: 10, then: .expression(own)).expression.text
        == "min((n + 1) / 10, 1) * (1 / (n + h))")
  }
}
