import Foundation
import Kernels
import Ledger
import MessagePassing
import Outcomes
import Trials

/// The main thread of rank zero: scatters blocks, gathers outcomes, commits them.
final class Conductor {
  private let study: PreparedStudy
  private let settings: CampaignSettings
  private let communicator: Communicator
  private let ledger: LedgerWriter
  private let pool: ComputePool
  private var pause = Pause()
  private let stopRequests: StopRequests
  private var planner: BlockPlanner
  private var progress: ProgressDisplay
  private let total: Int
  private var done: Int

  /// What rank zero knows of a rank.
  private struct RankState {
    /// 0 until the rank has said that it is ready.
    var threads = 0
    var outstanding: Set<Block> = []
    var hasStopped = false
  }

  private var ranks: [RankState]

  init(
    study: PreparedStudy, kernels: KernelTable, settings: CampaignSettings, communicator: Communicator,
    ledger: LedgerWriter, stopRequests: StopRequests
  ) throws(CampaignError) {
    self.study = study
    self.settings = settings
    self.communicator = communicator
    self.ledger = ledger
    self.stopRequests = stopRequests
    let target = study.study.sampling.trials
    var missing: [[Range<Int>]] = []
    do throws(LedgerError) {
      let keys = study.runners.map(\.cell.key)
      try ledger.target(keys, trials: target)
      for key in keys { missing.append(try ledger.missingRanges(key, below: target)) }
    } catch {
      throw .ledger(error, while: "reading what is done")
    }
    planner = BlockPlanner(study: study, missing: missing, blockSize: settings.blockSize)
    total = target * study.runners.count
    done = total - planner.remainingTrials
    progress = ProgressDisplay(style: done < total ? settings.progress : .off, total: total)
    pool = ComputePool(study: study, kernels: kernels, threads: settings.threads, rank: 0)
    ranks = Array(repeating: RankState(), count: communicator.size)
    ranks[0].threads = settings.threads
  }

  func run() throws(CampaignError) -> CampaignEnding {
    var reason: StopReason?
    while reason == nil, done < total {
      try poll()
      reason = stopRequests.pending()
      if reason == nil { try assign() }
      showProgress()
      pause.wait(for: pool)
    }
    try stop(grace: reason?.grace ?? Campaign.finishPatience, reason: &reason)
    stopRequests.end()
    // What was being computed may have been all that was missing.
    if done == total { reason = nil }
    progress.finish(done: done, detail: reason?.text ?? "done")
    return reason.map { .stopped($0) } ?? .done
  }

  /// Takes in everything that has arrived.
  private func poll() throws(CampaignError) {
    for finished in pool.takeFinished() {
      pause.reset()
      try commit(finished, rank: 0)
    }
    try messaging { () throws(MessagePassingError) in try communicator.progress() }
    while let message = try messaging({ () throws(MessagePassingError) in try communicator.receive() }) {
      pause.reset()
      var reader = MessageReader(message.bytes)
      switch MessageTag(rawValue: message.tag) {
      case .ready:
        ranks[message.source].threads = reader.integer()
      case .outcomes:
        let block = reader.block()
        let seconds = reader.real()
        try commit(FinishedBlock(block: block, results: reader.results(), seconds: seconds), rank: message.source)
      case .stopped:
        ranks[message.source].hasStopped = true
      default:
        preconditionFailure("rank \(message.source) sends ready, outcomes and stopped, not tag \(message.tag)")
      }
    }
  }

  private func commit(_ finished: FinishedBlock, rank: Int) throws(CampaignError) {
    let cell = study.runners[finished.block.cell].cell
    do throws(LedgerError) {
      try ledger.commit(
        BlockRecord(
          cell: cell.key, first: TrialIndex(finished.block.trials.lowerBound), outcomes: finished.results.outcomes,
          analyses: finished.results.analyses, seconds: finished.seconds, trajectories: finished.results.trajectories))
    } catch {
      throw .ledger(error, while: "storing \(study.name(of: finished.block)) of rank \(rank)")
    }
    ranks[rank].outstanding.remove(finished.block)
    planner.record(finished)
    done += finished.results.outcomes.count
  }

  /// Gives every rank blocks until each of its threads has one and two more wait; near the end fewer, so that no rank
  /// sits on blocks that another could do.
  private func assign() throws(CampaignError) {
    let threads = ranks.reduce(0) { $0 + $1.threads }
    for ahead in 0...Campaign.blocksAhead {
      for rank in ranks.indices where ranks[rank].threads > 0 {
        while ranks[rank].outstanding.count < ranks[rank].threads + ahead {
          // Blocks ahead only while more than one is left for every thread.
          let secondsLeft = planner.remainingSeconds
          if ahead > 0, secondsLeft < BlockPlanner.blockSeconds(threads: threads) * Double(threads) / 4 { break }
          guard let block = planner.next(threads: threads) else { return }
          ranks[rank].outstanding.insert(block)
          if rank == 0 {
            pool.submit(block)
          } else {
            var message = MessageWriter()
            message.write(block)
            try send(message, .block, to: rank)
          }
        }
      }
    }
  }

  /// Ends the work of all ranks, taking in what they finish within `grace` seconds. A more urgent reason that comes up
  /// meanwhile, SIGTERM after SIGUSR1 say, shortens the wait.
  private func stop(grace: Double, reason: inout StopReason?) throws(CampaignError) {
    pool.close()
    try announceStop(grace: grace)
    var deadline = ContinuousClock.now + .seconds(grace)
    ranks[0].hasStopped = true
    while .now < deadline, pool.load > 0 || !ranks.allSatisfy(\.hasStopped) {
      try poll()
      if let current = reason, let urgent = stopRequests.pending(), urgent.grace < current.grace {
        reason = urgent
        deadline = .now + .seconds(urgent.grace)
        try announceStop(grace: urgent.grace)
      }
      pause.wait(for: pool)
    }
    try poll()
  }

  private func announceStop(grace: Double) throws(CampaignError) {
    var message = MessageWriter()
    message.write(grace)
    for rank in ranks.indices.dropFirst() where !ranks[rank].hasStopped { try send(message, .stop, to: rank) }
  }

  private func send(_ message: MessageWriter, _ tag: MessageTag, to rank: Int) throws(CampaignError) {
    try messaging { () throws(MessagePassingError) in
      try communicator.send(message.bytes, to: rank, tag: tag.rawValue)
    }
  }

  private func messaging<T>(_ body: () throws(MessagePassingError) -> T) throws(CampaignError) -> T {
    do {
      return try body()
    } catch {
      throw .messagePassing(error, rank: 0)
    }
  }

  private func showProgress() {
    let threads = max(1, ranks.reduce(0) { $0 + $1.threads })
    let computing = ranks.reduce(0) { $0 + $1.outstanding.reduce(0) { $0 + $1.trials.count } }
    progress.update(
      done: done,
      secondsLeft: (planner.remainingSeconds
        + ranks.reduce(0) { sum, rank in
          sum + rank.outstanding.reduce(0) { $0 + Double($1.trials.count) * planner.secondsPerTrial(cell: $1.cell) }
        }) / Double(threads),
      detail: "\(computing) in flight on \(ranks.count { $0.threads > 0 }) ranks")
  }
}
