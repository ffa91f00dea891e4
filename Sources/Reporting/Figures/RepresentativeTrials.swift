import Estimation
import Landscape
import Ledger
import Outcomes

/// Trials of a cell that stand for the others.
struct RepresentativeTrials: Sendable, Hashable {
  struct Trial: Sendable, Hashable {
    var index: Int
    /// When training ends.
    var risk: Double
  }

  /// The one of smallest risk when training ends, of several the first; nil where all have diverged.
  var best: Trial?
  /// The first one whose risk is the median over all trials that have not crashed; nil where that is infinite.
  var median: Trial?
  /// The first one with this verdict.
  var bad: Trial?
  /// The first one with this verdict.
  var undecided: Trial?

  /// Reads the trials of a cell, in bounded memory.
  init(_ cell: CellSummary, judge: Judge, in ledger: LedgerReader) throws(LedgerError) {
    func replay(
      reading content: BlockContent, _ observe: (BlockRecord) -> Bool
    ) throws(LedgerError) {
      var blocks = ledger.blocks(of: cell.key, below: cell.trials, reading: content)
      while let block = try blocks.next(), observe(block) {}
    }
    var risks = QuantileStreams(streams: 1)
    var (best, bad, undecided): (Trial?, Trial?, Trial?)
    try replay(reading: .outcomesAndAnalyses) { block in
      risks.observe(Self.risks(block), in: 0)
      for (place, outcome) in block.outcomes.enumerated() {
        let trial = Trial(index: block.trials.lowerBound + place, risk: outcome.risk)
        if trial.risk < best?.risk ?? .infinity { best = trial }
        guard bad == nil else { continue }
        switch judge.judgement(of: outcome, block.analyses.isEmpty ? nil : block.analyses[place]).verdict {
        case .bad: bad = trial
        case .undecided where undecided == nil: undecided = trial
        default: break
        }
      }
      return true
    }
    let medians = try risks.quantiles(ofShares: [0.5]) { (_, observe) throws(LedgerError) in
      try replay(reading: .outcomes) { block in
        observe(Self.risks(block), 0)
        return true
      }
    }
    var median: Trial?
    if let risk = medians[0].first, risk.isFinite {
      try replay(reading: .outcomes) { block in
        guard let place = block.outcomes.firstIndex(where: { $0.risk == risk }) else { return true }
        median = Trial(index: block.trials.lowerBound + place, risk: risk)
        return false
      }
    }
    (self.best, self.median, self.bad, self.undecided) = (best, median, bad, undecided)
  }

  /// Crashed trials have none.
  private static func risks(_ block: BlockRecord) -> [Double] {
    block.outcomes.lazy.filter { !$0.hasCrashed }.map(\.risk)
  }
}
