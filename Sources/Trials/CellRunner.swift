import Kernels
import Landscape
import Networks
import Numerics
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
  /// The further observables, a column each.
  public var further: [ObservableColumn]
  /// Empty unless the study keeps trajectories.
  public var trajectories: BlockTrajectories

  public init(
    outcomes: [Outcome], analyses: [TrialAnalysis] = [], further: [ObservableColumn] = [],
    trajectories: BlockTrajectories
  ) {
    self.outcomes = outcomes
    self.analyses = analyses
    self.further = further
    self.trajectories = trajectories
  }
}

/// The networks of a trial.
public struct TrialNetworks: Sendable {
  public var trial: Int
  /// At initialization.
  public var initial: Network
  /// When training ends; nil where the trial diverged.
  public var trained: Network?
  /// To which the flow from the trained one was followed; nil where it was not.
  public var limit: Network?
}

/// Computes the outcomes of the trials of one cell: initialization, training, exact risk, limit of the flow.
public struct CellRunner: Sendable {
  public let cell: Cell
  let trainer: Trainer
  private let risk: PopulationRisk
  /// Nil where the criterion needs reference risks that are not given.
  public let judge: Judge?
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
      trained: cell.trained, method: cell.training, kernel: cell.kernel,
      checkpoints: cell.trajectory?.checkpoints ?? [],
      risk: risk, sharedRates: sharedRates, studySeed: cell.seed, cellKey: cell.key.value)
  }

  /// What `trials` come to: a pure function of the cell and the trial indices.
  ///
  /// - Parameter observe: is handed the networks of each trial, in their order.
  public func results(
    of trials: Range<Int>, kernels: KernelTable, observing observe: (TrialNetworks) -> Void = { _ in }
  ) -> TrialResults {
    var results = TrialResults(
      outcomes: [],
      trajectories: BlockTrajectories(
        trials: trials, checkpoints: trainer.checkpoints.count,
        observables: Measurement<MeasuredCheckpoint>.all.count))
    results.outcomes.reserveCapacity(trials.count)
    let measurements = Measurement<MeasuredTrial>.of(cell)
    var measured = [[Double?]](repeating: [], count: measurements.count)
    trainer.train(trials, kernels: kernels) { trained in
      let trial = trials.lowerBound + results.outcomes.count
      let (outcome, analysis, limit, end) = assessment(of: trained, kernels: kernels)
      results.outcomes.append(outcome)
      if let analysis { results.analyses.append(analysis) }
      let networks = TrialNetworks(
        trial: trial, initial: Network(architecture: cell.architecture, parameters: trained.initial),
        trained: outcome.hasDiverged ? nil : trainedNetwork(trained.end), limit: limit)
      observe(networks)
      let state = MeasuredTrial(
        cell: cell, initial: networks.initial, trained: networks.trained, flow: trained.flow)
      for (place, measurement) in measurements.enumerated() {
        measured[place].append(measurement.value(state))
      }
      if let plan = cell.trajectory {
        results.trajectories.add(
          trajectory(
            of: trained, trial: trial, end: end, divergence: outcome.hasDiverged ? outcome.steps : nil,
            kernels: kernels),
          keepWhole: plan.trials.contains(trial))
      }
    }
    results.further = zip(measurements, measured).map { ObservableColumn($0.observable, $1) }
    return results
  }

  /// The network of a trial when training ends, of which nothing more is asked; nil where it diverged while it trained.
  public func trainedNetwork(of trial: Int, kernels: KernelTable) -> Network? {
    var network: Network?
    trainer.train(trial..<trial + 1, kernels: kernels) { network = trainedNetwork($0.end) }
    return network
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
      let (outcome, analysis, _, _) = assessment(of: trained, kernels: kernels)
      judgements.append(judge.judgement(of: outcome, analysis))
    }
    return judgements
  }

  /// What a trained trial came to, with the network to which the flow was followed and the risk of the trained one.
  private func assessment(
    of trained: TrainedTrial, kernels: KernelTable
  ) -> (Outcome, TrialAnalysis?, Network?, RiskEvaluation?) {
    let end = evaluation(of: trained.end, kernels: kernels)
    var outcome = outcome(trained, end)
    let network = outcome.hasDiverged ? nil : trainedNetwork(trained.end)
    outcome.deadNeurons = network?.deadNeurons(of: cell.problem)
    let start = Network(architecture: cell.architecture, parameters: trained.initial)
    let limit = landscape?.analysis(of: outcome, start: start, end: network, end, kernels: kernels)
    return (outcome, limit?.analysis, limit?.limit, end)
  }

  private func trainedNetwork(_ end: TrainedTrial.End) -> Network? {
    guard case .finished(let parameters, _) = end else { return nil }
    return Network(architecture: cell.architecture, parameters: parameters)
  }

  func initialNetwork(of trial: Int, kernels: KernelTable) -> Network {
    Network(architecture: cell.architecture, parameters: trainer.initialParameters(trial, kernels: kernels))
  }

  private func evaluation(of end: TrainedTrial.End, kernels: KernelTable) -> RiskEvaluation? {
    trainedNetwork(end).map { risk.evaluate($0, kernels: kernels) }
  }

  private func outcome(_ trained: TrainedTrial, _ evaluation: RiskEvaluation?) -> Outcome {
    let steps: Int
    switch trained.end {
    case .diverged(let step): return .diverged(at: step)
    case .finished(_, let done): steps = done
    }
    guard let evaluation else { preconditionFailure("a finished trial has a risk") }
    let gradientNorm = evaluation.norm(over: cell.trainedRanges)
    guard evaluation.risk.isFinite && gradientNorm.isFinite else { return .diverged(at: steps) }
    return Outcome(
      risk: evaluation.risk, riskError: evaluation.error, gradientNorm: gradientNorm, steps: steps)
  }

  /// The observables at every checkpoint.
  ///
  /// - Parameter divergence: the step in which the trial diverged: from there on all are infinite.
  private func trajectory(
    of trained: TrainedTrial, trial: Int, end: RiskEvaluation?, divergence: Int?, kernels: KernelTable
  ) -> TrialTrajectory {
    let final = divergence == nil ? trainedNetwork(trained.end) : nil
    var values = trained.checkpoints.prefix { $0.step < divergence ?? .max }.map { checkpoint -> [Double] in
      let network = Network(architecture: cell.architecture, parameters: checkpoint.parameters)
      let evaluation: RiskEvaluation
      if let end, network.parameters == final?.parameters {
        evaluation = end
      } else {
        evaluation = risk.evaluate(network, kernels: kernels)
      }
      let state = MeasuredCheckpoint(
        cell: cell, network: network, evaluation: evaluation, batchGradientNorm: checkpoint.batchGradientNorm,
        trained: final)
      return Measurement<MeasuredCheckpoint>.all.map { $0.value(state) ?? .infinity }
    }
    while values.count < trainer.checkpoints.count {
      values.append(Array(repeating: .infinity, count: Measurement<MeasuredCheckpoint>.all.count))
    }
    return TrialTrajectory(trial: trial, values: values)
  }
}
