import Kernels
import Landscape
import Networks
import Outcomes
import Risk
import Studies
import TestSupport
import Testing
import Trials

/// A study most of whose trials stand on the plateau beside m_1 = 0.0105 when training ends, where the risk hardly falls:
/// whoever looks there calls all of them bad.
@Suite struct PlateauTests {
  private func runner(_ widths: String) throws -> CellRunner {
    let study = try Study.parse(
      text: """
        study: plateau
        problem:
          input: {uniform: [-1, 1]}
          target: "abs(x - 1/3) + sin(2 * pi * x) / 5"
        network:
          hidden: \(widths)
          initial: {weights: he-normal, biases: {constant: 0}}
        training: {learning-rate: 0.005, steps: 4000, batch: {size: 256}}
        verdict:
          good: {risk-at-most: 2e-3}
        sampling: {trials: 60}
        """, origin: .file("plateau.yaml"))
    return try PreparedStudy(study).runners[0]
  }

  /// Many trials lead on to good limits. Where a flow is at rest above the bound it is so for good: from a point beside the
  /// limit, a longer flow comes back to the same risk.
  @Test(arguments: ["[[8]]", "[[16]]"])
  func badLimitsAreLimits(widths: String) throws {
    let runner = try runner(widths)
    let cell = runner.cell
    var trained: [[Double]] = []
    let judgements = runner.judgements(of: 0..<20, kernels: widest) { trained.append($0) }
    let risk = try PopulationRisk(problem: cell.problem)
    let polishing = FlowPolishing(
      risk: risk, architecture: cell.architecture, trained: cell.trained,
      plan: LimitPlan(flowTime: 1e15, steps: 100_000))
    var random = SplitMix64(state: 5)
    var counts: [Verdict: Int] = [:]
    for (parameters, judgement) in zip(trained, judgements) {
      counts[judgement.verdict, default: 0] += 1
      let network = Network(architecture: cell.architecture, parameters: parameters)
      #expect(risk.evaluate(network, kernels: widest).risk > 5e-3, "on the plateau when training ends")
      guard judgement.verdict == .bad else { continue }
      let end = try #require(polishing.limit(from: network, kernels: widest))
      #expect(end.rest != nil && end.risk > 2e-3)
      var beside = end.network
      for index in beside.parameters.indices { beside.parameters[index] += 1e-5 * .random(in: -1...1, using: &random) }
      let again = try #require(polishing.limit(from: beside, kernels: widest))
      // Limits agree to 1e-10 of the risk or less (`FlowPolishing`); others have risks that differ by more than 1e-6,
      // the margin beyond which verdicts are firm.
      #expect(abs(again.risk - end.risk) <= 1e-6 * end.risk, "\(end.risk) \(again.risk)")
    }
    #expect(counts[.good, default: 0] >= 3 && counts[.undecided, default: 0] == 0, "\(counts)")
  }
}
