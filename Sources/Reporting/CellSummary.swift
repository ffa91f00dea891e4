import Estimation
import Landscape
import Ledger
import Outcomes

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
  /// Compute time of the stored trials, in seconds.
  public var seconds: Double

  /// A quantile of the final risk; a diverged trial counts with infinite risk.
  public struct RiskQuantile: Sendable, Hashable {
    public var share: Double
    public var risk: Double
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
  ///   - flowTime: flow time of the cell's trials.
  ///   - errorMargin: stored errors of a risk within which it is undecided.
  init(
    _ cell: CellRecord, in ledger: LedgerReader, rule: VerdictRule, flowTime: Double, errorMargin: Double
  ) throws(LedgerError) {
    let progress = try ledger.progress(of: cell.key)
    label = cell.label
    key = cell.key
    kernel = cell.kernel
    checkpoints = cell.checkpoints.count
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
    let prefix = trials
    var blocks = ledger.blocks(of: cell.key)
    while let block = try blocks.next() {
      seconds += block.seconds
      for outcome in block.outcomes where block.trials.lowerBound < prefix {
        counts[outcome.verdict, default: 0] += 1
        if rule.good.holds(risk: outcome.risk, margin: errorMargin * outcome.riskError) == true { riskMet += 1 }
        let isStationary = rule.stationary.holds(
          risk: outcome.risk, gradientNorm: outcome.gradientNorm, flowTime: flowTime, toleranceFactor: 0.1)
        if outcome.verdict == .good && isStationary { goodAtTenthTolerance += 1 }
        if let dead = outcome.deadNeurons { deadNeurons = (deadNeurons.count + dead, deadNeurons.trials + 1) }
        largestRiskError = max(largestRiskError, outcome.riskError)
      }
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
  }
}
