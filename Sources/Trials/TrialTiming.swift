import Kernels
import Outcomes
import Studies

/// How long trials of a cell take on this machine, from some that are computed in blocks, as in a run.
public struct TrialTiming: Sendable {
  /// Trials of every block.
  public let blockSize: Int
  /// Compute time of each block, at least one.
  public let seconds: [Double]
  /// What the blocks came to.
  public let results: [TrialResults]
  /// Compute time of a block of the cell's ``Studies/Cell/smallestBlock``; nil where blocks have no cost of their own.
  let secondsOfSmallestBlock: (trials: Int, seconds: Double)?

  /// Trials that were computed.
  public var trials: Int { blockSize * seconds.count }

  /// How much more a trial costs in the blocks of a run of `count` trials than in those that were timed: towards the end of a
  /// run blocks get shorter, and what each costs of its own is shared by fewer trials.
  public func blockFactor(trials count: Int) -> Double {
    guard let small = secondsOfSmallestBlock, blockSize > small.trials else { return 1 }
    let mean = seconds.reduce(0, +) / Double(seconds.count)
    let perTrial = max(0, (mean - small.seconds) / Double(blockSize - small.trials))
    let perBlock = max(0, small.seconds - perTrial * Double(small.trials))
    var (left, total) = (count, 0.0)
    // Most blocks of a long run are of the same length.
    let longest = max(small.trials, Int(CellRunner.longestBlock * Double(blockSize) / mean))
    let long = max(
      0, Double(left) / Double(longest) - 5 * CellRunner.longestBlock * Double(blockSize) / mean / Double(longest))
    total += long.rounded(.down) * (perBlock + perTrial * Double(longest))
    left -= Int(long) * longest
    while left > 0 {
      // As a schedule for one thread does it.
      let seconds = min(CellRunner.longestBlock, Double(left) * mean / Double(blockSize) / 4)
      let size = min(left, max(small.trials, Int(seconds * Double(blockSize) / mean)))
      total += perBlock + perTrial * Double(size)
      left -= size
    }
    return total / (Double(count) * mean / Double(blockSize))
  }
}

extension CellRunner {
  private static let fewestBlocks = 3
  /// A block of a run takes no longer.
  static let longestBlock = 0.5

  /// The first of the trials that are timed: no run has it, so that nobody looks at trials before they are planned.
  private static let firstTimed = TrialIndex.limit / 2

  /// Computes trials that no run has for about `seconds`, at least three blocks, at most `limit` trials or so.
  public func timing(for seconds: Double, limit: Int, kernels: KernelTable) -> TrialTiming {
    let clock = ContinuousClock()
    let start = clock.now
    func elapsed() -> Double { start.duration(to: clock.now) / .seconds(1) }
    // The first block touches memory for the first time, and tells the size of the others.
    let first = min(cell.smallestBlock, limit)
    func block(_ number: Int, _ size: Int) -> Range<Int> {
      Self.firstTimed + number * size..<Self.firstTimed + (number + 1) * size
    }
    _ = results(of: block(0, first), kernels: kernels)
    let cost = max(elapsed(), 1e-9) / Double(first)
    var small: (trials: Int, seconds: Double)?
    if cell.smallestBlock > 1 {
      let smallStart = clock.now
      _ = results(of: block(0, first), kernels: kernels)
      small = (first, smallStart.duration(to: clock.now) / .seconds(1))
    }
    // Where a block has a cost of its own, it is as long as in a run, if time allows.
    let parts = cell.smallestBlock > 1 ? 4.0 : 16.0
    let blockSeconds = min(Self.longestBlock, max(0, seconds - elapsed()) / parts)
    let size = max(first, min(Int(blockSeconds / cost), limit / Self.fewestBlocks))
    var times: [Double] = []
    var all: [TrialResults] = []
    repeat {
      let trials = block(times.count, size)
      let blockStart = clock.now
      all.append(results(of: trials, kernels: kernels))
      times.append(blockStart.duration(to: clock.now) / .seconds(1))
    } while times.count < Self.fewestBlocks || elapsed() < seconds && (times.count + 1) * size <= limit
    return TrialTiming(blockSize: size, seconds: times, results: all, secondsOfSmallestBlock: small)
  }
}

extension Cell {
  /// Fewest trials that make a block worth its while: with a shared stream a block draws every batch once, whatever its
  /// size; students of teachers are trained side by side, and at the end of a block few are left.
  public var smallestBlock: Int { training.sharesBatches ? 32 : hasClosedForm ? 128 : 1 }
}
