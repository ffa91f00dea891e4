import ArgumentParser
import BuildInformation
import Campaign
import Foundation
import Kernels
import Landscape
import Ledger
import MessagePassing
import Reporting
import Studies
import Trials

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a study, or continue it: outcomes go to a ledger, the report to standard output.",
    discussion: """
      Examples:
        landfall run inner-bias -o inner-bias.landfall
        mpirun -n 8 --bind-to none landfall run mine.yaml --trials 3000

      The outcomes are the same bytes for every number of ranks and threads. A run that was killed continues with the \
      same command; more trials or more cells extend it.
      """)

  @OptionGroup var options: StudyOptions

  @Option(name: .shortAndLong, help: "The ledger, a new file or one to continue. Default: NAME.landfall")
  var output: String?

  @Option(help: "Compute threads of each rank. Default: all processors without a launcher, 1 under one.")
  var threads: Int?

  @Option(
    help: """
      Stop after this time, such as 90s, 50m or 1h30m, and leave the rest for the same command. Blocks that are being \
      computed then get up to 60 seconds more.
      """)
  var maxWalltime: String?

  @Option(help: "Progress on standard error: bar, lines or off. Default: bar on a terminal, lines under a launcher.")
  var progress: ProgressStyle?

  @Option(help: "Trials of a block. Default: chosen by time.")
  var block: Int?

  @Option(help: "Kernel level: baseline, avx2 or avx512. Default: the widest that all ranks have.")
  var kernel: String?

  func run() throws {
    try reportingFailures {
      let (settings, deadline) = (try campaignSettings(), try deadline())
      let communicator = try Communicator.start(under: environment)
      let kernels = try agreeOnKernels(communicator)
      if communicator.rank == 0 {
        try conduct(communicator, kernels, settings, deadline)
      } else {
        try serve(communicator, kernels, settings)
      }
    }
  }

  // MARK: Rank zero

  private func conduct(
    _ communicator: Communicator, _ kernels: KernelTable, _ settings: CampaignSettings,
    _ deadline: ContinuousClock.Instant?
  ) throws {
    let prepared: PreparedStudy
    let writer: LedgerWriter
    let levels: ReferenceLevels
    let stopRequests: StopRequests
    do {
      let plain = try options.prepare()
      stopRequests = StopRequests(deadline: deadline)
      writer = try openLedger(plain.study, communicator, kernels, settings)
      levels = try referenceLevels(of: plain.study, in: writer)
      prepared =
        plain.study.levelRequests.isEmpty ? plain : try options.prepared(plain.study, levels: levels)
    } catch {
      // The other ranks wait for the study: an empty one tells them to leave. mpirun kills all ranks when one leaves with
      // another code than 0, so the message comes first and the code of the job is rank zero's.
      let failure = CommandFailure(error)
      printError(failure.message)
      _ = try? communicator.broadcast([])
      try? communicator.finish(patience: 5)
      throw CommandFailure(failure.code, "")
    }
    _ = try communicator.broadcast(Array(prepared.study.text.utf8))
    _ = try communicator.broadcast(levels.bytes)
    _ = try communicator.broadcast(agreement(prepared))

    let ending: CampaignEnding
    do {
      ending = try Campaign.conduct(
        prepared, kernels: kernels, settings: settings, communicator: communicator, ledger: writer,
        stopRequests: stopRequests)
    } catch {
      writer.close()
      let failure = CommandFailure(error)
      printError(failure.message)
      // What is committed is safe; nothing that another rank still has could be stored.
      communicator.abort(code: failure.code.rawValue)
    }
    let path = writer.path
    switch ending {
    case .done:
      try writer.finish(ending: "done")
      try? communicator.finish(patience: 30)
      try printOutput(StudyReport(LedgerReader.open(path: path)).text)
    case .stopped(let reason):
      try writer.finish(ending: reason.text)
      printError("\(reason.text); what is done is in \(path), and the same command continues")
      try? communicator.finish(patience: 1)
      throw CommandFailure(.stopped, "")
    }
  }

  /// The levels that the study needs: from the ledger, or searched and kept there.
  private func referenceLevels(of study: Study, in writer: LedgerWriter) throws -> ReferenceLevels {
    try ReferenceLevels(study, in: writer.reader) { request in
      if request.largestWidth > 6 {
        printError("searching the reference risks of widths up to \(request.largestWidth); this takes some seconds")
      }
      let levels = try request.search()
      try writer.storeLevels(key: request.key, bytes: levels.bytes)
      return levels
    }
  }

  private func openLedger(
    _ study: Study, _ communicator: Communicator, _ kernels: KernelTable, _ settings: CampaignSettings
  ) throws -> LedgerWriter {
    let path = output ?? "\(study.name).landfall"
    return try LedgerWriter.open(
      path: path,
      study: StudyRecord(study), cells: study.cells.map { CellRecord($0) },
      run: RunRecord(
        started: Date(), host: communicator.host, processID: Int(ProcessInfo.processInfo.processIdentifier),
        ranks: communicator.size, threads: settings.threads, kernelLevel: kernels.level.name,
        version: BuildInformation.version, revision: BuildInformation.revision, arithmetic: Arithmetic.version,
        compiler: BuildInformation.compiler, mpi: communicator.library,
        commandLine: CommandLine.arguments.joined(separator: " "), seed: study.sampling.seed),
      restating: { (stored, labels) throws(LedgerError) in try stored.restated(labels: labels, path: path) })
  }

  // MARK: The other ranks

  private func serve(
    _ communicator: Communicator, _ kernels: KernelTable, _ settings: CampaignSettings
  ) throws {
    let text = try communicator.broadcast([])
    guard !text.isEmpty else {
      // Rank zero has said why, and gives the job its exit code.
      try communicator.finish(patience: 5)
      throw CommandFailure(.done, "")
    }
    let levels = try communicator.broadcast([])
    let agreement = try communicator.broadcast([])
    let prepared: PreparedStudy
    do {
      let study = try Study.parse(
        text: String(decoding: text, as: UTF8.self), origin: .file("the study of rank zero"))
      prepared = try PreparedStudy(study, levels: ReferenceLevels(study.levelRequests, bytes: levels))
      guard self.agreement(prepared) == agreement else {
        throw CommandFailure(
          .messagePassing,
          "this rank has another study than rank zero (\(String(decoding: agreement.prefix { $0 != 10 }, as: UTF8.self)) "
            + "there, \(programText) here); start the same program on all hosts")
      }
    } catch {
      // What rank zero could read, this rank cannot: a data file that is not on its host, or another program.
      var failure = CommandFailure(error)
      failure.message = "rank \(communicator.rank) on \(communicator.host): \(failure.message)"
      failure.concernsThisRank = true
      throw failure
    }
    let isAtRest = try Campaign.serve(
      prepared, kernels: kernels, settings: settings, communicator: communicator)
    try? communicator.finish(patience: isAtRest ? 30 : 1)
  }

  private var programText: String { "landfall \(BuildInformation.version), arithmetic \(Arithmetic.version)" }

  /// What all ranks must agree on, or their trials were not of one study: the program, its arithmetic and every cell, line
  /// by line.
  private func agreement(_ prepared: PreparedStudy) -> [UInt8] {
    let lines = [programText] + prepared.study.cells.map { "\($0.key.text) \($0.label)" }
    return Array(lines.map { $0 + "\n" }.joined().utf8)
  }

  // MARK: Start

  private func campaignSettings() throws -> CampaignSettings {
    let isLaunched = environment.launcher != .none
    let threads = self.threads ?? (isLaunched ? 1 : availableProcessorCount())
    guard (1...1024).contains(threads) else {
      throw CommandFailure(.usage, "--threads must be from 1 to 1024 (it is \(threads))")
    }
    if let block, !(1...Campaign.largestBlock).contains(block) {
      throw CommandFailure(.usage, "--block must be from 1 to \(Campaign.largestBlock) trials (it is \(block))")
    }
    // Under mpirun standard output always looks like a terminal, so only a plain start may draw a bar.
    let isTerminal = !isLaunched && isatty(2) == 1
    return CampaignSettings(
      threads: threads, blockSize: block, progress: progress ?? (isTerminal ? .bar : .lines))
  }

  private func deadline() throws -> ContinuousClock.Instant? {
    try maxWalltime.map { text in
      guard let seconds = Duration.seconds(of: text) else {
        throw CommandFailure(
          .usage, "--max-walltime takes a time such as 90s, 50m or 1h30m, at most 3650d (it is \"\(text)\")")
      }
      return ContinuousClock.now + .seconds(seconds)
    }
  }

  /// The kernel level that all ranks use: the one asked for, or the widest that all of them have.
  private func agreeOnKernels(_ communicator: Communicator) throws -> KernelTable {
    let common = KernelLevel(rawValue: try communicator.minimum(KernelLevel.widest.rawValue)) ?? .baseline
    guard let kernel else { return KernelTable(common) }
    do throws(CommandFailure) {
      return KernelTable(try KernelLevel(option: kernel, upTo: common, on: "every processor of this job"))
    } catch {
      // All ranks come to the same conclusion; rank zero speaks.
      if communicator.rank == 0 { printError(error.message) }
      try? communicator.finish(patience: 5)
      throw CommandFailure(communicator.rank == 0 ? error.code : .done, "")
    }
  }
}

extension ProgressStyle: ExpressibleByArgument {}
