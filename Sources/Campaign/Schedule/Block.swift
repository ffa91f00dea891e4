/// A contiguous range of trial indices of one cell: the unit of scheduling.
package struct Block: Sendable, Hashable {
  /// The place of the cell in the study.
  package let cell: Int
  package let trials: Range<Int>

  package init(cell: Int, trials: Range<Int>) {
    self.cell = cell
    self.trials = trials
  }

  /// Blocks in flight do not overlap, so begins tell them apart.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(cell)
    hasher.combine(trials.lowerBound)
  }
}

/// A block that a rank is to compute.
package struct Assignment: Sendable, Hashable {
  package let block: Block
  package let rank: Int
  /// 1 when the block is handed out for the first time, 2 for the second, ...
  package let attempt: Int
  /// When the block is overdue, in seconds on the clock of the caller.
  package let deadline: Double
}
