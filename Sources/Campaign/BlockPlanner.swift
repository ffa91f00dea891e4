import Training
import Trials

/// Cuts the trials that are still missing into blocks of about half a second, up to two seconds for very many threads, so
/// that rank zero commits a few hundred blocks a second at most.
///
/// The sizes follow the measured time of a trial of the cell, and shrink towards the end so that all ranks finish
/// together. Nothing of an outcome depends on where blocks begin and end.
struct BlockPlanner {
  /// Compute time that a block is meant to take, in seconds.
  static func blockSeconds(threads: Int) -> Double { min(2, max(0.5, Double(threads) / 128)) }

  private struct CellState {
    /// Missing trials, in ascending order, not yet handed out.
    var missing: [Range<Int>]
    var secondsPerTrial: Double
    let guessedSecondsPerTrial: Double
    var measuredTrials = 0
    var measuredSeconds = 0.0
    /// Blocks handed out while no trial was measured.
    var blocksOnTrust = 0
    /// Fewest trials worth a block: with a shared stream a block draws every batch once, whatever its size; students of
    /// teachers are trained side by side, and at the end of a block few are left.
    let smallest: Int

    var remaining: Int { missing.reduce(0) { $0 + $1.count } }
  }

  private var cells: [CellState]
  private let forcedSize: Int?

  /// - Parameters:
  ///   - missing: for each cell of the study the trials to do.
  ///   - blockSize: a size for all blocks; nil to choose by time.
  init(study: PreparedStudy, missing: [[Range<Int>]], blockSize: Int?) {
    forcedSize = blockSize
    cells = zip(study.runners, missing).map { runner, missing in
      let plan = runner.cell.training
      // A first guess, in the middle of what was measured on several processors; the first blocks correct it.
      let stepSeconds: Double
      switch plan.batchStream {
      case .independent: stepSeconds = 3e-9 * Double(plan.batchSize) + 8e-9 * Double(runner.cell.architecture.width)
      case .shared: stepSeconds = 8e-9 * Double(runner.cell.architecture.width) + 1e-7
      }
      // Initialization, the first sort and the exact risk come on top.
      let seconds = stepSeconds * Double(plan.steps) + 2e-5 + 5e-7 * Double(runner.cell.architecture.width)
      return CellState(
        missing: missing.filter { !$0.isEmpty }, secondsPerTrial: seconds, guessedSecondsPerTrial: seconds,
        smallest: plan.batchStream == .shared ? 32 : runner.cell.hasClosedForm ? 128 : 1)
    }
  }

  /// Trials not yet handed out.
  var remainingTrials: Int { cells.reduce(0) { $0 + $1.remaining } }

  /// Compute time that the trials not yet handed out will take, in seconds.
  var remainingSeconds: Double { cells.reduce(0) { $0 + Double($1.remaining) * $1.secondsPerTrial } }

  /// The measured or guessed compute time of a trial of a cell, in seconds.
  func secondsPerTrial(cell: Int) -> Double { cells[cell].secondsPerTrial }

  /// The next block for one of `threads` compute threads; nil when everything is handed out.
  mutating func next(threads: Int) -> Block? {
    guard let cell = cells.firstIndex(where: { !$0.missing.isEmpty }) else { return nil }
    let range = cells[cell].missing[0]
    let size = min(range.count, forcedSize ?? chosenSize(cell: cell, threads: threads))
    if cells[cell].measuredTrials == 0 { cells[cell].blocksOnTrust += 1 }
    let block = Block(cell: cell, trials: range.lowerBound..<range.lowerBound + size)
    if size == range.count {
      cells[cell].missing.removeFirst()
    } else {
      cells[cell].missing[0] = block.trials.upperBound..<range.upperBound
    }
    return block
  }

  private func chosenSize(cell: Int, threads: Int) -> Int {
    // Towards the end a block is at most a quarter of what is left for each thread.
    let seconds = min(Self.blockSeconds(threads: threads), remainingSeconds / Double(4 * threads))
    let size = seconds / max(cells[cell].secondsPerTrial, 1e-9)
    // Until a block has come back the time of a trial is a guess: start small and double.
    let trusted = cells[cell].measuredTrials > 0 ? 1e4 : Double(1 << min(cells[cell].blocksOnTrust, 13))
    return max(cells[cell].smallest, Int(min(size, trusted)))
  }

  /// Learns from a finished block.
  mutating func record(_ finished: FinishedBlock) {
    let cell = finished.block.cell
    cells[cell].measuredTrials += finished.block.trials.count
    cells[cell].measuredSeconds += finished.seconds
    cells[cell].secondsPerTrial = cells[cell].measuredSeconds / Double(cells[cell].measuredTrials)
    // Guesses are wrong in the same way for cells that come next.
    let correction = cells[cell].secondsPerTrial / cells[cell].guessedSecondsPerTrial
    for next in cells.indices where next > cell && cells[next].measuredTrials == 0 {
      cells[next].secondsPerTrial = cells[next].guessedSecondsPerTrial * correction
    }
  }
}
