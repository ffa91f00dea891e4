import ArgumentParser
import Ledger
import Reporting

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what of a study is done and how its runs ended; works while a run writes the ledger.",
    discussion: "Example: landfall status inner-bias.landfall")

  @Argument(help: "A ledger.", completion: .ledger)
  var file: String

  @Option(help: "text, json, csv or html.")
  var format = OutputFormat.text

  func run() throws {
    try reportingFailures {
      try printOutput(format.render(StatusReport(openLedger(file)).report))
    }
  }
}
