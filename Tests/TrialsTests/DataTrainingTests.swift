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

/// Trials on data sets and on vector inputs, from the text of a study to the outcome, against computations of others.
@Suite struct DataTrainingTests {
  // MARK: Full batches, against PyTorch

  private static func study(
    _ test: RecordedTraining.Case, data: String, kernel: GradientKernel, precision: Precision
  ) throws -> Study {
    var network = "activation: \(test.activation)\n  hidden: [\(test.hidden)]\n  initial: {point: \(test.start)}"
    if let trainable = test.trainable { network += "\n  trainable: [\(trainable.joined(separator: ", "))]" }
    var training = "optimizer: \(test.optimizer)\n  learning-rate: \(test.learningRate)\n  kernel: \(kernel.rawValue)"
    if let clipping = test.clipping { training += "\n  clipping: {norm: \(clipping.norm), delta: \(clipping.delta)}" }
    return try Study.parse(
      text: """
        study: test
        problem:
          data: {\(data)}
        network:
          \(network)
        training:
          \(training)
          steps: \(RecordedTraining.all.steps)
          batch: {sampling: full}
          precision: \(precision.rawValue)
        verdict: {good: {risk-at-most: 1e-2}}
        sampling: {trials: 2}
        """, origin: .file("test.yaml"))
  }

  private static func points(_ test: RecordedTraining.Case) -> String {
    "points: [\(RecordedTraining.all.data[test.data]!.map { "\($0)" }.joined(separator: ", "))]"
  }

  @Test(arguments: RecordedTraining.all.cases, GradientKernel.general)
  func fullBatchesEndWherePyTorchDoes(_ test: RecordedTraining.Case, _ kernel: GradientKernel) throws {
    #expect(abs(test.risk / test.startRisk - 1) > 0.2)
    // Relative to the largest parameter. Each of the 60 steps rounds by a few 2^-53 or 2^-24, and descent and the
    // divisions of adaptive methods magnify that: 1e-10 is 900,000 such roundings, 1e-4 is 1700. A formula that is
    // wrong shows at the size of a step.
    for (precision, bound) in [(Precision.float64, 1e-10), (.float32, 1e-4)] {
      let study = try Self.study(test, data: Self.points(test), kernel: kernel, precision: precision)
      let runner = try PreparedStudy(study).runners[0]
      #expect(runner.cell.kernel == kernel && runner.cell.training.precision == precision)
      let end = try #require(try train(runner.cell, trial: 0))
      let largest = test.end.map(abs).max()!
      let apart = zip(end, test.end).map { abs($0 - $1) }.max()!
      #expect(apart <= bound * largest)
      let outcomes = runner.results(of: 0..<2, kernels: widest).outcomes
      for outcome in outcomes {
        #expect(abs(outcome.risk / test.risk - 1) <= bound)
        // The gradient near a minimum is small beside that of the start.
        #expect(abs(outcome.gradientNorm / test.gradientNorm - 1) <= 10 * bound)
      }
    }
  }

  /// The data set in a file is the same as in the study.
  @Test func filesAreTheirPoints() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    for test in RecordedTraining.all.cases {
      let file = folder.appending(path: "\(test.data).csv")
      let lines = RecordedTraining.all.data[test.data]!.map { row in row.map { "\($0)" }.joined(separator: ",") }
      try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
      let outcomes = try ["csv: \"\(file.path)\"", Self.points(test)].map { data in
        let study = try Self.study(test, data: data, kernel: .denseNetworks, precision: .float64)
        return try PreparedStudy(study).runners[0].results(of: 0..<1, kernels: widest).outcomes
      }
      // In double precision, as above.
      #expect(outcomes[0] == outcomes[1] && abs(outcomes[0][0].risk / test.risk - 1) <= 1e-10)
    }
  }

  // MARK: Random batches, against plain loops

  /// A network of two layers with frozen blocks, on 40 points in two dimensions or on a vector law: a named schedule
  /// and clipping.
  private func study(
    problem: String, batch: String, kernel: GradientKernel, activation: String = "tanh", steps: Int = 40
  ) throws -> Study {
    try Study.parse(
      text: """
        study: test
        problem: {\(problem)}
        network:
          activation: \(activation)
          hidden: [[5, 4]]
          initial: {weights: {normal: 1}, biases: {normal: "1/2"}}
          trainable: [layer-1-biases, layer-2-weights, layer-2-biases, layer-3-weights]
        training:
          learning-rate: {polynomial-decay: {initial: 0.2, final: 0.05, power: 2, steps: 30}}
          clipping: {norm: 0.7}
          steps: \(steps)
          batch: {\(batch)}
          kernel: \(kernel.rawValue)
          precision: float64
        verdict: {good: {risk-at-most: 1e-2}}
        sampling: {trials: 20, seed: 11}
        """, origin: .file("test.yaml"))
  }

  private func rate(_ step: Int) -> Double {
    let left = 1 - Double(min(step, 30)) / 30
    return 0.05 + (0.2 - 0.05) * left * left
  }

  /// Trains by plain loops from the initial parameters of a trial, and compares with the trainer's end.
  ///
  /// - Parameter batch: points and targets of a step of a stream.
  /// - Returns: the trained networks of the trials 0, 7 and 19.
  private func compare(
    _ cell: Cell, isShared: Bool, batch: (StreamAddress, UInt32) -> (points: [[Double]], targets: [Double])
  ) throws -> [Int: PlainNetwork] {
    var ends: [TrainedTrial.End] = []
    try trainer(cell).train(0..<20, kernels: widest) { ends.append($0.end) }
    var networks: [Int: PlainNetwork] = [:]
    for trial in [0, 7, 19] {
      let start = cell.initialization.resolved(cell.architecture)
        .draw(studySeed: cell.seed, cellKey: cell.key.value, trial: trial, kernels: widest)
      var network = PlainNetwork(architecture: cell.architecture, parameters: start)
      let stream = StreamAddress(
        studySeed: cell.seed, cellKey: cell.key.value, trial: isShared ? 0 : trial,
        purpose: isShared ? .sharedBatch : .batch)
      for step in 0..<cell.training.steps.count {
        let (points, targets) = batch(stream, UInt32(step))
        network.descend(points, targets, rate: rate(step), clipping: 0.7, trained: cell.trained)
      }
      guard case .finished(let end, _) = ends[trial] else {
        Issue.record("trial \(trial) diverged")
        continue
      }
      let apart = zip(end, network.parameters).map { abs($0 - $1) }.max()!
      // 40 steps at rates of 0.2 at most, each with a gradient right to some 2^-53 of a few units: 40 * 2^-52 =
      // 1e-14, and a hundred times that for what the steps magnify. The risk, below, follows with slopes of a few
      // units.
      #expect(apart <= 1e-12, "trial \(trial)")
      for block in cell.architecture.blocks {
        let isFrozen = Array(end[cell.architecture.range(block)]) == Array(start[cell.architecture.range(block)])
        #expect(isFrozen == !cell.trained.contains(block), "\(block.name(depth: 2))")
      }
      networks[trial] = network
    }
    return networks
  }

  /// Words 2 (i mod 2) and 2 (i mod 2) + 1 of block i div 2 as one number w, high half first: floor(bound w / 2^64).
  private func number(_ i: Int, _ stream: StreamAddress, _ step: UInt32, below bound: Int) -> Int {
    let words = stream.block(UInt32(i / 2), step: step)
    let w = UInt64(words[2 * (i % 2)]) << 32 | UInt64(words[2 * (i % 2) + 1])
    return Int(w.multipliedFullWidth(by: UInt64(bound)).high)
  }

  @Test(
    arguments: ["with-replacement", "without-replacement"],
    [
      (GradientKernel.denseNeurons, "independent"), (.denseNetworks, "independent"), (.denseNeurons, "shared"),
      (.denseNetworks, "shared"),
    ])
  func miniBatchesOfData(_ sampling: String, _ setting: (kernel: GradientKernel, stream: String)) throws {
    let rows = RecordedTraining.all.data["plane"]!
    // Three batches a pass through the 40 points, which leave out four.
    let size = 12
    let study = try study(
      problem: "data: {points: [\(rows.map { "\($0)" }.joined(separator: ", "))]}",
      batch: "size: \(size), sampling: \(sampling), stream: \(setting.stream)", kernel: setting.kernel)
    let runner = try PreparedStudy(study).runners[0]
    let networks = try compare(runner.cell, isShared: setting.stream == "shared") { stream, step in
      let chosen: [Int]
      if sampling == "with-replacement" {
        chosen = (0..<size).map { number($0, stream, step, below: rows.count) }
      } else {
        let batches = rows.count / size
        let pass = step / UInt32(batches)
        var order = Array(rows.indices)
        for i in order.indices { order.swapAt(i, i + number(i, stream, pass, below: rows.count - i)) }
        chosen = Array(order[Int(step) % batches * size..<(Int(step) % batches + 1) * size])
      }
      return (chosen.map { Array(rows[$0].prefix(2)) }, chosen.map { rows[$0][2] })
    }
    let outcomes = runner.results(of: 0..<20, kernels: widest).outcomes
    for (trial, network) in networks {
      let points = rows.map { Array($0.prefix(2)) }
      let risk = network.risk(points, rows.map { $0[2] })
      #expect(abs(outcomes[trial].risk / risk - 1) <= 1e-11)
    }
  }

  struct VectorCase: Sendable, CustomTestStringConvertible {
    let input: String
    let target: String
    let kernel: GradientKernel
    /// The target, computed here.
    let value: @Sendable ([Double]) -> Double
    var testDescription: String { "\(input) \(kernel.rawValue)" }
  }

  static let vectorCases = GradientKernel.general.flatMap { kernel in
    [
      VectorCase(
        input: "box: [[-1, 2], [0.25, 0.75]]", target: "x1 * x2 - 1", kernel: kernel, value: { $0[0] * $0[1] - 1 }),
      VectorCase(
        input: "normal: {mean: 0.5, standard-deviation: 0.75, dimension: 2}", target: "x1^2 + x2", kernel: kernel,
        value: { $0[0] * $0[0] + $0[1] }),
      VectorCase(
        input: "box: [\((0..<10).map { "[\($0), \($0 + 1)]" }.joined(separator: ", "))]", target: "x1 * x10",
        kernel: kernel, value: { $0[0] * $0[9] }),
      VectorCase(
        input: "normal: {dimension: 10}", target: "x2 + x10^2", kernel: kernel, value: { $0[1] + $0[9] * $0[9] }),
    ]
  }

  @Test(arguments: vectorCases)
  func miniBatchesOfVectorLaws(_ test: VectorCase) throws {
    let points = test.input.contains("10") ? ", evaluation-points: 3000" : ""
    let study = try study(
      problem: "input: {\(test.input)}, target: \"\(test.target)\"\(points)", batch: "size: 24", kernel: test.kernel)
    let runner = try PreparedStudy(study).runners[0]
    let problem = runner.cell.problem
    let d = problem.dimension
    let drawer = SampleDrawer(source: problem.sampleSource(), size: 24, kernels: widest)
    let samples = SampleBatch(size: 24, dimension: d, precision: .float64)
    let networks = try compare(runner.cell, isShared: false) { stream, step in
      drawer.draw(stream, step: step, into: samples)
      let numbers = UnsafeBufferPointer(start: samples.inputs.assumingMemoryBound(to: Double.self), count: 24 * d)
      let points = (0..<24).map { Array(numbers[$0 * d..<($0 + 1) * d]) }
      return (points, points.map(test.value))
    }
    for (trial, network) in networks {
      let outcome = runner.results(of: trial..<trial + 1, kernels: widest).outcomes[0]
      let squares = { (x: [Double]) in (network.value(x) - test.value(x)) * (network.value(x) - test.value(x)) }
      if d == 2 {
        let risk = integral(over: problem, squares)
        // The composite Gauss rule, h = 3/40, is off by h^6 / 2,016,000 = 9e-17 times a sixth derivative, which is
        // large in steep networks; `ProductQuadrature` asks for 1e-10 of the risk. 1e-7 has room for both, and a
        // wrong step is no step of that size.
        #expect(abs(outcome.risk / risk - 1) <= 1e-7)
      } else {
        let sample = evaluationSet(problem, seed: 11).map(squares)
        let n = Double(sample.count)
        let mean = sample.reduce(0, +) / n
        let variance = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
        // The parameters differ by 1e-12 at most, and sums of 3000 terms by 3000 * 2^-53 = 3e-13; the standard error
        // is a root of differences of squares, with a hundred times the error allowed.
        #expect(sample.count == 3000 && abs(outcome.risk / mean - 1) <= 1e-11)
        #expect(abs(outcome.riskError / (variance / n).squareRoot() - 1) <= 1e-9)
      }
    }
  }

  /// The expectation of a smooth function of two coordinates: Gauss's rule of three nodes on 40 parts of the sides of a
  /// box, the trapezoidal rule on 9 standard deviations to each side of the mean of a normal law.
  private func integral(over problem: Problem, _ function: ([Double]) -> Double) -> Double {
    func nodes(_ k: Int) -> [(x: Double, weight: Double)] {
      switch problem.inputs {
      case .law(.box(let bounds)):
        let nodes = [-0.6.squareRoot(), 0, 0.6.squareRoot()]
        let weights = [5.0 / 18, 8.0 / 18, 5.0 / 18]
        let width = (bounds[k].upper - bounds[k].lower) / 40
        return (0..<120).map { i -> (x: Double, weight: Double) in
          (bounds[k].lower + width * (Double(i / 3) + (1 + nodes[i % 3]) / 2), weights[i % 3] / 40)
        }
      case .law(.normal(let mean, let standardDeviation, _)):
        return (0...120).map { i -> (x: Double, weight: Double) in
          let z = 0.15 * Double(i - 60)
          return (mean + standardDeviation * z, 0.15 * exp(-z * z / 2) / (2 * Double.pi).squareRoot())
        }
      default: preconditionFailure("no other law is used")
      }
    }
    let second = nodes(1)
    return nodes(0).reduce(0) { sum, first in
      sum + first.weight * second.reduce(0) { $0 + $1.weight * function([first.x, $1.x]) }
    }
  }

  /// Coordinate k of all points is step k of the study's evaluation stream.
  private func evaluationSet(_ problem: Problem, seed: UInt64) -> [[Double]] {
    let stream = StreamAddress(studySeed: seed, cellKey: 0, trial: 0, purpose: .evaluation)
    let columns = (0..<problem.dimension).map { k in
      switch problem.inputs {
      case .law(.box(let bounds)):
        widest.uniforms(problem.evaluationPoints, stream: stream, step: UInt32(k))
          .map { bounds[k].lower + (bounds[k].upper - bounds[k].lower) * $0 }
      case .law(.normal(let mean, let standardDeviation, _)):
        widest.standardNormals(problem.evaluationPoints, stream: stream, step: UInt32(k))
          .map { mean + standardDeviation * $0 }
      default: preconditionFailure("no other law is used")
      }
    }
    return (0..<problem.evaluationPoints).map { i in columns.map { $0[i] } }
  }
}
