import Kernels
import Randomness

/// The training of a wave on mini-batches: trials that one thread takes through their steps side by side.
struct WaveTraining {
  private let trials: Range<Int>
  private let trainer: MiniBatchTrainer
  private let ensemble: Ensemble
  private let source: any GradientSource
  private let check: StoppingCheck?
  /// All points of a data set, where the gradient of them says which networks may meet the stopping criterion.
  private let whole: SampleBatch?
  private var run: OptimizerRun
  private let rates: RateTable
  private let streams: [StreamAddress]
  private var results: [TrainedTrial]
  /// Whether a trial is at its end.
  private var isOver: [Bool]

  init(
    trials: Range<Int>, trainer: MiniBatchTrainer, ensemble: Ensemble, source: any GradientSource,
    check: StoppingCheck?, whole: SampleBatch?, run: OptimizerRun, rates: RateTable
  ) {
    self.trials = trials
    self.trainer = trainer
    self.ensemble = ensemble
    self.source = source
    self.check = check
    self.whole = whole
    self.run = run
    self.rates = rates
    streams = trials.map(trainer.batchStream)
    isOver = Array(repeating: false, count: trials.count)
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
      if !ensemble.parameters(place).allSatisfy(\.isFinite) { isOver[place] = true }
    }
    let groups = (trials.count + ensemble.networksPerGroup - 1) / ensemble.networksPerGroup
    var going = (0..<groups).filter { group in places(group).contains { !isOver[$0] } }
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
      let isChecked = trainer.plan.steps.checks(after: step)
      var someEnded = false
      for group in going {
        var met: [Int] = []
        if isChecked && !knowsRisks { met = placesAtCriterion(group) }
        source.computeGradient(group: group, step: step, streams: streams, places: places(group))
        if isChecked && knowsRisks { met = placesAtCriterion(group) }
        if isCheckpoint { keep(group, [step]) }
        if !met.isEmpty {
          keep(group, checkpoints, only: met)
          for place in met { end(place, .finished(iterate(place), steps: step)) }
          someEnded = true
          if places(group).allSatisfy({ isOver[$0] }) { continue }
        }
        if let clipping { ensemble.scaleGradients(ensemble.gradientNorms().map { clipping.factor(norm: $0) }) }
        let failed = ensemble.update(group: group, run.method, coefficients: coefficients)
        if failed != 0 { someEnded = end(failed, group: group, step: step + 1) || someEnded }
      }
      if someEnded { going.removeAll { group in places(group).allSatisfy { isOver[$0] } } }
    }
    if checkpoints.first == rates.count, !going.isEmpty {
      source.prepare(step: rates.count, stream: streams[0])
      for group in going {
        source.computeGradient(group: group, step: rates.count, streams: streams, places: places(group))
        keep(group, checkpoints)
      }
    }
    for place in results.indices where !isOver[place] {
      end(place, .finished(iterate(place), steps: rates.count))
    }
    return results
  }

  /// The parameters that the optimizer reports.
  private func iterate(_ place: Int) -> [Double] {
    run.iterateSlot.map { ensemble.state(place, slot: $0) } ?? ensemble.parameters(place)
  }

  /// Keeps the iterates of a group, or of some of its places, as those of checkpoints.
  private mutating func keep(_ group: Int, _ steps: ArraySlice<Int>, only chosen: [Int]? = nil) {
    if steps.isEmpty { return }
    let norms = ensemble.gradientNorms()
    for (lane, place) in places(group).enumerated() where !isOver[place] && chosen?.contains(place) != false {
      let parameters = iterate(place)
      results[place].checkpoints += steps.map {
        TrainedTrial.Checkpoint(step: $0, parameters: parameters, batchGradientNorm: norms[lane])
      }
    }
  }

  private mutating func end(_ place: Int, _ end: TrainedTrial.End) {
    results[place].end = end
    isOver[place] = true
  }

  /// Ends those networks of a group that have an infinite parameter or NaN after a step; returns whether there is one.
  private mutating func end(_ failed: UInt32, group: Int, step: Int) -> Bool {
    var someEnded = false
    for (lane, place) in places(group).enumerated() where !isOver[place] {
      guard ensemble.networksPerGroup == 1 || failed &>> UInt32(lane) & 1 == 1 else { continue }
      end(place, .diverged(step: step))
      someEnded = true
    }
    return someEnded
  }

  // MARK: Stopping criterion

  /// Whether the gradient of a step is that of all points, at the iterate that the optimizer reports.
  private var knowsRisks: Bool { source.isWhole && run.iterateSlot == nil }

  /// The places of a group whose networks meet the stopping criterion.
  private func placesAtCriterion(_ group: Int) -> [Int] {
    guard let check else { return [] }
    var candidates: UInt32 = 0
    for (lane, place) in places(group).enumerated() where !isOver[place] { candidates |= 1 &<< UInt32(lane) }
    if let whole { ensemble.computeGradient(group: group, samples: whole) }
    if whole != nil || knowsRisks { candidates = check.candidates(among: candidates) }
    if candidates == 0 { return [] }
    return places(group).enumerated().compactMap { lane, place in
      candidates &>> UInt32(lane) & 1 == 1 && check.meets(iterate(place)) ? place : nil
    }
  }
}
