import Kernels
import TestSupport
import Testing

@Suite("programs of several variables")
struct ProgramBuilderTests {
  @Test("points are [point][coordinate]", arguments: KernelLevel.supported)
  func dimensions(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    var random = SplitMix64(state: 4)
    for count in [0, 1, 7, 8, 255, 256, 257, 1000] {
      let points = (0..<(2 * count)).map { _ in random.uniform(-3, 3) }
      let values = Program.everythingElse.evaluate(at: points, dimension: 2, kernels: kernels)
      let parts = (0..<count).map { Array(points[(2 * $0)..<(2 * $0 + 2)]) }
      #expect(values == parts.map { Program.everythingElse.evaluate(at: $0, dimension: 2)[0] })
      let quantiles = Program.unary(.normalQuantile).evaluate(at: parts.map { 0.125 * $0[0] + 0.5 })
      let errors = Program.unary(.errorFunction).evaluate(at: parts.map { $0[1] })
      for i in 0..<count {
        #expect(values[i] == quantiles[i] + -1.75 * errors[i] + (parts[i][0] < parts[i][1] ? 1 : 0))
      }
    }
  }

  /// A sum of 300 variables with 70,000 different weights: more registers and constants than fit in a byte and in 16
  /// bits.
  @Test("large programs")
  func large() {
    var builder = ProgramBuilder(variableCount: 300)
    let sum = builder.variable(startingAt: 0.5)
    for i in 0..<70_000 { builder.add(Double(i), times: i % 300, to: sum) }
    let program = builder.program(result: sum)
    #expect(program.constants.count > 1 << 16 && program.registerCount == 301)
    let points = (0..<600).map { Double($0 % 7) }
    let values = program.evaluate(at: points, dimension: 300)
    for point in 0..<2 {
      #expect(values[point] == (0..<70_000).reduce(0.5) { $0 + Double($1) * points[300 * point + $1 % 300] })
    }
  }

  @Test("registers are handed back, constants are kept")
  func registers() {
    var builder = ProgramBuilder(variableCount: 1)
    let total = builder.variable(startingAt: 0)
    for i in 0..<100 {
      let square = builder.value(.multiply, 0, 0)
      builder.set(square, .add, square, builder.constant(Double(i % 2)))
      builder.set(total, .add, total, square)
      builder.discard([square])
    }
    let program = builder.program(result: total)
    #expect(program.registerCount == 5 && program.constants == [0, 1])
    #expect(program.evaluate(at: [2, 3]) == [450, 950])
  }
}
