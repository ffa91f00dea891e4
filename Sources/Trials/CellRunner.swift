import Kernels
import Networks
import Outcomes
import Risk
import Studies
import Training

/// Computes the outcomes of the trials of one cell: initialization, training, exact risk, verdict.
public struct CellRunner: Sendable {
  public let cell: Cell
  private let trainer: ShallowTrainer
  private let risk: PopulationRisk

  /// - Parameters:
  ///   - risk: the risk of the cell's problem.
  ///   - sharedRates: the learning rates, where they do not depend on the width.
  init(cell: Cell, risk: PopulationRisk, sharedRates: RateTable?) {
    self.cell = cell
    self.risk = risk
    trainer = ShallowTrainer(
      problem: cell.problem, initialization: cell.initialization, width: cell.architecture.width,
      trained: cell.trained, plan: cell.training, sharedRates: sharedRates, studySeed: cell.seed,
      cellKey: cell.key.value)
  }

  /// Flow time of a trial that does all its steps: the sum of the learning rates.
  public var flowTime: Double { trainer.flowTime }

  /// The outcomes of `trials`, in their order: a pure function of the cell and the trial indices.
  public func outcomes(of trials: Range<Int>, kernels: KernelTable) -> [Outcome] {
    var outcomes: [Outcome] = []
    outcomes.reserveCapacity(trials.count)
    trainer.train(trials, kernels: kernels) { outcomes.append(outcome($0)) }
    return outcomes
  }

  private func outcome(_ end: TrainingEnd) -> Outcome {
    switch end {
    case .diverged(let step):
      return .diverged(at: step)
    case .finished(let parameters):
      let evaluation = risk.evaluate(ShallowNetwork(parameters))
      let gradientNorm = evaluation.gradient.norm(over: cell.trained)
      let verdict = cell.verdictRule.verdict(
        risk: evaluation.risk, gradientNorm: gradientNorm, flowTime: flowTime)
      guard verdict != .diverged else { return .diverged(at: cell.training.steps) }
      return Outcome(
        verdict: verdict, risk: evaluation.risk, riskError: evaluation.error, gradientNorm: gradientNorm,
        steps: cell.training.steps)
    }
  }
}

/// A study with everything its trials need worked out.
public struct PreparedStudy: Sendable {
  public let study: Study
  /// One for each cell of the study, in its order.
  public let runners: [CellRunner]

  /// - Throws: when the problem of the study has no exact population risk.
  public init(_ study: Study) throws(RiskError) {
    self.study = study
    let risk = try PopulationRisk(problem: study.problem)
    let cells = study.cells
    let sharedRates =
      study.training.learningRate.uses("h")
      ? nil : RateTable(plan: study.training, width: cells[0].architecture.width)
    runners = cells.map { CellRunner(cell: $0, risk: risk, sharedRates: sharedRates) }
  }
}
