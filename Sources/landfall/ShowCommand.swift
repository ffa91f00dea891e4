import ArgumentParser
import Ledger
import Reporting

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print what a ledger is about: its study as YAML, its cells and runs, its arithmetic.",
    discussion: "Example: landfall show inner-bias.landfall")

  @Argument(help: "A ledger.", completion: .ledger)
  var file: String

  @Option(help: "text, json, csv or html.")
  var format = OutputFormat.text

  func run() throws {
    try reportingFailures {
      try printOutput(format.render(ShowReport(openLedger(file)).report))
    }
  }
}
