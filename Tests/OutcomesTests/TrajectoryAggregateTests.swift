import Foundation
import Outcomes
import TestSupport
import Testing

@Suite struct TrajectoryAggregateTests {
  /// Trajectories over some fifty decades, with zeros, numbers outside of the grid, and diverged trials.
  private func trajectories(_ count: Int, checkpoints: Int = 4, diverging: Bool = true) -> [TrialTrajectory] {
    var random = SplitMix64(state: 7)
    return (0..<count).map { trial in
      let end = diverging && trial % 17 == 5 ? trial % 3 + 1 : checkpoints
      return TrialTrajectory(
        trial: trial,
        values: (0..<checkpoints).map { checkpoint in
          Observable.trajectory.map { quantity in
            if checkpoint >= end { return checkpoint == end ? .nan : .infinity }
            if quantity == .distanceToEnd && checkpoint == checkpoints - 1 { return 0 }
            let spread = quantity == .parameterNorm ? 0.1 : quantity == .riskAlong ? 3.0 : 26.0
            return pow(10, Double.random(in: -spread...spread, using: &random) - 8)
          }
        })
    }
  }

  private func aggregate(_ trajectories: some Sequence<TrialTrajectory>, checkpoints: Int = 4) -> TrajectoryAggregate {
    var aggregate = TrajectoryAggregate(checkpoints: checkpoints, observables: 5)
    for trajectory in trajectories { aggregate.add(trajectory) }
    return aggregate
  }

  @Test func lawsCountTrials() {
    let all = trajectories(500)
    let aggregate = aggregate(all)
    #expect(aggregate.trials == 500)
    for checkpoint in 0..<4 {
      for quantity in Observable.trajectory.indices {
        let law = aggregate[checkpoint, quantity]
        let values = all.map { $0.values[checkpoint][quantity] }.sorted()
        #expect(law.trials == 500)
        #expect(law.counts.map(\.bin) == Set(values.map(LogarithmicGrid.bin)).sorted())
        for count in law.counts {
          #expect(count.trials == values.count { LogarithmicGrid.bin(of: $0) == count.bin })
          #expect(law.count(count.bin) == count.trials)
          #expect(law.count(through: count.bin) == values.count { $0 <= count.bin.upper })
        }
        for rank in [1, 2, 25, 250, 475, 500] {
          let bin = law.bin(ofRank: rank)
          #expect(bin == LogarithmicGrid.bin(of: values[rank - 1]))
          #expect(values[rank - 1] <= bin.upper)
        }
      }
    }
    #expect(aggregate[3, 3].count(.zero) > 400)
    #expect(aggregate[3, 0].count(.nonFinite) == all.count { $0.values[3][0] == .infinity })
    #expect(aggregate[0, 0].count(.overflow) == 0)
  }

  /// Squares are rounded by 2^-24 of themselves at most (`TrajectoryLaw`), so roots of their mean by 2^-25 = 3e-8:
  /// the bound of 3.1e-8 here and below, with room for double precision.
  @Test func rootMeanSquareIsAccurate() {
    let all = trajectories(300, diverging: false)
    let aggregate = aggregate(all)
    for checkpoint in 0..<4 {
      for quantity in Observable.trajectory.indices {
        let squares = all.map { $0.values[checkpoint][quantity] * $0.values[checkpoint][quantity] }.sorted()
        let expected = (squares.reduce(0, +) / 300).squareRoot()
        let error = abs(aggregate[checkpoint, quantity].rootMeanSquare! - expected)
        #expect(error <= 3.1e-8 * expected)
      }
    }
    #expect(self.aggregate(trajectories(6))[3, 0].rootMeanSquare == .infinity, "one of them has diverged")
    #expect(TrajectoryLaw().rootMeanSquare == nil)
  }

  /// One value at a time: the worst case of rounding, at both ends of the bands and of the range.
  @Test func rootMeanSquareOfOneNumber() {
    func rootMeanSquare(_ values: Double...) -> Double? {
      var law = TrajectoryLaw()
      for value in values { law.add(value) }
      return law.rootMeanSquare
    }
    for exponent in stride(from: -119, through: 1023, by: 1) {
      for significand in [1, 1.0.nextUp, 1.5, 2.0.nextDown] {
        let value = Double(sign: .plus, exponent: exponent, significand: significand)
        #expect(abs(rootMeanSquare(value)! / value - 1) <= 3.1e-8)
      }
    }
    #expect(rootMeanSquare(3, 4) == 12.5.squareRoot())
    #expect(rootMeanSquare(1e-200, 0) == 0, "below the grid counts as 0")
    #expect(rootMeanSquare(1e-30, 1e200, 0, 0).map { abs($0 / 5e199 - 1) < 3.1e-8 } == true)
    #expect(rootMeanSquare(-.infinity) == .infinity)
  }

  /// 2^40 trials, the most that a cell can hold, whose squares are as large as they can be in their units.
  @Test func sumsDoNotOverflow() {
    let largest = (0x1p64 as Double).nextDown
    var aggregate = TrajectoryAggregate(checkpoints: 1, observables: 5)
    aggregate.add(TrialTrajectory(trial: 0, values: [Array(repeating: largest, count: 5)]))
    for _ in 0..<40 {
      let half = aggregate
      aggregate += half
    }
    #expect(aggregate.trials == TrialIndex.limit)
    #expect(abs(aggregate[0, 0].rootMeanSquare! / largest - 1) < 3.1e-8)
    #expect(TrajectoryAggregate(bytes: aggregate.bytes) == aggregate)
  }

  @Test func anyGroupingAddsUpToTheSameBytes() {
    let all = trajectories(200)
    let expected = aggregate(all)
    var random = SplitMix64(state: 3)
    for _ in 0..<10 {
      var groups: [TrajectoryAggregate] = []
      var rest = all.shuffled(using: &random)[...]
      while !rest.isEmpty {
        let size = Int.random(in: 1...60, using: &random)
        groups.append(aggregate(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      while groups.count > 1 {
        let last = groups.removeLast()
        groups[Int.random(in: groups.indices, using: &random)] += last
      }
      #expect(groups[0] == expected)
      #expect(groups[0].bytes == expected.bytes)
    }
  }

  @Test func sizeIsBoundedByCheckpoints() {
    // Risks of trials mostly lie within some decades: 64 bins each, a byte or two for the bin, as many for the count.
    let many = aggregate(trajectories(20_000, checkpoints: 2, diverging: false), checkpoints: 2)
    #expect(many.bytes.count < 2 * (3 * 3076 + 2 * 500) * 3)
    #expect(many[0, 0].counts.count <= 6 * 64 + 1)
  }

  // MARK: - Bytes

  @Test func bytesRoundTrip() {
    for count in [0, 1, 64, 300] {
      let aggregate = aggregate(trajectories(count))
      #expect(TrajectoryAggregate(bytes: aggregate.bytes) == aggregate)
    }
    let empty = TrajectoryAggregate(checkpoints: 0, observables: 5)
    #expect(TrajectoryAggregate(bytes: empty.bytes) == empty)
  }

  /// The layout is a file format: these bytes must never change.
  @Test func layout() {
    let aggregate = aggregate(
      [[1, 0, 1e-40, 2, .infinity], [1, 0, 1e13, 0x1p-40, 3]].enumerated().map {
        TrialTrajectory(trial: $0, values: [$1])
      }, checkpoints: 1)
    #expect(
      aggregate.bytes == [
        1, 1, 2,
        // 1 and 1: bin 2305 twice; band 0, the sum 2 * 2^23.
        1, 0x81, 0x12, 2, 1, 4, 0x80, 0x80, 0x80, 8,
        // 0 and 0: bin 0 twice.
        1, 0, 2, 0,
        // 1e-40 and 1e13: bins 1 and 3074; band 1, the sum 1e26 / 2^41 to the nearest integer, 45474735088646.
        2, 1, 1, 0x80, 0x18, 1, 1, 5, 0x86, 0xc8, 0xb9, 0xcb, 0xbe, 0xab, 0x0a,
        // 2 and 2^-40: bins 1535 and 2325; bands -2 and 0, the sums 2^(-80 + 128 + 23) and 4 * 2^23.
        2, 0xff, 0x0b, 1, 0x95, 0x06, 1, 2, 2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2, 1,
        0x80, 0x80, 0x80, 0x10,
        // Infinity and 3: bins 2336 and 3075; band 0, the sum 9 * 2^23.
        2, 0xa0, 0x12, 1, 0xe2, 5, 1, 1, 4, 0x80, 0x80, 0x80, 0x24,
      ])
  }

  @Test func damagedBytesAreRefused() {
    let bytes = aggregate(trajectories(30)).bytes
    for length in 0..<bytes.count { #expect(TrajectoryAggregate(bytes: Array(bytes.prefix(length))) == nil) }
    #expect(TrajectoryAggregate(bytes: bytes + [0]) == nil)
    var refused = 0
    var random = SplitMix64(state: 11)
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] = UInt8.random(in: 0...255, using: &random)
      if damaged[place] == bytes[place] { continue }
      if let other = TrajectoryAggregate(bytes: damaged) {
        #expect(other.bytes == damaged, "what is accepted is in canonical form")
      } else {
        refused += 1
      }
    }
    #expect(refused > bytes.count / 4)
    // A number of checkpoints that would fill the memory, and integers that are not in their shortest form.
    #expect(TrajectoryAggregate(bytes: [1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]) == nil)
    #expect(TrajectoryAggregate(bytes: [1, 0, 0]) != nil)
    #expect(TrajectoryAggregate(bytes: [1, 0, 0x80, 0]) == nil)
    #expect(TrajectoryAggregate(bytes: [1, 0] + Array(repeating: 0xff, count: 30)) == nil)
  }

  /// Five observables are the form of older ledgers; other numbers are written down.
  @Test func otherNumbersOfObservables() throws {
    var two = TrajectoryAggregate(checkpoints: 1, observables: 2)
    two.add(TrialTrajectory(trial: 0, values: [[0, 1]]))
    // Bin 0 once; bin 2305 once, band 0, the sum 2^23.
    #expect(two.bytes == [2, 1, 2, 1, 1, 0, 1, 0, 1, 0x81, 0x12, 1, 1, 4, 0x80, 0x80, 0x80, 4])
    #expect(TrajectoryAggregate(bytes: two.bytes) == two)
    #expect(TrajectoryAggregate(bytes: [2, 0, 5, 0]) == nil, "five in the wrong form")
    #expect(TrajectoryAggregate(bytes: [3, 0, 0]) == nil, "an unknown version")
    #expect(TrajectoryAggregate(bytes: [2, 0xff, 0x7f, 0xff, 0x7f, 0]) == nil, "more than there are bytes for")
    let all = aggregate(trajectories(30))
    let selection = all.selecting([3, 0])
    #expect(selection.observables == 2 && selection.trials == 30)
    #expect(selection[2, 0] == all[2, 3] && selection[3, 1] == all[3, 0])
  }

  @Test func names() {
    #expect(
      Observable.trajectory.map(\.name)
        == ["risk", "gradient-norm", "batch-gradient-norm", "distance", "parameter-norm"])
    #expect(Observable.trajectory.allSatisfy { $0.moment == .checkpoint && $0.domain == .nonnegativeReal })
  }
}
