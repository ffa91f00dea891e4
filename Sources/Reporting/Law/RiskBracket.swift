import Ledger
import Outcomes
import Studies

/// Where the risk of a trial lies at the limit of the gradient flow: between two numbers, equal ones where it is known.
///
/// Along the flow the risk never rises: a flow that is not at rest has a limit of at most the last risk along it, and at
/// least 0. Of a trial that has diverged it is infinite, and of one that has crashed nothing is known.
struct RiskBracket: Hashable {
  var lower: Double
  var upper: Double

  init(_ outcome: Outcome, _ analysis: TrialAnalysis?) {
    if outcome.hasCrashed {
      (lower, upper) = (0, .infinity)
    } else if outcome.hasDiverged {
      (lower, upper) = (.infinity, .infinity)
    } else if let limit = analysis?.limit, limit.isAtRest {
      (lower, upper) = (limit.risk, limit.risk)
    } else if case .constant(let risk)? = analysis?.certificate {
      (lower, upper) = (risk, risk)
    } else {
      (lower, upper) = (0, min(outcome.risk, analysis?.limit?.risk ?? .infinity))
    }
  }

  /// Of the risk when training ends, which is not known of a crashed trial only.
  init(atEnd outcome: Outcome) {
    (lower, upper) = outcome.hasCrashed ? (0, .infinity) : (outcome.risk, outcome.risk)
  }

  var isKnown: Bool { lower == upper }
}

extension LedgerReader {
  /// Passes what is known of the first trials of a cell to `observe`, in their order.
  func forEachTrial(
    of cell: CellKey, below count: Int, _ observe: (Outcome, TrialAnalysis?) -> Void
  ) throws(LedgerError) {
    var blocks = self.blocks(of: cell, below: count, reading: .outcomesAndAnalyses)
    while let block = try blocks.next() {
      for (place, outcome) in block.outcomes.enumerated() where block.trials.lowerBound + place < count {
        observe(outcome, block.analyses.isEmpty ? nil : block.analyses[place])
      }
    }
  }
}
