import Estimation
import Ledger
import Landscape
import Outcomes

/// The trials of a cell in their order, for bets: of each event once as if undecided trials had failed, once as if they had
/// succeeded.
struct CellBets: Sendable {
  var good = Bracket()
  var atEnd = Bracket()

  struct Bracket: Sendable {
    private(set) var lowest = BettingSequence()
    private(set) var highest = BettingSequence()

    mutating func add(_ isSuccess: Bool?) {
      lowest.add(isSuccess ?? false)
      highest.add(isSuccess ?? true)
    }

    /// The confidence sequences at looks that grow by a tenth, and their end: what they have in common, whatever the undecided
    /// trials are, and the largest one-sided lower and the smallest upper bound.
    func running(at level: ConfidenceLevel) -> (interval: Interval, lower: Double, upper: Double) {
      var (successes, known) = ((lowest: 0, highest: 0), RunningIntersection())
      var (lower, upper, look) = (0.0, 1.0, Self.firstLook)
      for trial in 0..<lowest.trials {
        successes.lowest += lowest[trial] ? 1 : 0
        successes.highest += highest[trial] ? 1 : 0
        let trials = trial + 1
        guard trials == look || trials == lowest.trials else { continue }
        look += look / 10
        let counts = BracketedProportion(
          successes: successes.lowest, failures: trials - successes.highest, trials: trials)
        known.add(Estimate(counts, under: .anytime, at: level).interval)
        lower = max(lower, counts.lowest.confidenceSequenceLower(at: level))
        upper = min(upper, counts.highest.confidenceSequenceUpper(at: level))
      }
      return (known.interval, lower, max(lower, upper))
    }

    private static let firstLook = 64

    /// Whatever the undecided trials are, each end at half of the error probability.
    func interval(at level: ConfidenceLevel) -> Interval {
      let half = level.simultaneous(over: 2)
      let (lower, upper) = (lowest.lowerBound(at: half), highest.upperBound(at: half))
      return Interval(lower: min(lower, upper), upper: max(lower, upper))
    }
  }

  /// Beyond so many trials of a cell there is no row: bounds take seconds there.
  static let mostTrials = 1 << 17

  /// Reads the trials of a cell.
  init(_ cell: CellSummary, _ judge: Judge, in ledger: LedgerReader) throws(LedgerError) {
    try ledger.forEachTrial(of: cell.key, below: cell.trials) { outcome, analysis in
      switch judge.judgement(of: outcome, analysis).verdict {
      case .good: good.add(true)
      case .bad, .diverged: good.add(false)
      case .undecided, .crashed: good.add(nil)
      }
      atEnd.add(judge.isGoodAtEnd(outcome))
    }
  }
}

extension StudyReport {
  /// Reads the order of the trials, which the rows "betting" and "running-intersection" of ``report(beside:showsObservables:showsIntervals:supplements:)`` needs.
  public mutating func readOrder(in ledger: LedgerReader) throws(LedgerError) {
    for (cell, judge) in zip(cells, judges) where (1...CellBets.mostTrials).contains(cell.trials) {
      bets[cell.key] = try CellBets(cell, judge, in: ledger)
    }
  }

  /// Empty where the order was not read.
  func bettingRows(_ cell: CellSummary, _ event: String, _ bets: CellBets.Bracket?) -> [IntervalRow] {
    guard let bets else { return [] }
    let running = bets.running(at: confidence)
    return [
      IntervalRow(
        cell: cell, event: event, method: "running-intersection", validity: "always", trials: bets.lowest.trials,
        interval: running.interval, lowerBound: running.lower, upperBound: running.upper),
      IntervalRow(
        cell: cell, event: event, method: "betting", validity: "always", trials: bets.lowest.trials,
        interval: bets.interval(at: confidence), lowerBound: bets.lowest.lowerBound(at: confidence),
        upperBound: bets.highest.upperBound(at: confidence)),
    ]
  }
}
