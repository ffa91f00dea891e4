import Archive
import ArgumentParser
import Campaign
import Foundation
import Kernels
import Landscape
import Ledger
import Reporting
import Studies

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a study, or continue it: outcomes go to a ledger, the report to standard output.",
    discussion: """
      Examples:
        landfall run inner-bias -o inner-bias.landfall
        mpirun -n 8 --bind-to none landfall run mine.yaml --trials 3000
        landfall run mine.yaml --set 'sampling.until={half-width: 0.01, at-most: 100000}'
        landfall run mine.yaml --add limit --cell 20
        landfall run mine.landfall

      The outcomes are the same bytes for every number of ranks and threads. A run that was killed continues with the \
      same command, or given its ledger in place of the study; more trials or more cells extend it.
      """)

  @OptionGroup var options: StudyOptions

  @Option(
    name: .shortAndLong, help: "The ledger, a new file or one to continue. Default: NAME.landfall", completion: .ledger)
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Run only the cells that this fits, such as 20 or learning-rate=0.1; the others stay as they are.",
      valueName: "cell"))
  var cell: String?

  @Option(
    help: ArgumentHelp(
      "Add to the trials that the ledger has: limit, or the name of an observable. They are trained again, compared bit by "
        + "bit, and get what they lack. Repeatable.", valueName: "name"))
  var add: [String] = []

  @Flag(
    help: "Lower the number of trials that the ledger is to have, and drop cells without trials, as the command says.")
  var shrink = false

  @Option(
    parsing: .unconditional,
    help: "Compute threads of each rank. Default: all processors without a launcher, 1 under one.")
  var threads: Int?

  @Option(
    help: """
      Stop after this time, such as 90s, 50m or 1h30m, and leave the rest for the same command. Blocks that are being \
      computed then get up to 60 seconds more.
      """)
  var maxWalltime: String?

  @Option(help: "Progress on standard error: bar, lines or off. Default: bar on a terminal, lines under a launcher.")
  var progress: ProgressStyle?

  @Option(parsing: .unconditional, help: "Trials of a block. Default: chosen by time.")
  var block: Int?

  @Option(help: "Kernel level: baseline, avx2 or avx512. Default: the widest that all ranks have.")
  var kernel: String?

  func run() throws {
    let selection = cell.map { CellSelection($0) }
    try reportingFailures {
      let settings = try settings()
      let campaign = try Campaign.join(
        under: environment, kernelLevel: try kernel.map { try KernelLevel(option: $0) }, settings: settings)
      // A ledger in place of the study is continued.
      let stored = LedgerReader.mayBeLedger(options.study) ? options.study : nil
      var places: [Int]?
      let ending = try campaign.run(
        ledger: output ?? stored, adding: add, shrinks: shrink,
        read: {
          guard let stored else { return try options.prepare() }
          let ledger = try LedgerReader.open(path: stored)
          let (study, cells) = try Study.continuing(ledger, overrides: options.overrides())
          places = cells
          return try options.prepared(study, levels: ReferenceLevels())
        },
        select: { try selection?.places(in: $0) ?? places ?? Array($0.cells.indices) },
        complete: { try options.prepared($0, levels: $1) })
      switch ending {
      case .done(let ledger):
        let report = try StudyReport(LedgerReader.open(path: ledger), ReportChoices(cells: selection))
        try printOutput(report.report().terminalText)
        // Not within the report, which others compare with that of another run.
        if settings.progress != .off {
          printError("figures, claims and the study as a page: \(Self.pageCommand(ledger))")
        }
      case .stopped: throw CommandFailure(.stopped, "")
      case .served: break
      }
    }
  }

  /// "landfall report a.landfall --format html > a.html"
  private static func pageCommand(_ ledger: String) -> String {
    let suffix = ".landfall"
    let page = (ledger.hasSuffix(suffix) ? String(ledger.dropLast(suffix.count)) : ledger) + ".html"
    return RunRecord.commandLine(["landfall", "report", RunRecord.operand(ledger), "--format", "html"]) + " > "
      + RunRecord.commandLine([RunRecord.operand(page)])
  }

  private func settings() throws -> CampaignSettings {
    let isLaunched = environment.launcher != .none
    let threads = self.threads ?? (isLaunched ? 1 : availableProcessorCount())
    guard (1...1024).contains(threads) else {
      throw CommandFailure(.usage, "--threads must be from 1 to 1024 (it is \(threads))")
    }
    if let block, !(1...Campaign.largestBlock).contains(block) {
      throw CommandFailure(.usage, "--block must be from 1 to \(Campaign.largestBlock) trials (it is \(block))")
    }
    let deadline = try maxWalltime.map { text in
      guard let seconds = Duration.seconds(of: text) else {
        throw CommandFailure(
          .usage, "--max-walltime takes a time such as 90s, 50m or 1h30m, at most 3650d (it is \"\(text)\")")
      }
      return ContinuousClock.now + .seconds(seconds)
    }
    // Under mpirun standard output always looks like a terminal, so only a plain start may draw a bar.
    let isTerminal = !isLaunched && isatty(2) == 1
    return CampaignSettings(
      threads: threads, blockSize: block, progress: progress ?? (isTerminal ? .bar : .lines), deadline: deadline)
  }
}

extension ProgressStyle: ExpressibleByArgument {}
