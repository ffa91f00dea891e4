import Expressions
import Testing
import Training

@Suite struct RateTableTests {
  /// Flow time of some steps: the rates added one by one, from the first.
  @Test(arguments: [("sgd", 1.0), ("momentum", 10.0)]) func flowTime(method: String, factor: Double) throws {
    let optimizer = Optimizer(try #require(OptimizerMethod(rawValue: method)))
    let steps = StepPlan(
      learningRate: try Expression(parsing: "0.1 / (n + h)", variables: ["n", "h"]), count: 5000)
    let method = TrainingMethod.miniBatch(
      MiniBatchPlan(optimizer: optimizer, steps: steps, batchSize: 1, batchStream: .independent))
    let table = method.rates(width: 3)
    #expect(table.rates.count == 5000)
    var sum = 0.0
    for steps in 0...5000 {
      if [0, 1, 2, 1023, 1024, 1025, 3000, 4096, 4999, 5000].contains(steps) {
        #expect(table.flowTime(steps: steps) == sum * optimizer.flowTimeFactor)
        // 1 / (1 - 0.9): the rounding of 0.9, 2^-54, is ten-fold in the quotient, 6e-16 relatively; then two
        // roundings.
        #expect(abs(optimizer.flowTimeFactor - factor) <= 1e-14 * factor)
      }
      if steps < 5000 { sum += table.rates[steps] }
    }
    #expect(table.flowTime == table.flowTime(steps: 5000))
  }
}
