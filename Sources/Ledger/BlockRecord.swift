import Outcomes

/// What is kept of a block: a contiguous range of trial indices of one cell, the unit that is committed.
public struct BlockRecord: Sendable, Hashable {
  public var cell: CellKey
  public var first: TrialIndex
  /// The outcome of trial `first`, of trial `first + 1`, and so on.
  public var outcomes: [Outcome]
  /// One for each trial, in their order, if the cell has analyses; otherwise empty. Of a block that is read they are there
  /// if they were asked for, and were made: blocks of older ledgers may have none.
  public var analyses: [TrialAnalysis]
  /// The further observables of the cell, a column each. Of a block that is read they are there if they were asked for.
  public var further: [ObservableColumn]
  /// Compute time of the block, in seconds.
  public var seconds: Double
  /// The trajectories of the block, if its cell has checkpoints. A ledger keeps them apart from blocks: a block that is
  /// read has none.
  public var trajectories: BlockTrajectories

  /// - Precondition: there is at least one outcome, the last trial index lies below ``TrialIndex/limit``, and analyses,
  ///   columns and trajectories, if there are any, are those of all trials of the block.
  public init(
    cell: CellKey, first: TrialIndex, outcomes: [Outcome], analyses: [TrialAnalysis] = [],
    further: [ObservableColumn] = [], seconds: Double, trajectories: BlockTrajectories = BlockTrajectories()
  ) {
    precondition(!outcomes.isEmpty, "a block has at least one trial")
    precondition(first.value + outcomes.count <= TrialIndex.limit, "a cell holds at most 2^40 trials")
    precondition(analyses.isEmpty || analyses.count == outcomes.count, "analyses are those of the block's trials")
    precondition(
      further.allSatisfy { $0.count == outcomes.count }, "a column has a value for each of the block's trials")
    precondition(
      trajectories.isEmpty
        || trajectories.isComplete && trajectories.trials == first.value..<first.value + outcomes.count,
      "trajectories are those of the block's trials")
    self.cell = cell
    self.first = first
    self.outcomes = outcomes
    self.analyses = analyses
    self.further = further
    self.seconds = seconds
    self.trajectories = trajectories
  }

  /// All columns, in the order of the observables of the cell.
  public var columns: [ObservableColumn] {
    Outcome.columns(of: outcomes) + (analyses.isEmpty ? [] : TrialAnalysis.columns(of: analyses)) + further
  }

  /// The trial indices of the block.
  public var trials: Range<Int> { first.value..<first.value + outcomes.count }
}
