import Estimation
import Landscape
import Ledger
import Studies

extension StoppingMonitor {
  /// What the stored trials of a cell come to under the stopping rule of its study: those of the gap-free prefix.
  ///
  /// - Parameters:
  ///   - judge: of the cell, by the criterion of the study.
  ///   - progress: of the cell.
  /// - Returns: nil where the trials of the study are planned.
  public init?(
    _ cell: Cell, of study: Study, judge: Judge, progress: CellProgress, in ledger: LedgerReader
  ) throws(LedgerError) {
    guard let rule = study.sampling.stoppingRule, let event = study.sampling.rule?.event else { return nil }
    self.init(rule, planned: progress.planned ?? 0, hasPlannedStages: progress.stages == study.sampling.stages)
    var blocks = ledger.blocks(of: cell.key, below: progress.prefix, reading: event.content)
    while ending == nil, let block = try blocks.next() { _ = add(event.results(in: block, judge: judge)) }
  }

  /// Takes in the trials that follow, as many as are needed; how many that are.
  @discardableResult public mutating func add(_ results: [Bool?]) -> Int {
    for (count, result) in results.enumerated() {
      if ending != nil { return count }
      add(result)
    }
    return results.count
  }
}
