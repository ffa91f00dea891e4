import Kernels

/// Population gradient descent, which draws no batches: each place of a group takes a trial through its steps and then
/// starts the next one, whatever the others do.
struct PopulationTraining {
  private let trainer: PopulationTrainer
  private let ensemble: Ensemble
  private let source: any PopulationGradientSource
  private let rates: RateTable
  private var places: [Place?]

  /// A trial on its way.
  private struct Place {
    let trial: Int
    var step = 0
    var trained: TrainedTrial

    init(trial: Int, initial: [Double]) {
      self.trial = trial
      trained = TrainedTrial(initial: initial, end: .diverged(step: 0))
    }
  }

  /// - Parameter ensemble: one group.
  init(trainer: PopulationTrainer, ensemble: Ensemble, source: any PopulationGradientSource, rates: RateTable) {
    precondition(ensemble.groups == 1)
    self.trainer = trainer
    self.ensemble = ensemble
    self.source = source
    self.rates = rates
    places = Array(repeating: nil, count: ensemble.count)
  }

  /// Trains `trials` and hands out how each ended, in their order.
  mutating func train(_ trials: Range<Int>, ended: (TrainedTrial) -> Void) {
    var waiting = trials
    // Trials that ended before one in front of them.
    var results: [Int: TrainedTrial] = [:]
    var next = trials.lowerBound
    while next < trials.upperBound {
      for place in places.indices where places[place] == nil {
        while places[place] == nil, let trial = waiting.popFirst() {
          start(trial, at: place)
          if !ensemble.parameters(place).allSatisfy(\.isFinite) {
            results[trial] = end(place, .diverged(step: 0))
          }
        }
      }
      for (trial, trained) in step() { results[trial] = trained }
      while let trained = results.removeValue(forKey: next) {
        ended(trained)
        next += 1
      }
    }
  }

  private mutating func start(_ trial: Int, at place: Int) {
    let parameters = trainer.cell.initialParameters(trial, kernels: ensemble.kernels)
    ensemble.start(place, at: parameters)
    places[place] = Place(trial: trial, initial: parameters)
  }

  /// Takes the trial of a place out.
  private mutating func end(_ place: Int, _ end: TrainedTrial.End) -> TrainedTrial {
    var trained = places[place]!.trained
    trained.end = end
    places[place] = nil
    return trained
  }

  /// Takes every trial one step further, or to its end. Returns the trials that ended.
  private mutating func step() -> [(Int, TrainedTrial)] {
    let busy = places.indices.filter { places[$0] != nil }
    if busy.isEmpty { return [] }
    var results: [(Int, TrainedTrial)] = []
    let met = source.computeGradient(places: busy)
    for place in busy {
      let step = places[place]!.step
      let isOver = step == rates.rates.count || met &>> UInt32(place) & 1 == 1
      keepCheckpoints(place, isOver: isOver)
      guard isOver else { continue }
      let trial = places[place]!.trial
      results.append((trial, end(place, .finished(ensemble.parameters(place), steps: step))))
    }

    if let clipping = trainer.plan.steps.clipping {
      ensemble.scaleGradients(ensemble.gradientNorms().map { clipping.factor(norm: $0) })
    }
    // Each place has the rate of its own step, so the rates go into the gradients, and the rule multiplies by 1.
    var factors = [Double](repeating: 0, count: ensemble.networksPerGroup)
    for place in busy { factors[place] = places[place].map { rates.rates[$0.step] } ?? 0 }
    ensemble.scaleGradients(factors)
    let failed = ensemble.update(group: 0, .gradientDescent, coefficients: [1])
    for place in busy where places[place] != nil {
      places[place]!.step += 1
      guard ensemble.networksPerGroup == 1 ? failed != 0 : failed &>> UInt32(place) & 1 == 1 else { continue }
      let (trial, step) = (places[place]!.trial, places[place]!.step)
      results.append((trial, end(place, .diverged(step: step))))
    }
    return results
  }

  /// Keeps the iterate if this step is a checkpoint; if the trial is over also as that of all checkpoints to come.
  private mutating func keepCheckpoints(_ place: Int, isOver: Bool) {
    let done = places[place]!.trained.checkpoints.count
    let due = trainer.cell.checkpoints[done...].prefix { isOver || $0 == places[place]!.step }
    guard !due.isEmpty else { return }
    let parameters = ensemble.parameters(place)
    let norm = ensemble.gradientNorms()[place]
    places[place]!.trained.checkpoints += due.map {
      TrainedTrial.Checkpoint(step: $0, parameters: parameters, batchGradientNorm: norm)
    }
  }
}
