import Estimation
import Ledger
import Outcomes

/// When the trials ended that met the criterion of `training.until` before all steps were done.
public struct EarlyEnds: Sendable, Hashable {
  public var trials: Int
  public var steps: Spread
  /// The sum of the learning rates of these steps times the optimizer's flow time factor.
  public var flowTime: Spread

  /// How a quantity lies over trials.
  public struct Spread: Sendable, Hashable {
    /// The 5 %, 50 % and 95 % quantiles: the smallest value with at least that share of the trials at or below it.
    public var quantiles: [Double]
    public var mean: Double
    /// Of the mean; nil for a single trial.
    public var standardError: Double?
  }

  /// Whether a trial ended before it had done `plannedSteps`, for another reason than divergence.
  static func contains(_ outcome: Outcome, plannedSteps: Int) -> Bool {
    !outcome.hasDiverged && outcome.steps < plannedSteps
  }

  /// Of the trials of a cell below `prefix`; nil if all of them did their steps.
  ///
  /// - Parameter flowTime: the flow time after a number of steps; it does not fall.
  init?(
    of cell: CellKey, in ledger: LedgerReader, below prefix: Int, plannedSteps: Int, flowTime: (Int) -> Double
  ) throws(LedgerError) {
    func replay(_ visit: (Outcome) -> Void) throws(LedgerError) {
      var blocks = ledger.blocks(of: cell, below: prefix)
      while let block = try blocks.next() {
        for outcome in block.outcomes where Self.contains(outcome, plannedSteps: plannedSteps) { visit(outcome) }
      }
    }
    var (stepMoments, timeMoments) = (Moments(), Moments())
    try replay { outcome in
      stepMoments.add(Double(outcome.steps))
      timeMoments.add(flowTime(outcome.steps))
    }
    guard stepMoments.count > 0 else { return nil }
    let steps = try QuantileSelection.quantiles(ofShares: CellSummary.shares, count: stepMoments.count) {
      (visit: (Double) -> Void) throws(LedgerError) in
      try replay { visit(Double($0.steps)) }
    }
    trials = stepMoments.count
    self.steps = Spread(quantiles: steps, mean: stepMoments.mean, standardError: stepMoments.standardError)
    // Flow time does not fall with the steps, so its quantiles belong to those of the steps.
    self.flowTime = Spread(
      quantiles: steps.map { flowTime(Int($0)) }, mean: timeMoments.mean, standardError: timeMoments.standardError)
  }
}
