import ArgumentParser
import Ledger
import Outcomes
import Reporting
import Studies
import Trials

struct TrajectoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trajectory",
    abstract: "Print how risk, gradient norms, distance to the final iterate and parameter norm go during training.",
    discussion: """
      Examples:
        landfall trajectory inner-bias.landfall
        landfall trajectory inner-bias.landfall --cell 20 --quantity all --format csv > laws.csv
        landfall trajectory inner-bias.landfall --quantiles 0.25,0.5,0.75 --at-most 1e-2 1e-3
        landfall trajectory inner-bias.landfall --simultaneous
        landfall trajectory inner-bias.landfall --trial 0

      The laws over the trials of a cell at the checkpoints of its study. Quantiles are those of a histogram with 64 \
      bins a decade; P(risk <= eps) is exact.
      """)

  @Argument(help: "A ledger.", completion: .ledger)
  var file: String

  @Option(help: "Only the cells that this fits, such as 20, 50-50 or learning-rate=0.1.")
  var cell: String?

  @Option(
    help: ArgumentHelp(
      "\(Measurement<MeasuredCheckpoint>.all.map(\.observable.name).joined(separator: ", ")), or all.",
      valueName: "word")
  )
  var quantity = Self.defaults.quantity

  @Option(help: "text, json, csv or html.")
  var format = OutputFormat.text

  @Option(help: "Shares of the quantiles, from 0 to 1, separated by commas.")
  var quantiles = Self.defaults.quantiles

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Bounds eps for P(quantity <= eps). Default: the bound of the study's verdict, for the risk.", valueName: "eps"))
  var atMost: [Double] = []

  @Flag(help: "Bounds that hold at all checkpoints of all cells together (Bonferroni).")
  var simultaneous = false

  @Option(parsing: .unconditional, help: "Print the whole trajectory of this trial, if the study keeps it.")
  var trial: Int?

  private static let defaults = (quantity: "risk", quantiles: "0.05,0.5,0.95")

  func validate() throws {
    let isPlain =
      quantity == Self.defaults.quantity && quantiles == Self.defaults.quantiles && atMost.isEmpty && !simultaneous
    guard trial == nil || isPlain else {
      throw ValidationError(
        "--trial prints all quantities; leave out --quantity, --quantiles, --at-most and --simultaneous")
    }
  }

  func run() throws {
    try reportingFailures {
      let cells = cell.map { CellSelection($0) }
      if let trial {
        guard (0..<TrialIndex.limit).contains(trial) else {
          throw CommandFailure(.usage, "--trial takes a trial index from 0 on (it is \(trial))")
        }
        let report = try TrialTrajectoryReport(openLedger(file), cells: cells, trial: TrialIndex(trial))
        try printOutput(format.render(report.report))
      } else {
        let shares = try chosenShares()
        if let bound = atMost.first(where: { !($0 >= 0) }) {
          throw CommandFailure(.usage, "--at-most takes bounds that are not negative (one is \(bound))")
        }
        let report = try TrajectoryReport(
          openLedger(file), cells: cells, quantities: quantity == "all" ? nil : [quantity], shares: shares,
          bounds: atMost.isEmpty ? nil : atMost, simultaneous: simultaneous)
        try printOutput(format.render(report.report))
      }
    }
  }

  private func chosenShares() throws -> [Double] {
    try quantiles.split(separator: ",", omittingEmptySubsequences: false).map { text in
      guard let share = Double(text), 0 <= share, share <= 1 else {
        throw CommandFailure(
          .usage, "--quantiles takes shares from 0 to 1, separated by commas (one of \"\(quantiles)\" is \"\(text)\")")
      }
      return share
    }
  }
}
