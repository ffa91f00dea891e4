import Kernels
import Ledger
import MessagePassing
import Studies
import Trials

/// How a run is carried out. Nothing of this has an influence on an outcome.
public struct CampaignSettings: Sendable {
  /// Compute threads of this rank.
  public var threads: Int
  /// Trials of a block; nil to choose by time.
  public var blockSize: Int?
  public var progress: ProgressStyle
  /// When the run is to stop by itself.
  public var deadline: ContinuousClock.Instant?

  public init(
    threads: Int, blockSize: Int? = nil, progress: ProgressStyle, deadline: ContinuousClock.Instant? = nil
  ) {
    self.threads = threads
    self.blockSize = blockSize
    self.progress = progress
    self.deadline = deadline
  }
}

/// How a run ended.
public enum CampaignEnding: Sendable, Hashable {
  /// All trials of the study are in this ledger.
  case done(ledger: String)
  /// The user has been told why, and that the same command continues.
  case stopped
  /// This is not rank zero, which says how the run ended.
  case served
}

/// A run of a study on all ranks of a job, from joining the job to leaving it.
///
/// Rank zero reads the study, opens the ledger and hands both study and reference risks to the others. It scatters blocks
/// to all ranks, itself included, gathers the outcomes and stores them. Each rank's main thread moves messages and
/// outcomes and sleeps in between; trials are computed on other threads.
///
/// A process has one campaign, on its main thread.
public struct Campaign {
  /// Most trials of a block: bounds the memory of a rank.
  public static let largestBlock = 100_000
  /// Seconds that ranks wait for each other at the end.
  static let finishPatience = 30.0
  /// The same after a failure at the start, and when rank zero has stopped early.
  static let failurePatience = 5.0
  static let stoppedPatience = 1.0

  let communicator: Communicator
  let kernels: KernelTable
  let settings: CampaignSettings

  /// Joins the job, and agrees with its other ranks on the kernels.
  ///
  /// - Parameter kernelLevel: the level that is asked for; nil for the widest that all ranks have.
  /// - Throws: ``JobFailure`` where some rank does not have that level, ``MessagePassingError``.
  public static func join(
    under environment: LauncherEnvironment, kernelLevel: KernelLevel?, settings: CampaignSettings
  ) throws -> Campaign {
    let communicator = try Communicator.start(under: environment)
    let common = KernelLevel(rawValue: try communicator.minimum(KernelLevel.widest.rawValue)) ?? .baseline
    let level = kernelLevel ?? common
    do throws(KernelLevelError) {
      try level.check(within: common, on: "every processor of this job")
    } catch {
      // All ranks come to the same conclusion; rank zero speaks, and gives the job its exit code.
      guard communicator.rank == 0 else {
        try? communicator.finish(patience: failurePatience)
        throw JobFailure(code: .done, description: "", concernsThisRank: false)
      }
      printError("\(error)")
      try? communicator.finish(patience: failurePatience)
      throw JobFailure(code: .usage, description: "", concernsThisRank: false)
    }
    return Campaign(communicator: communicator, kernels: KernelTable(level), settings: settings)
  }

  /// Computes the trials of a study that its ledger does not have yet.
  ///
  /// - Parameters:
  ///   - ledger: the path; nil for the study's name.
  ///   - names: what is to be added to the trials that the ledger has: `limit`, or names of observables.
  ///   - shrinks: whether cells without outcomes that the study no longer has are dropped from the ledger, and targets may be
  ///     lowered.
  ///   - read: the study without reference risks. Called on rank zero alone.
  ///   - select: the places of the cells to run, in the study. Called on rank zero alone.
  ///   - complete: the same study with them. Called on rank zero, if the study needs any.
  /// - Throws: ``JobFailure`` and ``CampaignError``.
  public func run(
    ledger: String?, adding names: [String] = [], shrinks: Bool = false, read: () throws -> PreparedStudy,
    select: (Study) throws -> [Int], complete: (Study, ReferenceLevels) throws -> PreparedStudy
  ) throws -> CampaignEnding {
    guard communicator.rank == 0 else {
      try serve()
      return .served
    }
    return try conduct(ledger: ledger, adding: names, shrinks: shrinks, read: read, select: select, complete: complete)
  }
}
