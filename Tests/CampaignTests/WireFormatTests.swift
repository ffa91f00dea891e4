import Campaign
import Outcomes
import Testing
import Trials

@Suite struct WireFormatTests {
  @Test func numbersAndBlocks() throws {
    var writer = MessageWriter()
    let integers = [0, 1, -1, .max, .min, 1 << 40]
    let reals = [0, -0.0, 1.5, .infinity, -.infinity, Double.leastNonzeroMagnitude, .greatestFiniteMagnitude]
    let blocks = [Block(cell: 0, trials: 0..<1), Block(cell: 399, trials: (1 << 40) - 3..<1 << 40)]
    for value in integers { writer.write(value) }
    for value in reals { writer.write(value) }
    for block in blocks { writer.write(block) }
    writer.write(Double.nan)

    var reader = MessageReader(writer.bytes)
    for value in integers { #expect(try reader.integer() == value) }
    for value in reals { #expect(try reader.real().bitPattern == value.bitPattern) }
    for block in blocks { #expect(try reader.block() == block) }
    #expect(try reader.real().isNaN)
    #expect(throws: MalformedMessage.self) { try reader.integer() }
  }

  @Test(arguments: [[-1, 0, 1], [0, -1, 1], [0, 5, 5], [0, 5, 4], [0, 0, .max], [0, .min, .max]])
  func blocksThatNobodySends(words: [Int]) {
    var writer = MessageWriter()
    for word in words { writer.write(word) }
    var reader = MessageReader(writer.bytes)
    #expect(throws: MalformedMessage.self) { try reader.block() }
  }

  /// Cut anywhere, or with a number of trials or of bytes that it does not have.
  @Test func resultsThatNobodySends() {
    var writer = MessageWriter()
    writer.write(TrialResults(outcomes: Self.outcomes, further: Self.further, trajectories: BlockTrajectories()))
    func isRefused(_ bytes: [UInt8]) -> Bool {
      var reader = MessageReader(bytes)
      do {
        _ = try reader.results()
        return false
      } catch {
        return true
      }
    }
    #expect(!isRefused(writer.bytes))
    for length in writer.bytes.indices {
      #expect(isRefused(Array(writer.bytes.prefix(length))), "\(length) bytes")
    }
    for place in [0, 8] {
      for value in [0, 1, 2, 3, 5, -1, Int.max, .min, 1 << 40, 1 << 61] {
        var number = MessageWriter()
        number.write(value)
        var bytes = writer.bytes
        bytes.replaceSubrange(place..<place + 8, with: number.bytes)
        #expect(isRefused(bytes), "\(value) at \(place)")
      }
    }
  }

  private static let outcomes = [
    Outcome(risk: 1e-7, riskError: 1e-20, gradientNorm: 3, steps: 10_000), .diverged(at: 17),
    Outcome(risk: .greatestFiniteMagnitude, riskError: 0, gradientNorm: Double.leastNonzeroMagnitude, steps: 0),
    .crashed,
  ]

  /// What is measured of every trial besides; of the one that diverged there is no value.
  private static let further = Measurement<MeasuredTrial>.all.enumerated().map { place, measurement in
    ObservableColumn(measurement.observable, [Double(place), nil, 3, nil])
  }

  @Test func resultsWithoutMore() throws {
    try expectSame(TrialResults(outcomes: Self.outcomes, further: Self.further, trajectories: BlockTrajectories()))
  }

  @Test func resultsWithAnalysesAndTrajectories() throws {
    var trajectories = BlockTrajectories(trials: 5..<5 + Self.outcomes.count, checkpoints: 2, observables: 5)
    for trial in trajectories.trials {
      let values = [1, 0.5, 2, .infinity, Double.leastNonzeroMagnitude].map { $0 * Double(trial) }
      trajectories.add(TrialTrajectory(trial: trial, values: [values, values.reversed()]), keepWhole: trial == 6)
    }
    #expect(trajectories.isComplete && trajectories.whole.count == 1)
    let analyses = [TrialAnalysis(), TrialAnalysis(initiallyDeadNeurons: 3), TrialAnalysis(), TrialAnalysis()]
    try expectSame(
      TrialResults(
        outcomes: Self.outcomes, analyses: analyses, further: Self.further, trajectories: trajectories))
  }

  private func expectSame(_ results: TrialResults, sourceLocation: SourceLocation = #_sourceLocation) throws {
    var writer = MessageWriter()
    writer.write(4711)
    writer.write(results)
    var reader = MessageReader(writer.bytes)
    #expect(try reader.integer() == 4711, sourceLocation: sourceLocation)
    let read = try reader.results()
    #expect(read.outcomes == results.outcomes, sourceLocation: sourceLocation)
    #expect(read.analyses == results.analyses, sourceLocation: sourceLocation)
    #expect(read.further == results.further && !read.further.isEmpty, sourceLocation: sourceLocation)
    #expect(read.trajectories == results.trajectories, sourceLocation: sourceLocation)
  }
}
