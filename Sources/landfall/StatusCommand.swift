import ArgumentParser
import Ledger
import Reporting

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what of a study is done and how its runs ended; works while a run writes the ledger.",
    discussion: "Example: landfall status inner-bias.landfall")

  @Argument(help: "A ledger.")
  var file: String

  func run() throws {
    try reportingFailures {
      try printOutput(StatusReport(LedgerReader.open(path: file)).text)
    }
  }
}
