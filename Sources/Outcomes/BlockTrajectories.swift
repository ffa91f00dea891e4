/// The trajectories of a block of trials: aggregates of all, and whole trajectories of chosen ones.
///
/// How a cell's trials are cut into blocks has no influence on what the ledger ends up with.
public struct BlockTrajectories: Sendable, Hashable {
  /// The trials of the block cut by ``TrajectoryPage/ranges(of:)``.
  public private(set) var pages: [TrajectoryPage]
  /// The trajectories that are kept whole, ascending by trial.
  public private(set) var whole: [TrialTrajectory] = []

  /// Of a cell that keeps no trajectories.
  public init() { pages = [] }

  /// Of a block whose trials are still to be added; at `checkpoints` checkpoints, which may be 0 for none at all.
  ///
  /// - Parameter observables: their number at a checkpoint.
  public init(trials: Range<Int>, checkpoints: Int, observables: Int) {
    pages =
      checkpoints == 0
      ? []
      : TrajectoryPage.ranges(of: trials).map {
        TrajectoryPage(trials: $0, aggregate: TrajectoryAggregate(checkpoints: checkpoints, observables: observables))
      }
  }

  /// Whether no trajectories are kept.
  public var isEmpty: Bool { pages.isEmpty }

  public var checkpoints: Int { pages.first?.aggregate.checkpoints ?? 0 }

  /// The number of observables at a checkpoint.
  public var observables: Int { pages.first?.aggregate.observables ?? 0 }

  /// The trials of the block; empty if no trajectories are kept.
  public var trials: Range<Int> { (pages.first?.trials.lowerBound ?? 0)..<(pages.last?.trials.upperBound ?? 0) }

  /// Whether every trial of the block has been added.
  public var isComplete: Bool { pages.allSatisfy { $0.aggregate.trials == $0.trials.count } }

  /// Adds a trial of the block. Each one has to be added once; in which order does not matter.
  ///
  /// - Precondition: the trial belongs to the block, and has as many checkpoints and observables.
  public mutating func add(_ trajectory: TrialTrajectory, keepWhole: Bool) {
    change(pageOf: trajectory.trial) { $0.add(trajectory) }
    if keepWhole { insert(trajectory) }
  }

  /// Adds a trial of the block that has crashed, and has no trajectory.
  ///
  /// - Precondition: the trial belongs to the block.
  public mutating func addCrashed(_ trial: Int) { change(pageOf: trial) { $0.addCrashed() } }

  /// Adds the trials of another block, all of which belong to this one.
  ///
  /// - Precondition: as many checkpoints and observables.
  public mutating func add(_ other: BlockTrajectories) {
    // A range of a part of the block lies within one of the block's: both are the longest ones that there are.
    for part in other.pages { change(pageOf: part.trials.lowerBound) { $0 += part.aggregate } }
    for trajectory in other.whole { insert(trajectory) }
  }

  private mutating func change(pageOf trial: Int, _ body: (inout TrajectoryAggregate) -> Void) {
    guard let page = pages.firstIndex(where: { $0.trials.contains(trial) }) else {
      preconditionFailure("trial \(trial) does not belong to a block with trials \(trials)")
    }
    body(&pages[page].aggregate)
    precondition(pages[page].aggregate.trials <= pages[page].trials.count, "a trial is added once")
  }

  private mutating func insert(_ trajectory: TrialTrajectory) {
    whole.insert(trajectory, at: whole.firstIndex { $0.trial > trajectory.trial } ?? whole.count)
  }
}

extension BlockTrajectories {
  /// The trajectories without the observables at other places.
  public func selecting(_ places: [Int]) -> Self {
    var selection = self
    for page in pages.indices { selection.pages[page].aggregate = pages[page].aggregate.selecting(places) }
    selection.whole = whole.map { trajectory in
      TrialTrajectory(trial: trajectory.trial, values: trajectory.values.map { row in places.map { row[$0] } })
    }
    return selection
  }
}

/// The form in messages between processes: the first trial and the number of trials, the aggregates of the pages, the
/// number of whole trajectories, and for each of them its trial and its values.
extension BlockTrajectories {
  /// No bytes if no trajectories are kept.
  public var bytes: [UInt8] {
    if isEmpty { return [] }
    var writer = ByteWriter()
    for number in [trials.lowerBound, trials.count] { writer.write(number) }
    for page in pages { page.aggregate.write(to: &writer) }
    writer.write(whole.count)
    for trajectory in whole {
      writer.write(trajectory.trial)
      for value in trajectory.values.joined() { writer.write(value) }
    }
    return writer.bytes
  }

  /// Nil if the bytes are not those of a complete block.
  public init?(bytes: [UInt8]) {
    self.init()
    if bytes.isEmpty { return }
    var reader = ByteReader(bytes)
    guard let first = reader.integer(atMost: TrialIndex.limit),
      let count = reader.integer(atMost: TrialIndex.limit - first), count > 0
    else { return nil }
    for trials in TrajectoryPage.ranges(of: first..<first + count) {
      guard let aggregate = TrajectoryAggregate(from: &reader), aggregate.trials == trials.count,
        aggregate.checkpoints > 0,
        isEmpty || aggregate.checkpoints == checkpoints && aggregate.observables == observables
      else { return nil }
      pages.append(TrajectoryPage(trials: trials, aggregate: aggregate))
    }
    guard let number = reader.integer(atMost: reader.remaining) else { return nil }
    for _ in 0..<number {
      guard let trial = reader.integer(atMost: TrialIndex.limit), trials.contains(trial),
        whole.last.map({ $0.trial < trial }) ?? true,
        let values = reader.reals(checkpoints: checkpoints, observables: observables)
      else { return nil }
      whole.append(TrialTrajectory(trial: trial, values: values))
    }
    guard reader.isAtEnd else { return nil }
  }
}
