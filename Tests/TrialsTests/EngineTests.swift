import Foundation
import Kernels
import Networks
import Outcomes
import Studies
import TestSupport
import Testing
import Training
import Trials

/// Training through every kernel in both precisions: bits, agreement of the kernels, dead neurons, divergence.
@Suite struct EngineTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var kernel: GradientKernel
    var activation = "relu"
    var hidden = "[[8]]"
    var input = "uniform: [0, 1]"
    var data = ""
    var target = "\"sin(3*x)\""
    var batch = "size: 200"
    var testDescription: String {
      "\(kernel.rawValue) \(activation) \(hidden) \(data.isEmpty ? input : data) \(batch)"
    }
  }

  static let cases = [
    Case(kernel: .shallow), Case(kernel: .shallow, activation: "clipping"),
    Case(kernel: .shallow, activation: "{leaky-relu: 0.1}"),
    Case(kernel: .piecewiseLinear, hidden: "[[9, 5]]"),
    Case(kernel: .piecewiseLinear, activation: "clipping", hidden: "[[6, 6, 6]]"),
    Case(kernel: .denseNeurons, hidden: "[[9, 17]]"), Case(kernel: .denseNeurons, activation: "gelu"),
    Case(kernel: .denseNetworks), Case(kernel: .denseNetworks, activation: "tanh", hidden: "[[5, 4]]"),
  ]

  /// A data set, with both kinds of random batches, and vector inputs, whose risk is a quadrature or that of a fixed
  /// evaluation set; with both kernels that can.
  static let vectorCases = [
    Case(
      kernel: .denseNetworks, hidden: "[[9]]", data: "gaussian: {points: 150, dimension: 3}", target: "\"x1 * x2\"",
      batch: "size: 40"),
    Case(
      kernel: .denseNeurons, activation: "gelu", hidden: "[[9, 17]]", data: "gaussian: {points: 150, dimension: 3}",
      target: "\"x1 * x2\"", batch: "size: 40, sampling: without-replacement"),
    Case(
      kernel: .denseNetworks, activation: "clipping", hidden: "[[5, 4]]",
      data: "nearly-orthogonal: {points: 60, dimension: 100, noise: 0.5}", target: "\"x1 - x100\"",
      batch: "size: 7, sampling: without-replacement"),
    Case(
      kernel: .denseNeurons, activation: "tanh", input: "box: [[0, 1], [-1, 2]]", target: "\"x1 * x2\""),
    Case(
      kernel: .denseNetworks, hidden: "[[7, 7]]", input: "normal: {dimension: 10}",
      target: "\"x1 * x10\"\n  evaluation-points: 500"),
    Case(
      kernel: .denseNeurons, hidden: "[[20]]", input: "normal: {dimension: 10}",
      target: "\"x1 * x10\"\n  evaluation-points: 500"),
  ]

  /// A trial does not know which trials are trained beside it, in which block, nor whether AVX2 or AVX-512 trains it.
  @Test(arguments: cases + vectorCases, ["independent", "shared"])
  func outcomesDoNotDependOnLayout(_ test: Case, _ stream: String) throws {
    for precision in Precision.allCases {
      let study = try parse(
        activation: test.activation, hidden: test.hidden,
        training: "kernel: \(test.kernel.rawValue)\n  precision: \(precision.rawValue)\n  optimizer: adam",
        input: test.input, data: test.data, target: test.target, trajectory: "{checkpoints: [0, 3, 12]}", steps: 12,
        batch: "{\(test.batch), stream: \(stream)}")
      let runner = try PreparedStudy(study).runners[0]
      #expect(runner.cell.kernel == test.kernel)
      let together = runner.results(of: 0..<37, kernels: widest)
      let parts = [0..<5, 5..<6, 6..<37].map { runner.results(of: $0, kernels: widest) }
      #expect(parts.flatMap(\.outcomes) == together.outcomes)
      func total(_ results: [TrialResults]) -> TrajectoryAggregate {
        let aggregates = results.flatMap(\.trajectories.pages).map(\.aggregate)
        return aggregates.dropFirst().reduce(into: aggregates[0]) { $0 += $1 }
      }
      #expect(total(parts) == total([together]))
      #expect(Set(together.outcomes.map(\.risk)).count == 37)
      for level in KernelLevel.supported where level != .baseline {
        #expect(runner.results(of: 0..<37, kernels: KernelTable(level)).outcomes == together.outcomes, "\(level.name)")
      }
    }
  }

  /// The exact kernels and the dense ones compute the same gradient; after 10 steps only rounding tells them apart.
  @Test(arguments: ["relu", "clipping", "{leaky-relu: 0.2}"], ["[[20]]", "[[16, 16]]", "[[10, 9, 8]]"])
  func exactAndDenseKernelsAgree(_ activation: String, _ hidden: String) throws {
    let cell = try parse(activation: activation, hidden: hidden, steps: 10).cells[0]
    let kernels = GradientKernel.allCases.filter { $0.canTrain(cell.architecture, on: cell.problem) }
    #expect(kernels.count > GradientKernel.general.count)
    // Ten steps, and the initial parameters, are rounded: 11 roundings of parameters up to 4, 2^-23 at most each, are
    // 1.3e-6 in single precision and 2.4e-15 in double; gradients right to `Precision.demand` times the rate 0.02 and
    // ten steps add 2e-7 times their norm. In double precision they are better than the demand, by a factor that
    // 1e-13 leaves open.
    for (precision, bound) in [(Precision.float32, 3e-6), (.float64, 1e-13)] {
      for trial in 0..<8 {
        let reference = try #require(try train(cell, trial: trial, kernel: .denseNeurons, precision: .float64))
        for kernel in kernels {
          let end = try #require(try train(cell, trial: trial, kernel: kernel, precision: precision))
          let apart = zip(end, reference).map { abs($0 - $1) }.max()!
          #expect(apart <= bound, "\(kernel.rawValue) \(precision.rawValue) trial \(trial): \(apart)")
        }
      }
    }
  }

  struct LawCase: Sendable, CustomTestStringConvertible {
    var activation = "relu"
    let hidden: String
    let kernels: [GradientKernel]
    var trials = 300
    var steps = 200
    var testDescription: String { "\(activation) \(hidden) \(kernels.map(\.rawValue))" }
  }

  static let lawCases = [
    LawCase(hidden: "[[20]]", kernels: [.shallow, .denseNeurons]),
    LawCase(hidden: "[[20]]", kernels: [.shallow, .denseNetworks]),
    LawCase(hidden: "[[8, 8]]", kernels: [.piecewiseLinear, .denseNeurons]),
    LawCase(activation: "clipping", hidden: "[[8, 8]]", kernels: [.piecewiseLinear, .denseNetworks]),
    LawCase(activation: "{leaky-relu: 0.1}", hidden: "[[7, 9]]", kernels: [.piecewiseLinear, .denseNeurons]),
    LawCase(hidden: "[[32, 32, 32]]", kernels: [.piecewiseLinear, .denseNeurons], trials: 150, steps: 60),
  ]

  /// The laws of the final risk by two kernels, with other random numbers: Kolmogorov-Smirnov at 0.001. A rate that is
  /// twice as large would be noticed.
  @Test(arguments: lawCases)
  func finalRisksHaveTheSameLaw(_ test: LawCase) throws {
    func risks(_ kernel: GradientKernel, _ rate: String) throws -> [Double] {
      let study = try parse(
        activation: test.activation, hidden: test.hidden,
        initial: "{weights: xavier-normal, biases: {constant: 0}}", training: "kernel: \(kernel.rawValue)",
        learningRate: rate, steps: test.steps)
      return try PreparedStudy(study).runners[0].results(of: 0..<test.trials, kernels: widest).outcomes.map(\.risk)
        .sorted()
    }
    let critical = 1.95 * (2 / Double(test.trials)).squareRoot()
    let samples = try test.kernels.map { try risks($0, "0.05") }
    #expect(kolmogorovSmirnov(samples[0], samples[1]) <= critical)
    let faster = try risks(test.kernels[0], "0.1")
    #expect(kolmogorovSmirnov(faster, samples[1]) > critical)
  }

  /// Neurons that are dead at the start keep their bits under every optimizer whose step is 0 after gradients 0, and
  /// are counted at the end.
  ///
  /// - Parameter method: nil for descent with the exact gradient.
  @Test(arguments: OptimizerMethod.allCases.filter { $0 != .adamW } + [nil], ["[[12]]", "[[7, 7]]"])
  func deadNeuronsStay(_ method: OptimizerMethod?, _ hidden: String) throws {
    let cell = try parse(hidden: hidden, initial: "{weights: {normal: 1}, biases: {normal: 1}}").cells[0]
    let width = cell.architecture.width
    for trial in 0..<3 {
      let start = cell.initialization.resolved(cell.architecture)
        .draw(studySeed: cell.seed, cellKey: cell.key.value, trial: trial, kernels: widest)
        .map { Double(Float($0)) }
      let end = try #require(
        try train(cell, trial: trial, optimizer: method.map { Optimizer($0) }, isExact: method == nil))
      var dead = 0
      for neuron in 0..<width where max(start[width + neuron], start[neuron] + start[width + neuron]) <= 0 {
        dead += 1
        #expect(end[neuron].bitPattern == start[neuron].bitPattern)
        #expect(end[width + neuron].bitPattern == start[width + neuron].bitPattern)
        let outputs = cell.architecture.fanOut(layer: 2)
        for output in 0..<outputs {
          let place = cell.architecture.range(.weights(2)).lowerBound + output * width + neuron
          #expect(end[place].bitPattern == start[place].bitPattern)
        }
      }
      #expect(end != start)
      let counted = Network(architecture: cell.architecture, parameters: end).deadNeurons(of: cell.problem)
      #expect(try #require(counted) >= dead)
    }
  }

  /// A rate that is too large ends a trial where its numbers overflow, and no other.
  @Test(arguments: cases)
  func divergence(_ test: Case) throws {
    let study = try parse(
      activation: test.activation, hidden: test.hidden, initial: "{weights: {normal: 2}, biases: {normal: 2}}",
      training: "kernel: \(test.kernel.rawValue)", learningRate: "\"1e8 * 1e8^min(n, 3)\"", steps: 100)
    let outcomes = try PreparedStudy(study).runners[0].results(of: 0..<40, kernels: widest).outcomes
    #expect(outcomes.count == 40)
    for outcome in outcomes {
      if outcome.hasDiverged {
        #expect(outcome == .diverged(at: outcome.steps))
        #expect((1...100).contains(outcome.steps))
      } else {
        #expect(outcome.risk.isFinite)
      }
    }
    if test.activation == "relu" { #expect(outcomes.count { $0.hasDiverged } >= 20) }
  }

  /// From the step on in which a trial diverged all its quantities are infinite, and its distance always: also where
  /// nothing but the risk or its gradient at the end overflowed.
  @Test(arguments: [
    ("relu", 35), ("relu", 60), ("tanh", 35), ("threshold-straight-through", 24), ("threshold-straight-through", 35),
  ])
  func trajectoriesOfDivergence(_ activation: String, _ steps: Int) throws {
    let study = try parse(
      activation: activation, initial: "{weights: {normal: 2}, biases: {normal: 2}}",
      training: "precision: float64",
      trajectory: "{checkpoints: \(Array(0...steps)), trials: \(Array(0..<20))}", learningRate: "1e5", steps: steps)
    let results = try PreparedStudy(study).runners[0].results(of: 0..<20, kernels: widest)
    var diverged = 0
    for (outcome, trajectory) in zip(results.outcomes, results.trajectories.whole) where outcome.hasDiverged {
      diverged += 1
      for (step, values) in trajectory.values.enumerated() {
        let infinite = zip(Observable.trajectory, values).filter { $1 == .infinity }.map(\.0)
        if step >= outcome.steps { #expect(infinite == Observable.trajectory, "step \(step)") }
        #expect(infinite.contains(.distanceToEnd))
      }
      #expect(trajectory.values[0][0].isFinite)
    }
    #expect(diverged == 20)
  }

  /// Small steps along the exact gradient lower the risk by about rate * |G|^2 each.
  @Test func populationGradientDescentFollowsTheRisk() throws {
    let study = try parse(
      hidden: "[[10]]", training: "precision: float64\n  optimizer: population", trajectory: "{checkpoints: [0, 1]}",
      learningRate: "1e-5", steps: 1, batch: "")
    let runner = try PreparedStudy(study).runners[0]
    let cell = runner.cell
    for trial in 0..<5 {
      var kept: [TrainedTrial] = []
      try trainer(cell, checkpoints: [0, 1]).train(trial..<trial + 1, kernels: widest) { kept.append($0) }
      let norm = kept[0].checkpoints[0].batchGradientNorm
      let risks = try kept[0].checkpoints.map { try exactRisk(cell, $0.parameters) }
      // The second order of the step is rate * lambda / 2 with an eigenvalue lambda of the Hessian: below 200.
      // Rounding of risks of some units is 2^-53 / (1e-5 |G|^2): 1e-11 for norms of 1.
      #expect(abs((risks[0] - risks[1]) / (1e-5 * norm * norm) - 1) < 1e-3)
    }
  }

  /// The same steps, but the average of the iterates is what is kept and reported.
  @Test func averagedDescentReportsTheAverage() throws {
    let cell = try parse(steps: 20).cells[0]
    var iterates: [TrainedTrial] = []
    try trainer(cell, precision: .float64, checkpoints: Array(1...20)).train(0..<1, kernels: widest) {
      iterates.append($0)
    }
    let average = try #require(
      try train(cell, trial: 0, precision: .float64, optimizer: Optimizer(.averagedSGD)))
    let points = iterates[0].checkpoints.map(\.parameters)
    for index in average.indices {
      let mean = points.map { $0[index] }.reduce(0, +) / 20
      // Sums of 20 iterates up to 4, and a running mean: 40 roundings of numbers up to 80 / 20, 2^-51 each at most:
      // 2e-14.
      #expect(abs(average[index] - mean) <= 1e-13)
    }
  }

  /// As they were drawn, not as they were rounded.
  @Test(arguments: [
    "optimizer: sgd", "optimizer: sgd\n  batch: {size: 256, stream: shared}", "optimizer: population",
  ])
  func initialParametersAreHandedOver(_ training: String) throws {
    let batch = training.contains("batch") || training.contains("population") ? "" : "{size: 256}"
    let cell = try parse(training: training, steps: 3, batch: batch).cells[0]
    let trainer = try trainer(cell)
    var kept: [[Double]] = []
    trainer.train(5..<25, kernels: widest) { kept.append($0.initial) }
    #expect(kept == (5..<25).map { trainer.initialParameters($0, kernels: widest) })
  }

  /// Trajectories end where outcomes do, at distance 0.
  @Test func trajectoriesEndAtTheOutcome() throws {
    let study = try parse(trajectory: "{checkpoints: [0, 5, 50], trials: [1]}")
    let results = try PreparedStudy(study).runners[0].results(of: 0..<3, kernels: widest)
    let whole = results.trajectories.whole
    #expect(whole.map(\.trial) == [1])
    let last = whole[0].values[2]
    #expect(last[Observable.trajectory.firstIndex(of: .riskAlong)!] == results.outcomes[1].risk)
    #expect(last[Observable.trajectory.firstIndex(of: .gradientNormAlong)!] == results.outcomes[1].gradientNorm)
    #expect(last[Observable.trajectory.firstIndex(of: .distanceToEnd)!] == 0)
    #expect(whole[0].values[0][Observable.trajectory.firstIndex(of: .distanceToEnd)!] > 0)
  }

  /// Every published experiment, shortened: each cell trains, and its risks are finite.
  @Test(arguments: BuiltInStudies.names.prefix(12))
  func builtInStudiesRun(_ name: String) throws {
    let study = try prepare(name, [("training.steps", "30"), ("sampling.trials", "3")])
    for runner in study.runners {
      let results = runner.results(of: 0..<3, kernels: widest)
      #expect(results.outcomes.allSatisfy { $0.risk.isFinite && !$0.hasDiverged })
      #expect(!results.trajectories.isEmpty)
    }
  }

}
