import ArgumentParser
import Kernels
import Reporting
import Studies
import Trials

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

  @Argument(help: "A study file or the name of a built-in study. Default: a selection of built-in studies.")
  var study: String?

  @Option(name: .customLong("set"), help: "Replace a value of the study, as in landfall run.")
  var settings: [String] = []

  @Option(help: "Networks that are trained. Default: 8 with independent streams, at most 300 with a shared one.")
  var networks: Int?

  @Option(help: "Seconds of a repetition.")
  var seconds = 0.2

  @Option(help: "Repetitions of each figure.")
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
    try kernel.map { try KernelLevel(option: $0, upTo: .widest, on: "this processor") }
  }

  // MARK: One study

  private struct Figures: Encodable {
    struct Cell: Encodable {
      let cell: String
      let kernel: String
      let precision: String
      let stream: String
      let networks: Int
      let steps: Int
      /// Seconds per network and step, one for each repetition.
      let seconds: [Double]
      let denseOperationsPerStep: Double
    }

    /// Of this document.
    let schema = 1
    let level: String
    let peakOperationsPerSecond: Double
    var cells: [Cell]
  }

  private func measure(_ name: String, level: KernelLevel) throws {
    let benchmark = KernelBenchmark(kernels: KernelTable(level), repetitions: repetitions)
    var figures = Figures(level: level.name, peakOperationsPerSecond: benchmark.peak(), cells: [])
    let overrides = try settings.map { try Override(argument: $0) }
    let count = try Study.load(name, overrides: overrides).cells.count
    for index in 0..<count {
      figures.cells.append(try figure(name, overrides, cell: index, benchmark))
    }
    switch format {
    case .json: try printOutput(ReportText.json(figures))
    case .text:
      try printPeak(level, figures.peakOperationsPerSecond)
      for cell in figures.cells { try printOutput("  \(line(cell, peak: figures.peakOperationsPerSecond))\n") }
    }
  }

  private static let fewestSteps = 50

  /// Times a cell with as many steps as fit into a repetition.
  private func figure(
    _ name: String, _ overrides: [Override], cell: Int, _ benchmark: KernelBenchmark
  ) throws -> Figures.Cell {
    func runner(steps: Int) throws -> CellRunner {
      let limits = [("training.steps", "\(steps)"), ("trajectory.checkpoints", "[0]")]
      let prepared = try PreparedStudy(
        named: name, overrides: overrides + limits.map { Override(key: $0.0, value: $0.1) })
      return prepared.runners[cell]
    }
    let probe = try runner(steps: 20)
    var networks = networks ?? (probe.cell.training.batchStream == .shared ? 300 : 8)
    var steps = benchmark.steps(probe, networks: networks, seconds: seconds)
    // Few steps say little.
    if self.networks == nil, steps < Self.fewestSteps {
      networks = max(16, networks * steps / Self.fewestSteps)
      steps = benchmark.steps(probe, networks: networks, seconds: seconds)
    }
    let timed = try runner(steps: steps)
    let (seconds, diverged) = benchmark.secondsPerStep(
      timed, beginning: try runner(steps: max(1, steps / 5)), networks: networks)
    if diverged > 0 {
      printError(
        "cell \(timed.cell.label): \(diverged) of \(networks) networks diverged while they were timed, and were done early; "
          + "choose a smaller training.learning-rate")
    }
    return Figures.Cell(
      cell: timed.cell.label, kernel: timed.cell.kernel.rawValue, precision: timed.cell.training.precision.rawValue,
      stream: timed.cell.training.batchStream.rawValue, networks: networks, steps: steps,
      seconds: seconds,
      denseOperationsPerStep: timed.denseOperationsPerStep)
  }

  private func line(_ cell: Figures.Cell, peak: Double) -> String {
    let least = cell.seconds.min()!
    let dense = cell.denseOperationsPerStep / least
    return "\(cell.cell), \(cell.kernel), \(cell.precision), \(cell.stream) streams: \(rounded(least * 1e6)) us, "
      + "dense \(rounded(dense / 1e9)) GFLOP/s, \(rounded(100 * dense / peak)) % of the peak"
  }

  // MARK: The selection

  private func measureSelection(_ level: KernelLevel) throws {
    let benchmark = KernelBenchmark(kernels: KernelTable(level), repetitions: repetitions)
    let peak = benchmark.peak()
    try printPeak(level, peak)
    let selection: [(study: String, cells: String, kernel: String)] = [
      ("shallow-he", "[[32]]", "auto"), ("shallow-he", "[[32]]", "dense-networks"),
      ("inner-bias", "[[5], [20], [100]]", "auto"), ("clipping", "[[100]]", "auto"),
      ("deep-xavier-adam", "[[50, 50]]", "auto"), ("deep-xavier-adam", "[[50, 50]]", "dense-neurons"),
      ("three-layer-he", "[[32, 32, 32]]", "auto"), ("three-layer-he", "[[32, 32, 32]]", "dense-neurons"),
    ]
    for (study, cells, kernel) in selection {
      for stream in ["independent", "shared"] {
        let overrides = [
          ("network.hidden", cells), ("training.kernel", kernel), ("training.batch.stream", stream),
        ].map { Override(key: $0.0, value: $0.1) }
        for index in try Study.load(study, overrides: overrides).cells.indices {
          let cell = try figure(study, overrides, cell: index, benchmark)
          try printOutput("  \(study) \(line(cell, peak: peak))\n")
        }
      }
    }
  }

  private func printPeak(_ level: KernelLevel, _ peak: Double) throws {
    try printOutput("\(level.name): peak \(rounded(peak / 1e9)) GFLOP/s\n")
  }

  private func rounded(_ value: Double) -> String {
    let scale = value < 10 ? 1000.0 : 10.0
    return "\((value * scale).rounded() / scale)"
  }
}
