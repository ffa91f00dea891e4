import Training
import Trials

extension PreparedStudy {
  /// What a schedule is told of the cells, in their order.
  ///
  /// - Parameter missing: for each cell the trials to do, up to the study's number of them.
  func tasks(missing: [[Range<Int>]]) -> [CellTask] {
    zip(runners, missing).map { runner, missing in
      let width = Double(runner.cell.architecture.width)
      // A first guess, in the middle of what was measured on several processors; the first blocks correct it.
      let stepSeconds =
        switch runner.cell.training {
        case .miniBatch(let plan) where plan.batchStream == .shared: 8e-9 * width + 1e-7
        case .miniBatch(let plan): 3e-9 * Double(plan.batchSize) + 8e-9 * width
        case .population: 3e-6 + 8e-9 * width
        }
      return CellTask(
        target: study.sampling.trials, missing: missing,
        // Initialization, the first sort and the exact risk come on top.
        guessedSecondsPerTrial: stepSeconds * Double(runner.cell.training.steps.count) + 2e-5 + 5e-7 * width,
        // With a shared stream a block draws every batch once, whatever its size; students of teachers are trained side by
        // side, and at the end of a block few are left.
        smallestBlock: runner.cell.training.sharesBatches ? 32 : runner.cell.hasClosedForm ? 128 : 1)
    }
  }

  /// How messages name a block: "cell 20, trials 64 to 127".
  func name(of block: Block) -> String {
    "cell \(runners[block.cell].cell.label), trials \(block.trials.lowerBound) to \(block.trials.upperBound - 1)"
  }
}
