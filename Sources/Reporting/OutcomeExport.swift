import Landscape
import Ledger
import Outcomes
import Studies

/// The outcomes of a ledger, trial by trial, as comma-separated text.
///
/// The bytes depend on the study, its cells and the number of trials alone: cells in the order of the study, trials
/// ascending, the gap-free prefix of each cell, reals with 17 digits, nothing of the run. Only the columns of the limit,
/// which a ledger has if its study follows flows, may differ between machines in their last digits.
public enum OutcomeExport {
  public static let header = "cell,trial,verdict,risk,gradient_norm,risk_error,steps,dead_neurons"
  public static let analysisHeader =
    "margin,certificate,limit_risk,limit_decrease,limit_gradient_norm,limit_flow_time,limit_steps,at_rest,quality,kind,"
    + "negative_eigenvalues,smallest_eigenvalue,level,interior_kinks,kinked_neurons,active_neurons,inactive_neurons,"
    + "dying_neurons,initially_dead,signature"

  /// Hands the text to `write` piece by piece and returns how many stored trials behind gaps were left out.
  public static func csv(_ ledger: LedgerReader, write: (String) throws -> Void) throws -> Int {
    let study = try Study(in: ledger)
    let levels = try ReferenceLevels(study, in: ledger)
    let (own, cells) = (study.cells, try ledger.cells())
    guard own.map(\.label) == cells.map(\.label) else { throw ReportError.changed(path: ledger.path) }
    let judges = try own.map { try Judge($0, levels, path: ledger.path) }
    let hasAnalysis = cells.contains(where: \.hasAnalysis)
    try write(header + (hasAnalysis ? ",\(analysisHeader)\n" : "\n"))
    var leftOut = 0
    for (cell, judge) in zip(cells, judges) {
      let progress = try ledger.progress(of: cell.key)
      leftOut += progress.stored - progress.prefix
      var blocks = ledger.blocks(of: cell.key, below: progress.prefix, reading: .outcomesAndAnalyses)
      while let block = try blocks.next() {
        var text = ""
        for (place, outcome) in block.outcomes.enumerated() {
          let trial = block.trials.lowerBound + place
          let analysis = block.analyses.isEmpty ? nil : block.analyses[place]
          let judgement = judge.judgement(of: outcome, analysis)
          text += "\(cell.label),\(trial),\(judgement.verdict.text),\(CSV.real(outcome.risk)),"
          text += "\(CSV.real(outcome.gradientNorm)),\(CSV.real(outcome.riskError)),\(outcome.steps),"
          text += outcome.deadNeurons.map { "\($0)" } ?? ""
          if hasAnalysis { text += columns(analysis, judgement, judge) }
          text += "\n"
        }
        try write(text)
      }
    }
    return leftOut
  }

  /// The columns of an analysis, each after a comma.
  private static func columns(_ analysis: TrialAnalysis?, _ judgement: Judgement, _ judge: Judge) -> String {
    let limit = analysis?.limit
    let structure = limit?.structure
    return [
      CSV.real(judgement.margin), analysis?.certificate?.text, limit.map { CSV.real($0.risk) },
      limit.map { CSV.real($0.decrease) }, limit.map { CSV.real($0.gradientNorm) },
      limit.map { CSV.real($0.flowTime) }, limit.map { "\($0.steps)" }, limit.map { "\($0.isAtRest)" },
      limit.flatMap { LimitQuality($0, bounds: judge.bounds)?.text }, limit?.kind?.text,
      limit?.negativeEigenvalues.map(String.init), limit?.smallestEigenvalue.map(CSV.real), limit?.level?.name,
      structure.map { "\($0.interiorKinks)" }, structure.map { "\($0.kinkedNeurons)" },
      structure.map { "\($0.activeNeurons)" }, structure.map { "\($0.inactiveNeurons)" },
      structure.map { "\($0.dyingNeurons)" }, analysis?.initiallyDeadNeurons.map(String.init),
      limit.flatMap { $0.signature == 0 ? nil : CSV.real($0.signature) },
    ].map { "," + ($0 ?? "") }.joined()
  }
}
