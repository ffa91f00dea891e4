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
  /// What is known of the limits: one for each trial, in their order; empty if the study follows no flow.
  public var analyses: [TrialAnalysis]
  /// Empty unless the study keeps trajectories.
  public var trajectories: BlockTrajectories

  public init(outcomes: [Outcome], analyses: [TrialAnalysis] = [], trajectories: BlockTrajectories) {
    self.outcomes = outcomes
    self.analyses = analyses
    self.trajectories = trajectories
  }
}

/// Computes the outcomes of the trials of one cell: initialization, training, exact risk, limit of the flow.
public struct CellRunner: Sendable {
  public let cell: Cell
  let trainer: Trainer
  private let risk: PopulationRisk
  /// Nil where the criterion needs reference risks that are not given.
  private let judge: Judge?
  /// Nil where the study follows no flow.
  private let landscape: LandscapeAnalysis?

  /// - Parameters:
  ///   - risk: the risk of the cell's problem.
  ///   - sharedRates: the learning rates, where they do not depend on the width.
  ///   - levels: the reference risks of the cell, where it needs them and there are some. Without those that its criterion
  ///     is stated against, no flow is followed.
  init(cell: Cell, risk: PopulationRisk, sharedRates: RateTable?, levels: RiskLevels?) {
    self.cell = cell
    self.risk = risk
    judge = cell.judge(levels)
    if let plan = cell.limit, let judge {
      landscape = LandscapeAnalysis(
        problem: cell.problem, architecture: cell.architecture, trained: cell.trained, risk: risk,
        rule: cell.verdictRule, judge: judge, plan: plan, levels: plan.classes ? levels : nil,
        hasClosedForm: cell.hasClosedForm)
    } else {
      landscape = nil
    }
    trainer = Trainer(
      problem: cell.problem, architecture: cell.architecture, initialization: cell.initialization,
      trained: cell.trained, plan: cell.training, kernel: cell.kernel,
      checkpoints: cell.trajectory?.checkpoints ?? [], risk: risk, sharedRates: sharedRates, studySeed: cell.seed,
      cellKey: cell.key.value)
  }

  /// What `trials` come to: a pure function of the cell and the trial indices.
  public func results(of trials: Range<Int>, kernels: KernelTable) -> TrialResults {
    var results = TrialResults(
      outcomes: [],
      trajectories: BlockTrajectories(trials: trials, checkpoints: trainer.checkpoints.count))
    results.outcomes.reserveCapacity(trials.count)
    trainer.train(trials, kernels: kernels) { trained in
      let trial = trials.lowerBound + results.outcomes.count
      let (outcome, analysis, end) = assessment(of: trained, trial: trial, kernels: kernels)
      results.outcomes.append(outcome)
      if let analysis { results.analyses.append(analysis) }
      if let plan = cell.trajectory {
        results.trajectories.add(
          trajectory(
            of: trained, trial: trial, end: end, divergence: outcome.hasDiverged ? outcome.steps : nil,
            kernels: kernels),
          keepWhole: plan.trials.contains(trial))
      }
    }
    return results
  }

  /// The verdicts on `trials` as they would be if the trained parameters were changed: for tests of how firmly verdicts
  /// hold.
  ///
  /// - Precondition: the reference risks that the criterion needs were given.
  package func judgements(
    of trials: Range<Int>, kernels: KernelTable, changing change: (inout [Double]) -> Void
  ) -> [Judgement] {
    guard let judge else { preconditionFailure("trials are judged by a criterion that is known") }
    var judgements: [Judgement] = []
    trainer.train(trials, kernels: kernels) { trained in
      var trained = trained
      if case .finished(var parameters, let steps) = trained.end {
        change(&parameters)
        trained.end = .finished(parameters, steps: steps)
      }
      let (outcome, analysis, _) = assessment(
        of: trained, trial: trials.lowerBound + judgements.count, kernels: kernels)
      judgements.append(judge.judgement(of: outcome, analysis))
    }
    return judgements
  }

  /// What a trained trial came to, with the risk of the trained network.
  private func assessment(
    of trained: TrainedTrial, trial: Int, kernels: KernelTable
  ) -> (Outcome, TrialAnalysis?, RiskEvaluation?) {
    let end = evaluation(of: trained.end, kernels: kernels)
    var outcome = outcome(trained, end)
    var network: Network?
    if case .finished(let parameters, _) = trained.end, !outcome.hasDiverged {
      network = Network(architecture: cell.architecture, parameters: parameters)
      outcome.deadNeurons = network!.deadNeurons(of: cell.problem)
    }
    let analysis = landscape?.analysis(
      of: outcome, start: initialNetwork(of: trial, kernels: kernels), end: network, end, kernels: kernels)
    return (outcome, analysis, end)
  }

  func initialNetwork(of trial: Int, kernels: KernelTable) -> Network {
    Network(architecture: cell.architecture, parameters: trainer.initialParameters(trial, kernels: kernels))
  }

  /// The parameter ranges that training moves.
  private var trainedRanges: [Range<Int>] { cell.trained.map(cell.architecture.range) }

  private func evaluation(of end: TrainedTrial.End, kernels: KernelTable) -> RiskEvaluation? {
    guard case .finished(let parameters, _) = end else { return nil }
    return risk.evaluate(Network(architecture: cell.architecture, parameters: parameters), kernels: kernels)
  }

  private func outcome(_ trained: TrainedTrial, _ evaluation: RiskEvaluation?) -> Outcome {
    let steps: Int
    switch trained.end {
    case .diverged(let step): return .diverged(at: step)
    case .finished(_, let done): steps = done
    }
    guard let evaluation else { preconditionFailure("a finished trial has a risk") }
    let gradientNorm = evaluation.norm(over: trainedRanges)
    guard evaluation.risk.isFinite && gradientNorm.isFinite else { return .diverged(at: steps) }
    return Outcome(
      risk: evaluation.risk, riskError: evaluation.error, gradientNorm: gradientNorm, steps: steps)
  }

  /// The five quantities at every checkpoint.
  ///
  /// - Parameter divergence: the step in which the trial diverged: from there on all are infinite.
  private func trajectory(
    of trained: TrainedTrial, trial: Int, end: RiskEvaluation?, divergence: Int?, kernels: KernelTable
  ) -> TrialTrajectory {
    let ranges = trainedRanges
    var final: [Double]?
    if divergence == nil, case .finished(let parameters, _) = trained.end { final = parameters }
    var values = trained.checkpoints.prefix { $0.step < divergence ?? .max }.map { checkpoint in
      let evaluation: RiskEvaluation
      if let end, checkpoint.parameters == final {
        evaluation = end
      } else {
        evaluation = risk.evaluate(
          Network(architecture: cell.architecture, parameters: checkpoint.parameters), kernels: kernels)
      }
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
