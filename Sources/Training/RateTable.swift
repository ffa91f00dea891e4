import Expressions

/// The learning rates of a cell, step by step.
public struct RateTable: Sendable {
  /// The rate of step n, rounded to the precision of the training.
  public let rates: [Double]
  /// Flow time: the sum of the rates as they are used, times the optimizer's flow time factor.
  public let flowTime: Double
  /// The first step whose rate is negative, infinite or NaN, with that rate.
  public let firstInvalid: (step: Int, rate: Double)?
  /// The sum of the rates before every ``spacing``-th step, from step 0 on.
  private let sums: [Double]
  private let factor: Double

  private static let spacing = 1024

  /// - Parameters:
  ///   - width: the h of the learning rate.
  ///   - flowTimeFactor: flow time of a step for each unit of learning rate.
  public init(_ plan: StepPlan, width: Int, flowTimeFactor: Double) {
    let program = plan.learningRate.substituting("h", Double(width)).program(of: "n")
    var rates: [Double] = []
    rates.reserveCapacity(plan.count)
    var firstInvalid: (step: Int, rate: Double)?
    // Piece by piece, so that a long table costs no more memory than itself.
    for start in stride(from: 0, to: plan.count, by: 1 << 16) {
      let steps = start..<min(start + 1 << 16, plan.count)
      for (step, rate) in zip(steps, program.evaluate(at: steps.map(Double.init))) {
        if firstInvalid == nil, !(rate >= 0 && Float(rate).isFinite) { firstInvalid = (step, rate) }
        rates.append(plan.precision == .float32 ? Double(Float(rate)) : rate)
      }
    }
    self.rates = rates
    self.firstInvalid = firstInvalid
    var sums: [Double] = []
    var sum = 0.0
    for (step, rate) in rates.enumerated() {
      if step % Self.spacing == 0 { sums.append(sum) }
      sum += rate
    }
    self.sums = sums
    factor = flowTimeFactor
    flowTime = sum * factor
  }

  /// Flow time of the first `steps` steps.
  public func flowTime(steps: Int) -> Double {
    if steps == rates.count { return flowTime }
    let start = steps / Self.spacing
    return rates[start * Self.spacing..<steps].reduce(sums[start], +) * factor
  }
}
