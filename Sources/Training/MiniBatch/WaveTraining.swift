import Kernels
import Randomness

/// The training of a wave on mini-batches: trials that one thread takes through their steps side by side.
struct WaveTraining {
  private let trials: Range<Int>
  private let trainer: MiniBatchTrainer
  private let ensemble: Ensemble
  private let source: any GradientSource
  private var run: OptimizerRun
  private let rates: RateTable
  private let streams: [StreamAddress]
  private var results: [TrainedTrial]
  /// The step in which a trial diverged, counted from 1.
  private var diverged: [Int?]

  init(
    trials: Range<Int>, trainer: MiniBatchTrainer, ensemble: Ensemble, source: any GradientSource, run: OptimizerRun,
    rates: RateTable
  ) {
    self.trials = trials
    self.trainer = trainer
    self.ensemble = ensemble
    self.source = source
    self.run = run
    self.rates = rates
    streams = trials.map(trainer.batchStream)
    diverged = Array(repeating: nil, count: trials.count)
    results = Array(repeating: TrainedTrial(initial: [], end: .diverged(step: 0)), count: trials.count)
  }

  /// Networks of the wave in a group.
  private func places(_ group: Int) -> Range<Int> {
    let first = group * ensemble.networksPerGroup
    return first..<min(first + ensemble.networksPerGroup, trials.count)
  }

  mutating func train() -> [TrainedTrial] {
    for (place, trial) in trials.enumerated() {
      let parameters = trainer.cell.initialParameters(trial, kernels: ensemble.kernels)
      ensemble.start(place, at: parameters, copies: run.copiedSlots)
      results[place].initial = parameters
      if !ensemble.parameters(place).allSatisfy(\.isFinite) { diverged[place] = 0 }
    }
    let groups = (trials.count + ensemble.networksPerGroup - 1) / ensemble.networksPerGroup
    var going = (0..<groups).filter { group in places(group).contains { diverged[$0] == nil } }
    var checkpoints = trainer.cell.checkpoints[...]
    let clipping = trainer.plan.steps.clipping
    // Uses of a property would copy it each time, and count references.
    let (ensemble, source, streams, rates) = (self.ensemble, self.source, self.streams, self.rates.rates)
    for step in rates.indices where !going.isEmpty {
      let isCheckpoint = checkpoints.first == step
      if isCheckpoint { checkpoints.removeFirst() }
      source.prepare(step: step, stream: streams[0])
      let coefficients = run.coefficients(
        step: step, rate: rates[step], nextRate: step + 1 < rates.count ? rates[step + 1] : rates[step])
      var someDiverged = false
      for group in going {
        source.computeGradient(group: group, step: step, streams: streams, places: places(group))
        if isCheckpoint { keep(group, step: step) }
        if let clipping { ensemble.scaleGradients(ensemble.gradientNorms().map { clipping.factor(norm: $0) }) }
        let failed = ensemble.update(group: group, run.method, coefficients: coefficients)
        if failed != 0 { someDiverged = note(failed, group: group, step: step + 1) || someDiverged }
      }
      if someDiverged { going.removeAll { group in !places(group).contains { diverged[$0] == nil } } }
    }
    if checkpoints.first == rates.count, !going.isEmpty {
      source.prepare(step: rates.count, stream: streams[0])
      for group in going {
        source.computeGradient(group: group, step: rates.count, streams: streams, places: places(group))
        keep(group, step: rates.count)
      }
    }
    for place in results.indices {
      results[place].end =
        diverged[place].map { .diverged(step: $0) } ?? .finished(iterate(place), steps: rates.count)
    }
    return results
  }

  /// The parameters that the optimizer reports.
  private func iterate(_ place: Int) -> [Double] {
    run.iterateSlot.map { ensemble.state(place, slot: $0) } ?? ensemble.parameters(place)
  }

  private mutating func keep(_ group: Int, step: Int) {
    let norms = ensemble.gradientNorms()
    for (lane, place) in places(group).enumerated() where diverged[place] == nil {
      results[place].checkpoints.append(
        TrainedTrial.Checkpoint(step: step, parameters: iterate(place), batchGradientNorm: norms[lane]))
    }
  }

  /// Notes which networks of a group have an infinite parameter or NaN after a step; returns whether one is new.
  private mutating func note(_ failed: UInt32, group: Int, step: Int) -> Bool {
    var isNew = false
    for (lane, place) in places(group).enumerated() where diverged[place] == nil {
      guard ensemble.networksPerGroup == 1 || failed &>> UInt32(lane) & 1 == 1 else { continue }
      diverged[place] = step
      isNew = true
    }
    return isNew
  }
}
