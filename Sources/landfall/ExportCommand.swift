import ArgumentParser
import Ledger
import Reporting

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the outcomes trial by trial as CSV to standard output.",
    discussion: """
      Example: landfall export inner-bias.landfall > outcomes.csv

      The bytes depend on the study and the number of trials alone, not on ranks, threads, machine or time.
      """)

  @Argument(help: "A ledger.")
  var file: String

  func run() throws {
    try reportingFailures {
      let leftOut = try OutcomeExport.csv(LedgerReader.open(path: file)) { try printOutput($0) }
      if leftOut > 0 {
        printError("\(leftOut) stored trials behind a gap are left out: the run is not complete")
      }
    }
  }
}
