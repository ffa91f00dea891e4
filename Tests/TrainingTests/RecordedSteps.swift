import Kernels
import TestSupport
import Testing
import Training

/// What Scripts/reference/optimizers.py recorded: the parameters along prescribed gradients, in double precision.
struct RecordedSteps: Decodable {
  struct Clipping: Decodable {
    let norm: Double
    let delta: Double
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let label: String
    let method: String
    let hyperparameters: [String: Double]
    let clipping: Clipping?
    /// For each recorded step.
    let parameters: [[Double]]

    var testDescription: String { label }
  }

  /// Steps n = 0, 1, ... after which parameters were recorded.
  let recorded: [Int]
  let start: [Double]
  let rates: [Double]
  let gradients: [[Double]]
  let cases: [Case]
  /// Learning rates of PyTorch's schedulers.
  let schedules: [String: [Double]]

  static let all: RecordedSteps = recordedResults("optimizer-steps.json")
}

/// A network of 22 parameters that an optimizer moves along prescribed gradients.
struct Walk {
  private let ensemble: Ensemble
  private var run: OptimizerRun
  private let clipping: GradientClipping?
  private var step = 0
  /// Whether all numbers were finite so far.
  private(set) var isFinite = true

  init(
    _ optimizer: Optimizer, start: [Double], steps: Int, clipping: GradientClipping? = nil,
    level: KernelLevel = .widest, precision: Precision = .float64
  ) {
    run = OptimizerRun(optimizer, steps: steps)
    ensemble = Ensemble(
      architecture: Architecture(inputDimension: 1, hidden: [7], activation: .relu), kernel: .denseNetworks,
      precision: precision, count: 1, batchSize: 16, kernels: KernelTable(level), stateSlots: run.slots)
    ensemble.start(0, at: start, copies: run.copiedSlots)
    self.clipping = clipping
  }

  /// Where the gradient is computed.
  var place: [Double] { ensemble.parameters(0) }

  /// The iterate to report.
  var iterate: [Double] { run.iterateSlot.map { ensemble.state(0, slot: $0) } ?? place }

  /// Takes a step; nil repeats the gradient of the last one.
  mutating func move(_ gradient: [Double]?, rate: Double, nextRate: Double) {
    if let gradient { ensemble.setGradient(gradient) }
    if let clipping {
      ensemble.scaleGradients(ensemble.gradientNorms().map(clipping.factor))
    }
    let coefficients = run.coefficients(step: step, rate: rate, nextRate: nextRate)
    step += 1
    // Only lane 0 holds a network.
    if ensemble.update(group: 0, run.method, coefficients: coefficients) & 1 != 0 { isFinite = false }
  }
}
