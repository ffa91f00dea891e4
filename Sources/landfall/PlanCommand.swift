import ArgumentParser
import Archive
import Campaign
import Kernels
import Landscape
import Reporting
import Studies
import Trials

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Time some trials of a study, and tell what the whole will take: core-hours, bytes, jobs, trials.",
    discussion: """
      Examples:
        landfall plan inner-bias --trials 100000
        landfall plan mine.yaml --ranks 64 --walltime 4h --seconds 60

      Trials of every cell are computed on one core, limits included, and forgotten. The interval is the narrower the longer \
      they are timed.
      """)

  @OptionGroup var options: StudyOptions

  @Option(
    help: ArgumentHelp("Time only the cells that this fits, such as 20 or learning-rate=0.1.", valueName: "cell"))
  var cell: String?

  @Option(parsing: .unconditional, help: "Seconds to time, of all cells together.")
  var seconds = 20.0

  @Option(
    parsing: .unconditionalSingleValue,
    help: "Ranks to tell the wall time for. Repeatable. Default: 1, and the processors of this machine.")
  var ranks: [Int] = []

  @Option(help: "What a job may take, such as 4h: how many jobs, each continuing the one before.")
  var walltime: String?

  @Option(parsing: .unconditional, help: "Half of the length of the interval, to tell the trials for.")
  var halfWidth = 0.01

  @Option(parsing: .unconditional, help: "A probability to exceed with confidence 99 %, to tell the trials for.")
  var atLeast = 0.999

  @Option(parsing: .unconditional, help: "A difference between two cells, to tell the trials for.")
  var difference = 0.05

  @Option(help: "text, json, csv or html.")
  var format = OutputFormat.text

  @Option(help: ArgumentHelp("With --format csv: cells (default), wall, targets.", valueName: "name"))
  var table: String?

  func run() throws {
    try reportingFailures {
      let choices = try choices()
      let plain = try options.prepare()
      let places = try cell.map { try CellSelection($0).places(in: plain.study) } ?? Array(plain.study.cells.indices)
      let prepared =
        plain.study.levelRequests.isEmpty
        ? plain : try options.prepared(plain.study, levels: ReferenceLevels(searching: plain.study) { printError($0) })
      let kernels = KernelTable(.widest)
      let timings = places.map { place in
        let runner = prepared.runners[place]
        return runner.timing(
          for: seconds / Double(places.count), limit: prepared.study.trials(of: runner.cell), kernels: kernels)
      }
      let report = PlanReport(
        prepared, cells: places, timings: timings, kernelLevel: kernels.level.name, choices)
      try printOutput(format.render(report.report, table: table))
    }
  }

  private func choices() throws -> PlanReport.Choices {
    var choices = PlanReport.Choices()
    guard seconds > 0, seconds.isFinite else {
      throw CommandFailure(.usage, "--seconds must be greater than 0 (it is \(seconds))")
    }
    for (name, value) in [("--half-width", halfWidth), ("--at-least", atLeast), ("--difference", difference)] {
      guard 0 < value, value < (name == "--at-least" ? 1 : 0.5) else {
        throw CommandFailure(
          .usage, "\(name) must lie between 0 and \(name == "--at-least" ? "1" : "0.5") (it is \(value))")
      }
    }
    if let wrong = ranks.first(where: { $0 < 1 }) {
      throw CommandFailure(.usage, "--ranks must be at least 1 (it is \(wrong))")
    }
    choices.ranks = ranks.isEmpty ? Array(Set([1, availableProcessorCount()])).sorted() : ranks
    (choices.halfWidth, choices.probability, choices.difference) = (halfWidth, atLeast, difference)
    choices.jobSeconds = try walltime.map { text in
      guard let seconds = Duration.seconds(of: text) else {
        throw CommandFailure(.usage, "--walltime takes a time such as 90s, 50m or 4h (it is \"\(text)\")")
      }
      return Double(seconds)
    }
    return choices
  }
}
