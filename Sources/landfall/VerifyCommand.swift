import Archive
import ArgumentParser
import Ledger
import Reporting
import Studies

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read everything in a ledger, recompute a random sample of its trials and compare bits.",
    discussion: """
      Examples:
        landfall verify inner-bias.landfall
        landfall verify inner-bias.landfall --share 0.05 --seed 7 --cell 20 --format json

      Says with which confidence how many of the stored trials could be wrong. Exit code 3 if a checksum or a bit of what \
      training determines differs from what is stored.
      """)

  @Argument(help: "A ledger.", completion: .ledger)
  var file: String

  @Option(parsing: .unconditional, help: "How many trials to recompute, at most all. Default: 100.")
  var trials: Int?

  @Option(parsing: .unconditional, help: "Which share of the trials to recompute, from 0 to 1, instead of a number.")
  var share: Double?

  @Option(parsing: .unconditional, help: "The seed of the sample. Default: 1.")
  var seed: UInt64 = 1

  @Option(parsing: .unconditional, help: "Confidence of the bound of how many are wrong, between 0 and 1.")
  var confidence = 0.99

  @Option(help: ArgumentHelp("Only the cells that this fits, such as 20 or learning-rate=0.1.", valueName: "cell"))
  var cell: String?

  @Option(help: "The study file, where the study learns from a data file.", completion: .study)
  var study: String?

  @Option(help: "text, json, csv or html.")
  var format = OutputFormat.text

  private static let standardTrials = 100

  func run() throws {
    try reportingFailures {
      let sample = try sampleSize()
      guard 0 < confidence, confidence < 1 else {
        throw CommandFailure(.usage, "--confidence must lie between 0 and 1, such as 0.99 (it is \(confidence))")
      }
      let ledger = try openLedger(file)
      let replay = try Replay(ledger, source: study.map { try Study.load($0) })
      let report = try VerifyReport(
        replay, ledger, cells: cell.map { CellSelection($0) }, sample: sample, seed: seed, confidence: confidence)
      try printOutput(format.render(report.report))
      if let failure = report.failure { throw CommandFailure(.ledger, failure) }
    }
  }

  private func sampleSize() throws -> Verification.SampleSize {
    guard let share else {
      guard trials ?? 0 >= 0 else {
        throw CommandFailure(.usage, "--trials must be at least 0 (it is \(trials ?? 0))")
      }
      return .trials(trials ?? Self.standardTrials)
    }
    guard trials == nil else { throw CommandFailure(.usage, "give --trials or --share, not both") }
    guard 0 <= share, share <= 1 else {
      throw CommandFailure(.usage, "--share must lie between 0 and 1, such as 0.05 (it is \(share))")
    }
    return .share(share)
  }
}
