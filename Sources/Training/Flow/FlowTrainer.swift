import Kernels
import Networks
import Risk

/// Trains by the gradient flow.
struct FlowTrainer: MethodTrainer {
  let plan: FlowPlan
  let cell: CellTrials
  let risk: PopulationRisk
  let sharedRates: RateTable?

  func train(_ trials: Range<Int>, kernels: KernelTable, ended: (TrainedTrial) -> Void) {
    let times = self.times
    for trial in trials { ended(train(trial, times, kernels: kernels)) }
  }

  /// The flow times after the steps at which something is done: checkpoints, the criterion, the end.
  private var times: [(step: Int, time: Double)] {
    let rates = sharedRates ?? plan.rates(width: cell.architecture.width)
    precondition(rates.firstInvalid == nil && rates.rates.count == plan.steps.count)
    let checkpoints = Set(cell.checkpoints)
    return (0...plan.steps.count)
      .filter { checkpoints.contains($0) || plan.steps.checks(after: $0) || $0 == plan.steps.count }
      .map { ($0, rates.flowTime(steps: $0)) }
  }

  private func train(
    _ trial: Int, _ times: [(step: Int, time: Double)], kernels: KernelTable
  ) -> TrainedTrial {
    let initial = cell.initialParameters(trial, kernels: kernels)
    var trained = TrainedTrial(initial: initial, end: .diverged(step: 0))
    let start = Network(architecture: cell.architecture, parameters: initial)
    guard start.isFinite,
      var flow = ExplicitFlow(
        from: start, trained: cell.trained.flatMap { Array(cell.architecture.range($0)) }, plan: plan,
        until: times.last!.time, risk: risk, kernels: kernels)
    else { return trained }
    var (done, reached, end) = (0, 0.0, flow.point)
    for (step, time) in times {
      guard let point = flow.point(at: time) else {
        (reached, end) = (flow.time, flow.point)
        break
      }
      (done, reached, end) = (step, time, point)
      let isCheckpoint = nextCheckpoint(trained) == step
      let isChecked = plan.steps.checks(after: step)
      guard isCheckpoint || isChecked else { continue }
      let evaluation = risk.evaluate(point.network, kernels: kernels)
      if isCheckpoint { keep(evaluation, of: point.network, at: step, in: &trained) }
      if isChecked, plan.steps.until!.isMet(evaluation, cell.architecture, trained: cell.trainedLayers) { break }
    }
    // A trial that is over stays where it is.
    let last = risk.evaluate(end.network, kernels: kernels)
    while let checkpoint = nextCheckpoint(trained) { keep(last, of: end.network, at: checkpoint, in: &trained) }
    trained.end = .finished(end.network.parameters, steps: done)
    let first = risk.evaluate(start, kernels: kernels).risk
    trained.flow = FlowRecord(
      time: reached, steps: flow.steps, energyError: first > 0 ? (first - last.risk - end.energy) / first : nil)
    return trained
  }

  private func nextCheckpoint(_ trained: TrainedTrial) -> Int? {
    let done = trained.checkpoints.count
    return done < cell.checkpoints.count ? cell.checkpoints[done] : nil
  }

  private func keep(
    _ evaluation: RiskEvaluation, of network: Network, at step: Int, in trained: inout TrainedTrial
  ) {
    trained.checkpoints.append(
      TrainedTrial.Checkpoint(
        step: step, parameters: network.parameters,
        batchGradientNorm: evaluation.norm(over: cell.trained.map(cell.architecture.range))))
  }
}
