import Kernels
import Landscape
import Networks
import Outcomes
import Problems
import Randomness
import Risk
import TestSupport
import Testing

/// The limit of the gradient flow, against known limits and an independent integration.
@Suite struct FlowPolishingTests {
  private func risk(_ target: String) throws -> PopulationRisk {
    try PopulationRisk(problem: Problem(target))
  }

  private func limit(
    _ risk: PopulationRisk, _ network: Network, flowTime: Double = 1e6, trained: [ParameterBlock]? = nil
  ) throws -> FlowEnd {
    let polishing = FlowPolishing(
      risk: risk, architecture: network.architecture, trained: trained ?? network.architecture.blocks,
      plan: LimitPlan(flowTime: flowTime))
    return try #require(polishing.limit(from: network, kernels: widest))
  }

  /// D_1 ... D_6 of sin 3x, computed with 34 digits: limits with K kinks and a neuron that is active everywhere.
  private let ladder = [
    0.080920770039863557, 0.0034997738085359693, 0.0006185124590148642, 0.00018569406507261444,
    7.3799211116255861e-5, 3.4904611862243921e-5,
  ]

  @Test func limitsAreBestFits() throws {
    let risk = try risk("sin(3*x)")
    var rungs: Set<Int> = []
    for trial in 0..<40 {
      let start = standardNormal(10, trial)
      let end = try limit(risk, start)
      #expect(end.isStationary)
      #expect(end.risk <= risk.evaluate(start, kernels: widest).risk)
      guard end.structure.isFreeKnotFit, end.structure.interiorKinks < 6 else { continue }
      let rung = ladder[end.structure.interiorKinks]
      // At rest Newton's method promises 1e-15 of the risk, or stops at 1e-10 where rounding lets it go no further;
      // the risk itself, with residuals of 5e-3 or more, is rounded by some 1e-13.
      #expect(abs(end.risk - rung) <= 1e-11 * rung, "trial \(trial): \(end.risk)")
      #expect(end.negativeEigenvalues == 0)
      rungs.insert(end.structure.interiorKinks)
    }
    #expect(rungs.count >= 4)
  }

  /// After a short time, where the flow is still under way, a plain Runge-Kutta method with tiny steps is at the same
  /// place.
  @Test(arguments: [Activation.relu, Activation(.leakyReLU, parameter: 0.1)])
  func followsTheFlow(activation: Activation) throws {
    let risk = try risk("x^2 + 2*x")
    for trial in 0..<4 {
      let start = standardNormal(5, trial, activation)
      let end = try limit(risk, start, flowTime: 0.5)
      #expect(end.flowTime == 0.5)
      var theta = start.parameters
      let step = 0.5 / 20000
      func velocity(_ theta: [Double]) -> [Double] {
        risk.evaluate(Network(architecture: start.architecture, parameters: theta), kernels: widest).gradient.map {
          -$0
        }
      }
      func ahead(_ k: [Double], _ h: Double) -> [Double] { zip(theta, k).map { $0 + h * $1 } }
      for _ in 0..<20000 {
        let k1 = velocity(theta)
        let k2 = velocity(ahead(k1, step / 2))
        theta = ahead(k2, step)
      }
      let distance = zip(theta, end.network.parameters).reduce(0) { max($0, abs($1.0 - $1.1)) }
      // The steps of the flow are allowed errors of 1e-5 + 1e-4 |theta| each (`FlowPolishing`), a dozen or two of
      // them; the midpoint rule with 2.5e-5 has none to speak of, 6e-10 times a third derivative.
      #expect(distance < 2e-3, "trial \(trial): \(distance)")
    }
  }

  /// The saddle with two kinks of the target x: stationary, with its two negative eigenvalues.
  @Test func saddlesStay() throws {
    let risk = try risk("x")
    let saddle = Network(
      innerWeights: [1, -1], innerBiases: [-1.0 / 3, 2.0 / 3], outerWeights: [2.0 / 3, -2.0 / 3], outerBias: 0.5)
    let end = try limit(risk, saddle)
    #expect(end.isStationary && end.negativeEigenvalues == 2)
    // A printed number of 17 digits against LAPACK's, which is off by a modest multiple of 2^-53 times a norm of a
    // few units; the risk, 1e-3, is rounded by less than 1e-16 a term.
    #expect(abs(try #require(end.smallestEigenvalue) + 0.026686733890778764) < 1e-12)
    #expect(abs(end.risk - 1.0 / 972) < 1e-15)
    #expect(end.structure == LimitStructure(interiorKinks: 2, kinkedNeurons: 2))
    // A little beside it, the flow leaves.
    var beside = saddle
    beside.parameters[0] += 1e-3
    let left = try limit(risk, beside)
    // The target is a line: what is left at rest, where a saddle would have 1e-3.
    #expect(left.risk < 1e-12)
  }

  @Test func deadNeuronsAndFrozenBlocksStay() throws {
    let risk = try risk("sin(3*x)")
    var start = standardNormal(6, 3)
    start.parameters[0] = 1
    start.parameters[6] = -2
    let end = try limit(risk, start)
    for index in [0, 6, 12] { #expect(end.network.parameters[index] == start.parameters[index]) }
    #expect(end.structure.inactiveNeurons >= 1)
    let biases = try limit(risk, start, trained: [ParameterBlock(layer: 1, kind: .biases)])
    for index in start.parameters.indices where !(6..<12).contains(index) {
      #expect(biases.network.parameters[index] == start.parameters[index])
    }
    #expect(biases.risk < risk.evaluate(start, kernels: widest).risk)
  }

  @Test func sameBitsEachTime() throws {
    let risk = try risk("sin(3*x)")
    let ends = try (0..<2).map { _ in try limit(risk, standardNormal(7, 1)) }
    #expect(ends[0] == ends[1])
  }

  /// Nothing traps on parameters whose Hessian overflows.
  @Test func hugeParameters() throws {
    let risk = try risk("sin(3*x)")
    var start = standardNormal(3, 0)
    for index in start.parameters.indices { start.parameters[index] *= 1e120 }
    let polishing = FlowPolishing(
      risk: risk, architecture: start.architecture, trained: start.architecture.blocks, plan: LimitPlan())
    #expect(polishing.limit(from: start, kernels: widest) == nil)
  }

  @Test func support() throws {
    let interval = try Problem("x", .uniform(lower: 0, upper: 1))
    #expect(FlowPolishing.supports(interval, Architecture(hidden: [3], activation: .relu)))
    #expect(FlowPolishing.supports(interval, Architecture(hidden: [3, 3], activation: .relu)))
    #expect(!FlowPolishing.supports(interval, Architecture(hidden: [3, 3], activation: Activation(.clipping))))
    #expect(!FlowPolishing.supports(interval, Architecture(hidden: [3], activation: Activation(.tanh))))
    let normal = try Problem("x", .normal(mean: 0, standardDeviation: 1, dimension: 1))
    #expect(!FlowPolishing.supports(normal, Architecture(hidden: [3], activation: .relu)))
  }
}
