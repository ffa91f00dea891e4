import Kernels
import Networks
import Problems
import Risk

/// Trains the trials of one cell.
///
/// The end of a trial is a pure function of cell key, study seed and trial index: the same bits whichever trials are
/// trained beside it and on whatever thread.
public struct Trainer: Sendable {
  private let trials: CellTrials
  private let trainer: any MethodTrainer

  /// - Parameters:
  ///   - kernel: the algorithm for gradients on samples; it can train the architecture.
  ///   - checkpoints: numbers of steps done at which the iterate is kept; increasing.
  ///   - risk: the risk of the problem, for population gradient descent and stopping criteria.
  ///   - sharedRates: the rates of the method, if all cells of the study share them; otherwise they are worked out when
  ///     they are needed, so that the tables of many cells do not fill the memory.
  /// - Precondition: the rates of the method are valid at this width.
  public init(
    problem: Problem, architecture: Architecture, initialization: Initialization, trained: [ParameterBlock],
    method: TrainingMethod, kernel: GradientKernel, checkpoints: [Int],
    risk: PopulationRisk, sharedRates: RateTable?, studySeed: UInt64, cellKey: UInt64
  ) {
    trials = CellTrials(
      problem: problem, architecture: architecture, trained: trained,
      initialization: initialization.resolved(architecture, trained: trained), checkpoints: checkpoints,
      studySeed: studySeed, cellKey: cellKey)
    switch method {
    case .miniBatch(let plan):
      trainer = MiniBatchTrainer(plan: plan, cell: trials, kernel: kernel, risk: risk, sharedRates: sharedRates)
    case .population(let plan):
      let hasClosedForm = PopulationRisk.hasClosedForm(
        problem, architecture: architecture, initialization: initialization, trained: trained)
      trainer = PopulationTrainer(
        plan: plan, cell: trials, kernel: kernel, risk: risk, hasClosedForm: hasClosedForm, sharedRates: sharedRates)
    case .flow(let plan):
      trainer = FlowTrainer(plan: plan, cell: trials, risk: risk, sharedRates: sharedRates)
    }
  }

  public var architecture: Architecture { trials.architecture }

  /// Numbers of steps done at which the iterate is kept; increasing.
  public var checkpoints: [Int] { trials.checkpoints }

  /// Trains `trials` and hands out how each ended, in their order, as soon as that is known.
  public func train(_ trials: Range<Int>, kernels: KernelTable, ended: (TrainedTrial) -> Void) {
    trainer.train(trials, kernels: kernels, ended: ended)
  }

  /// The initial parameters of a trial.
  public func initialParameters(_ trial: Int, kernels: KernelTable) -> [Double] {
    trials.initialParameters(trial, kernels: kernels)
  }
}
