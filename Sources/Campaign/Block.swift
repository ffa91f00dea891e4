import Trials

/// A contiguous range of trial indices of one cell: the unit of scheduling.
struct Block: Sendable, Hashable {
  /// The place of the cell in the study.
  let cell: Int
  let trials: Range<Int>
}

/// A block whose trials are done.
struct FinishedBlock: Sendable {
  let block: Block
  let results: TrialResults
  /// Compute time.
  let seconds: Double
}

extension PreparedStudy {
  /// How messages name a block: "cell 20, trials 64 to 127".
  func name(of block: Block) -> String {
    "cell \(runners[block.cell].cell.label), trials \(block.trials.lowerBound) to \(block.trials.upperBound - 1)"
  }
}
