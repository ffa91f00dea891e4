import ArgumentParser
import Campaign
import Ledger
import Reporting

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the outcomes trial by trial as CSV to standard output.",
    discussion: """
      Examples:
        landfall export inner-bias.landfall > outcomes.csv
        landfall export inner-bias.landfall --cell 20 > outcomes-20.csv

      The bytes depend on the study and the number of trials alone, not on ranks, threads, machine or time.
      """)

  @Argument(help: "A ledger.", completion: .ledger)
  var file: String

  @Option(help: "Only the cells that this fits, such as 20 or learning-rate=0.1.")
  var cell: String?

  func run() throws {
    try reportingFailures {
      let leftOut = try OutcomeExport.csv(
        LedgerReader.open(path: file), cells: cell.map { CellSelection($0) }
      ) { try printOutput($0) }
      if leftOut > 0 {
        printError("\(leftOut) stored trials behind a gap are left out: the run is not complete")
      }
    }
  }
}
