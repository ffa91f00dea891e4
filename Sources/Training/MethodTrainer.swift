import Kernels
import Networks
import Problems
import Randomness

/// What trains trials of one cell by one method.
protocol MethodTrainer: Sendable {
  /// Trains `trials` and hands out how each ended, in their order, as soon as that is known.
  func train(_ trials: Range<Int>, kernels: KernelTable, ended: (TrainedTrial) -> Void)
}

/// The trials of one cell, whatever trains them: where they begin and what is kept of them.
struct CellTrials: Sendable {
  let problem: Problem
  let architecture: Architecture
  /// The blocks that training moves.
  let trained: [ParameterBlock]
  let initialization: ResolvedInitialization
  let checkpoints: [Int]
  let studySeed: UInt64
  let cellKey: UInt64

  /// The initial parameters of a trial.
  func initialParameters(_ trial: Int, kernels: KernelTable) -> [Double] {
    initialization.draw(studySeed: studySeed, cellKey: cellKey, trial: trial, kernels: kernels)
  }

  /// A stream of random numbers of a trial.
  func stream(_ trial: Int, _ purpose: Purpose) -> StreamAddress {
    StreamAddress(studySeed: studySeed, cellKey: cellKey, trial: trial, purpose: purpose)
  }

  /// For each layer whether training moves its weights, and its biases.
  var trainedLayers: [(weights: Bool, biases: Bool)] {
    (1...architecture.depth + 1).map { layer in
      (
        trained.contains(ParameterBlock(layer: layer, kind: .weights)),
        trained.contains(ParameterBlock(layer: layer, kind: .biases))
      )
    }
  }

  /// Bytes that the iterates of a trial take that are kept to its end: at the checkpoints, because distances to the end
  /// need all of them, and the initial one.
  var bytesKept: Int {
    (checkpoints.count + 1) * architecture.parameterCount * MemoryLayout<Double>.size
  }
}
