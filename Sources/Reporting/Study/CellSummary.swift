import Estimation
import Kernels
import Landscape
import Ledger
import Outcomes
import Studies
import Trials

/// What the outcomes of a cell come to: counts over its gap-free prefix of trials, and exact quantiles.
public struct CellSummary: Sendable {
  public var label: String
  public var key: CellKey
  /// Whether the networks have one hidden layer.
  public var isShallow: Bool
  /// The algorithm of the mini-batch gradients; empty if the ledger does not know it.
  public var kernel: String
  /// Checkpoints at which trajectories are kept.
  public var checkpoints: Int
  /// The latest target; trials asked for.
  public var target: Int
  /// Outcomes stored, the ones behind a gap included.
  public var stored: Int
  /// Trials counted: the longest gap-free prefix of the trial indices.
  public var trials: Int
  public var plan: SamplingPlan
  /// Of the trials planned before the first look, where others were added.
  public var first: (good: BracketedProportion, atEnd: BracketedProportion)?
  /// Crashed trials count as undecided.
  public var counts: [Verdict: Int]
  /// Trials that crashed, undecided ones, and the first of them.
  public var crashed: (count: Int, first: Int?)
  /// Trials whose verdict a theorem gives.
  public var certified: [Verdict: Int]
  /// Trials that are good, and that are not, when training ends; of the others the error of the risk leaves it open.
  public var atEnd: (good: Int, notGood: Int)
  /// Undecided trials.
  public var undecided: [UndecidedReason: Int]
  /// How far the flows of undecided trials came.
  public var undecidedFlows = UndecidedFlows()
  /// What is measured in every trial; a diverged one counts with infinite risk and gradient norm, a crashed one
  /// not at all.
  public var observables: [ObservableSummary]
  /// Largest estimate of a quadrature error.
  public var largestRiskError: Double
  /// Dead neurons of the counted trials in which they were counted, and the number of these trials.
  public var deadNeurons: (count: Int, trials: Int)
  /// What is dead at initialization.
  public var initialDeath: InitialDeath
  /// Nil if no trial met a criterion before its steps were done.
  public var earlyEnds: EarlyEnds?
  /// Nil if kinds and levels are not asked for.
  public var landscape: LandscapeSummary?
  /// The risk of the limits at rest; nil without any, and if kinds and levels are not asked for.
  public var limitRisk: QuantitySpread?
  /// What stands beside it for clipping networks.
  public var frozen: FrozenReference?
  public var references: CellReferences
  /// Risks below what is possible; nil where nothing is known of that.
  public var alarms: RiskAlarms?
  public var bounds: GoodBounds
  /// Compute time of the stored trials, in seconds.
  public var seconds: Double

  /// Trials whose frozen parameters are looked at.
  private static let trialsWithBounds = 101

  /// Of the quantiles that a report has.
  static let shares = [0.05, 0.5, 0.95]

  /// The risk when training ends; nil without trials.
  public var risk: QuantitySpread? { observables.first { $0.observable == .risk }?.spread }

  public func count(_ verdict: Verdict) -> Int { counts[verdict, default: 0] }

  /// Mean number of dead neurons of a trained network; nil if they were not counted in any trial.
  public var deadNeuronsPerTrial: Double? {
    deadNeurons.trials > 0 ? Double(deadNeurons.count) / Double(deadNeurons.trials) : nil
  }

  /// Compute time of a trial, in seconds; nil without trials.
  public var secondsPerTrial: Double? { stored > 0 ? seconds / Double(stored) : nil }

  /// The trials that are good, as far as that is decided.
  public var goodTrials: BracketedProportion {
    BracketedProportion(successes: count(.good), failures: count(.bad) + count(.diverged), trials: trials)
  }

  /// The trials that are good when training ends, as far as that is decided.
  public var trialsGoodAtEnd: BracketedProportion {
    BracketedProportion(successes: atEnd.good, failures: atEnd.notGood, trials: trials)
  }

  /// P(good critical point): bounds that hold whatever the undecided trials are.
  public func good(at confidence: ConfidenceLevel) -> Estimate {
    Estimate(goodTrials, first: first?.good, under: plan, at: confidence)
  }

  /// P(risk meets the criterion when training ends).
  public func goodAtEnd(at confidence: ConfidenceLevel) -> Estimate {
    Estimate(trialsGoodAtEnd, first: first?.atEnd, under: plan, at: confidence)
  }

  /// Reads the outcomes of a cell; bounded memory however many there are.
  ///
  /// - Parameters:
  ///   - judge: of the cell.
  ///   - classes: whether kinds of limits are asked for, also where the study does not.
  ///   - flowTime: flow time after a number of steps.
  ///   - levels: the reference risks of the cell, if there are some.
  init(
    _ record: CellRecord, of cell: Cell, judge: Judge, classes: Bool, in ledger: LedgerReader,
    flowTime: @escaping (Int) -> Double, levels: RiskLevels?, references: CellReferences
  ) throws(LedgerError) {
    // A flow that was left met no criterion.
    let plannedSteps: Int
    if case .flow = cell.training, cell.training.until == nil {
      plannedSteps = 0
    } else {
      plannedSteps = cell.training.clock.steps
    }
    let isFollowed =
      LandscapeAnalysis.unavailability(
        of: cell.problem, cell.architecture, trained: cell.trained, hasClosedForm: cell.hasClosedForm) == nil
    let progress = try ledger.progress(of: cell.key)
    label = record.label
    key = record.key
    isShallow = cell.architecture.depth == 1
    kernel = record.kernel
    checkpoints = record.checkpoints.count
    bounds = judge.bounds
    target = progress.target ?? 0
    stored = progress.stored
    trials = 0
    plan = progress.plan
    counts = [:]
    crashed = (0, nil)
    certified = [:]
    atEnd = (0, 0)
    undecided = [:]
    largestRiskError = 0
    deadNeurons = (0, 0)
    initialDeath = InitialDeath()
    seconds = 0
    observables = []
    alarms = RiskAlarms(cell, levels)
    landscape =
      cell.limit.map { $0.classes || classes } == true
      ? LandscapeSummary(
        plan: progress.plan, hidden: cell.architecture.hidden,
        optimum: cell.architecture.depth == 1 && cell.limit?.classes == true
          ? levels?.optimum(width: cell.architecture.width) : nil,
        negligibleRisk: levels?.negligibleRisk ?? 0,
        hasFreeKnotFits: cell.architecture.activation.facts.kinks.count < 2) : nil
    self.references = references
    let prefix = progress.prefix
    let observations = CellObservations(
      record, plannedSteps: plannedSteps, flowTime: flowTime, hasLandscape: landscape != nil)
    let reasons = UndecidedReasons(cell, isFollowed: isFollowed)
    var collector = SpreadCollector(quantities: observations.streams.count)
    var blocks = ledger.blocks(of: cell.key, reading: .everything)
    while let stored = try blocks.nextStored() {
      let block = stored.record
      seconds += block.seconds
      guard block.trials.lowerBound < prefix else { continue }
      let count = block.outcomes.count
      let planned = min(max((plan.plannedTrials ?? prefix) - block.trials.lowerBound, 0), count)
      initialDeath.add(block, 0..<planned)
      for (place, outcome) in block.outcomes.enumerated() {
        if block.trials.lowerBound + place == plan.plannedTrials { endPlan() }
        trials += 1
        let analysis = block.analyses.isEmpty ? nil : block.analyses[place]
        let judgement = judge.judgement(of: outcome, analysis)
        landscape?.add(outcome, analysis ?? TrialAnalysis(), bounds: judge.bounds)
        alarms?.check(trial: block.trials.lowerBound + place, outcome, analysis)
        counts[judgement.verdict.counted, default: 0] += 1
        if outcome.hasCrashed {
          crashed = (crashed.count + 1, crashed.first ?? block.trials.lowerBound + place)
          continue
        }
        if judgement.verdict == .undecided {
          let reason = reasons.reason(analysis)
          undecided[reason, default: 0] += 1
          if let limit = analysis?.limit, reason == .budget || reason == .left { undecidedFlows.add(limit) }
        }
        if judgement.isCertified { certified[judgement.verdict, default: 0] += 1 }
        switch judge.isGoodAtEnd(outcome) {
        case true?: atEnd.good += 1
        case false?: atEnd.notGood += 1
        case nil: break
        }
        if let dead = outcome.deadNeurons { deadNeurons = (deadNeurons.count + dead, deadNeurons.trials + 1) }
        largestRiskError = max(largestRiskError, outcome.riskError)
      }
      initialDeath.add(block, planned..<count)
      observations.take(observations.streams, of: stored.columns) { collector.observe($0, of: $1) }
    }
    // Where a rule that was set when they were done has added none.
    if trials == plan.plannedTrials { endPlan() }
    // A risk below the searched optimum is a better value of it.
    if let better = alarms?.belowOptimum.lowest {
      self.references.update(RiskLevel(.optimum, cell.architecture.width), to: better.risk)
    }
    let spreads = try collector.spreads { streams, take throws(LedgerError) in
      var blocks = ledger.columns(of: cell.key, below: prefix, reading: observations.observables(of: streams))
      while let block = try blocks.next() { observations.take(streams, of: block.columns, by: take) }
    }
    observables = zip(observations.quantities, spreads).map { ObservableSummary(observable: $0, spread: $1) }
    if let steps = spreads[observations.earlySteps], let time = spreads[observations.earlyTime] {
      earlyEnds = EarlyEnds(trials: steps.trials, steps: steps, flowTime: time)
    }
    limitRisk = spreads[observations.limitRisk]
    if limitRisk != nil {
      frozen = cell.frozenReference(of: min(trials, Self.trialsWithBounds), kernels: KernelTable(.widest))
    }
  }

  /// The trials counted so far are those planned before the first look.
  private mutating func endPlan() {
    first = (goodTrials, trialsGoodAtEnd)
    initialDeath.endPlan()
    landscape?.endPlan()
  }
}
