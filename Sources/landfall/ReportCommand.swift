import ArgumentParser
import Ledger
import Reporting

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Print the estimates of a ledger: probabilities with bounds, risks, times.",
    discussion: """
      Examples:
        landfall report inner-bias.landfall --format json
        landfall report shallow-he.landfall --cell 8 --classes
        landfall report ladder.landfall --format csv --table landscape
        landfall report ladder.landfall --format html > ladder.html
      """)

  @Argument(help: "A ledger.", completion: .ledger)
  var file: String

  @Option(help: "text, json, csv or html.")
  var format = OutputFormat.text

  @Option(
    help: ArgumentHelp(
      "With --format csv: cells (default), observables, landscape (kinds and levels of limits), reference_levels, runs.",
      valueName: "name"))
  var table: String?

  @Option(help: ArgumentHelp("Only the cells that this fits, such as 20 or learning-rate=0.1.", valueName: "cell"))
  var cell: String?

  @Flag(help: "A table of the quantities that are measured in every trial.")
  var observables = false

  @Flag(help: "Bounds that hold for all cells together (Bonferroni).")
  var simultaneous = false

  @Flag(
    help: "Kinds of limits also where the study does not ask for them: of the trials whose flow was followed.")
  var classes = false

  func run() throws {
    try reportingFailures {
      let report = try StudyReport(
        LedgerReader.open(path: file), cells: cell.map { CellSelection($0) }, simultaneous: simultaneous,
        classes: classes)
      if let table, let reason = report.unavailability(ofTable: table) { throw CommandFailure(.usage, reason) }
      try printOutput(format.render(report.report(showsObservables: observables), table: table))
    }
  }
}
