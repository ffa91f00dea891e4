import ArgumentParser
import Archive
import Campaign
import Ledger
import Outcomes
import Reporting
import Studies

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Recompute one trial of a ledger alone and compare its bits.",
    discussion: """
      Examples:
        landfall replay inner-bias.landfall 20 17
        landfall replay mine.landfall "8 learning-rate=0.1" 0 --study mine.yaml --format json

      Exit code 3 if a bit of what training determines differs from what is stored.
      """)

  @Argument(help: "A ledger.", completion: .ledger)
  var file: String

  @Argument(help: "The cell, such as 20 or learning-rate=0.1.")
  var cell: String

  @Argument(help: "The trial, from 0.")
  var trial: Int

  @Option(help: "The study file, where the study learns from a data file.", completion: .study)
  var study: String?

  @Option(help: "text, json, csv or html.")
  var format = OutputFormat.text

  func run() throws {
    try reportingFailures {
      guard (0..<TrialIndex.limit).contains(trial) else {
        throw CommandFailure(.usage, "a trial index is from 0 on (it is \(trial))")
      }
      let ledger = try openLedger(file)
      let replay = try Replay(ledger, source: study.map { try Study.load($0) })
      let place = try CellSelection(cell).place(in: replay.study.cellSettings)
      let key = replay.study.cells[place].key
      if try ledger.crashes().contains(where: { $0.cell == key && $0.trial.value == trial }) {
        printError(
          "trial \(trial) of cell \(cell) crashed when it was run: now this program may end by the same signal")
      }
      let report = try ReplayReport(replay, ledger, cell: CellSelection(cell), trial: TrialIndex(trial))
      try printOutput(format.render(report.report))
      if let failure = report.failure { throw CommandFailure(.ledger, failure) }
    }
  }
}
