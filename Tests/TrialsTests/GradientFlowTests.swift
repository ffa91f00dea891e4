import Foundation
import Kernels
import Networks
import Risk
import Studies
import TestSupport
import Testing
import Training
import Trials

/// Training by the gradient flow.
@Suite struct GradientFlowTests {
  /// What SciPy's DOP853 recorded of five networks: Scripts/reference/flow.py.
  struct Recorded: Decodable {
    struct Flow: Decodable, Sendable, CustomTestStringConvertible {
      let target: String
      let width: Int
      let trained: String
      let initial: [Double]
      let times: [Double]
      let risks: [Double]
      let parameters: [[Double]]

      var testDescription: String { "\(target), width \(width), \(trained)" }
    }

    let flows: [Flow]
  }

  static let recorded = (recordedResults("flows.json") as Recorded).flows

  /// A study of one network from given parameters, whose steps end at the times.
  private static func cell(
    _ parameters: [Double], hidden: [Int], target: String, settings: String, rate: String = "1", steps: Int = 1,
    more: String = ""
  ) throws -> Cell {
    let point = parameters.map { "\($0)" }.joined(separator: ", ")
    return try parse(
      hidden: "[[\(hidden.map(String.init).joined(separator: ", "))]]", initial: "{point: [\(point)], distance: 0}",
      training: "optimizer: {gradient-flow: {\(settings)}}\(more)", target: "\"\(target)\"",
      learningRate: "\"\(rate)\"",
      steps: steps, batch: ""
    ).cells[0]
  }

  private static func trained(
    _ cell: Cell, trial: Int = 0, checkpoints: [Int] = [], kernels: KernelTable = widest
  ) throws -> TrainedTrial {
    var result: TrainedTrial?
    try trainer(cell, checkpoints: checkpoints).train(trial..<trial + 1, kernels: kernels) { result = $0 }
    return try #require(result)
  }

  /// Rates whose sums are 0.1, 1, 10, 100.
  private static let decades = "0.1 * 10^n * (0.9 + 0.1 * max(1 - n, 0))"

  /// Parameters along the flow, between the steps of the integration and at their ends.
  @Test(
    arguments: recorded,
    [("auto", 1e-10, 1e-7), ("dormand-prince", 1e-10, 1e-7), ("bogacki-shampine", 1e-9, 1e-6), ("rkc2", 1e-7, 1e-3)])
  func agreesWithSciPy(
    _ flow: Recorded.Flow, _ method: (name: String, tolerance: Double, bound: Double)
  ) throws {
    let trainable = flow.trained == "all" ? "weights, biases" : "inner-biases"
    let point = flow.initial.map { "\($0)" }.joined(separator: ", ")
    let study = try Study.parse(
      text: """
        study: flow
        problem: {input: {uniform: [0, 1]}, target: "\(flow.target)"}
        network: {hidden: [[\(flow.width)]], initial: {point: [\(point)], distance: 0}, trainable: [\(trainable)]}
        training:
          optimizer: {gradient-flow: {method: \(method.name), tolerance: \(method.tolerance)}}
          learning-rate: "\(Self.decades)"
          steps: 4
        verdict: {good: {risk-at-most: 1e-3}}
        """, origin: .file("flow.yaml"))
    let trial = try Self.trained(study.cells[0], checkpoints: [1, 2, 3, 4])
    #expect(trial.checkpoints.map(\.step) == [1, 2, 3, 4])
    for (checkpoint, (parameters, risk)) in zip(trial.checkpoints, zip(flow.parameters, flow.risks)) {
      let error = zip(checkpoint.parameters, parameters).map { abs($0 - $1) }.max()!
      #expect(error <= method.bound, "after \(checkpoint.step) steps")
      #expect(abs(try exactRisk(study.cells[0], checkpoint.parameters) - risk) <= method.bound * max(risk, 1e-2))
    }
    #expect(trial.end == .finished(trial.checkpoints[3].parameters, steps: 4))
    #expect(trial.flow?.time == 100)
  }

  /// Deep networks, by an independent program: risks at flow times 1, 10 and 100.
  @Test(arguments: DeepLimits.cases)
  func deepNetworks(_ reference: DeepLimits.Case) throws {
    for (time, risk) in zip(reference.times, reference.risks) where time <= 100 {
      let cell = try Self.cell(
        reference.parameters, hidden: reference.hidden, target: reference.target, settings: "tolerance: 1e-9",
        rate: "\(time)")
      guard case .finished(let parameters, 1) = try Self.trained(cell).end else { throw NotFinished() }
      #expect(abs(try exactRisk(cell, parameters) - risk) <= 1e-6 * risk, "t = \(time)")
    }
  }

  private struct NotFinished: Error {}

  /// L falls by the integral of |G|^2, and |w|^2 + b^2 - |v|^2 stays.
  @Test func identities() throws {
    let study = try parse(
      hidden: "[[10], [4, 3]]", initial: "{weights: {normal: 1}, biases: {normal: 1}}",
      training: "optimizer: {gradient-flow: {tolerance: 1e-10}}", learningRate: "200", steps: 1, batch: "")
    for runner in try PreparedStudy(study).runners {
      let results = runner.results(of: 0..<3, kernels: widest)
      for (name, bound) in [("energy-error", 1e-8), ("balance-drift", 1e-8)] {
        let column = try #require(results.further.first { $0.observable.name == name })
        #expect(column.presentValues.count == 3 && column.presentValues.allSatisfy { $0 <= bound }, "\(name)")
      }
      let times = try #require(results.further.first { $0.observable.name == "flow-time" })
      #expect(times.presentValues == [200, 200, 200])
      #expect(results.outcomes.allSatisfy { $0.steps == 1 })
    }
  }

  /// What the errors of steps are when the tolerance is smaller: with the tolerance itself.
  @Test(arguments: ["dormand-prince", "bogacki-shampine", "rkc2"])
  func errorsFollowTheTolerance(_ method: String) throws {
    let flow = Self.recorded[0]
    func error(_ tolerance: Double) throws -> Double {
      let cell = try Self.cell(
        flow.initial, hidden: [flow.width], target: flow.target, settings: "method: \(method), tolerance: \(tolerance)",
        rate: "10")
      guard case .finished(let parameters, _) = try Self.trained(cell).end else { throw NotFinished() }
      return zip(parameters, flow.parameters[2]).map { abs($0 - $1) }.max()!
    }
    let (coarse, fine) = (try error(1e-4), try error(1e-7))
    // Steps of a method of order p go with tolerance^(1 / (p + 1)), and the errors at the end with their p-th power: for
    // order 2 a hundredth.
    #expect(fine < 0.05 * coarse && coarse < 0.1, "\(coarse), \(fine)")
  }

  /// Neurons that are dead at the start keep their bits, and no other neuron of the first layer dies before rounding makes it:
  /// kinks come to the end like exp(-t), at speeds of about 1.
  @Test(arguments: ["auto", "rkc2"]) func deadNeurons(_ method: String) throws {
    let study = try parse(
      hidden: "[[20]]", initial: "{weights: {normal: 1}, biases: {normal: 1}}",
      training: "optimizer: {gradient-flow: {method: \(method), tolerance: 1e-5}}", learningRate: "10", steps: 1,
      batch: "")
    let cell = study.cells[0]
    func dead(_ parameters: [Double]) -> [Int] {
      let network = Network(architecture: cell.architecture, parameters: parameters)
      return network.firstLayerActivities(on: 0...1).enumerated().filter { $1 == .nowhere }.map(\.offset)
    }
    var count = 0
    for trial in 0..<5 {
      let result = try Self.trained(cell, trial: trial)
      guard case .finished(let parameters, _) = result.end else { throw NotFinished() }
      #expect(dead(parameters) == dead(result.initial))
      for neuron in dead(result.initial) {
        count += 1
        for place in [neuron, 20 + neuron, 40 + neuron] { #expect(parameters[place] == result.initial[place]) }
      }
    }
    #expect(count > 10)
  }

  /// Dense output: where the flow is looked at does not change where it goes.
  @Test func checkpointsChangeNothing() throws {
    let flow = Self.recorded[0]
    let cell = try Self.cell(
      flow.initial, hidden: [flow.width], target: flow.target, settings: "tolerance: 1e-6", rate: Self.decades, steps: 4
    )
    let (some, none) = (try Self.trained(cell, checkpoints: [0, 1, 2, 3, 4]), try Self.trained(cell))
    #expect(some.end == none.end && some.flow == none.flow)
    #expect(some.checkpoints[0].parameters == some.initial)
  }

  /// The same bits at every kernel level, and whatever trials are beside.
  @Test func bitsAreTheSame() throws {
    let cell = try parse(
      hidden: "[[6]]", training: "optimizer: gradient-flow", learningRate: "{geometric: {total: 50}}", steps: 9,
      batch: ""
    ).cells[0]
    var all: [TrainedTrial] = []
    try trainer(cell).train(3..<7, kernels: widest) { all.append($0) }
    for level in KernelLevel.supported {
      for trial in [3, 6] {
        #expect(try Self.trained(cell, trial: trial, kernels: KernelTable(level)) == all[trial - 3])
      }
    }
  }

  /// A trial ends at the first step at which the criterion is met.
  @Test func stopping() throws {
    let flow = Self.recorded[0]
    func cell(_ bound: Double) throws -> Cell {
      try Self.cell(
        flow.initial, hidden: [flow.width], target: flow.target, settings: "tolerance: 1e-8", rate: Self.decades,
        steps: 4,
        more: "\n  until: {risk-at-most: \(bound)}")
    }
    for step in 0..<4 {
      let trial = try Self.trained(try cell(flow.risks[step] * 1.001), checkpoints: [0, 4])
      guard case .finished(let parameters, let steps) = trial.end else { throw NotFinished() }
      #expect(steps == step + 1 && trial.flow?.time == flow.times[step])
      #expect(trial.checkpoints[1].parameters == parameters)
    }
  }

  /// A flow that takes too many steps is left, and says how far it came.
  @Test func tooManySteps() throws {
    let flow = Self.recorded[0]
    let cell = try Self.cell(
      flow.initial, hidden: [flow.width], target: flow.target, settings: "steps: 30", rate: "50", steps: 2)
    let trial = try Self.trained(cell, checkpoints: [0, 1, 2])
    guard case .finished(let parameters, 0) = trial.end, let record = trial.flow else { throw NotFinished() }
    #expect(record.time > 0 && record.time < 50 && record.steps >= 30 && record.steps < 35)
    #expect(parameters != trial.initial && trial.checkpoints[2].parameters == parameters)
  }

  /// Other networks whose risk has an exact gradient: smooth ones, data sets, vector inputs. The flow is what descent comes
  /// to with ever smaller steps: with rates of 1e-3 and 5e-4 its distance is halved.
  @Test(arguments: [
    ("tanh", "uniform: [0, 1]", "", "\"sin(3*x)\""),
    ("relu", "", "points: [[0, 1], [0.5, 2], [0.75, -1], [1, 0.5]]", ""),
    ("clipping", "uniform: [0, 1]", "", "\"x^2\""), ("softplus", "box: [[0, 1], [0, 1]]", "", "x1 * x2"),
  ])
  func isTheLimitOfDescent(_ activation: String, _ input: String, _ data: String, _ target: String) throws {
    func end(_ training: String, rate: String, steps: Int) throws -> [Double] {
      let problem = input.isEmpty ? "data: {\(data)}" : "input: {\(input)}, target: \(target)"
      let count = 5 * (input.hasPrefix("box") ? 2 : 1) + 11
      let point = (1...count).map { "\(sin(Double($0 * $0)))" }.joined(separator: ", ")
      let study = try Study.parse(
        text: """
          study: flow
          problem: {\(problem)}
          network: {activation: \(activation), hidden: [[5]], initial: {point: [\(point)], distance: 0}}
          training: {optimizer: \(training), learning-rate: \(rate), steps: \(steps)}
          verdict: {good: {risk-at-most: 1e-3}}
          limit: off
          """, origin: .file("flow.yaml"))
      guard case .finished(let parameters, _) = try Self.trained(study.cells[0], trial: 1).end else {
        throw NotFinished()
      }
      return parameters
    }
    let flow = try end("{gradient-flow: {tolerance: 1e-9}}", rate: "0.5", steps: 1)
    func distance(_ rate: String, steps: Int) throws -> Double {
      zip(try end("population, precision: float64", rate: rate, steps: steps), flow).map { abs($0 - $1) }.max()!
    }
    let (coarse, fine) = (try distance("1e-3", steps: 500), try distance("5e-4", steps: 1000))
    #expect(coarse > 1e-6 && coarse < 0.01 && abs(coarse / fine - 2) < 0.05, "\(coarse), \(fine)")
  }
}
