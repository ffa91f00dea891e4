import ArgumentParser
import Campaign

/// What a run starts to find a trial that traps; not for people.
struct TryTrialsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: TrialAttempt.verb, abstract: "Train some trials of the study on standard input, and keep nothing.",
    shouldDisplay: false)

  @Argument(help: "The key of the cell.")
  var cell: String

  @Argument(help: "The first trial.")
  var first: Int

  @Argument(help: "The last trial.")
  var last: Int

  @Option(help: "Kernel level.")
  var kernel: String

  @Option(help: "The process that waits.")
  var parent: Int

  func run() throws {
    try reportingFailures {
      try TrialAttempt.run(cell: cell, first: first, last: last, kernel: kernel, parent: parent)
    }
  }
}
