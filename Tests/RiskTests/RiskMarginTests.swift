import Kernels
import Networks
import Problems
import Risk
import TestSupport
import Testing

/// How many stored errors around a risk are left undecided.
@Suite struct RiskMarginTests {
  private func expectSame(
    _ problem: Problem, _ architecture: Architecture, units: Double, hasClosedForm: Bool = false
  ) throws {
    let risk = try PopulationRisk(problem: problem)
    for seed in 0..<5 as Range<UInt64> {
      var network = randomNetwork(architecture, seed: seed)
      if hasClosedForm {
        for block in architecture.blocks where block.kind == .biases {
          for place in architecture.range(block) { network.parameters[place] = 0 }
        }
      }
      let evaluation = risk.evaluate(network, kernels: widest)
      #expect(evaluation.error > 0)
    }
    #expect(PopulationRisk.marginInErrors(of: problem, architecture, hasClosedForm: hasClosedForm) == units)
  }

  @Test func margins() throws {
    let interval = InputLaw.uniform(lower: 0, upper: 1)
    let plane = InputLaw.normal(mean: 0, standardDeviation: 1, dimension: 2)
    let space = InputLaw.normal(mean: 0, standardDeviation: 1, dimension: 5)
    let tanh = Activation(.tanh)
    try expectSame(Problem("sin(x)", interval), Architecture(hidden: [4], activation: .relu), units: 0)
    try expectSame(Problem("sin(x)", interval), Architecture(hidden: [4], activation: tanh), units: 1)
    try expectSame(
      Problem("x1 * x2", plane), Architecture(inputDimension: 2, hidden: [3], activation: tanh), units: 1)
    try expectSame(
      Problem("x1 * x2", space), Architecture(inputDimension: 5, hidden: [3], activation: .relu),
      units: 3.2905)
    let data = DataSet(origin: .inline, dimension: 1, inputs: [0, 1, 3], labels: [1, 0, 2])
    try expectSame(
      Problem(inputs: .data(data), target: nil), Architecture(hidden: [3], activation: tanh), units: 0)
    try expectSame(
      orthonormalProblem(2), Architecture(inputDimension: 2, hidden: [3], activation: .relu), units: 0,
      hasClosedForm: true)
  }

  /// Deep networks count as if quadrature had been used, which it is where they have too many pieces.
  @Test func deepNetworks() throws {
    let problem = try Problem("sin(x)", .uniform(lower: 0, upper: 1))
    let architecture = Architecture(hidden: [4, 4], activation: .relu)
    #expect(PopulationRisk.marginInErrors(of: problem, architecture, hasClosedForm: false) == 1)
  }
}
