import Outcomes
import TestSupport
import Testing

@Suite struct BlockTrajectoriesTests {
  private func trajectory(_ trial: Int, checkpoints: Int = 3) -> TrialTrajectory {
    TrialTrajectory(
      trial: trial,
      values: (0..<checkpoints).map { checkpoint in
        (0..<5).map { Double(trial * 7 % 11 + 1) / Double(checkpoint + $0 + 1) }
      })
  }

  private func block(_ trials: Range<Int>, checkpoints: Int = 3, whole: Set<Int> = []) -> BlockTrajectories {
    var block = BlockTrajectories(trials: trials, checkpoints: checkpoints, observables: 5)
    for trial in trials { block.add(trajectory(trial, checkpoints: checkpoints), keepWhole: whole.contains(trial)) }
    return block
  }

  // MARK: - Ranges

  @Test(arguments: [
    (0..<1, [0..<1]), (0..<64, [0..<64]), (0..<65, [0..<64, 64..<65]), (0..<256, [0..<256]),
    (10..<300, [10..<64, 64..<128, 128..<256, 256..<300]), (64..<256, [64..<128, 128..<256]), (70..<75, [70..<75]),
    (60..<70, [60..<64, 64..<70]), (128..<512, [128..<256, 256..<512]), (5..<5, []),
    ((1 << 40) - 65..<1 << 40, [(1 << 40) - 65..<(1 << 40) - 64, (1 << 40) - 64..<1 << 40]),
  ])
  func rangesOfPages(trials: Range<Int>, ranges: [Range<Int>]) {
    #expect(TrajectoryPage.ranges(of: trials) == ranges)
  }

  /// Joining what may be joined, in any order, ends with the ranges that cutting gives.
  @Test func joiningUndoesCutting() {
    var random = SplitMix64(state: 5)
    for _ in 0..<300 {
      let first = Int.random(in: 0..<400, using: &random)
      let trials = first..<first + Int.random(in: 1..<1000, using: &random)
      var pieces: [Range<Int>] = []
      var start = trials.lowerBound
      while start < trials.upperBound {
        let end = min(trials.upperBound, start + Int.random(in: 1...200, using: &random))
        pieces += TrajectoryPage.ranges(of: start..<end)
        start = end
      }
      pieces.shuffle(using: &random)
      while true {
        let pairs = pieces.indices.flatMap { i in pieces.indices.map { (i, $0) } }
        guard let (i, j) = pairs.first(where: { $0 != $1 && TrajectoryPage.joins(pieces[$0], pieces[$1]) }) else {
          break
        }
        pieces.append(
          min(pieces[i].lowerBound, pieces[j].lowerBound)..<max(pieces[i].upperBound, pieces[j].upperBound))
        for place in [i, j].sorted().reversed() { pieces.remove(at: place) }
      }
      #expect(pieces.sorted { $0.lowerBound < $1.lowerBound } == TrajectoryPage.ranges(of: trials))
    }
  }

  // MARK: - Parts

  /// A block that is put together from its parts, in any order, is the one of all trials.
  @Test func partsMakeTheBlock() {
    var random = SplitMix64(state: 11)
    for _ in 0..<100 {
      let first = Int.random(in: 0..<400, using: &random)
      let trials = first..<first + Int.random(in: 1..<1000, using: &random)
      var (parts, next): ([Range<Int>], Int) = ([], trials.lowerBound)
      while next < trials.upperBound {
        let end = min(trials.upperBound, next + Int.random(in: 1...300, using: &random))
        parts.append(next..<end)
        next = end
      }
      var whole = BlockTrajectories(trials: trials, checkpoints: 3, observables: 5)
      for part in parts.shuffled(using: &random) { whole.add(block(part, whole: [first, first + 70])) }
      #expect(whole == block(trials, whole: [first, first + 70]))
    }
  }

  @Test func crashedTrialsAreCounted() {
    var block = BlockTrajectories(trials: 60..<70, checkpoints: 3, observables: 5)
    for trial in 60..<70 {
      if trial % 4 == 2 { block.addCrashed(trial) } else { block.add(trajectory(trial), keepWhole: false) }
    }
    #expect(block.isComplete && block.pages.map(\.aggregate.crashedTrials) == [1, 1])
    #expect(block.pages.map(\.aggregate.trials) == [4, 6] && block.pages[1].aggregate[2, 4].trials == 5)
    #expect(BlockTrajectories(bytes: block.bytes) == block)
    #expect(self.block(60..<70).pages.allSatisfy { $0.aggregate.crashedTrials == 0 })
  }

  // MARK: - Blocks

  @Test func orderOfAddingDoesNotMatter() {
    let expected = block(50..<200, whole: [60, 50, 199])
    #expect(expected.isComplete && !expected.isEmpty && expected.trials == 50..<200 && expected.checkpoints == 3)
    #expect(expected.whole == [50, 60, 199].map { trajectory($0) })
    #expect(expected.pages.map(\.trials) == [50..<64, 64..<128, 128..<192, 192..<200])
    var other = BlockTrajectories(trials: 50..<200, checkpoints: 3, observables: 5)
    for trial in (50..<200).reversed() {
      #expect(!other.isComplete)
      other.add(trajectory(trial), keepWhole: [60, 50, 199].contains(trial))
    }
    #expect(other == expected && other.bytes == expected.bytes)
  }

  @Test func bytesRoundTrip() {
    for trials in [0..<1, 0..<64, 50..<200, 1_000_000..<1_000_130] {
      let block = block(trials, whole: [0, 60, 1_000_001])
      #expect(BlockTrajectories(bytes: block.bytes) == block)
    }
    var diverged = BlockTrajectories(trials: 3..<4, checkpoints: 1, observables: 5)
    diverged.add(
      TrialTrajectory(trial: 3, values: [[.nan, .infinity, 1e-300, 0, .greatestFiniteMagnitude]]), keepWhole: true)
    #expect(BlockTrajectories(bytes: diverged.bytes) == diverged)
    #expect(diverged.whole[0].values == [[.infinity, .infinity, 1e-300, 0, .greatestFiniteMagnitude]])
  }

  @Test func nothingKeptIsNoBytes() {
    for empty in [BlockTrajectories(), BlockTrajectories(trials: 0..<10, checkpoints: 0, observables: 5)] {
      #expect(empty.isEmpty && empty.isComplete && empty.bytes == [] && empty.checkpoints == 0)
    }
    #expect(BlockTrajectories(bytes: []) == BlockTrajectories())
  }

  @Test func damagedBytesAreRefused() {
    let bytes = block(60..<70, whole: [61, 65]).bytes
    for length in 1..<bytes.count { #expect(BlockTrajectories(bytes: Array(bytes.prefix(length))) == nil) }
    #expect(BlockTrajectories(bytes: bytes + [0]) == nil)
    #expect(BlockTrajectories(bytes: [0, 0]) == nil, "no trials")
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= 0x55
      if let other = BlockTrajectories(bytes: damaged) { #expect(other.bytes == damaged) }
    }
    // The count of the first trials disagrees with the aggregate that follows.
    var shorter = bytes
    shorter[1] = 9
    #expect(BlockTrajectories(bytes: shorter) == nil)
  }

  @Test func trialTrajectoriesRoundTrip() {
    let one = trajectory(12)
    #expect(one.bytes.count == 3 * 5 * 8)
    #expect(TrialTrajectory(trial: 12, checkpoints: 3, observables: 5, bytes: one.bytes) == one)
    #expect(TrialTrajectory(trial: 12, checkpoints: 2, observables: 5, bytes: one.bytes) == nil)
    #expect(TrialTrajectory(trial: 12, checkpoints: 4, observables: 5, bytes: one.bytes) == nil)
    #expect(TrialTrajectory(trial: 12, checkpoints: 3, observables: 5, bytes: Array(one.bytes.dropLast())) == nil)
  }
}
