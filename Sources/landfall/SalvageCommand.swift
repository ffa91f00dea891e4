import Archive
import ArgumentParser
import Foundation
import Ledger
import Reporting
import Studies

struct SalvageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "salvage",
    abstract: "Copy every sound block of a damaged ledger to a new one, which landfall run then completes.",
    discussion: """
      Examples:
        landfall salvage damaged.landfall -o sound.landfall
        landfall salvage damaged.landfall -o sound.landfall --study inner-bias --set training.steps=500

      What is copied has its checksums; the damaged ledger stays as it is.
      """)

  @Argument(help: "A ledger.", completion: .ledger)
  var file: String

  @Option(name: .shortAndLong, help: "The new ledger, a file that does not exist yet.", completion: .ledger)
  var output: String

  @Option(
    help: "The study, a file or the name of a built-in one, where that in the ledger is damaged.", completion: .study)
  var study: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("With --study: replace a value of it, as in landfall run. Repeatable.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: "text, json, csv or html.")
  var format = OutputFormat.text

  func validate() throws {
    if study == nil, !settings.isEmpty { throw ValidationError("--set is for --study") }
  }

  func run() throws {
    try reportingFailures {
      let overrides = try settings.map { try Override(argument: $0) }
      let given = try study.map { try Study.load($0, overrides: overrides) }
      let salvage = try Salvage(
        file, to: output, study: given, host: ProcessInfo.processInfo.hostName, mpi: "none")
      try printOutput(format.render(SalvageReport(salvage, path: output).report))
    }
  }
}
