import Kernels
import Studies

/// Times the cells of studies on this machine, with as many steps as fit into a repetition.
public struct StudyBenchmark: Sendable {
  /// The times of a cell.
  public struct Timing: Sendable, Encodable {
    public let cell: String
    /// The hidden widths, which the label says, as data.
    public let hidden: [Int]
    public let kernel: String
    public let precision: String
    public let stream: String
    public let networks: Int
    public let steps: Int
    /// Seconds per network and step, one for each repetition.
    public let seconds: [Double]
    /// Nil for a method without batches.
    public let denseOperationsPerStep: Double?
    /// How many of the networks diverged, and were done early.
    public let diverged: Int

    private enum CodingKeys: CodingKey {
      case cell, hidden, kernel, precision, stream, networks, steps, seconds, denseOperationsPerStep
    }

    public var leastSeconds: Double { seconds.min()! }
    /// Floating-point operations per second of a kernel without any algorithmic trick that took the same time; nil for a
    /// method without batches.
    public var denseOperationsPerSecond: Double? { denseOperationsPerStep.map { $0 / leastSeconds } }
  }

  /// What is timed where no study is named.
  public static let selection: [(study: String, cells: String, kernel: String)] = [
    ("shallow-he", "[[32]]", "auto"), ("shallow-he", "[[32]]", "dense-networks"),
    ("inner-bias", "[[5], [20], [100]]", "auto"), ("clipping", "[[100]]", "auto"),
    ("deep-xavier-adam", "[[50, 50]]", "auto"), ("deep-xavier-adam", "[[50, 50]]", "dense-neurons"),
    ("three-layer-he", "[[32, 32, 32]]", "auto"), ("three-layer-he", "[[32, 32, 32]]", "dense-neurons"),
  ]

  private static let fewestSteps = 50

  private let benchmark: KernelBenchmark
  private let networks: Int?
  private let seconds: Double
  /// Floating-point operations per second of independent single precision multiply-adds on one core.
  public let peak: Double

  /// - Parameters:
  ///   - networks: that are trained; nil for 8 with independent streams, at most 300 with a shared one.
  ///   - seconds: of a repetition.
  public init(kernels: KernelTable, repetitions: Int, networks: Int?, seconds: Double) {
    benchmark = KernelBenchmark(kernels: kernels, repetitions: repetitions)
    peak = benchmark.peak()
    self.networks = networks
    self.seconds = seconds
  }

  /// Times the cells of a study one after the other.
  public func timings(
    of name: String, overrides: [Override], each: (Timing) throws -> Void
  ) throws {
    for cell in try Study.load(name, overrides: overrides).cells.indices {
      try each(timing(of: name, overrides: overrides, cell: cell))
    }
  }

  private func timing(of name: String, overrides: [Override], cell: Int) throws -> Timing {
    func runner(steps: Int) throws -> CellRunner {
      let limits = [("training.steps", "\(steps)"), ("trajectory.checkpoints", "[0]")]
      let prepared = try PreparedStudy(
        named: name, overrides: overrides + limits.map { Override(key: $0.0, value: $0.1) })
      return prepared.runners[cell]
    }
    let probe = try runner(steps: 20)
    var networks = networks ?? (probe.cell.training.sharesBatches ? 300 : 8)
    var steps = benchmark.steps(probe, networks: networks, seconds: seconds)
    // Few steps say little.
    if self.networks == nil, steps < Self.fewestSteps {
      networks = max(16, networks * steps / Self.fewestSteps)
      steps = benchmark.steps(probe, networks: networks, seconds: seconds)
    }
    let timed = try runner(steps: steps)
    let (seconds, diverged) = benchmark.secondsPerStep(
      timed, beginning: try runner(steps: max(1, steps / 5)), networks: networks)
    return Timing(
      cell: timed.cell.label, hidden: timed.cell.architecture.hidden, kernel: timed.cell.kernel.rawValue,
      precision: timed.cell.training.precision.rawValue,
      stream: timed.cell.training.sharesBatches ? "shared" : "independent", networks: networks, steps: steps,
      seconds: seconds,
      denseOperationsPerStep: timed.denseOperationsPerStep, diverged: diverged)
  }
}
