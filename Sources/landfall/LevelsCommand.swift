import ArgumentParser
import Campaign
import Kernels
import Landscape
import Reporting
import Studies

struct LevelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "levels",
    abstract: "Print the reference risks of a study: the optimum m_h of every width and the ladder D_k.",
    discussion: """
      Example: landfall levels shallow-normal

      m_h, the smallest risk of shallow networks of width h, is searched for widths up to 10; D_k, the smallest risk of k \
      lines that need not join, up to 41. They exist for shallow relu and leaky-relu networks (D_k alone for clipping) with \
      a scalar input on an interval, uniform or with a piecewise polynomial density.
      """)

  @OptionGroup var options: StudyOptions

  @Option(help: "text, json, csv or html.")
  var format = OutputFormat.text

  @Option(
    help: ArgumentHelp(
      "With --format csv: optima (default), ladder, parts, frozen_bounds, unavailable.", valueName: "name"))
  var table: String?

  private static let trialsWithBounds = 101

  func run() throws {
    try reportingFailures {
      let prepared = try options.prepare()
      do {
        let kernels = KernelTable(.widest)
        let report = try LevelsReport(prepared.study) {
          try $0.search { printError($0) }
        } frozenBounds: {
          prepared.runners[$0].frozenBounds(of: 0..<Self.trialsWithBounds, kernels: kernels)
        }
        guard !report.parts.isEmpty else {
          throw CommandFailure(.usage, "\(options.study): \(report.unavailable[0].reason)")
        }
        try printOutput(format.render(report.report, table: table))
      } catch let error as LevelError {
        throw CommandFailure(.usage, "\(options.study): \(error)")
      }
    }
  }
}
