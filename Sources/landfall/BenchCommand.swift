import ArgumentParser
import Campaign
import Foundation
import Kernels
import Studies
import Trials
import Texts

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the kernels on this machine: time per network and optimizer step, one thread.",
    discussion: """
      Examples:
        landfall bench
        landfall bench deep-he --set training.batch.stream=shared --set training.kernel=dense-neurons

      The whole training loop counts: random numbers, batches, gradients, updates. Each figure is the least of several \
      repetitions. Dense GFLOP/s are those that a kernel without any algorithmic trick would do in the same time; the \
      peak is that of independent multiply-adds in single precision, measured beside them.
      """)

  @Argument(
    help: "A study file or the name of a built-in study. Default: a selection of built-in studies.", completion: .study)
  var study: String?

  @Option(name: .customLong("set"), help: "Replace a value of the study, as in landfall run.")
  var settings: [String] = []

  @Option(
    parsing: .unconditional,
    help: "Networks that are trained. Default: 8 with independent streams, at most 300 with a shared one.")
  var networks: Int?

  @Option(parsing: .unconditional, help: "Seconds of a repetition.")
  var seconds = 0.2

  @Option(parsing: .unconditional, help: "Repetitions of each figure.")
  var repetitions = 7

  @Option(help: "Kernel level: baseline, avx2 or avx512. Default: the widest; without a study, all.")
  var kernel: String?

  @Option(help: "text or json.")
  var format = TextOrJSON.text

  func validate() throws {
    guard networks ?? 1 >= 1, repetitions >= 1, seconds > 0, seconds.isFinite else {
      throw ValidationError("networks and repetitions must be at least 1, seconds greater than 0")
    }
    guard study != nil || (settings.isEmpty && networks == nil && format == .text) else {
      throw ValidationError("--set, --networks and --format json need a study")
    }
  }

  func run() throws {
    try reportingFailures {
      if let study {
        try measure(study, level: try chosenLevel() ?? .widest)
      } else {
        for level in try chosenLevel().map({ [$0] }) ?? KernelLevel.supported { try measureSelection(level) }
      }
    }
  }

  private func chosenLevel() throws -> KernelLevel? {
    guard let kernel else { return nil }
    let level = try KernelLevel(option: kernel)
    try level.check(within: .widest, on: "this processor")
    return level
  }

  private func benchmark(_ level: KernelLevel) -> StudyBenchmark {
    StudyBenchmark(
      kernels: KernelTable(level), repetitions: repetitions, networks: networks, seconds: seconds)
  }

  // MARK: One study

  private struct Figures: Encodable {
    /// Of this document.
    let schema = 1
    let level: String
    let peakOperationsPerSecond: Double
    var cells: [StudyBenchmark.Timing] = []
  }

  private func measure(_ name: String, level: KernelLevel) throws {
    let benchmark = benchmark(level)
    var figures = Figures(level: level.name, peakOperationsPerSecond: benchmark.peak)
    try benchmark.timings(of: name, overrides: try settings.map { try Override(argument: $0) }) { timing in
      noteDivergence(timing)
      figures.cells.append(timing)
    }
    switch format {
    case .json: try printOutput(Self.json(figures))
    case .text:
      try printPeak(level, benchmark.peak)
      for timing in figures.cells { try printOutput("  \(line(timing, benchmark.peak))\n") }
    }
  }

  private static func json(_ figures: Figures) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(figures), as: UTF8.self) + "\n"
  }

  // MARK: The selection

  private func measureSelection(_ level: KernelLevel) throws {
    let benchmark = benchmark(level)
    try printPeak(level, benchmark.peak)
    for (study, cells, kernel) in StudyBenchmark.selection {
      for stream in ["independent", "shared"] {
        let overrides = [
          ("network.hidden", cells), ("training.kernel", kernel), ("training.batch.stream", stream),
        ].map { Override(key: $0.0, value: $0.1) }
        try benchmark.timings(of: study, overrides: overrides) { timing in
          noteDivergence(timing)
          try printOutput("  \(study) \(line(timing, benchmark.peak))\n")
        }
      }
    }
  }

  // MARK: Lines

  private func noteDivergence(_ timing: StudyBenchmark.Timing) {
    guard timing.diverged > 0 else { return }
    printError(
      "cell \(timing.cell): \(timing.diverged) of \(counted(timing.networks, "network")) diverged while they were timed, and were done "
        + "early; choose a smaller training.learning-rate")
  }

  private func line(_ timing: StudyBenchmark.Timing, _ peak: Double) -> String {
    let line =
      "\(timing.cell), \(timing.kernel), \(timing.precision), \(timing.stream) streams: "
      + "\(rounded(timing.leastSeconds * 1e6)) us"
    guard let dense = timing.denseOperationsPerSecond else { return line }
    return "\(line), dense \(rounded(dense / 1e9)) GFLOP/s, \(rounded(100 * dense / peak)) % of the peak"
  }

  private func printPeak(_ level: KernelLevel, _ peak: Double) throws {
    try printOutput("\(level.name): peak \(rounded(peak / 1e9)) GFLOP/s\n")
  }

  private func rounded(_ value: Double) -> String {
    let scale = value < 10 ? 1000.0 : 10.0
    return "\((value * scale).rounded() / scale)"
  }
}
