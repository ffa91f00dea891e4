import Ledger
import Outcomes

/// The outcomes of a ledger, trial by trial, as comma-separated text.
///
/// The bytes depend on the study, its cells and the number of trials alone: cells in the order of the study, trials
/// ascending, the gap-free prefix of each cell, reals with 17 digits, nothing of the run.
public enum OutcomeExport {
  public static let header = "cell,trial,verdict,risk,gradient_norm,risk_error,steps,dead_neurons\n"

  /// Hands the text to `write` piece by piece and returns how many stored trials behind gaps were left out.
  public static func csv(_ ledger: LedgerReader, write: (String) throws -> Void) throws -> Int {
    try write(header)
    var leftOut = 0
    for cell in try ledger.cells() {
      let progress = try ledger.progress(of: cell.key)
      leftOut += progress.stored - progress.prefix
      var blocks = ledger.blocks(of: cell.key, below: progress.prefix)
      while let block = try blocks.next() {
        var text = ""
        for (trial, outcome) in zip(block.trials, block.outcomes) {
          text += "\(cell.label),\(trial),\(outcome.verdict.text),\(CSV.real(outcome.risk)),"
          text += "\(CSV.real(outcome.gradientNorm)),\(CSV.real(outcome.riskError)),\(outcome.steps),"
          text += outcome.deadNeurons.map { "\($0)\n" } ?? "\n"
        }
        try write(text)
      }
    }
    return leftOut
  }
}
