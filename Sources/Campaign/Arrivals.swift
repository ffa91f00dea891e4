/// Results that rank zero has and the disk does not: they are stored together, because a transaction costs several syncs
/// of the disk, however small it is.
///
/// Until then they are not done: not in the progress, not in the schedule's tallies. What is lost with a killed job is
/// therefore what was in flight, and what had arrived within the last ``longestWait`` seconds.
package struct Arrivals {
  /// How long a result waits for others, in seconds.
  package static let longestWait = 0.25
  /// As many are stored at once, which bounds the memory that they take.
  static let mostBlocks = 1000
  static let mostTrials = Campaign.largestBlock

  typealias Arrival = (finished: FinishedBlock, rank: Int)

  private var blocks: [Arrival] = []
  private var trials = 0
  /// When the first of them arrived, on the clock of the caller.
  private var firstArrival = 0.0

  package init() {}

  package var isEmpty: Bool { blocks.isEmpty }

  package mutating func append(_ finished: FinishedBlock, rank: Int, at now: Double) {
    if blocks.isEmpty { firstArrival = now }
    blocks.append((finished, rank))
    trials += finished.block.trials.count
  }

  /// Whether it is time to store them.
  ///
  /// - Parameter moreToCome: whether any block is in flight.
  package func areDue(at now: Double, moreToCome: Bool) -> Bool {
    guard !blocks.isEmpty else { return false }
    return !moreToCome || now - firstArrival >= Self.longestWait || blocks.count >= Self.mostBlocks
      || trials >= Self.mostTrials
  }

  /// All of them, in the order of arrival; then there are none.
  package mutating func takeAll() -> [(finished: FinishedBlock, rank: Int)] {
    defer { (blocks, trials) = ([], 0) }
    return blocks
  }
}
