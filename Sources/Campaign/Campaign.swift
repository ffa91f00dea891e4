import Kernels
import Ledger
import MessagePassing
import Trials

/// How a run is carried out. Nothing of this has an influence on an outcome.
public struct CampaignSettings: Sendable {
  /// Compute threads of this rank.
  public var threads: Int
  /// Trials of a block; nil to choose by time.
  public var blockSize: Int?
  public var progress: ProgressStyle

  public init(threads: Int, blockSize: Int?, progress: ProgressStyle) {
    self.threads = threads
    self.blockSize = blockSize
    self.progress = progress
  }
}

/// How a run ended.
public enum CampaignEnding: Sendable, Hashable {
  case done
  case stopped(StopReason)
}

/// Why a run could not go on.
public enum CampaignError: Error, CustomStringConvertible {
  case ledger(LedgerError, while: String)
  case messagePassing(MessagePassingError, rank: Int)

  public var description: String {
    switch self {
    case .ledger(let error, let activity): "\(error) (rank 0, \(activity))"
    case .messagePassing(let error, let rank): "\(error) (rank \(rank))"
    }
  }
}

/// Computes the missing trials of a study on all ranks of a job.
///
/// Rank zero scatters blocks to all ranks, itself included, keeps each two blocks ahead of what it computes, gathers
/// the outcomes and commits every block as it arrives. Each rank's main thread moves messages and outcomes and sleeps
/// in between; trials are computed on other threads.
public enum Campaign {
  /// Most trials of a block: bounds the memory of a rank.
  public static let largestBlock = 100_000
  /// Blocks that a rank has waiting beside the ones its threads compute.
  static let blocksAhead = 2
  /// Seconds that ranks wait for each other at the end.
  static let finishPatience = 30.0

  /// The work of a rank other than zero: computes what rank zero sends until it says stop.
  ///
  /// - Returns: whether all compute threads came to rest; otherwise the process must leave by `_exit`.
  public static func serve(
    _ study: PreparedStudy, kernels: KernelTable, settings: CampaignSettings, communicator: Communicator
  ) throws(CampaignError) -> Bool {
    do throws(MessagePassingError) {
      return try RankLoop(study: study, kernels: kernels, settings: settings, communicator: communicator).serve()
    } catch {
      throw .messagePassing(error, rank: communicator.rank)
    }
  }

  /// The work of rank zero: all trials that the ledger does not have yet, up to the targets of the study.
  ///
  /// - Parameter stopRequests: made before the ledger was opened, so that from then on a signal is a way to stop.
  public static func conduct(
    _ study: PreparedStudy, kernels: KernelTable, settings: CampaignSettings, communicator: Communicator,
    ledger: LedgerWriter, stopRequests: StopRequests
  ) throws(CampaignError) -> CampaignEnding {
    let conductor = try Conductor(
      study: study, kernels: kernels, settings: settings, communicator: communicator, ledger: ledger,
      stopRequests: stopRequests)
    return try conductor.run()
  }
}
