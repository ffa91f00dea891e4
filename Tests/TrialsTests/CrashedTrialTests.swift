import Outcomes
import TestSupport
import Testing
import Trials

/// Trials that are known to trap are left out; the others are the same bits.
@Suite struct CrashedTrialTests {
  @Test(arguments: [[], [0], [39], [7, 8, 30], Array(0..<40)])
  func otherTrialsAreTheSame(_ crashed: [Int]) throws {
    let study = try prepare(
      "inner-bias", [("training.steps", "60"), ("trajectory", "{checkpoints: [0, 60], trials: [3, 8]}")])
    let runner = study.runners[0]
    for trials in [0..<40, 5..<35] {
      var computed: [Int] = []
      let results = runner.results(of: trials, sparing: crashed + [1000]) { part in
        computed += part
        return runner.results(of: part, kernels: widest)
      }
      let own = crashed.filter(trials.contains)
      #expect(computed == trials.filter { !own.contains($0) })
      let all = runner.results(of: trials, kernels: widest)
      #expect(results.outcomes.count == trials.count && results.analyses.count == trials.count)
      for (row, trial) in trials.enumerated() {
        if own.contains(trial) {
          #expect(results.outcomes[row] == .crashed && results.analyses[row] == TrialAnalysis())
        } else {
          #expect(results.outcomes[row] == all.outcomes[row] && results.analyses[row] == all.analyses[row])
        }
        for (column, other) in zip(results.further, all.further) {
          let expected = own.contains(trial) ? nil : other[row]
          #expect(column.observable == other.observable && column[row]?.bitPattern == expected?.bitPattern)
        }
      }
      // What trajectories keep is that of the others, and says how many are missing.
      #expect(results.trajectories.isComplete && results.trajectories.trials == trials)
      #expect(results.trajectories.pages.reduce(0) { $0 + $1.aggregate.crashedTrials } == own.count)
      #expect(results.trajectories.whole == all.trajectories.whole.filter { !own.contains($0.trial) })
      #expect(BlockTrajectories(bytes: results.trajectories.bytes) == results.trajectories)
      if own.isEmpty { #expect(results.trajectories == all.trajectories) }
    }
  }
}
