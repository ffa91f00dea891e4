import ArgumentParser
import Archive
import Campaign
import Ledger
import Outcomes
import Reporting
import Studies
import Texts

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the outcomes trial by trial, as CSV or as arrays for NumPy.",
    discussion: """
      Examples:
        landfall export inner-bias.landfall > outcomes.csv
        landfall export inner-bias.landfall --cell 20 > outcomes-20.csv
        landfall export inner-bias.landfall --format npy -o outcomes
        landfall export inner-bias.landfall --cell 20 --parameters networks-20 --trials 0-99

      The bytes of the outcomes depend on the study and the number of trials alone, not on ranks, threads, machine or time.
      """)

  @Argument(help: "A ledger.", completion: .ledger)
  var file: String

  @Option(help: "Only the cells that this fits, such as 20 or learning-rate=0.1.")
  var cell: String?

  @Option(help: "csv, or npy: a folder of arrays, one a column, which NumPy maps into memory.")
  var format = ExportFormat.csv

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file, or with --format npy the folder, instead of standard output.", valueName: "path"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Write the networks of one cell into this folder instead, recomputed: at initialization, trained, and at the limit, "
        + "as npy and CSV.", valueName: "folder"))
  var parameters: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("With --parameters: the trials, such as 0-99 or 17. Default: all.", valueName: "first-last"))
  var trials: String?

  @Option(help: "With --parameters: the study file, where the study learns from a data file.", completion: .study)
  var study: String?

  func validate() throws {
    if parameters == nil, trials != nil || study != nil {
      throw ValidationError("--trials and --study are for --parameters FOLDER")
    }
    if parameters != nil, output != nil || format != .csv {
      throw ValidationError("--parameters writes npy and CSV into its folder; leave out --format and --output")
    }
    if format == .npy, output == nil { throw ValidationError("--format npy writes a folder: name it (-o FOLDER)") }
    if parameters != nil, cell == nil { throw ValidationError("--parameters is about one cell: name it (--cell)") }
  }

  /// "0-99" or "17".
  private func trialRange() throws -> Range<Int>? {
    guard let trials else { return nil }
    let ends = trials.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
      0..<TrialIndex.limit ~= last
    else { throw CommandFailure(.usage, "--trials takes a range such as 0-99 or 17 (it is \"\(trials)\")") }
    return first..<last + 1
  }

  func run() throws {
    try reportingFailures {
      if let parameters, let cell {
        let ledger = try openLedger(file)
        let replay = try Replay(ledger, source: study.map { try Study.load($0) })
        let written = try ParameterExport.write(
          replay, ledger, cell: CellSelection(cell), trials: trialRange(), to: parameters)
        printError(
          "\(parameters): the networks of \(counted(written.count, "trial")), from trial \(written.lowerBound) on")
        return
      }
      let (ledger, cells) = (try openLedger(file), cell.map { CellSelection($0) })
      let leftOut =
        switch (format, output) {
        case (.csv, nil): try OutcomeExport.csv(ledger, cells: cells) { try printOutput($0) }
        case (.csv, let path?):
          try writingFile(path) { write in try OutcomeExport.csv(ledger, cells: cells, write: write) }
        case (.npy, let folder): try ArrayExport.write(ledger, cells: cells, to: folder ?? ".")
        }
      if leftOut > 0 {
        printError("\(leftOut) stored trials behind a gap are left out: the run is not complete")
      }
    }
  }
}

/// The formats of outcomes.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
  case csv, npy
}
