import Campaign
import Outcomes
import Testing
import Trials

@Suite struct ArrivalsTests {
  private func finished(_ trials: Range<Int>) -> FinishedBlock {
    FinishedBlock(
      block: Block(cell: 0, trials: trials),
      results: TrialResults(
        outcomes: [Outcome](repeating: .diverged(at: 0), count: trials.count), trajectories: BlockTrajectories()),
      seconds: 1)
  }

  /// Results wait for others while there are others to come, at most a quarter of a second.
  @Test func waiting() {
    var arrivals = Arrivals()
    #expect(arrivals.isEmpty && !arrivals.areDue(at: 100, moreToCome: false))
    arrivals.append(finished(0..<1), rank: 0, at: 10)
    arrivals.append(finished(5..<7), rank: 3, at: 10.2)
    #expect(!arrivals.areDue(at: 10.2, moreToCome: true))
    #expect(arrivals.areDue(at: 10.2, moreToCome: false))
    #expect(!arrivals.areDue(at: 10.249, moreToCome: true))
    #expect(arrivals.areDue(at: 10 + Arrivals.longestWait, moreToCome: true))

    let taken = arrivals.takeAll()
    #expect(taken.map(\.rank) == [0, 3])
    #expect(taken.map(\.finished.block.trials) == [0..<1, 5..<7])
    #expect(arrivals.isEmpty && !arrivals.areDue(at: 100, moreToCome: false))
    arrivals.append(finished(7..<8), rank: 0, at: 11)
    #expect(!arrivals.areDue(at: 11.2, moreToCome: true), "the wait begins with the first of those that wait")
  }

  @Test func manyAreStoredAtOnce() {
    var blocks = Arrivals()
    for trial in 0..<999 { blocks.append(finished(trial..<trial + 1), rank: 0, at: 0) }
    #expect(!blocks.areDue(at: 0, moreToCome: true))
    blocks.append(finished(999..<1000), rank: 0, at: 0)
    #expect(blocks.areDue(at: 0, moreToCome: true))

    var trials = Arrivals()
    trials.append(finished(0..<99_999), rank: 0, at: 0)
    #expect(!trials.areDue(at: 0, moreToCome: true))
    trials.append(finished(99_999..<100_000), rank: 0, at: 0)
    #expect(trials.areDue(at: 0, moreToCome: true))
  }
}
