import Ledger
import Outcomes
import Training
import Trials

extension PreparedStudy {
  /// What a schedule is told of the cell at `place`.
  ///
  /// - Parameters:
  ///   - target: how many trials the cell is to have.
  ///   - missing: those of them to do.
  func task(_ place: Int, target: Int, missing: [Range<Int>]) -> CellTask {
    let cell = runners[place].cell
    let width = Double(cell.architecture.width)
    // A first guess, in the middle of what was measured on several processors; the first blocks correct it.
    let stepSeconds =
      switch cell.training {
      case .miniBatch(let plan) where plan.batchStream == .shared: 8e-9 * width + 1e-7
      case .miniBatch(let plan): 3e-9 * Double(plan.batchSize) + 8e-9 * width
      case .population: 3e-6 + 8e-9 * width
      // Steps of the integration are longer or shorter than those of the study.
      case .flow: 3e-5 + 3e-7 * width
      }
    return CellTask(
      target: target, missing: missing,
      // Initialization, the first sort and the exact risk come on top.
      guessedSecondsPerTrial: stepSeconds * Double(cell.training.steps.count) + 2e-5 + 5e-7 * width,
      smallestBlock: cell.smallestBlock,
      look: study.sampling.rule.map { study.sampling.stages.first ?? $0.look })
  }

  /// The same for stored blocks to which something is added.
  func task(_ place: Int, addingTo blocks: [Range<Int>]) -> CellTask {
    var task = task(place, target: blocks.last?.upperBound ?? 0, missing: blocks)
    task.isDivided = true
    return task
  }

  /// What is stored of a block.
  func record(of finished: FinishedBlock) -> BlockRecord {
    BlockRecord(
      cell: runners[finished.block.cell].cell.key, first: TrialIndex(finished.block.trials.lowerBound),
      outcomes: finished.results.outcomes, analyses: finished.results.analyses, further: finished.results.further,
      seconds: finished.seconds, trajectories: finished.results.trajectories)
  }

  /// How messages name a block: "cell 20, trials 64 to 127".
  func name(of block: Block) -> String {
    "cell \(runners[block.cell].cell.label), trials \(block.trials.lowerBound) to \(block.trials.upperBound - 1)"
  }
}
