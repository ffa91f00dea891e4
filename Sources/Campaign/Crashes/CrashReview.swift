import Foundation
import Kernels
import Landscape
import Ledger
import Outcomes
import Studies
import Trials
import Texts

/// What rank zero makes of earlier crashes at the start of a job, while it holds the lock of the ledger: trials that were in
/// two blocks that ended a job are tried in processes of their own, and those that trap there are recorded as crashed.
struct CrashReview {
  let study: PreparedStudy
  let levels: ReferenceLevels
  /// Of the cells that are to be run, in the study.
  let places: [Int]
  let addition: Addition
  let ledger: LedgerWriter
  let kernels: KernelTable
  let stopRequests: StopRequests

  private var file: CrashFile { CrashFile(ledger: ledger.absolutePath) }

  /// Settles what can be settled.
  ///
  /// - Returns: all trials that are known to trap.
  /// - Throws: ``CrashFileError``, ``CrashReviewError`` or an error of the ledger.
  func settle() throws -> KnownCrashes {
    let content = try file.read()
    if content.otherLines > 0 {
      printError(
        "\(file.path): \(counted(content.otherLines, "line")) that no job has written there; ignored"
          + (content.isOwn ? "" : ", and the file stays as it is"))
    }
    let unfinished = try unfinishedTrials(content.blocks)
    /// The trials of a range that are still to be computed.
    func remaining(_ trials: Range<Int>, of cell: CellKey) -> [Range<Int>] {
      unfinished[cell, default: []].map { $0.clamped(to: trials) }.filter { !$0.isEmpty }
    }
    let open = content.blocks.filter { !remaining($0.trials, of: $0.cell).isEmpty }
    if let last = open.last {
      printError(
        "a job crashed in \(name(last.trials, of: last.cell)) (rank \(last.rank) on \(last.host), signal \(last.signal): "
          + "\(CrashedBlock.name(ofSignal: last.signal)))")
    }
    var settled: [CellKey: [Range<Int>]] = [:]
    let chosen = Set(places.map { study.runners[$0].cell.key })
    for (cell, ranges) in CrashedBlock.repeated(open) where chosen.contains(cell) {
      let suspects = ranges.flatMap { remaining($0, of: cell) }
      if suspects.isEmpty { continue }
      if try retry(suspects, of: cell) { settled[cell] = suspects }
    }
    try file.replace(
      content, by: open.filter { block in !settled[block.cell, default: []].contains { $0.overlaps(block.trials) } })
    let crashes = try ledger.reader.crashes()
    return KnownCrashes(
      ledger: ledger.absolutePath,
      trials: Dictionary(grouping: crashes, by: \.cell).mapValues { $0.map(\.trial.value).sorted() })
  }

  /// Forgets the crashes in the cells that were run, once their trials are done.
  func end() throws(CrashFileError) {
    let content = try file.read()
    let done = Set(places.map { study.runners[$0].cell.key })
    try file.replace(content, by: content.blocks.filter { !done.contains($0.cell) && place(of: $0.cell) != nil })
  }

  // MARK: - What is left to do

  /// The trials up to those of the blocks that are to be computed and are not known to trap, for the cells of the study: in an
  /// ordinary run those that are not stored.
  private func unfinishedTrials(_ blocks: [CrashedBlock]) throws -> [CellKey: [Range<Int>]] {
    var ends: [CellKey: Int] = [:]
    for block in blocks where place(of: block.cell) != nil {
      ends[block.cell] = max(ends[block.cell] ?? 0, block.trials.upperBound)
    }
    var unfinished: [CellKey: [Range<Int>]] = [:]
    for (cell, end) in ends {
      unfinished[cell] = addition.isEmpty ? try ledger.missingRanges(cell, below: end) : [0..<end]
    }
    for crash in try ledger.reader.crashes() {
      let trial = crash.trial.value
      unfinished[crash.cell] = unfinished[crash.cell]?.flatMap { range in
        range.contains(trial) ? [range.lowerBound..<trial, trial + 1..<range.upperBound] : [range]
      }
    }
    return unfinished
  }

  private func place(of cell: CellKey) -> Int? { study.runners.firstIndex { $0.cell.key == cell } }

  private func name(_ trials: Range<Int>, of cell: CellKey) -> String {
    study.name(of: Block(cell: place(of: cell) ?? 0, trials: trials))
  }

  // MARK: - Trying again

  /// Returns whether all is known of the trials.
  private func retry(_ suspects: [Range<Int>], of cell: CellKey) throws -> Bool {
    guard let place = place(of: cell) else { return true }
    let label = study.runners[place].cell.label
    for trials in suspects {
      printError("\(name(trials, of: cell)) ended two jobs; looking for those that trap, in processes of their own")
    }
    let processes: TrialProcesses
    do {
      processes = try TrialProcesses(input: TrialAttempt.input(study.study, levels))
    } catch {
      throw CrashReviewError.process(reason: Self.reason(error))
    }
    var retry = TrialRetry()
    for trials in suspects {
      try retry.search(trials) { try attempt($0, place, processes) }
    }
    for (trial, signal) in retry.culprits {
      let text = "trial \(trial) of cell \(label) traps (signal \(signal): \(CrashedBlock.name(ofSignal: signal)))"
      guard addition.isEmpty else { throw CrashReviewError.addition(text) }
      try ledger.record(CrashRecord(cell: cell, trial: TrialIndex(trial), signal: signal))
      let command = RunRecord.commandLine(["landfall", "replay", RunRecord.operand(ledger.path), label, "\(trial)"])
      printError(
        "\(text), by a fault of landfall: it is recorded as crashed and counts as undecided; please report it (\(command) "
          + "repeats it once the study is done)")
    }
    for (trials, reason) in retry.unsettled {
      printError("\(name(trials, of: cell)): not known whether they trap: \(reason)")
    }
    if retry.culprits.isEmpty && retry.unsettled.isEmpty {
      printError(
        "none of these trials of cell \(label) traps alone: the jobs may have been ended by their machines; the run goes on"
      )
    }
    return retry.unsettled.isEmpty
  }

  private func attempt(_ trials: Range<Int>, _ place: Int, _ processes: TrialProcesses) throws -> TrialRetry.End {
    let limit =
      Self.patience + Self.slowness * study.task(place, target: 0, missing: []).guessedSecondsPerTrial
      * Double(trials.count)
    let arguments = TrialAttempt.arguments(study.runners[place].cell.key, trials, kernels)
    let end: (code: Int, signal: Int)?
    do {
      end = try processes.run(arguments, atMost: limit) { stopRequests.pending() != nil }
    } catch {
      throw CrashReviewError.process(reason: Self.reason(error))
    }
    // A signal to all processes of the job has ended the other one, too.
    if let reason = stopRequests.pending() { throw CrashReviewError.stopped(reason, ledger: ledger.path) }
    guard let end else { return .unsettled("no end after \(Int(limit)) s") }
    if Self.traps.contains(Int32(end.signal)) { return .trapped(signal: end.signal) }
    if end.signal != 0 {
      return .unsettled("ended by signal \(end.signal): \(CrashedBlock.name(ofSignal: end.signal))")
    }
    return end.code == 0 ? .done : .unsettled("ended with exit code \(end.code)")
  }

  /// The signals of a program that does what it must not; others come from outside.
  private static let traps = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT]
  /// Seconds that a process may take in any case, and how many times as long as guessed.
  private static let (patience, slowness) = (3600.0, 100.0)

  private static func reason(_ error: any Error) -> String {
    (error as? POSIXError).map { String(cString: strerror($0.code.rawValue)) } ?? "\(error)"
  }
}

/// Why earlier crashes could not be settled. The text is the user's message.
enum CrashReviewError: Error, CustomStringConvertible {
  case stopped(StopReason, ledger: String)
  /// A trial whose outcome is stored traps in what is to be added to it.
  case addition(String)
  case process(reason: String)

  var description: String {
    switch self {
    case .stopped(let reason, let ledger):
      "\(reason.text); what is done is in \(ledger), and the same command continues"
    case .addition(let text):
      "\(text) when this is added to what is stored of it, by a fault of landfall: please report it; other cells can be chosen "
        + "with --cell"
    case .process(let reason): "trials that ended jobs cannot be tried in a process of their own: \(reason)"
    }
  }
}
