import CSignals
import Dispatch
import Foundation
import Kernels
import Synchronization
import Threads
import Trials

/// A block whose trials are done.
package struct FinishedBlock: Sendable {
  package let block: Block
  package let results: TrialResults
  /// Compute time.
  package let seconds: Double

  package init(block: Block, results: TrialResults, seconds: Double) {
    self.block = block
    self.results = results
    self.seconds = seconds
  }
}

/// The compute threads of a rank, with a queue of blocks for them. They never call MPI or the ledger.
final class ComputePool: Sendable {
  private struct State {
    var waiting: [Block] = []
    var computing = 0
    var finished: [FinishedBlock] = []
    var isClosed = false
  }

  let threads: Int
  private let rank: Int
  let study: PreparedStudy
  private let kernels: KernelTable
  private let state = Mutex(State())
  /// Counts the blocks that wait, and at the end the threads that are to leave.
  private let work = DispatchSemaphore(value: 0)
  /// Counts the blocks that were finished since the main thread last waited.
  private let finishes = DispatchSemaphore(value: 0)

  /// - Throws: where the system does not start so many threads; those that it has started leave.
  init(study: PreparedStudy, kernels: KernelTable, threads: Int, rank: Int) throws(CampaignError) {
    self.rank = rank
    self.study = study
    self.kernels = kernels
    self.threads = threads
    do throws(ThreadError) {
      for number in 0..<threads { try StartedThread.start(name: "compute \(number)") { [self] in serve() } }
    } catch {
      close()
      throw .threads(error, rank: rank)
    }
  }

  /// Blocks that wait or are being computed.
  var load: Int { state.withLock { $0.waiting.count + $0.computing } }

  func submit(_ block: Block) {
    state.withLock { $0.waiting.append(block) }
    work.signal()
  }

  /// The blocks that were finished since the last call.
  func takeFinished() -> [FinishedBlock] {
    state.withLock { state in
      defer { state.finished = [] }
      return state.finished
    }
  }

  /// Returns as soon as a block is finished, at the latest after `seconds`.
  func waitForFinished(atMost seconds: Double) { _ = finishes.wait(timeout: .now() + seconds) }

  /// Forgets the blocks that wait and lets the threads leave after the ones they compute.
  func close() {
    state.withLock {
      $0.waiting = []
      $0.isClosed = true
    }
    for _ in 0..<threads { work.signal() }
  }

  private func serve() {
    // Where there is no room for a stack of handlers, the overflow of a stack goes unreported.
    _ = signals_prepare_thread()
    defer { signals_leave_thread() }
    while true {
      work.wait()
      let (block, isClosed) = state.withLock { state -> (Block?, Bool) in
        guard !state.waiting.isEmpty else { return (nil, state.isClosed) }
        state.computing += 1
        return (state.waiting.removeFirst(), state.isClosed)
      }
      guard let block else {
        if isClosed { return }
        continue
      }
      // A trap in a trial cannot be caught: let the crash name the block, here and at the next start.
      signals_name_activity("rank \(rank), \(study.name(of: block))")
      signals_name_block(
        CrashedBlock.text(
          cell: study.runners[block.cell].cell.key, trials: block.trials, rank: rank, host: CrashedBlock.ownHost))
      let start = ContinuousClock.now
      let results = study.results(of: block, kernels: kernels)
      signals_name_block("")
      let seconds = start.duration(to: .now) / .seconds(1)
      state.withLock {
        $0.computing -= 1
        $0.finished.append(FinishedBlock(block: block, results: results, seconds: seconds))
      }
      finishes.signal()
    }
  }
}

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
