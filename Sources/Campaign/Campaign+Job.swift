import Archive
import BuildInformation
import Ledger
import MessagePassing
import Studies
import Trials

// What rank zero and the other ranks do at the start and the end of a job. The broadcasts are the same four everywhere:
// the study, its reference risks, what all must agree on, the trials that trap.
extension Campaign {
  private var programText: String { "landfall \(BuildInformation.version), arithmetic \(Arithmetic.version)" }

  /// What all ranks must agree on, or their trials were not of one study: the program, its arithmetic and every cell, line
  /// by line.
  private func agreement(_ prepared: PreparedStudy) -> [UInt8] {
    let lines = [programText] + prepared.study.cells.map { "\($0.key.text) \($0.label)" }
    return Array(lines.map { $0 + "\n" }.joined().utf8)
  }

  // MARK: Rank zero

  func conduct(
    ledger: String?, adding names: [String], shrinks: Bool, read: () throws -> PreparedStudy,
    select: (Study) throws -> [Int], complete: (Study, ReferenceLevels) throws -> PreparedStudy
  ) throws -> CampaignEnding {
    var prepared: PreparedStudy
    let levels: ReferenceLevels
    let review: CrashReview
    let crashes: KnownCrashes
    let places: [Int]
    let addition: Addition
    let writer: LedgerWriter
    let stopRequests: StopRequests
    do {
      let plain = try read()
      // Before the ledger is opened: from then on a signal is a way to stop.
      stopRequests = StopRequests(deadline: settings.deadline)
      let study = plain.study
      places = try select(study)
      addition = try Addition(names, to: study)
      let path = ledger ?? "\(study.name).landfall"
      // Nothing can be added to what is not there.
      if !addition.isEmpty { _ = try LedgerReader.open(path: path) }
      writer = try LedgerWriter.open(
        path: path, study: study,
        run: RunRecord(
          of: study, host: communicator.host, ranks: communicator.size, threads: settings.threads,
          kernelLevel: kernels.level.name, mpi: communicator.library),
        adding: addition, shrinks: shrinks)
      for cell in writer.keptCells {
        printError(
          "\(path) also has cell \(cell.label), without trials yet, which this command leaves out: it stays; --shrink drops it"
        )
      }
      try study.checkSampledEvent(of: places, in: writer.reader)
      levels = try ReferenceLevels(study, keptIn: writer) { printError($0) }
      prepared = study.levelRequests.isEmpty ? plain : try complete(study, levels)
      review = CrashReview(
        study: prepared, levels: levels, places: places, addition: addition, ledger: writer, kernels: kernels,
        stopRequests: stopRequests)
      do {
        crashes = try review.settle()
      } catch CrashReviewError.stopped(let reason, let path) {
        try? writer.finish(ending: reason.text)
        throw CrashReviewError.stopped(reason, ledger: path)
      }
    } catch {
      // The other ranks wait for the study: an empty one tells them to leave. mpirun kills all ranks when one leaves with
      // another code than 0, so the message comes first and the code of the job is rank zero's.
      printError("\(error)")
      _ = try? communicator.broadcast([])
      try? communicator.finish(patience: Self.failurePatience)
      throw JobFailure(code: ExitCode(for: error), description: "", concernsThisRank: false)
    }
    _ = try communicator.broadcast(Array(prepared.study.text.utf8))
    _ = try communicator.broadcast(levels.bytes)
    _ = try communicator.broadcast(agreement(prepared))
    _ = try communicator.broadcast(crashes.bytes)
    crashes.begin(for: &prepared)

    let reason: StopReason?
    do throws(CampaignError) {
      reason = try Conductor(
        study: prepared, cells: places, adding: addition, kernels: kernels, settings: settings,
        communicator: communicator,
        ledger: writer, stopRequests: stopRequests
      ).run()
    } catch {
      writer.close()
      printError("\(error)")
      // What is stored is safe; nothing that another rank still has could be.
      communicator.abort(code: ExitCode(for: error).rawValue)
    }
    let path = writer.path
    if reason == nil {
      do throws(CrashFileError) { try review.end() } catch { printError("\(error)") }
    }
    try writer.finish(ending: reason?.text ?? "done")
    if let reason {
      printError(
        "\(reason.message(under: LauncherEnvironment.current.launcher)); what is done is in \(path), and the same command continues"
      )
      try? communicator.finish(patience: Self.stoppedPatience)
      return .stopped
    }
    try? communicator.finish(patience: Self.finishPatience)
    return .done(ledger: path)
  }

  // MARK: The other ranks

  func serve() throws {
    // Rank zero decides when to stop, also while it works before the first message.
    _ = StopRequests(deadline: nil)
    let text = try communicator.broadcast([])
    guard !text.isEmpty else {
      // Rank zero has said why, and gives the job its exit code.
      try communicator.finish(patience: Self.failurePatience)
      return
    }
    let levels = try communicator.broadcast([])
    let agreement = try communicator.broadcast([])
    let crashes = try communicator.broadcast([])
    var prepared: PreparedStudy
    do {
      let study = try Study.parse(
        text: String(decoding: text, as: UTF8.self), origin: .file("the study of rank zero"))
      prepared = try PreparedStudy(study, levels: ReferenceLevels(study.levelRequests, bytes: levels))
    } catch {
      // What rank zero could read, this rank cannot: a data file that is not on its host.
      throw failure(ExitCode(for: error), "\(error)")
    }
    guard self.agreement(prepared) == agreement else {
      let other = String(decoding: agreement.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
      throw failure(
        .messagePassing,
        "this rank has another study than rank zero (\(other) there, \(programText) here); start the same program on all "
          + "hosts")
    }
    guard let crashes = KnownCrashes(bytes: crashes) else {
      preconditionFailure("a message between ranks holds what the other rank wrote")
    }
    crashes.begin(for: &prepared)
    let pool = try ComputePool(study: prepared, kernels: kernels, threads: settings.threads, rank: communicator.rank)
    let isAtRest: Bool
    do throws(MessagePassingError) {
      isAtRest = try RankLoop(settings: settings, communicator: communicator, pool: pool).serve()
    } catch {
      throw CampaignError.messagePassing(error, rank: communicator.rank)
    }
    try? communicator.finish(patience: isAtRest ? Self.finishPatience : Self.stoppedPatience)
  }

  private func failure(_ code: ExitCode, _ message: String) -> JobFailure {
    JobFailure(
      code: code, description: "rank \(communicator.rank) on \(communicator.host): \(message)", concernsThisRank: true)
  }
}
