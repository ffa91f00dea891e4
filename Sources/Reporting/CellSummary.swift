import Estimation
import Landscape
import Ledger
import Outcomes
import Studies

/// What the outcomes of a cell come to: counts over its gap-free prefix of trials, and exact quantiles of the risk.
public struct CellSummary: Sendable {
  public var label: String
  public var key: CellKey
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
  public var counts: [Verdict: Int]
  /// Trials whose risk meets the criterion when training ends, stationary or not.
  public var riskMet: Int
  /// Trials that are good with a tolerance of stationarity ten times smaller.
  public var goodAtTenthTolerance: Int
  /// Shares and quantiles of the final risk: the smallest risk with at least that share of the trials at or below it.
  public var riskQuantiles: [RiskQuantile]
  /// Largest estimate of a quadrature error.
  public var largestRiskError: Double
  /// Dead neurons of the counted trials in which they were counted, and the number of these trials.
  public var deadNeurons: (count: Int, trials: Int)
  /// Nil if no trial ended before its steps were done, but for divergence.
  public var earlyEnds: EarlyEnds?
  /// Nil if the cell has no analysis of the landscape.
  public var landscape: LandscapeSummary?
  public var references: CellReferences
  /// Risks below what is possible; nil where nothing is known of that.
  public var alarms: RiskAlarms?
  /// With its criterion as a bound on the risk.
  public var verdictRule: VerdictRule
  /// Compute time of the stored trials, in seconds.
  public var seconds: Double

  /// A quantile of the final risk; a diverged trial counts with infinite risk.
  public struct RiskQuantile: Sendable, Hashable {
    public var share: Double
    public var risk: Double
  }

  /// The largest risk that is good.
  public var goodRisk: Double {
    guard case .risk(let bound) = verdictRule.good else { preconditionFailure("the cell's levels are in its ledger") }
    return bound
  }

  static let shares = [0.05, 0.5, 0.95]

  public func count(_ verdict: Verdict) -> Int { counts[verdict, default: 0] }

  /// Mean number of dead neurons of a trained network; nil if they were not counted in any trial.
  public var deadNeuronsPerTrial: Double? {
    deadNeurons.trials > 0 ? Double(deadNeurons.count) / Double(deadNeurons.trials) : nil
  }

  /// Compute time of a trial, in seconds; nil without trials.
  public var secondsPerTrial: Double? { stored > 0 ? seconds / Double(stored) : nil }

  /// P(good critical point).
  public func good(at confidence: ConfidenceLevel) -> Estimate {
    Estimate(Proportion(successes: count(.good), trials: trials), under: plan, at: confidence)
  }

  /// P(risk meets the criterion when training ends).
  public func riskMet(at confidence: ConfidenceLevel) -> Estimate {
    Estimate(Proportion(successes: riskMet, trials: trials), under: plan, at: confidence)
  }

  /// Reads the outcomes of a cell; bounded memory however many there are.
  ///
  /// - Parameters:
  ///   - flowTime: flow time after a number of steps.
  ///   - levels: the reference risks of the cell, if there are some.
  init(
    _ record: CellRecord, of cell: Cell, in ledger: LedgerReader, flowTime: (Int) -> Double, levels: RiskLevels?,
    references: CellReferences
  ) throws(LedgerError) {
    let rule = cell.verdictRule(levels)
    let (steps, errorMargin) = (cell.training.steps, cell.errorMargin)
    let neurons = cell.architecture.hidden.reduce(0, +)
    let progress = try ledger.progress(of: cell.key)
    label = record.label
    key = record.key
    kernel = record.kernel
    checkpoints = record.checkpoints.count
    verdictRule = rule
    target = progress.target ?? 0
    stored = progress.stored
    trials = progress.prefix
    plan = progress.plan
    counts = [:]
    riskMet = 0
    goodAtTenthTolerance = 0
    largestRiskError = 0
    deadNeurons = (0, 0)
    seconds = 0
    riskQuantiles = []
    alarms = RiskAlarms(cell, levels)
    landscape =
      record.hasAnalysis
      ? LandscapeSummary(
        plan: progress.plan, neurons: neurons,
        optimum: cell.architecture.depth == 1 ? levels?.optimum(width: cell.architecture.width) : nil,
        negligibleRisk: levels?.negligibleRisk ?? 0) : nil
    self.references = references
    let prefix = trials
    var hasEarlyEnds = false
    var blocks = ledger.blocks(of: cell.key, reading: .outcomesAndAnalyses)
    while let block = try blocks.next() {
      seconds += block.seconds
      guard block.trials.lowerBound < prefix else { continue }
      for (place, outcome) in block.outcomes.enumerated() {
        let analysis = block.analyses.isEmpty ? nil : block.analyses[place]
        if let analysis { landscape?.add(outcome, analysis) }
        alarms?.check(trial: block.trials.lowerBound + place, outcome, analysis)
        counts[outcome.verdict, default: 0] += 1
        if Self.isRiskMet(outcome, rule, errorMargin: errorMargin) { riskMet += 1 }
        let isStationary = rule.stationary.holds(
          risk: outcome.risk, gradientNorm: outcome.gradientNorm, flowTime: flowTime(steps),
          toleranceFactor: 0.1)
        if outcome.verdict == .good && isStationary { goodAtTenthTolerance += 1 }
        if let dead = outcome.deadNeurons { deadNeurons = (deadNeurons.count + dead, deadNeurons.trials + 1) }
        largestRiskError = max(largestRiskError, outcome.riskError)
        if EarlyEnds.contains(outcome, plannedSteps: steps) { hasEarlyEnds = true }
      }
    }
    // A risk below the searched optimum is a better value of it.
    if let better = alarms?.belowOptimum.lowest {
      self.references.update(RiskLevel(.optimum, cell.architecture.width), to: better.risk)
    }
    guard trials > 0 else { return }
    let risks = try QuantileSelection.quantiles(ofShares: Self.shares, count: trials) {
      (visit: (Double) -> Void) throws(LedgerError) in
      var blocks = ledger.blocks(of: cell.key, below: prefix)
      while let block = try blocks.next() {
        for outcome in block.outcomes { visit(outcome.risk) }
      }
    }
    riskQuantiles = zip(Self.shares, risks).map { RiskQuantile(share: $0, risk: $1) }
    if hasEarlyEnds {
      earlyEnds = try EarlyEnds(of: cell.key, in: ledger, below: prefix, plannedSteps: steps, flowTime: flowTime)
    }
  }

  /// Whether the risk of a trial is within the bound of good risks for certain. What its verdict says of that holds.
  private static func isRiskMet(_ outcome: Outcome, _ rule: VerdictRule, errorMargin: Double) -> Bool {
    switch outcome.verdict {
    case .good: true
    case .bad, .diverged: false
    case .notConverged: rule.good.holds(risk: outcome.risk, margin: errorMargin * outcome.riskError) == true
    }
  }
}
