import Expressions
import Testing
import Training

@Suite struct RateTableTests {
  /// Flow time of some steps: the rates added one by one, from the first.
  @Test(arguments: [("sgd", 1.0), ("momentum", 10.0)]) func flowTime(method: String, factor: Double) throws {
    let optimizer = Optimizer(try #require(OptimizerMethod(rawValue: method)))
    let plan = TrainingPlan(
      optimizer: optimizer, learningRate: try Expression(parsing: "0.1 / (n + h)", variables: ["n", "h"]), steps: 5000,
      batchSize: 1, batchStream: .independent)
    let table = RateTable(plan: plan, width: 3)
    #expect(table.rates.count == 5000)
    var sum = 0.0
    for steps in 0...5000 {
      if [0, 1, 2, 1023, 1024, 1025, 3000, 4096, 4999, 5000].contains(steps) {
        #expect(table.flowTime(steps: steps) == sum * optimizer.flowTimeFactor)
        #expect(abs(optimizer.flowTimeFactor - factor) <= 1e-14 * factor)
      }
      if steps < 5000 { sum += table.rates[steps] }
    }
    #expect(table.flowTime == table.flowTime(steps: 5000))
  }
}
