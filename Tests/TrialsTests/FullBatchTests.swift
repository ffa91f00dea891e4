import Kernels
import Landscape
import Networks
import Problems
import Risk
import Studies
import TestSupport
import Testing
import Training
import Trials

/// Descent along the gradient of a whole data set, by `population` and by mini-batches, with weights and stopping criteria.
@Suite struct FullBatchTests {
  private static let points = "points: [[-1, 1], [-0.5, 0.3], [0, 0], [0.25, 0.1], [0.5, 0.2], [1, 0.9]]"
  private static let weights = "weights: [1, 2, 0.5, 0, 4, 1]"

  private static func cell(
    _ optimizer: String, hidden: String = "[[4]]", activation: String = "relu", data: String = points,
    precision: Precision = .float64, until: String = "", steps: Int = 300, batch: String? = nil, rate: String = "0.05"
  ) throws -> Cell {
    let isPopulation = optimizer == "population"
    return try Study.parse(
      text: """
        study: test
        problem: {data: {\(data)}}
        network: {activation: \(activation), hidden: \(hidden), initial: pytorch}
        training:
          optimizer: \(optimizer)
          learning-rate: "\(rate)"
          steps: \(steps)
          precision: \(precision.rawValue)
          \(isPopulation ? "" : "batch: \(batch ?? "{sampling: full}")")
          \(until.isEmpty ? "" : "until: \(until)")
        verdict: {good: {risk-at-most: 1e-2}}
        limit: off
        sampling: {trials: 40, seed: 7}
        """, origin: .file("test.yaml")
    ).cells[0]
  }

  /// All trials by population descent or mini-batches, from the same initial parameters and streams.
  private static func trained(_ cell: Cell, as other: Cell, checkpoints: [Int] = [], _ trials: Range<Int> = 0..<20)
    throws
    -> [TrainedTrial]
  {
    let trainer = Trainer(
      problem: cell.problem, architecture: cell.architecture, initialization: cell.initialization,
      trained: cell.trained,
      method: cell.training, kernel: cell.kernel, checkpoints: checkpoints,
      risk: try PopulationRisk(problem: cell.problem), sharedRates: nil, studySeed: other.seed, cellKey: other.key.value
    )
    var ends: [TrainedTrial] = []
    trainer.train(trials, kernels: widest) { ends.append($0) }
    return ends
  }

  private static func exact(_ cell: Cell, _ parameters: [Double]) throws -> RiskEvaluation {
    try PopulationRisk(problem: cell.problem).evaluate(
      Network(architecture: cell.architecture, parameters: parameters), kernels: widest)
  }

  // MARK: population is descent along full batches

  struct Shape: Sendable, CustomTestStringConvertible {
    let hidden: String
    let activation: String
    let kernel: GradientKernel
    var testDescription: String { "\(activation) \(hidden)" }
  }
  static let shapes = [
    Shape(hidden: "[[4]]", activation: "relu", kernel: .denseNetworks),
    Shape(hidden: "[[16]]", activation: "tanh", kernel: .denseNetworks),
    Shape(hidden: "[[5, 4]]", activation: "softplus", kernel: .denseNetworks),
    Shape(hidden: "[[20, 20]]", activation: "relu", kernel: .denseNeurons),
  ]

  @Test(arguments: shapes, Precision.allCases)
  func populationHasTheBitsOfFullBatches(_ shape: Shape, _ precision: Precision) throws {
    for data in [Self.points, "\(Self.points), \(Self.weights)"] {
      let cells = try ["population", "sgd"].map {
        try Self.cell(
          $0, hidden: shape.hidden, activation: shape.activation, data: data, precision: precision,
          rate: "0.05 / (1 + n / 100)")
      }
      #expect(cells.map(\.kernel) == [shape.kernel, shape.kernel])
      let ends = try cells.map { try Self.trained($0, as: cells[0], checkpoints: [0, 10, 300]) }
      #expect(ends[0] == ends[1] && ends[0].count == 20)
    }
  }

  /// The way in which versions before did: the exact risk and its gradient, one network after the other.
  @Test(arguments: shapes)
  func theDifferenceToExactGradientsIsRounding(_ shape: Shape) throws {
    for data in [Self.points, "\(Self.points), \(Self.weights)"] {
      let cell = try Self.cell("population", hidden: shape.hidden, activation: shape.activation, data: data)
      for (trial, trained) in try Self.trained(cell, as: cell, checkpoints: [300], 0..<4).enumerated() {
        var parameters = trained.initial
        for _ in 0..<300 {
          let gradient = try Self.exact(cell, parameters).gradient
          for i in parameters.indices { parameters[i] -= gradient[i] * 0.05 }
        }
        guard case .finished(let end, 300) = trained.end else {
          Issue.record("trial \(trial) diverged")
          continue
        }
        // 300 steps of rate 0.05, each gradient right to some 2^-53 of a few units: 300 * 0.05 * 2^-51 = 7e-15, and a
        // hundred times that for what the descent magnifies.
        let apart = zip(end, parameters).map { abs($0 - $1) }.max()!
        #expect(apart <= 1e-12)
        let norm = try Self.exact(cell, end).gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(trained.checkpoints[0].batchGradientNorm - norm) <= 1e-12)
      }
    }
  }

  // MARK: Weights

  /// A point of weight 2 is two points, one of weight 0 is none; in the risk too.
  @Test func weightsCountPoints() throws {
    let weighted = try Self.cell("population", data: "points: [[0, 1], [1, 0], [2, 3], [5, 9]], weights: [2, 1, 1, 0]")
    let repeated = try Self.cell("population", data: "points: [[0, 1], [0, 1], [1, 0], [2, 3]]")
    #expect(weighted.key != repeated.key)
    let ends = try [weighted, repeated].map { try Self.trained($0, as: weighted) }
    for (a, b) in zip(ends[0], ends[1]) {
      guard case .finished(let a, _) = a.end, case .finished(let b, _) = b.end else {
        Issue.record("diverged")
        continue
      }
      #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-12 })
      let risks = (try Self.exact(weighted, a).risk, try Self.exact(repeated, a).risk)
      #expect(abs(risks.0 - risks.1) <= 1e-14 * risks.1)
    }
    let sizes = (weighted.problem.targetSize!, repeated.problem.targetSize!)
    #expect(sizes.0.meanSquare == 2.75 && sizes.1.meanSquare == 2.75)
  }

  /// Weights that are all the same are none, up to rounding; their size does not matter.
  @Test func equalWeightsAreNone() throws {
    for weight in ["1", "7", "1e-30", "1e30"] {
      let cell = try Self.cell(
        "population", data: "\(Self.points), weights: [\(Array(repeating: weight, count: 6).joined(separator: ", "))]")
      guard case .data(let data) = cell.problem.inputs else { return }
      #expect(data.normalizedWeights!.allSatisfy { abs($0 - 1.0 / 6) <= 0x1p-54 })
    }
  }

  /// A neuron that is active only where the weight is 0 never moves.
  @Test func deadOnPointsWithWeight() {
    let architecture = Architecture(inputDimension: 1, hidden: [2], activation: Activation(.relu))
    // max(x - 2, 0) and max(x, 0).
    let network = Network(architecture: architecture, parameters: [1, 1, -2, 0, 1, 1, 0])
    func dead(_ weights: [Double]?) -> Int? {
      network.deadNeurons(
        of: Problem(
          inputs: .data(
            DataSet(origin: .inline, dimension: 1, inputs: [0, 1, 3], labels: [0, 0, 0], weights: weights)),
          target: nil))
    }
    #expect(dead(nil) == 0 && dead([1, 1, 1]) == 0 && dead([1, 1, 0]) == 1 && dead([1, 0, 0]) == 2)
  }

  // MARK: until, with every optimizer

  static let optimizers = OptimizerMethod.allCases.map(\.rawValue) + ["population"]
  static let batches = ["{sampling: full}", "{size: 3, sampling: without-replacement}", "{size: 4, stream: shared}"]

  /// The criterion holds at the end, and not after any step before: trained again with as many steps as it took, and with
  /// fewer.
  @Test(arguments: optimizers, batches)
  func stopsAtTheFirstStepThatMeetsTheCriterion(_ optimizer: String, _ batch: String) throws {
    for (until, precision) in [
      ("{risk-at-most: 0.05}", Precision.float64), ("{risk-at-most: 0.05, every: 7}", .float32),
      ("{neuron-gradient-at-most: 0.1}", .float64),
    ] {
      let every = until.contains("every") ? 7 : 1
      // Averages come late, and Adadelta's first steps are small.
      let rate = ["adadelta": "5", "averaged-sgd": "0.2", "nesterov-look-ahead": "0.1"][optimizer] ?? "0.03"
      let cell = try Self.cell(
        optimizer, precision: precision, until: until, steps: 400, batch: batch,
        rate: rate)
      func holds(_ parameters: [Double]) throws -> Bool {
        let evaluation = try Self.exact(cell, parameters)
        if until.hasPrefix("{risk") { return evaluation.risk <= 0.05 }
        return (0..<4).allSatisfy { j in
          let (w, b) = (evaluation.gradient[j], evaluation.gradient[4 + j])
          return (w * w + b * b).squareRoot() <= 0.1
        }
      }
      // The iterates of all steps of the same training without the criterion.
      let all = Array(0...400)
      let free = try Self.trained(
        try Self.cell(
          optimizer, precision: precision, steps: 400, batch: batch, rate: rate),
        as: cell, checkpoints: all, 0..<6)
      let stopped = try Self.trained(cell, as: cell, checkpoints: [0, 5, 400], 0..<6)
      var early = 0
      for (stopped, free) in zip(stopped, free) {
        guard case .finished(let end, let steps) = stopped.end else {
          Issue.record("diverged")
          continue
        }
        let first = try free.checkpoints.first { try $0.step % every == 0 && holds($0.parameters) }?.step ?? 400
        #expect(steps == first && end == free.checkpoints[steps].parameters)
        if steps < 400 { early += 1 }
        #expect(stopped.checkpoints.map(\.step) == [0, 5, 400])
        for checkpoint in stopped.checkpoints {
          let same = free.checkpoints[min(checkpoint.step, steps)]
          #expect(checkpoint.parameters == same.parameters && checkpoint.batchGradientNorm == same.batchGradientNorm)
        }
      }
      #expect(early > 0, "\(until)")
    }
  }

  /// On laws too: scalar inputs with the exact kernels, and a law in two dimensions.
  @Test(arguments: ["uniform: [0, 1]", "box: [[0, 1], [0, 1]]"])
  func stopsOnLaws(_ input: String) throws {
    let target = input.hasPrefix("box") ? "\"x1 * x2\"" : "\"x^2\""
    func cell(_ until: String) throws -> Cell {
      try parse(
        hidden: "[[5]]", training: "optimizer: adam\n  precision: float64" + until, input: input, target: target,
        learningRate: "0.02", steps: 60, batch: "{size: 32}"
      ).cells[0]
    }
    let (stops, free) = (try cell("\n  until: {risk-at-most: 0.03, every: 3}"), try cell(""))
    let ends = try Self.trained(stops, as: stops, 0..<6)
    let all = try Self.trained(free, as: stops, checkpoints: Array(0...60), 0..<6)
    for (end, all) in zip(ends, all) {
      guard case .finished(let parameters, let steps) = end.end else { continue }
      let first = try all.checkpoints.first { try $0.step % 3 == 0 && Self.exact(stops, $0.parameters).risk <= 0.03 }
      #expect(steps == first?.step ?? 60 && parameters == all.checkpoints[steps].parameters)
    }
    #expect(ends.contains { if case .finished(_, let steps) = $0.end { steps > 0 && steps < 60 } else { false } })
  }
}
