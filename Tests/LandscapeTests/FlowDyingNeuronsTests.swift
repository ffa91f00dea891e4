import Foundation
import Kernels
import Landscape
import Networks
import Outcomes
import Problems
import Randomness
import Risk
import TestSupport
import Testing

/// Neurons that leave the interval do not die along the flow.
@Suite struct FlowDyingNeuronsTests {
  private struct RecordedStarts: Decodable {
    struct Start: Decodable {
      let parameters: [Double]
      let bound: Double
    }

    let starts: [Start]
  }

  /// Stops at D_2 ... D_5 where neurons that come back later are left dead.
  @Test func recordedStarts() throws {
    let polishing = FlowPolishing(
      risk: try PopulationRisk(problem: Problem("x^2 + 2*x")), width: 10, flowTime: 1e12)
    let recorded: RecordedStarts = recordedResults("dying-neurons.json")
    #expect(recorded.starts.count == 6)
    for start in recorded.starts {
      let network = Network(
        architecture: Architecture(hidden: [10], activation: .relu), parameters: start.parameters)
      let end = try #require(polishing.limit(from: network, kernels: widest))
      #expect(end.rest == .secondOrder && end.kind == .minimum)
      // The recorded bounds are levels, which are apart by far more; 1e-6 is the margin beyond which verdicts are
      // firm (`Judgement.firmMargin`).
      #expect(end.risk <= start.bound * (1 + 1e-6), "\(end.risk)")
    }
  }

  /// At rest all of them are driven further out, and when they are put back inside the flow comes to the same risk.
  @Test(arguments: ["sin(3*x)", "x^2 + 2*x"], [5, 10, 20])
  func pressureAtRest(target: String, width: Int) throws {
    let risk = try PopulationRisk(problem: Problem(target))
    let polishing = FlowPolishing(risk: risk, width: width, flowTime: 1e12)
    var dying = 0
    for trial in 0..<40 {
      let end = try #require(polishing.limit(from: standardNormal(width, trial), kernels: widest))
      #expect(end.rest == .secondOrder && end.kind == .minimum, "trial \(trial)")
      // What rest means here: ends are accepted with a decrease of 1e-10 of the risk at most (`FlowPolishing`). Two
      // of them at the same limit have risks that agree to that; 1e-6, below, is clear of it and of other levels.
      #expect(end.gradientNorm < 1e-6 && end.decrease < 1e-9 * end.risk, "trial \(trial): \(end.gradientNorm)")
      #expect(end.dyingNeurons == end.dying.count)
      if end.dying.isEmpty { continue }
      dying += 1
      for neuron in end.dying {
        let w = end.network.parameters[neuron.index]
        #expect(neuron.pressure > 0)
        #expect(neuron.end == (w > 0 ? 1 : 0))
        #expect(w * neuron.end + end.network.parameters[width + neuron.index] < 0)
      }
      var inside = end.network
      for neuron in end.dying {
        let w = inside.parameters[neuron.index]
        inside.parameters[width + neuron.index] = 1e-6 * abs(w) - w * neuron.end
      }
      let back = try #require(polishing.limit(from: inside, kernels: widest))
      #expect(abs(back.risk - end.risk) < 1e-6 * end.risk, "trial \(trial): \(back.risk), \(end.risk)")
      #expect(Set(back.dying.map(\.index)) == Set(end.dying.map(\.index)))
    }
    #expect(dying >= 5)
  }

  /// With the other sign of v, a neuron that is all but dead at a limit comes back and leads down.
  @Test func neuronsComeBack() throws {
    let risk = try PopulationRisk(problem: Problem("x^2 + 2*x"))
    let width = 10
    let polishing = FlowPolishing(risk: risk, width: 10, flowTime: 1e12)
    let hasty = FlowPolishing(risk: risk, width: 10, flowTime: 1)
    var returned = 0
    for trial in 0..<40 {
      let end = try #require(polishing.limit(from: standardNormal(width, trial), kernels: widest))
      guard let neuron = end.dying.first else { continue }
      var inside = end.network
      let w = inside.parameters[neuron.index]
      inside.parameters[width + neuron.index] = 1e-9 * abs(w) - w * neuron.end
      inside.parameters[2 * width + neuron.index] *= -1
      let waiting = try #require(hasty.limit(from: inside, kernels: widest))
      guard waiting.dying.contains(where: { $0.index == neuron.index }) else { continue }
      returned += 1
      #expect(waiting.rest == nil && waiting.kind == nil && waiting.flowTime == 1)
      #expect(waiting.dying.contains { $0.pressure < 0 && $0.logarithm > neuronStart(w) }, "trial \(trial)")
      let back = try #require(polishing.limit(from: inside, kernels: widest))
      #expect(back.rest == .secondOrder && back.kind == .minimum)
      // Another level: they are apart by more than one in a thousand.
      #expect(back.risk < end.risk * (1 - 1e-3), "trial \(trial): \(back.risk), \(end.risk)")
    }
    #expect(returned >= 5)
  }

  private func neuronStart(_ weight: Double) -> Double { log(1e-9 * abs(weight)) }

  private static let densities: [InputLaw] = [
    .uniform(lower: 0, upper: 1), .uniform(lower: -2, upper: 1),
    .density(PiecewisePolynomial(breaks: [0, 0.5, 1], pieces: [[0, 4], [4, -4]])),
  ]

  /// ln y is that of the flow, as a plain integration has it. In the triangular density y falls like 1 / t.
  @Test(arguments: densities, [true, false])
  func logarithmsFollowTheFlow(law: InputLaw, onlyBiases: Bool) throws {
    let risk = try PopulationRisk(problem: Problem("sin(3*x)", law))
    let interval = try #require(risk.inputInterval)
    let length = interval.upperBound - interval.lowerBound
    let trained = onlyBiases ? [4..<8, 12..<13] : [0..<13]
    var compared = 0
    for trial in 0..<24 {
      var start = standardNormal(4, trial)
      let w = start.parameters[0]
      let end = w > 0 ? interval.upperBound : interval.lowerBound
      start.parameters[4] = 9e-5 * length * abs(w) - w * end
      // Outwards.
      let residual = risk.residual(start, at: end)
      start.parameters[8] = abs(start.parameters[8]) * (residual > 0 ? 1 : -1)
      let time = 1.0
      let polishing = FlowPolishing(risk: risk, width: 4, trained: trained, flowTime: time)
      let limit = try #require(polishing.limit(from: start, kernels: widest))
      // Newton's method does not follow the flow.
      guard limit.rest == nil, let neuron = limit.dying.first(where: { $0.index == 0 }) else { continue }
      compared += 1
      let plain = integrated(risk, start, time: time, steps: 4000, trained: trained)
      let y = plain[0] * end + plain[4]
      // The steps of the flow are allowed errors of 1e-5 + 1e-4 |theta| each (`FlowPolishing`), which dozens of them
      // bring to a few 1e-3, and in a logarithm that follows v and r to some percent of its change. Heun's method
      // with steps of 2.5e-4 is off by 6e-8 times a third derivative.
      let change = log(y) - log(9e-5 * length * abs(w))
      #expect(
        abs(neuron.logarithm - log(y)) < 0.05 * abs(change) + 1e-3,
        "trial \(trial): \(neuron.logarithm), \(log(y))")
      for index in plain.indices {
        #expect(abs(plain[index] - limit.network.parameters[index]) < 5e-3, "trial \(trial), \(index)")
      }
    }
    #expect(compared >= 4)
  }

  /// With a density that vanishes at the ends, and with nothing but biases trained, the flow is still under way after
  /// this time.
  @Test(arguments: densities, [true, false])
  func followsTheFlow(law: InputLaw, onlyBiases: Bool) throws {
    let risk = try PopulationRisk(problem: Problem("x^2 + 2*x", law))
    let trained = onlyBiases ? [5..<10, 15..<16] : [0..<16]
    for trial in 0..<4 {
      let start = standardNormal(5, trial)
      let polishing = FlowPolishing(risk: risk, width: 5, trained: trained, flowTime: 20)
      let end = try #require(polishing.limit(from: start, kernels: widest))
      let plain = integrated(risk, start, time: end.flowTime, steps: 20_000, trained: trained)
      let other = risk.evaluate(Network(architecture: start.architecture, parameters: plain), kernels: widest).risk
      // Newton's method may have gone ahead to the limit.
      // Within rounding and the decrease that rest leaves below where the plain method is, and not much below.
      let isAhead = end.rest != nil && end.risk <= other * (1 + 1e-9) && other < 1.01 * end.risk
      // Errors of 1e-4 |theta| a step, of dozens of steps; along the flow, which falls, they are forgotten.
      #expect(abs(other - end.risk) < 1e-3 * other || isAhead, "trial \(trial): \(other), \(end.risk)")
    }
  }

  @Test func budget() throws {
    let risk = try PopulationRisk(problem: Problem("sin(3*x)"))
    let start = standardNormal(10, 1)
    let whole = try #require(
      FlowPolishing(risk: risk, width: 10, flowTime: 1e9).limit(from: start, kernels: widest))
    #expect(whole.rest == .secondOrder && whole.kind == .minimum && whole.steps > 20)
    let polishing = FlowPolishing(risk: risk, width: 10, flowTime: 1e9, steps: 10)
    let short = try #require(polishing.limit(from: start, kernels: widest))
    #expect(short.steps == 10 && short.rest == nil && short.kind == nil)
    let bound = 2 * whole.risk
    let good = try #require(
      FlowPolishing(risk: risk, width: 10, flowTime: 1e9).limit(from: start, until: bound, kernels: widest))
    #expect(good.risk <= bound && good.risk > whole.risk && good.steps < whole.steps)
    let none = try #require(polishing.limit(from: start, until: 1e3, kernels: widest))
    #expect(none.steps == 0 && none.flowTime == 0 && none.network == start)
  }
}

/// The parameters after some time of the flow, by Heun's method.
private func integrated(
  _ risk: PopulationRisk, _ start: Network, time: Double, steps: Int, trained: [Range<Int>]
) -> [Double] {
  var network = start
  let step = time / Double(steps)
  let trained = trained.flatMap { Array($0) }
  for _ in 0..<steps {
    let before = risk.evaluate(network, kernels: widest).gradient
    var ahead = network
    for index in trained { ahead.parameters[index] -= step * before[index] }
    let after = risk.evaluate(ahead, kernels: widest).gradient
    for index in trained { network.parameters[index] -= 0.5 * step * (before[index] + after[index]) }
  }
  return network.parameters
}

extension PopulationRisk {
  /// N - f of a ReLU network.
  fileprivate func residual(_ network: Network, at x: Double) -> Double {
    let width = network.architecture.width
    let p = network.parameters
    let value = (0..<width).reduce(p[3 * width]) { $0 + p[2 * width + $1] * max(p[$1] * x + p[width + $1], 0) }
    return value - problem.targetProgram!.evaluate(at: [x])[0]
  }
}
