import Archive
import Ledger
import MessagePassing
import Threads

/// How the program ends, for scripts and batch systems.
public enum ExitCode: Int32, Sendable, CaseIterable {
  case done = 0
  /// Bad study or usage.
  case usage = 2
  /// Stored data unusable, or something could not be written.
  case ledger = 3
  /// The processes of the job cannot work together.
  case messagePassing = 4
  /// The system refused threads.
  case resources = 5
  /// Stopped early; the same command continues (EX_TEMPFAIL).
  case stopped = 75

  /// The code of an error of the rooms below; that of studies and usage for whatever is not known here.
  public init(for error: any Error) {
    self =
      switch error {
      case CrashReviewError.stopped: .stopped
      case is LedgerError, is ArchiveError, CampaignError.ledger, is CrashFileError, is CrashReviewError: .ledger
      case is MessagePassingError, CampaignError.messagePassing: .messagePassing
      case is ThreadError, CampaignError.threads: .resources
      default: .usage
      }
  }
}

/// Why a run could not go on.
public enum CampaignError: Error, CustomStringConvertible {
  case ledger(LedgerError, while: String)
  case messagePassing(MessagePassingError, rank: Int)
  case threads(ThreadError, rank: Int)

  public var description: String {
    switch self {
    case .ledger(let error, let activity): "\(error) (rank 0, \(activity))"
    case .messagePassing(let error, let rank): "\(error) (rank \(rank))"
    case .threads(let error, let rank): "\(error) (rank \(rank))"
    }
  }
}

/// Why a job ended before its work began.
public struct JobFailure: Error, CustomStringConvertible {
  public var code: ExitCode
  /// The message for the user; empty where it has been given already.
  public var description: String
  /// Whether this rank alone knows of the failure. Others that all ranks meet alike are told once.
  public var concernsThisRank: Bool
}
