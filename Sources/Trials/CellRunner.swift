import Kernels
import Landscape
import Networks
import Outcomes
import Risk
import Studies
import Training

/// What a range of trials came to.
public struct TrialResults: Sendable {
  /// One for each trial, in their order.
  public var outcomes: [Outcome]
  /// Empty unless the study keeps trajectories.
  public var trajectories: BlockTrajectories

  public init(outcomes: [Outcome], trajectories: BlockTrajectories) {
    self.outcomes = outcomes
    self.trajectories = trajectories
  }
}

/// Computes the outcomes of the trials of one cell: initialization, training, exact risk, verdict.
public struct CellRunner: Sendable {
  public let cell: Cell
  let trainer: Trainer
  private let risk: PopulationRisk

  /// - Parameters:
  ///   - risk: the risk of the cell's problem.
  ///   - sharedRates: the learning rates, where they do not depend on the width.
  init(cell: Cell, risk: PopulationRisk, sharedRates: RateTable?) {
    self.cell = cell
    self.risk = risk
    trainer = Trainer(
      problem: cell.problem, architecture: cell.architecture, initialization: cell.initialization,
      trained: cell.trained, plan: cell.training, kernel: cell.kernel,
      checkpoints: cell.trajectory?.checkpoints ?? [], risk: risk, sharedRates: sharedRates, studySeed: cell.seed,
      cellKey: cell.key.value)
  }

  /// Flow time of a trial that does all its steps: the sum of the learning rates.
  public var flowTime: Double { trainer.flowTime }

  /// What `trials` come to: a pure function of the cell and the trial indices.
  public func results(of trials: Range<Int>, kernels: KernelTable) -> TrialResults {
    var results = TrialResults(
      outcomes: [],
      trajectories: BlockTrajectories(trials: trials, checkpoints: trainer.checkpoints.count))
    results.outcomes.reserveCapacity(trials.count)
    trainer.train(trials, kernels: kernels) { trained in
      let trial = trials.lowerBound + results.outcomes.count
      let end = evaluation(of: trained.end, kernels: kernels)
      var outcome = outcome(trained.end, end)
      if case .finished(let parameters) = trained.end, outcome.verdict != .diverged {
        outcome.deadNeurons = Network(architecture: cell.architecture, parameters: parameters)
          .deadNeurons(of: cell.problem)
      }
      results.outcomes.append(outcome)
      if let plan = cell.trajectory {
        results.trajectories.add(
          trajectory(of: trained, trial: trial, end: end, kernels: kernels), keepWhole: plan.trials.contains(trial))
      }
    }
    return results
  }

  /// The parameter ranges that training moves.
  private var trainedRanges: [Range<Int>] { cell.trained.map(cell.architecture.range) }

  private func evaluation(of end: TrainedTrial.End, kernels: KernelTable) -> RiskEvaluation? {
    guard case .finished(let parameters) = end else { return nil }
    return risk.evaluate(Network(architecture: cell.architecture, parameters: parameters), kernels: kernels)
  }

  private func outcome(_ end: TrainedTrial.End, _ evaluation: RiskEvaluation?) -> Outcome {
    guard let evaluation else {
      if case .diverged(let step) = end { return .diverged(at: step) }
      preconditionFailure("a finished trial has a risk")
    }
    let gradientNorm = evaluation.norm(over: trainedRanges)
    let verdict = cell.verdictRule.verdict(
      risk: evaluation.risk, margin: evaluation.margin, gradientNorm: gradientNorm, flowTime: flowTime)
    guard verdict != .diverged else { return .diverged(at: cell.training.steps) }
    return Outcome(
      verdict: verdict, risk: evaluation.risk, riskError: evaluation.error, gradientNorm: gradientNorm,
      steps: cell.training.steps)
  }

  /// The five quantities at every checkpoint; infinite from the one on that a diverged trial did not reach.
  private func trajectory(
    of trained: TrainedTrial, trial: Int, end: RiskEvaluation?, kernels: KernelTable
  ) -> TrialTrajectory {
    let ranges = trainedRanges
    var final: [Double]?
    if case .finished(let parameters) = trained.end { final = parameters }
    var values = trained.checkpoints.map { checkpoint in
      let isEnd = checkpoint.parameters == final
      let evaluation =
        isEnd && end != nil
        ? end!
        : risk.evaluate(
          Network(architecture: cell.architecture, parameters: checkpoint.parameters), kernels: kernels)
      return TrajectoryQuantity.allCases.map { quantity -> Double in
        switch quantity {
        case .risk: evaluation.risk
        case .gradientNorm: evaluation.norm(over: ranges)
        case .batchGradientNorm: checkpoint.batchGradientNorm
        case .distanceToEnd: final.map { Self.norm(checkpoint.parameters, minus: $0, over: ranges) } ?? .infinity
        case .parameterNorm: Self.norm(checkpoint.parameters, minus: nil, over: ranges)
        }
      }
    }
    while values.count < trainer.checkpoints.count {
      values.append(Array(repeating: .infinity, count: TrajectoryQuantity.allCases.count))
    }
    return TrialTrajectory(trial: trial, values: values)
  }

  private static func norm(_ vector: [Double], minus other: [Double]?, over ranges: [Range<Int>]) -> Double {
    var sum = 0.0
    for range in ranges {
      for index in range {
        let value = vector[index] - (other?[index] ?? 0)
        sum += value * value
      }
    }
    return sum.squareRoot()
  }
}

/// A study with everything its trials need worked out.
public struct PreparedStudy: Sendable {
  public let study: Study
  /// One for each cell of the study, in its order.
  public let runners: [CellRunner]

  /// - Throws: when the problem of the study has no population risk.
  public init(_ study: Study) throws(RiskError) {
    self.study = study
    let risk = try PopulationRisk(problem: study.problem, seed: study.sampling.seed)
    let cells = study.cells
    let sharedRates =
      study.training.learningRate.uses("h")
      ? nil : RateTable(plan: study.training, width: cells[0].architecture.width)
    runners = cells.map { CellRunner(cell: $0, risk: risk, sharedRates: sharedRates) }
  }
}
