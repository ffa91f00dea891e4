import ArgumentParser
import Ledger
import Reporting

struct ReportCommand: ParsableCommand {
  enum Table: String, ExpressibleByArgument, CaseIterable {
    case cells
    case landscape
  }

  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Print the estimates of a ledger: probabilities with bounds, risks, times.",
    discussion: """
      Examples:
        landfall report inner-bias.landfall --format json
        landfall report shallow-he.landfall --classes
        landfall report ladder.landfall --format csv --table landscape
      """)

  @Argument(help: "A ledger.")
  var file: String

  @Option(help: "text, json or csv.")
  var format = OutputFormat.text

  @Option(
    help:
      "With --format csv: cells, one line a cell, or landscape, kinds and levels of limits."
  )
  var table = Table.cells

  @Flag(help: "Bounds that hold for all cells together (Bonferroni).")
  var simultaneous = false

  @Flag(
    help: "Kinds of limits also where the study does not ask for them: of the trials whose flow was followed.")
  var classes = false

  private func csv(_ report: StudyReport) throws -> String {
    switch table {
    case .cells: report.csv
    case .landscape: try report.landscapeCSV()
    }
  }

  func run() throws {
    try reportingFailures {
      if table == .landscape && format != .csv {
        throw CommandFailure(
          .usage, "--table landscape is for --format csv: text and json contain kinds and levels anyway")
      }
      let report = try StudyReport(LedgerReader.open(path: file), simultaneous: simultaneous, classes: classes)
      try printOutput(try format.choose(text: report.text, json: report.json, csv: csv(report)))
    }
  }
}
