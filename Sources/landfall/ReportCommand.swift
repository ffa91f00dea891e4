import ArgumentParser
import Ledger
import Reporting

struct ReportCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case csv

    /// The text of this format; the others are not made.
    func choose(
      text: @autoclosure () -> String, json: @autoclosure () -> String, csv: @autoclosure () -> String
    ) -> String {
      switch self {
      case .text: text()
      case .json: json()
      case .csv: csv()
      }
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Print the estimates of a ledger: probabilities with bounds, risks, times.",
    discussion: "Example: landfall report inner-bias.landfall --format json")

  @Argument(help: "A ledger.")
  var file: String

  @Option(help: "text, json or csv.")
  var format = Format.text

  @Flag(help: "Bounds that hold for all cells together (Bonferroni).")
  var simultaneous = false

  func run() throws {
    try reportingFailures {
      let report = try StudyReport(LedgerReader.open(path: file), simultaneous: simultaneous)
      try printOutput(format.choose(text: report.text, json: report.json, csv: report.csv))
    }
  }
}
