/// What a schedule is told about a cell.
package struct CellTask: Sendable {
  /// Trials that the cell is to have in the end.
  package var target: Int
  /// Those of them that are to be computed, in ascending order.
  package var missing: [Range<Int>]
  /// A first guess of the compute time of a trial, in seconds; right up to a factor that all cells share, at best.
  package var guessedSecondsPerTrial: Double
  /// Fewest trials that make a block worth its while.
  package var smallestBlock: Int
  /// Trials from one look to the next of a rule that may end the cell before its target; nil without one.
  package var look: Int?
  /// Whether each missing range is a block.
  package var isDivided = false

  /// - Precondition: the missing ranges ascend, do not overlap and lie within 0 ..< target; the guess is positive.
  package init(
    target: Int, missing: [Range<Int>], guessedSecondsPerTrial: Double, smallestBlock: Int = 1, look: Int? = nil
  ) {
    precondition(
      missing.allSatisfy { 0 <= $0.lowerBound && $0.upperBound <= target }
        && zip(missing, missing.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound },
      "the missing trials ascend below the target")
    precondition(guessedSecondsPerTrial > 0 && smallestBlock >= 1, "trials take time, and blocks have trials")
    self.target = target
    self.missing = missing
    self.guessedSecondsPerTrial = guessedSecondsPerTrial
    self.smallestBlock = smallestBlock
    self.look = look
  }

  /// Of a cell that is left alone.
  static let nothing = CellTask(target: 0, missing: [], guessedSecondsPerTrial: 1)
}

/// What is stored of a cell.
package struct CellTally: Sendable, Hashable {
  package private(set) var target: Int
  /// Trials stored, wherever they lie; below the target where it was lowered.
  package private(set) var stored: Int
  /// Every trial with a smaller index is stored: what estimates and stopping rules may look at.
  package private(set) var prefix: Int
  /// Stored ranges behind a gap: the end of each by its begin.
  private var behindGaps: [Int: Int] = [:]

  /// - Parameter missing: the trials that are not stored, in ascending order.
  init(target: Int, missing: [Range<Int>]) {
    self.target = target
    stored = target - missing.reduce(0) { $0 + $1.count }
    prefix = missing.first?.lowerBound ?? target
    for (place, range) in missing.enumerated() {
      let next = place + 1 < missing.count ? missing[place + 1].lowerBound : target
      if range.upperBound < next { behindGaps[range.upperBound] = next }
    }
  }

  package var isComplete: Bool { stored == target }

  /// Lowers the target to one that is not below the prefix. Returns how many stored trials lie behind it.
  mutating func close(at end: Int) -> Int {
    precondition(prefix <= end && end <= target, "a cell is closed at or behind the trials it has")
    target = end
    let behind = behindGaps.filter { $0.value > end }
    for (begin, _) in behind { behindGaps[begin] = nil }
    let trials = behind.reduce(0) { $0 + $1.value - max($1.key, end) }
    for (begin, _) in behind where begin < end { behindGaps[begin] = end }
    stored -= trials
    return trials
  }

  /// Takes in trials of which none was stored.
  mutating func add(_ trials: Range<Int>) {
    stored += trials.count
    guard trials.lowerBound == prefix else {
      behindGaps[trials.lowerBound] = trials.upperBound
      return
    }
    prefix = trials.upperBound
    while let end = behindGaps.removeValue(forKey: prefix) { prefix = end }
  }
}

/// What a schedule knows of a cell.
struct CellSchedule: Sendable {
  private(set) var tally: CellTally
  /// Trials not yet handed out, the lowest range last.
  private var unassignedRanges: [Range<Int>]
  private(set) var unassigned: Int
  let smallestBlock: Int
  private let look: Int?
  private let isDivided: Bool
  /// Trials that the cell will likely have in the end.
  var likelyTarget: Int
  let guessedSecondsPerTrial: Double
  private(set) var measuredTrials = 0
  private var measuredSeconds = 0.0
  /// Blocks handed out while no trial was measured.
  private var blocksOnTrust = 0

  init(_ task: CellTask) {
    let missing = task.missing.filter { !$0.isEmpty }
    tally = CellTally(target: task.target, missing: missing)
    unassignedRanges = missing.reversed()
    unassigned = task.target - tally.stored
    smallestBlock = task.smallestBlock
    look = task.look
    isDivided = task.isDivided
    likelyTarget = task.target
    guessedSecondsPerTrial = task.guessedSecondsPerTrial
  }

  /// The measured compute time of a trial in seconds; nil until a block has come back.
  var measuredSecondsPerTrial: Double? {
    measuredTrials > 0 ? max(measuredSeconds / Double(measuredTrials), 1e-9) : nil
  }

  /// The round of the next block: 0 for the first trial, k + 1 from 2^k trials on that are stored or handed out.
  var round: Int { Int.bitWidth - (tally.target - unassigned).leadingZeroBitCount }

  mutating func measure(trials: Int, seconds: Double) {
    measuredTrials += trials
    measuredSeconds += seconds
  }

  mutating func store(_ trials: Range<Int>) { tally.add(trials) }

  /// Most trials of the next block. Until a block has come back the time of a trial is a guess: start small and double.
  /// Where a rule may end the cell soon, a block is not much longer than what there is.
  var trustedSize: Int {
    let size = measuredTrials > 0 ? 10_000 : 1 << min(blocksOnTrust, 13)
    return look.map { min(size, max($0, tally.stored / 8)) } ?? size
  }

  /// Lowers the target to `end`; `missing` are the trials below it that are to be handed out, again where they were
  /// already. Returns how many stored trials lie behind it.
  mutating func close(at end: Int, missing: Range<Int>) -> Int {
    likelyTarget = end
    unassignedRanges = missing.isEmpty ? [] : [missing]
    unassigned = missing.count
    return tally.close(at: end)
  }

  /// Hands out the lowest trials, about `size` of them; nil if there are none.
  ///
  /// - Parameter isForced: whether the size is that exactly, but at the end of a range.
  mutating func take(_ size: Int, isForced: Bool) -> Range<Int>? {
    guard let range = unassignedRanges.last else { return nil }
    // A rest that is not worth a block comes along.
    let isWhole = isDivided || size >= range.count || (!isForced && range.count - size < smallestBlock)
    let trials = isWhole ? range : range.lowerBound..<range.lowerBound + size
    if isWhole {
      unassignedRanges.removeLast()
    } else {
      unassignedRanges[unassignedRanges.count - 1] = trials.upperBound..<range.upperBound
    }
    unassigned -= trials.count
    if measuredTrials == 0 { blocksOnTrust += 1 }
    return trials
  }
}
