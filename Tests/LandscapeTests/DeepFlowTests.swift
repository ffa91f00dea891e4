import Kernels
import Landscape
import Networks
import Outcomes
import Problems
import Risk
import TestSupport
import Testing
import Training

/// Flows of deep networks and their limits, against Dormand and Prince's method with tight tolerances, recorded by an
/// independent program.
@Suite struct DeepFlowTests {
  private func flow(
    _ reference: DeepLimits.Case, flowTime: Double, accuracy: Double = 1e-4,
    integrator: RectifiedFlow.Integrator = .mixed
  ) throws -> FlowEnd {
    let risk = try PopulationRisk(problem: Problem(reference.target))
    let network = reference.network
    let polishing = FlowPolishing(
      risk: risk, architecture: network.architecture, trained: network.architecture.blocks,
      plan: LimitPlan(flowTime: flowTime), accuracy: accuracy, integrator: integrator)
    return try #require(polishing.limit(from: network, kernels: widest))
  }

  /// The risk along the flow, at the default accuracy and at a hundredth of it; Newton's method may be at the limit before.
  @Test(arguments: DeepLimits.cases)
  func followsTheFlow(_ reference: DeepLimits.Case) throws {
    for (time, risk) in zip(reference.times, reference.risks) {
      for (accuracy, bound) in [(1e-4, 1e-2), (1e-6, 1e-4)] {
        let end = try flow(reference, flowTime: time, accuracy: accuracy)
        let exact = end.flowTime < time && end.rest != nil ? reference.limit : risk
        #expect(
          abs(end.risk - exact) <= bound * exact, "t = \(time), accuracy \(accuracy): \(end.risk) for \(exact)")
      }
    }
  }

  /// Implicit steps alone: another method, of order 2, along the same flow to the same limit.
  @Test(arguments: DeepLimits.cases)
  func theIntegratorsAgree(_ reference: DeepLimits.Case) throws {
    for (time, risk) in zip(reference.times, reference.risks) where time <= 100 {
      let end = try flow(reference, flowTime: time, accuracy: 1e-6, integrator: .implicit)
      let exact = end.flowTime < time && end.rest != nil ? reference.limit : risk
      #expect(abs(end.risk - exact) <= 1e-3 * exact, "t = \(time): \(end.risk) for \(exact)")
    }
    let end = try flow(reference, flowTime: 1e12, integrator: .implicit)
    #expect(end.rest == .secondOrder && abs(end.risk - reference.limit) <= 1e-9 * reference.limit)
  }

  @Test(arguments: DeepLimits.cases)
  func endsAtTheLimit(_ reference: DeepLimits.Case) throws {
    for accuracy in [1e-4, 1e-6] {
      let end = try flow(reference, flowTime: 1e12, accuracy: accuracy)
      #expect(end.rest == .secondOrder)
      #expect(abs(end.risk - reference.limit) <= 1e-9 * reference.limit)
      #expect(end.negativeEigenvalues == 0)
    }
  }
}

/// What kinds and levels the limits of deep networks have.
@Suite struct DeepKindTests {
  private func end(_ target: String, _ network: Network, flowTime: Double = 1e12) throws -> FlowEnd {
    let polishing = FlowPolishing(
      risk: try PopulationRisk(problem: Problem(target)), architecture: network.architecture,
      trained: network.architecture.blocks, plan: LimitPlan(flowTime: flowTime))
    return try #require(polishing.limit(from: network, kernels: widest))
  }

  @Test func freeLinesMakeAMinimum() throws {
    var rest = 0
    for trial in 0..<30 {
      let end = try end("sin(3*x)", standardNormal([6, 6], trial))
      #expect(end.rest != nil && end.negativeEigenvalues == 0, "trial \(trial)")
      guard end.kind == .minimum else { continue }
      rest += 1
      // By the theorem such a limit is the best fit by so many lines, which the search for the ladder knows.
      let levels = try Self.ladder.get()
      let pieces = end.structure.interiorKinks + 1
      #expect(abs(end.risk / levels.ladder[pieces - 1].risk - 1) < 1e-9, "trial \(trial)")
      #expect(levels.nearest(to: end.risk, pieces: pieces) == RiskLevel(.ladder, pieces))
      // And nothing around is lower.
      var random = SplitMix64(state: UInt64(trial))
      let risk = try PopulationRisk(problem: Problem("sin(3*x)"))
      for _ in 0..<200 {
        var moved = end.network
        for i in moved.parameters.indices { moved.parameters[i] += 1e-5 * random.uniform(-1, 1) }
        #expect(risk.evaluate(moved, kernels: widest).risk >= end.risk * (1 - 1e-12))
      }
    }
    #expect(rest >= 5)
  }

  private static let ladder = Result {
    try RiskLevels(problem: Problem("sin(3*x)"), activation: .relu, largestWidth: 1, ladder: 20)
  }

  /// A whole layer is dead: only the outer bias moves, and the risk tends to the variance.
  @Test func deadLayer() throws {
    var network = standardNormal([4, 4], 1)
    for j in 0..<4 {
      network.parameters[j] = -abs(network.parameters[j])
      network.parameters[4 + j] = -1
    }
    let end = try end("x^2 + 2*x", network)
    #expect(end.rest != nil && abs(end.risk - 34.0 / 45) < 1e-12)
    #expect(end.structure.interiorKinks == 0 && end.structure.inactiveNeurons >= 4)
  }

  /// Budgets of time, steps and work end a flow; what it came to is told, and no kind.
  @Test func budgets() throws {
    let network = standardNormal([8, 8], 3)
    let risk = try PopulationRisk(problem: Problem("sin(3*x)"))
    func end(_ plan: LimitPlan) throws -> FlowEnd {
      try #require(
        FlowPolishing(
          risk: risk, architecture: network.architecture, trained: network.architecture.blocks, plan: plan
        ).limit(from: network, kernels: widest))
    }
    for plan in [LimitPlan(flowTime: 0.1), LimitPlan(steps: 5), LimitPlan(work: 2e5)] {
      let end = try end(plan)
      #expect(end.rest == nil && end.kind == nil && end.risk < risk.evaluate(network, kernels: widest).risk)
    }
    #expect(try end(LimitPlan(flowTime: 0.1)).flowTime == 0.1)
    #expect(try end(LimitPlan(steps: 5)).steps == 5)
  }

  /// Neurons of the first layer do not die along the flow: every one that is out at rest is pushed outwards.
  @Test func firstLayersDoNotDie() throws {
    var dying = 0
    for trial in 0..<60 {
      let start = standardNormal([6, 4], trial + 200)
      let end = try end("x^2 + 2*x", start)
      #expect(end.rest != nil, "trial \(trial)")
      for neuron in end.dying { #expect(neuron.pressure >= 0, "trial \(trial)") }
      dying += end.dyingNeurons
    }
    #expect(dying >= 5)
  }

  /// Levels name the risks of limits; the smallest risk is not known.
  @Test func levelsAreNames() throws {
    let problem = try Problem("sin(3*x)")
    let deep = Architecture(hidden: [3, 3], activation: .relu)
    #expect(RiskLevels.availability(problem: problem, architecture: deep) == .names)
    let levels = try Self.ladder.get()
    // At most 4 * 4 pieces.
    #expect(levels.ladderBound(deep)?.pieces == 16)
    #expect(levels.ladderBound(Architecture(hidden: [50, 50], activation: .relu))?.pieces == nil)
    #expect(levels.ladderBound(Architecture(hidden: [3], activation: .relu))?.pieces == 4)
    let clipping = Architecture(hidden: [3, 3], activation: Activation(.clipping))
    guard case .unavailable(let error) = RiskLevels.availability(problem: problem, architecture: clipping) else {
      Issue.record("levels of deep clipping networks")
      return
    }
    #expect(
      error.description
        == "this study has 2 hidden layers, and the smallest risk of such networks is not known; choose "
        + "networks with one hidden layer, or a criterion risk-at-most")
  }
}
