import Campaign
import Outcomes
import Testing
import Trials

@Suite struct WireFormatTests {
  @Test func numbersAndBlocks() {
    var writer = MessageWriter()
    let integers = [0, 1, -1, .max, .min, 1 << 40]
    let reals = [0, -0.0, 1.5, .infinity, -.infinity, Double.leastNonzeroMagnitude, .greatestFiniteMagnitude]
    let blocks = [Block(cell: 0, trials: 0..<1), Block(cell: 399, trials: (1 << 40) - 3..<1 << 40)]
    for value in integers { writer.write(value) }
    for value in reals { writer.write(value) }
    for block in blocks { writer.write(block) }
    writer.write(Double.nan)

    var reader = MessageReader(writer.bytes)
    #expect(integers.map { _ in reader.integer() } == integers)
    #expect(reals.map { _ in reader.real().bitPattern } == reals.map(\.bitPattern))
    #expect(blocks.map { _ in reader.block() } == blocks)
    #expect(reader.real().isNaN)
  }

  private static let outcomes = [
    Outcome(risk: 1e-7, riskError: 1e-20, gradientNorm: 3, steps: 10_000), .diverged(at: 17),
    Outcome(risk: .greatestFiniteMagnitude, riskError: 0, gradientNorm: Double.leastNonzeroMagnitude, steps: 0),
  ]

  /// What is measured of every trial besides; of the one that diverged there is no value.
  private static let further = Measurement<MeasuredTrial>.all.enumerated().map { place, measurement in
    ObservableColumn(measurement.observable, [Double(place), nil, 3])
  }

  @Test func resultsWithoutMore() {
    expectSame(TrialResults(outcomes: Self.outcomes, further: Self.further, trajectories: BlockTrajectories()))
  }

  @Test func resultsWithAnalysesAndTrajectories() {
    var trajectories = BlockTrajectories(trials: 5..<5 + Self.outcomes.count, checkpoints: 2, observables: 5)
    for trial in trajectories.trials {
      let values = [1, 0.5, 2, .infinity, Double.leastNonzeroMagnitude].map { $0 * Double(trial) }
      trajectories.add(TrialTrajectory(trial: trial, values: [values, values.reversed()]), keepWhole: trial == 6)
    }
    #expect(trajectories.isComplete && trajectories.whole.count == 1)
    let analyses = [TrialAnalysis(), TrialAnalysis(initiallyDeadNeurons: 3), TrialAnalysis()]
    expectSame(
      TrialResults(
        outcomes: Self.outcomes, analyses: analyses, further: Self.further, trajectories: trajectories))
  }

  private func expectSame(_ results: TrialResults, sourceLocation: SourceLocation = #_sourceLocation) {
    var writer = MessageWriter()
    writer.write(4711)
    writer.write(results)
    var reader = MessageReader(writer.bytes)
    #expect(reader.integer() == 4711, sourceLocation: sourceLocation)
    let read = reader.results()
    #expect(read.outcomes == results.outcomes, sourceLocation: sourceLocation)
    #expect(read.analyses == results.analyses, sourceLocation: sourceLocation)
    #expect(read.further == results.further && !read.further.isEmpty, sourceLocation: sourceLocation)
    #expect(read.trajectories == results.trajectories, sourceLocation: sourceLocation)
  }
}
