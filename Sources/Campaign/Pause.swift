/// The sleep of a rank's main thread between two looks for messages.
///
/// It ends when a block of the rank's own is finished. Messages cannot wake it, so it starts short and grows while
/// nothing happens: a main thread that looked every half millisecond took 5 % of a core from the trials. Two blocks
/// wait at every rank, so that late messages delay nothing but the end of a run.
struct Pause {
  private static let shortest = 0.0005
  private static let longest = 0.02
  private static let growth = 1.25

  private var seconds = Self.shortest

  mutating func wait(for pool: ComputePool) {
    pool.waitForFinished(atMost: seconds)
    seconds = min(Self.longest, seconds * Self.growth)
  }

  /// Something happened: more may follow soon.
  mutating func reset() { seconds = Self.shortest }
}
