import Foundation
import Kernels
import Networks
import Outcomes
import Problems
import Randomness
import Studies
import TestSupport
import Testing
import Training
import Trials

@Suite struct TrialTests {
  /// A trial does not know which trials are trained beside it, in which block or at which kernel level.
  @Test(arguments: ["independent", "shared"], ["inner-bias", "shallow-normal"])
  func outcomesDoNotDependOnBlocksOrLevels(_ stream: String, _ name: String) throws {
    let study = try prepare(name, [("training.steps", "60"), ("training.batch.stream", stream)])
    let runner = study.runners[0]
    let together = runner.results(of: 0..<40, kernels: widest).outcomes
    #expect(
      runner.results(of: 0..<7, kernels: widest).outcomes + runner.results(of: 7..<40, kernels: widest).outcomes
        == together)
    #expect(
      (0..<40).reversed().map { runner.results(of: $0..<$0 + 1, kernels: widest).outcomes[0] } == together.reversed())
    for level in KernelLevel.supported {
      #expect(runner.results(of: 0..<40, kernels: KernelTable(level)).outcomes == together, "\(level.name)")
    }
    #expect(Set(together.map(\.risk)).count == 40)
  }

  /// The first outcomes of built-in cells, bit for bit: the definition of a trial must not change unnoticed.
  @Test func outcomesAreThoseOfTheDefinition() throws {
    let study = try prepare("inner-bias", [("training.steps", "100")])
    let outcome = study.runners[1].results(of: 0..<1, kernels: widest).outcomes[0]
    #expect(outcome.risk.bitPattern == TrialTests.frozenRisk)
    #expect(outcome.gradientNorm.bitPattern == TrialTests.frozenGradientNorm)
  }

  /// Other seeds, cells and trials are other trials.
  @Test func trialsDiffer() throws {
    let one = try prepare("inner-bias", [("training.steps", "20")])
    let other = try prepare("inner-bias", [("training.steps", "20"), ("sampling.seed", "6")])
    let risks = (one.runners + other.runners).flatMap { $0.results(of: 0..<10, kernels: widest).outcomes }.map(\.risk)
    #expect(Set(risks).count == risks.count)
  }

  /// A cell added to a study changes no other trial; a changed learning rate changes all.
  @Test func cellsAreNamedByTheirContent() throws {
    let one = try prepare("inner-bias", [("network.hidden", "[[20]]"), ("training.steps", "20")])
    let three = try prepare("inner-bias", [("network.hidden", "[[7], [20], [9]]"), ("training.steps", "20")])
    #expect(
      one.runners[0].results(of: 0..<5, kernels: widest).outcomes
        == three.runners[1].results(of: 0..<5, kernels: widest).outcomes)
    let faster = try prepare(
      "inner-bias", [("network.hidden", "[[20]]"), ("training.steps", "20"), ("training.learning-rate", "0.2")])
    #expect(faster.study.cells[0].key != one.study.cells[0].key)
  }

  /// With rates that are too large the parameters overflow; the trial ends there, the run does not.
  @Test(arguments: ["independent", "shared"])
  func divergence(_ stream: String) throws {
    let study = try prepare(
      "shallow-normal",
      [("training.steps", "400"), ("training.learning-rate", "1e6"), ("training.batch.stream", stream)])
    let outcomes = study.runners[0].results(of: 0..<20, kernels: widest).outcomes
    let diverged = outcomes.filter { $0.hasDiverged }
    #expect(diverged.count >= 10)
    for outcome in diverged {
      #expect(outcome == .diverged(at: outcome.steps))
      #expect((1...400).contains(outcome.steps))
    }
  }

  /// Training against a plain double precision loop over samples and neurons that shares nothing with the kernels but
  /// the initial parameters and the inputs of the batches: schedule, gradient, frozen blocks and signs all count.
  @Test(arguments: [("inner-bias", 1), ("shallow-he", 0), ("shallow-half-normal", 1), ("shallow-normal", 0)])
  func trainingFollowsTheFormulas(_ name: String, _ cellIndex: Int) throws {
    let steps = 200
    let study = try prepare(name, [("training.steps", "\(steps)"), ("training.batch.size", "256")])
    let cell = study.study.cells[cellIndex]
    let width = cell.architecture.width
    let trained = try #require(try train(cell, trial: 3))
    let start = cell.initialization.resolved(cell.architecture)
      .draw(studySeed: cell.seed, cellKey: cell.key.value, trial: 3, kernels: widest)
      .map { Double(Float($0)) }
    var network = ShallowNetwork(start)
    let batch = MiniBatch(size: 256, lower: 0, upper: 1, target: cell.problem.targetProgram!, kernels: widest)
    let stream = StreamAddress(studySeed: cell.seed, cellKey: cell.key.value, trial: 3, purpose: .batch)
    let rate: (Int) -> Double =
      switch name {
      case "inner-bias": { 0.1 * (($0 + 1) / 500 == 0 ? 1 : 0.5) }
      case "shallow-normal": { 0.001 * pow(Double($0 + 1), -0.1) }
      default: { _ in 0.01 }
      }
    for step in 0..<steps {
      batch.draw(stream, step: UInt32(step))
      let xs = batch.inputs.map(Double.init)
      let fs = cell.problem.targetProgram!.evaluate(at: xs)
      descend(&network, xs, fs, rate(step), cell.trained)
    }

    let result = ShallowNetwork(trained)
    for (blockName, path) in [
      ("w", \ShallowNetwork.innerWeights), ("b", \.innerBiases), ("v", \.outerWeights),
    ] {
      let moved = distance(network[keyPath: path], ShallowNetwork(start)[keyPath: path])
      let apart = distance(network[keyPath: path], result[keyPath: path])
      // Single precision parameters: each of the steps rounds by half an ulp of a parameter of size up to 4.
      #expect(apart <= 200 * 1.2e-7 * 4 * Double(width).squareRoot(), "\(name) \(blockName)")
      // A wrong sign or block shows at the size of the movement itself.
      if moved > 0 { #expect(apart <= 1e-3 * moved, "\(name) \(blockName)") }
    }
    // The same for one number: 200 * 1.2e-7 * 4 = 9.6e-5.
    #expect(abs(network.outerBias - result.outerBias) <= 1e-4)
    #expect(cell.trained.contains(.weights(1)) || result.innerWeights == ShallowNetwork(start).innerWeights)
    #expect(cell.trained.contains(.biases(2)) || result.outerBias == ShallowNetwork(start).outerBias)
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  private func descend(
    _ network: inout ShallowNetwork, _ xs: [Double], _ fs: [Double], _ rate: Double, _ trained: [ParameterBlock]
  ) {
    let width = network.width
    var gw = [Double](repeating: 0, count: width)
    var gb = gw
    var gv = gw
    var gc = 0.0
    for (x, f) in zip(xs, fs) {
      var value = network.outerBias
      for j in 0..<width {
        value += network.outerWeights[j] * max(network.innerWeights[j] * x + network.innerBiases[j], 0)
      }
      let r = 2 * (value - f) / Double(xs.count)
      gc += r
      for j in 0..<width {
        let z = network.innerWeights[j] * x + network.innerBiases[j]
        guard z > 0 else { continue }
        gw[j] += r * network.outerWeights[j] * x
        gb[j] += r * network.outerWeights[j]
        gv[j] += r * z
      }
    }
    for j in 0..<width {
      if trained.contains(.weights(1)) { network.innerWeights[j] -= rate * gw[j] }
      if trained.contains(.biases(1)) { network.innerBiases[j] -= rate * gb[j] }
      if trained.contains(.weights(2)) { network.outerWeights[j] -= rate * gv[j] }
    }
    if trained.contains(.biases(2)) { network.outerBias -= rate * gc }
  }

  static let frozenRisk: UInt64 = 4_566_916_361_480_038_931
  static let frozenGradientNorm: UInt64 = 4_580_091_548_461_431_950
}

/// w, b, v, c of a shallow network with scalar input.
private struct ShallowNetwork {
  var innerWeights: [Double]
  var innerBiases: [Double]
  var outerWeights: [Double]
  var outerBias: Double

  init(_ parameters: [Double]) {
    let width = parameters.count / 3
    innerWeights = Array(parameters[0..<width])
    innerBiases = Array(parameters[width..<2 * width])
    outerWeights = Array(parameters[2 * width..<3 * width])
    outerBias = parameters[3 * width]
  }

  var width: Int { innerWeights.count }
}
