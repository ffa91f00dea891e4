import Landscape
import Networks
import Outcomes
import Risk
import Studies
import Training

/// An observable with how it is measured.
///
/// A new one is a file in this folder, and its place in a list `all`: ledger, report, trajectory and export show it.
public struct Measurement<State>: Sendable {
  public let observable: Observable
  /// A pure function, like the outcome; nil where there is no such value.
  let value: @Sendable (State) -> Double?
}

/// What there is to be measured of a trial when it is over.
public struct MeasuredTrial {
  let cell: Cell
  let initial: Network
  /// Nil where the trial diverged.
  let trained: Network?
  /// Of a trial that was trained by the gradient flow.
  let flow: FlowRecord?
  /// ``Networks/Network/initiallyDeadNeuronsOfLayers(of:)``, which several observables are read off.
  let initiallyDead: [Int]?

  init(cell: Cell, initial: Network, trained: Network?, flow: FlowRecord?) {
    self.cell = cell
    self.initial = initial
    self.trained = trained
    self.flow = flow
    initiallyDead = initial.initiallyDeadNeuronsOfLayers(of: cell.problem)
  }
}

/// What there is to be measured at a checkpoint.
public struct MeasuredCheckpoint {
  let cell: Cell
  let network: Network
  let evaluation: RiskEvaluation
  /// See ``Training/TrainedTrial/Checkpoint/batchGradientNorm``.
  let batchGradientNorm: Double
  /// Nil where the trial diverges later.
  let trained: Network?
}

extension Measurement<MeasuredTrial> {
  /// What is measured of every trial besides outcome and analysis, in the order of tables.
  private static let general: [Self] = [.distance, .initiallyDeadLayers, .initiallyDeadInFirstLayer]
  /// What is measured besides where the gradient flow trains.
  private static let ofFlows: [Self] = [.flowTime, .integrationSteps, .energyError, .balanceDrift]

  /// Everything that is measured of some trials: that of a cell is a first part of it.
  public static let all: [Self] = general + ofFlows

  /// What is measured of the trials of a cell, in the order of tables.
  public static func of(_ cell: Cell) -> [Self] {
    if case .flow = cell.training { all } else { general }
  }
}

extension Study {
  /// What is measured of every trial besides outcome and analysis, in all cells.
  public var measured: [Observable] {
    cells.map { Measurement<MeasuredTrial>.of($0).map(\.observable) }.min { $0.count < $1.count } ?? []
  }
}

extension Measurement<MeasuredCheckpoint> {
  /// What is measured at every checkpoint, in the order of tables.
  public static let all: [Self] = [
    .risk, .gradientNorm, .batchGradientNorm, .distanceToEnd, .parameterNorm,
  ]
}

extension Cell {
  /// The parameter ranges that training moves.
  var trainedRanges: [Range<Int>] { trained.map(architecture.range) }
}
