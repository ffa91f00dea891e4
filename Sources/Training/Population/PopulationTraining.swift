import Kernels

/// Population gradient descent, which draws no batches: each place of a group takes a trial through its steps and then
/// starts the next one, whatever the others do.
struct PopulationTraining {
  private let trainer: PopulationTrainer
  private let ensemble: Ensemble
  private let source: any PopulationGradientSource
  private let rates: [Double]
  private let clipping: GradientClipping?
  /// Nil without a stopping criterion.
  private let checkInterval: Int?

  // Of the places of the group. Lists of numbers, because small networks notice everything else.
  private var trials: [Int]
  private var trained: [TrainedTrial?]
  /// Steps done.
  private var steps: [Int]
  /// The step of the next checkpoint.
  private var checkpoints: [Int]
  /// The places that have a trial.
  private var busy: [Int] = []
  /// What the gradients are multiplied by.
  private var factors: [Double]

  /// - Parameter ensemble: one group.
  init(trainer: PopulationTrainer, ensemble: Ensemble, source: any PopulationGradientSource, rates: RateTable) {
    precondition(ensemble.groups == 1)
    self.trainer = trainer
    self.ensemble = ensemble
    self.source = source
    self.rates = rates.rates
    clipping = trainer.plan.steps.clipping
    checkInterval = trainer.plan.steps.until == nil ? nil : trainer.plan.steps.checkInterval
    trials = Array(repeating: 0, count: ensemble.count)
    trained = Array(repeating: nil, count: ensemble.count)
    steps = trials
    checkpoints = trials
    factors = Array(repeating: 0, count: ensemble.networksPerGroup)
  }

  /// Trains `trials` and hands out how each ended, in their order.
  mutating func train(_ trials: Range<Int>, ended: (TrainedTrial) -> Void) {
    var waiting = trials
    // Trials that ended before one in front of them.
    var results: [Int: TrainedTrial] = [:]
    var next = trials.lowerBound
    while next < trials.upperBound {
      for place in trained.indices where trained[place] == nil {
        while trained[place] == nil, let trial = waiting.popFirst() {
          start(trial, at: place)
          if !ensemble.parameters(place).allSatisfy(\.isFinite) { end(place, .diverged(step: 0), into: &results) }
        }
      }
      busy = trained.indices.filter { trained[$0] != nil }
      let count = results.count
      while !busy.isEmpty && results.count == count { step(into: &results) }
      while let trained = results.removeValue(forKey: next) {
        ended(trained)
        next += 1
      }
    }
  }

  private mutating func start(_ trial: Int, at place: Int) {
    let parameters = trainer.cell.initialParameters(trial, kernels: ensemble.kernels)
    ensemble.start(place, at: parameters)
    trials[place] = trial
    trained[place] = TrainedTrial(initial: parameters, end: .diverged(step: 0))
    steps[place] = 0
    checkpoints[place] = trainer.cell.checkpoints.first ?? .max
  }

  /// Takes the trial of a place out.
  private mutating func end(_ place: Int, _ end: TrainedTrial.End, into results: inout [Int: TrainedTrial]) {
    trained[place]!.end = end
    results[trials[place]] = trained[place]
    trained[place] = nil
  }

  /// Takes every trial one step further, or to its end.
  private mutating func step(into results: inout [Int: TrainedTrial]) {
    var checked: UInt32 = 0
    if let checkInterval {
      for place in busy where checkInterval == 1 || steps[place] % checkInterval == 0 {
        checked |= 1 &<< UInt32(place)
      }
    }
    let met = source.computeGradient(places: busy, checked: checked)
    var someEnded = false
    for place in busy {
      let isOver = steps[place] == rates.count || met &>> UInt32(place) & 1 == 1
      if isOver || checkpoints[place] == steps[place] { keepCheckpoints(place, isOver: isOver) }
      guard isOver else { continue }
      end(place, .finished(ensemble.parameters(place), steps: steps[place]), into: &results)
      someEnded = true
    }
    if someEnded { busy.removeAll { trained[$0] == nil } }
    guard let first = busy.first else { return }

    if let clipping {
      ensemble.scaleGradients(ensemble.gradientNorms().map { clipping.factor(norm: $0) })
    }
    let rate = rates[steps[first]]
    let failed: UInt32
    if busy.allSatisfy({ rates[steps[$0]] == rate }) {
      failed = ensemble.update(group: 0, .gradientDescent, coefficients: [rate])
    } else {
      // Each place has the rate of its own step, so the rates go into the gradients, and the rule multiplies by 1: the
      // same bits.
      for place in factors.indices { factors[place] = 0 }
      for place in busy { factors[place] = rates[steps[place]] }
      ensemble.scaleGradients(factors)
      failed = ensemble.update(group: 0, .gradientDescent, coefficients: [1])
    }
    for place in busy { steps[place] += 1 }
    if failed == 0 { return }
    for place in busy where ensemble.networksPerGroup == 1 || failed &>> UInt32(place) & 1 == 1 {
      end(place, .diverged(step: steps[place]), into: &results)
    }
    busy.removeAll { trained[$0] == nil }
  }

  /// Keeps the iterate if this step is a checkpoint; if the trial is over also as that of all checkpoints to come.
  private mutating func keepCheckpoints(_ place: Int, isOver: Bool) {
    let all = trainer.cell.checkpoints
    let done = trained[place]!.checkpoints.count
    let due = all[done...].prefix { isOver || $0 == steps[place] }
    guard !due.isEmpty else { return }
    let parameters = ensemble.parameters(place)
    let norm = ensemble.gradientNorms()[place]
    trained[place]!.checkpoints += due.map {
      TrainedTrial.Checkpoint(step: $0, parameters: parameters, batchGradientNorm: norm)
    }
    let next = done + due.count
    checkpoints[place] = next < all.count ? all[next] : .max
  }
}
