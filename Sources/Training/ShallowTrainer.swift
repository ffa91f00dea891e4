import Kernels
import Networks
import Problems
import Randomness

/// How the training of one network ended.
public enum TrainingEnd: Sendable, Hashable {
  /// All steps done.
  case finished(ShallowParameters)
  /// A parameter became infinite or NaN in this step, counted from 1; 0 when it was so from the start.
  case diverged(step: Int)
}

/// Trains the trials of one cell.
///
/// The end of a trial is a pure function of cell key, study seed and trial index: the same bits whichever trials are
/// trained beside it, on whatever thread, and at every kernel level.
public struct ShallowTrainer: Sendable {
  public let plan: TrainingPlan
  public let trained: TrainedBlocks
  /// Flow time of a trial that does all its steps: the sum of the learning rates.
  public let flowTime: Double
  /// The rates, if all cells of the study share them; otherwise they are worked out when they are needed, so that the
  /// tables of many cells do not fill the memory.
  private let sharedRates: RateTable?
  private let width: Int
  private let initialization: ResolvedInitialization
  private let input: InputLaw
  private let target: Program
  private let studySeed: UInt64
  private let cellKey: UInt64

  /// - Parameter sharedRates: the rates of the plan, where they do not depend on the width.
  /// - Precondition: the rates of the plan are valid at this width.
  public init(
    problem: Problem, initialization: Initialization, width: Int, trained: TrainedBlocks, plan: TrainingPlan,
    sharedRates: RateTable?, studySeed: UInt64, cellKey: UInt64
  ) {
    let rates = sharedRates ?? RateTable(plan: plan, width: width)
    precondition(rates.firstInvalid == nil && rates.rates.count == plan.steps)
    flowTime = rates.flowTime
    self.sharedRates = sharedRates
    self.width = width
    self.plan = plan
    self.trained = trained
    self.initialization = initialization.resolved(width: width)
    input = problem.input
    target = problem.targetProgram
    self.studySeed = studySeed
    self.cellKey = cellKey
  }

  /// Trains `trials` and hands out how each ended, in their order, as soon as that is known.
  public func train(_ trials: Range<Int>, kernels: KernelTable, ended: (TrainingEnd) -> Void) {
    let batch = MiniBatch(
      size: plan.batchSize, lower: Float(input.lower), upper: Float(input.upper), target: target, kernels: kernels)
    let rates = sharedRates ?? RateTable(plan: plan, width: width)
    switch plan.batchStream {
    case .independent:
      let ensemble = ShallowEnsemble(width: initialization.width, count: 1, kernels: kernels)
      for trial in trials { ended(trainAlone(trial, ensemble, batch, rates.rates)) }
    case .shared:
      // As many networks side by side as stay in the second-level cache, so that few batches serve many networks.
      let group = max(16, (512 << 10) / ShallowEnsemble.bytesPerNetwork(width: initialization.width))
      for first in stride(from: trials.lowerBound, to: trials.upperBound, by: group) {
        trainTogether(first..<min(first + group, trials.upperBound), batch, rates.rates).forEach(ended)
      }
    }
  }

  private func start(_ trial: Int, kernels: KernelTable) -> ShallowParameters {
    initialization.draw(studySeed: studySeed, cellKey: cellKey, trial: trial, kernels: kernels)
  }

  private func trainAlone(
    _ trial: Int, _ ensemble: ShallowEnsemble, _ batch: MiniBatch, _ rates: [Float]
  ) -> TrainingEnd {
    let parameters = start(trial, kernels: ensemble.kernels)
    guard parameters.isFinite else { return .diverged(step: 0) }
    ensemble[0] = parameters
    let stream = StreamAddress(studySeed: studySeed, cellKey: cellKey, trial: trial, purpose: .batch)
    for step in 0..<plan.steps {
      batch.draw(stream, step: UInt32(step))
      if !ensemble.descend(0, batch: batch, rate: rates[step], trained: trained) {
        return .diverged(step: step + 1)
      }
    }
    return .finished(ensemble[0])
  }

  private func trainTogether(_ trials: Range<Int>, _ batch: MiniBatch, _ rates: [Float]) -> [TrainingEnd] {
    let ensemble = ShallowEnsemble(width: initialization.width, count: trials.count, kernels: batch.kernels)
    var diverged = [Int?](repeating: nil, count: trials.count)
    for (place, trial) in trials.enumerated() {
      let parameters = start(trial, kernels: batch.kernels)
      ensemble[place] = parameters
      if !parameters.isFinite { diverged[place] = 0 }
    }
    let stream = StreamAddress(studySeed: studySeed, cellKey: cellKey, trial: 0, purpose: .sharedBatch)
    var going = diverged.indices.filter { diverged[$0] == nil }
    for step in 0..<plan.steps where !going.isEmpty {
      batch.draw(stream, step: UInt32(step))
      batch.index()
      var someDiverged = false
      for place in going
      where !ensemble.descendOnIndexedBatch(place, batch: batch, rate: rates[step], trained: trained) {
        diverged[place] = step + 1
        someDiverged = true
      }
      if someDiverged { going.removeAll { diverged[$0] != nil } }
    }
    return diverged.enumerated().map { place, step in
      step.map { .diverged(step: $0) } ?? .finished(ensemble[place])
    }
  }
}
