import Outcomes
import Studies

extension CellRunner {
  /// What `trials` come to if some of them are known to trap: those are not computed, and come out as crashed.
  ///
  /// - Parameters:
  ///   - crashed: ascending; others than those of the range do not matter.
  ///   - compute: what a range without any of them comes to.
  public func results(
    of trials: Range<Int>, sparing crashed: [Int], computing compute: (Range<Int>) -> TrialResults
  ) -> TrialResults {
    let crashed = crashed.filter(trials.contains)
    if crashed.isEmpty { return compute(trials) }
    var results = TrialResults(
      outcomes: [],
      trajectories: BlockTrajectories(
        trials: trials, checkpoints: trainer.checkpoints.count,
        observables: Measurement<MeasuredCheckpoint>.all.count))
    let hasAnalyses = cell.limit != nil && judge != nil
    let measurements = Measurement<MeasuredTrial>.of(cell)
    var measured = [[Double?]](repeating: [], count: measurements.count)
    var next = trials.lowerBound
    for end in crashed + [trials.upperBound] {
      if next < end {
        let part = compute(next..<end)
        results.outcomes += part.outcomes
        results.analyses += part.analyses
        for place in measured.indices { measured[place] += part.further[place].values }
        if !part.trajectories.isEmpty { results.trajectories.add(part.trajectories) }
      }
      next = end + 1
      guard end < trials.upperBound else { break }
      results.outcomes.append(.crashed)
      if hasAnalyses { results.analyses.append(TrialAnalysis()) }
      for place in measured.indices { measured[place].append(nil) }
      if !results.trajectories.isEmpty { results.trajectories.addCrashed(end) }
    }
    results.further = zip(measurements, measured).map { ObservableColumn($0.observable, $1) }
    return results
  }
}
