import Kernels
import Landscape
import Ledger
import MessagePassing
import Outcomes
import Trials
import Texts

/// The main thread of rank zero: scatters blocks, gathers outcomes, stores them.
final class Conductor {
  private let study: PreparedStudy
  private let communicator: Communicator
  private let ledger: LedgerWriter
  private let pool: ComputePool
  private var pause = Pause()
  private let stopRequests: StopRequests
  private var schedule: Schedule
  private var arrivals = Arrivals()
  private var sequential = SequentialCells()
  private let addition: Addition
  private var progress: ProgressDisplay
  /// Which ranks have said that nothing more will come from them.
  private var haveStopped: [Bool]
  private let start = ContinuousClock.now
  /// When others are told next how many trials are in flight, in seconds since the start.
  private var nextAnnouncement = 0.0

  /// Seconds since the start.
  private var now: Double { start.duration(to: .now) / .seconds(1) }

  /// - Parameters:
  ///   - places: of the cells that are to be run, in the study.
  ///   - addition: what is added to the trials that there are; nothing for a run that computes those that are missing.
  init(
    study: PreparedStudy, cells places: [Int], adding addition: Addition, kernels: KernelTable,
    settings: CampaignSettings,
    communicator: Communicator, ledger: LedgerWriter, stopRequests: StopRequests
  ) throws(CampaignError) {
    self.study = study
    self.communicator = communicator
    self.ledger = ledger
    self.stopRequests = stopRequests
    self.addition = addition
    var tasks = study.runners.map { _ in CellTask.nothing }
    do throws(LedgerError) {
      if addition.isEmpty {
        tasks = try Self.missing(places, of: study, ledger, &sequential)
      } else {
        for place in places {
          let blocks = try ledger.blocks(of: study.runners[place].cell.key, lacking: addition)
          tasks[place] = study.task(place, addingTo: blocks)
        }
      }
    } catch {
      throw .ledger(error, while: "reading what is done")
    }
    schedule = Schedule(tasks, blockSize: settings.blockSize)
    progress = ProgressDisplay(style: schedule.isComplete ? .off : settings.progress, total: schedule.targetTrials)
    pool = try ComputePool(study: study, kernels: kernels, threads: settings.threads, rank: 0)
    haveStopped = Array(repeating: false, count: communicator.size)
    schedule.join(rank: 0, threads: settings.threads)
  }

  /// The trials that the study asks for and that are not stored.
  private static func missing(
    _ places: [Int], of study: PreparedStudy, _ ledger: LedgerWriter, _ sequential: inout SequentialCells
  ) throws(LedgerError) -> [CellTask] {
    var tasks = study.runners.map { _ in CellTask.nothing }
    let targets = places.map { place in
      let cell = study.runners[place].cell
      return (cell: cell.key, trials: study.study.trials(of: cell))
    }
    let holding = try ledger.target(
      targets, rule: study.study.sampling.ruleText, stages: study.study.sampling.stages)
    noteKept(zip(places, zip(targets, holding)).map { (study.runners[$0].cell.label, $1.0.trials, $1.1) }, ledger.path)
    for (place, (asked, target)) in zip(places, zip(targets, holding)) {
      let missing = try ledger.missingRanges(asked.cell, below: target)
      let isEnough = try sequential.begin(place, study, missing: missing, ledger: ledger.reader)
      if !isEnough { tasks[place] = study.task(place, target: target, missing: missing) }
    }
    return tasks
  }

  /// Tells of cells whose trials are more than a command asks for.
  private static func noteKept(_ cells: [(label: String, asked: Int, target: Int)], _ path: String) {
    let kept = Dictionary(grouping: cells.filter { $0.target > $0.asked }) { [$0.target, $0.asked] }
    for (numbers, cells) in kept.sorted(by: { $0.key[0] < $1.key[0] }) {
      let labels = cells.map(\.label)
      let names =
        labels.count > 8
        ? "\(labels.count) cells" : "cell\(labels.count == 1 ? "" : "s") \(labels.joined(separator: ", "))"
      printError(
        "\(path) goes up to \(numbers[0]) trials of \(names), and this command asks for \(numbers[1]): it stays at "
          + "\(numbers[0]); --shrink lowers it")
    }
  }

  /// Returns why the run stopped before all trials were done; nil if they are.
  func run() throws(CampaignError) -> StopReason? {
    var reason: StopReason?
    while reason == nil, !schedule.isComplete {
      try poll()
      reason = stopRequests.pending()
      if reason == nil {
        try assign()
        if arrivals.areDue(at: now, moreToCome: schedule.trialsInFlight > 0) { try store() }
      }
      showProgress()
      pause.wait(for: pool)
    }
    // Where all is done, ranks may still compute blocks that others have delivered: nobody waits for those.
    try stop(
      grace: reason?.grace ?? (schedule.isIdle ? Campaign.finishPatience : Campaign.stoppedPatience), reason: &reason)
    stopRequests.end()
    // What was being computed may have been all that was missing.
    if schedule.isComplete { reason = nil }
    progress.finish(done: schedule.storedTrials, of: schedule.likelyTrials, detail: reason?.text ?? "done")
    return reason
  }

  /// Takes in everything that has arrived.
  private func poll() throws(CampaignError) {
    for finished in pool.takeFinished() { take(finished, from: 0) }
    try messaging { () throws(MessagePassingError) in try communicator.progress() }
    while let message = try messaging({ () throws(MessagePassingError) in try communicator.receive() }) {
      pause.reset()
      var reader = MessageReader(message.bytes)
      do {
        switch MessageTag(rawValue: message.tag) {
        case .ready:
          schedule.join(rank: message.source, threads: try reader.integer())
        case .outcomes:
          let (block, seconds, results) = (try reader.block(), try reader.real(), try reader.results())
          guard block.cell < study.runners.count, results.outcomes.count == block.trials.count, seconds >= 0 else {
            throw MalformedMessage()
          }
          take(FinishedBlock(block: block, results: results, seconds: seconds), from: message.source)
        case .stopped:
          haveStopped[message.source] = true
        default: throw MalformedMessage()
        }
      } catch {
        throw .messagePassing(.malformedMessage(rank: message.source, tag: message.tag), rank: 0)
      }
    }
  }

  private func take(_ finished: FinishedBlock, from rank: Int) {
    pause.reset()
    schedule.arrive(finished.block, rank: rank, seconds: finished.seconds)
    // A result of a block that is stored already goes to the ledger, too, which compares them.
    arrivals.append(finished, rank: rank, at: now)
  }

  /// Stores all that has arrived, in one transaction. It is done when that is on disk, not before.
  private func store() throws(CampaignError) {
    let arrived = arrivals.takeAll()
    guard !arrived.isEmpty else { return }
    let waiting: [Arrivals.Arrival]
    do throws(LedgerError) {
      waiting = try sequential.release(arrived, schedule: &schedule, ledger: ledger.reader, record: study.record)
    } catch {
      throw .ledger(error, while: "reading what is done")
    }
    guard let first = waiting.first else { return }
    do throws(LedgerError) {
      let records = waiting.map { finished, _ in study.record(of: finished) }
      if addition.isEmpty { _ = try ledger.commit(records) } else { try ledger.add(addition, to: records) }
    } catch {
      let others = waiting.count > 1 ? " and \(counted(waiting.count - 1, "other block"))" : ""
      throw .ledger(error, while: "storing \(study.name(of: first.finished.block)) of rank \(first.rank)\(others)")
    }
    for (finished, _) in waiting { schedule.store(finished.block) }
  }

  /// Gives the ranks what the schedule has for them.
  private func assign() throws(CampaignError) {
    while let assignment = schedule.next(at: now) {
      if assignment.rank == 0 {
        pool.submit(assignment.block)
      } else {
        var message = MessageWriter()
        message.write(assignment.block)
        try send(message, .block, to: assignment.rank)
      }
    }
  }

  /// Ends the work of all ranks, taking in what they finish within `grace` seconds. A more urgent reason that comes up
  /// meanwhile, SIGTERM after SIGUSR1 say, shortens the wait.
  private func stop(grace: Double, reason: inout StopReason?) throws(CampaignError) {
    pool.close()
    try announceStop(grace: grace)
    var deadline = ContinuousClock.now + .seconds(grace)
    haveStopped[0] = true
    while .now < deadline, pool.load > 0 || haveStopped.contains(false) {
      try poll()
      try store()
      if let current = reason, let urgent = stopRequests.pending(), urgent.grace < current.grace {
        reason = urgent
        deadline = .now + .seconds(urgent.grace)
        try announceStop(grace: urgent.grace)
      }
      pause.wait(for: pool)
    }
    try poll()
    try store()
  }

  private func announceStop(grace: Double) throws(CampaignError) {
    var message = MessageWriter()
    message.write(grace)
    for rank in haveStopped.indices.dropFirst() where !haveStopped[rank] { try send(message, .stop, to: rank) }
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
    if now >= nextAnnouncement {
      nextAnnouncement = now + 1
      ledger.announce(inFlight: schedule.trialsInFlight)
    }
    progress.update(
      done: schedule.storedTrials, of: schedule.likelyTrials, secondsLeft: schedule.secondsLeft,
      detail: "\(schedule.trialsInFlight) in flight on \(counted(schedule.rankCount, "rank"))")
  }
}
