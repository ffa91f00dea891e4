import Campaign
import TestSupport
import Testing

@Suite struct ScheduleTests {
  private func task(_ target: Int, guess: Double = 0.1, smallest: Int = 1, missing: [Range<Int>]? = nil) -> CellTask {
    CellTask(
      target: target, missing: missing ?? [0..<target], guessedSecondsPerTrial: guess, smallestBlock: smallest)
  }

  /// Does everything that is handed out at once, on one rank of `threads`, and returns the blocks in their order.
  private func allBlocks(
    _ schedule: inout Schedule, threads: Int = 1, secondsPerTrial: Double = 0.1
  ) -> [Block] {
    schedule.join(rank: 0, threads: threads)
    var blocks: [Block] = []
    while let block = schedule.next(at: 0)?.block {
      blocks.append(block)
      schedule.arrive(block, rank: 0, seconds: Double(block.trials.count) * secondsPerTrial)
      schedule.store(block)
    }
    return blocks
  }

  private func required(_ assignment: Assignment?) throws -> Assignment { try #require(assignment) }

  // MARK: Blocks

  @Test func sizesFollowTheMeasuredTime() {
    var schedule = Schedule([task(10_000, guess: 1)], blockSize: nil)
    let sizes = allBlocks(&schedule, secondsPerTrial: 0.01).map(\.trials.count)
    // One on trust, then half a second, and a quarter of what is left at the end.
    #expect(sizes[0] == 1)
    #expect(sizes[1..<190].allSatisfy { $0 == 50 })
    #expect(sizes.last == 1 && sizes.allSatisfy { $0 <= 50 })
    #expect(schedule.isComplete && schedule.isIdle && schedule.storedTrials == 10_000)
    #expect(schedule.secondsLeft == 0)
    // Sums of 0.01 per trial over 10,000 trials, up to 100: some hundred roundings of 2^-47 at most each, divided by
    // 10,000.
    #expect(abs(schedule.secondsPerTrial(cell: 0) - 0.01) < 1e-12)
  }

  /// While nothing has come back, blocks double.
  @Test func sizesOnTrustDouble() {
    var schedule = Schedule([task(1_000_000, guess: 1e-5)], blockSize: nil)
    schedule.join(rank: 0, threads: 4)
    var sizes: [Int] = []
    while let assignment = schedule.next(at: 0) { sizes.append(assignment.block.trials.count) }
    #expect(sizes == [1, 2, 4, 8, 16, 32])
    #expect(schedule.trialsInFlight == 63)
  }

  /// Where a rule may end a cell, blocks are not much longer than what there is.
  @Test func blocksUnderARuleGrow() {
    var schedule = Schedule(
      [CellTask(target: 100_000, missing: [0..<100_000], guessedSecondsPerTrial: 1e-6, look: 64)], blockSize: nil)
    schedule.join(rank: 0, threads: 1)
    var sizes: [Int] = []
    while schedule.storedTrials < 20_000, let block = schedule.next(at: 0)?.block {
      sizes.append(block.trials.count)
      schedule.arrive(block, rank: 0, seconds: Double(block.trials.count) * 1e-6)
      schedule.store(block)
      #expect(block.trials.count <= max(64, block.trials.lowerBound / 8))
    }
    #expect(sizes.prefix(3) == [1, 64, 64] && sizes.last! > 2000)
  }

  @Test func closedCellsGetNoMoreBlocks() throws {
    var schedule = Schedule([task(100), task(30)], blockSize: 10)
    schedule.join(rank: 0, threads: 8)
    var flying: [Block] = []
    for _ in 0..<8 { flying.append(try required(schedule.next(at: 0)).block) }
    let ofFirst = flying.filter { $0.cell == 0 }
    #expect(ofFirst.map(\.trials) == [0..<10, 10..<20, 20..<30, 30..<40, 40..<50])
    // The last look is at 24 trials: two blocks are whole, of the third a part is computed anew.
    for block in ofFirst.prefix(4) { schedule.arrive(block, rank: 0, seconds: 1) }
    for block in ofFirst.prefix(2) { schedule.store(block) }
    schedule.discard(ofFirst[2])
    schedule.discard(ofFirst[3])
    schedule.close(0, at: 24, missing: 20..<24)
    #expect(schedule.targetTrials == 54 && schedule.storedTrials == 20 && schedule.likelyTrials == 54)
    #expect(!schedule.wants(ofFirst[2]) && schedule.wants(ofFirst[1]))
    let rest = try required(schedule.next(at: 0)).block
    #expect(rest == Block(cell: 0, trials: 20..<24))
    for block in flying.filter({ $0.cell == 1 }) + [rest] {
      schedule.arrive(block, rank: 0, seconds: 1)
      schedule.store(block)
    }
    #expect(schedule.isComplete && !schedule.isIdle && schedule.next(at: 0) == nil)
    #expect(schedule.secondsLeft == 0)
    // The one that is still computed is wanted by nobody, nor handed out again when it is overdue.
    schedule.join(rank: 1, threads: 1)
    #expect(schedule.next(at: 1e6) == nil)
    schedule.arrive(ofFirst[4], rank: 0, seconds: 1)
    schedule.discard(ofFirst[4])
    #expect(schedule.isIdle && schedule.isComplete && schedule.trialsInFlight == 0)
  }

  /// Trials that an earlier run left behind a gap, and behind the last look, do not count any more.
  @Test func closingForgetsWhatLiesBehind() {
    var schedule = Schedule([task(100, missing: [0..<20, 30..<40, 60..<100])], blockSize: 10)
    schedule.join(rank: 0, threads: 1)
    #expect(schedule.storedTrials == 30)
    schedule.close(0, at: 15, missing: 0..<15)
    #expect(schedule.targetTrials == 15 && schedule.storedTrials == 0 && schedule.tallies[0].target == 15)
  }

  @Test func forcedSizesAndRests() {
    var forced = Schedule([task(25, smallest: 8)], blockSize: 10)
    #expect(allBlocks(&forced).map(\.trials) == [0..<10, 10..<20, 20..<25])
    // A rest that is smaller than the smallest block comes along.
    var smallest = Schedule([task(70, guess: 10, smallest: 32)], blockSize: nil)
    #expect(allBlocks(&smallest, secondsPerTrial: 10).map(\.trials) == [0..<32, 32..<70])
  }

  @Test func gapsAreFilled() {
    var schedule = Schedule(
      [task(20, missing: [3..<5, 5..<6, 9..<20]), task(7, missing: []), task(4, missing: [0..<2])], blockSize: 4)
    #expect(schedule.storedTrials == 6 + 7 + 2 && schedule.targetTrials == 31)
    #expect(schedule.tallies.map(\.prefix) == [3, 7, 0])
    // The cell with fewer trials first: 2 and 4 trials are in earlier rounds than 6.
    let blocks = allBlocks(&schedule)
    #expect(blocks.map(\.cell) == [2, 0, 0, 0, 0, 0])
    #expect(blocks.dropFirst().map(\.trials) == [3..<5, 5..<6, 9..<13, 13..<17, 17..<20])
    #expect(schedule.tallies.allSatisfy { $0.isComplete && $0.prefix == $0.target })
  }

  @Test func nothingToDo() {
    var schedule = Schedule([task(5, missing: [])], blockSize: nil)
    schedule.join(rank: 0, threads: 2)
    #expect(schedule.isComplete && schedule.next(at: 0) == nil && schedule.secondsLeft == 0)
    #expect(Schedule([], blockSize: nil).isComplete)
  }

  // MARK: Ranks

  /// Every thread first, then one block that waits at each rank, then a second.
  @Test func theNeediestRankIsNext() {
    var schedule = Schedule([task(1000)], blockSize: 1)
    schedule.join(rank: 2, threads: 1)
    schedule.join(rank: 0, threads: 2)
    var ranks: [Int] = []
    while let assignment = schedule.next(at: 0) { ranks.append(assignment.rank) }
    #expect(ranks == [0, 2, 0, 2, 0, 2, 0])
    #expect(schedule.threads == 3 && schedule.rankCount == 2)
    schedule.arrive(Block(cell: 0, trials: 1..<2), rank: 2, seconds: 0.1)
    #expect(schedule.next(at: 0)?.rank == 2)
    #expect(schedule.next(at: 0) == nil)
  }

  /// Near the end no rank has blocks waiting that another could do.
  @Test func noBlocksAheadNearTheEnd() {
    var schedule = Schedule([task(6, guess: 0.01)], blockSize: 1)
    schedule.join(rank: 0, threads: 2)
    #expect(schedule.next(at: 0)?.block.trials == 0..<1)
    #expect(schedule.next(at: 0)?.block.trials == 1..<2)
    #expect(schedule.next(at: 0) == nil)
    schedule.join(rank: 1, threads: 2)
    #expect(schedule.next(at: 0)?.rank == 1)
  }

  // MARK: Cells take turns

  @Test func cellsTakeTurnsInGrowingRounds() {
    var schedule = Schedule([task(9), task(9), task(3)], blockSize: 1)
    let cells = allBlocks(&schedule).map(\.cell)
    #expect(cells == [0, 1, 2, 0, 1, 2, 0, 0, 1, 1, 2, 0, 0, 0, 0, 1, 1, 1, 1, 0, 1])
  }

  /// A guess that is wrong by a factor is wrong by that factor for the cells that come next.
  @Test func timeLeftIsThatOfAllCells() {
    var schedule = Schedule([task(10, guess: 1), task(20, guess: 3)], blockSize: 2)
    schedule.join(rank: 0, threads: 1)
    schedule.join(rank: 1, threads: 1)
    #expect(schedule.secondsLeft == (10 + 60) / 2)
    let first = Block(cell: 0, trials: 0..<2)
    #expect(schedule.next(at: 0)?.block == first)
    #expect(schedule.secondsLeft == 35, "what is in flight is left")
    schedule.arrive(first, rank: 0, seconds: 20)
    #expect(schedule.secondsLeft == 350)
    schedule.store(first)
    #expect(schedule.secondsLeft == (8 * 10 + 20 * 30) / 2)
    #expect(schedule.secondsPerTrial(cell: 1) == 30)
  }

  // MARK: Attempts

  @Test func overdueBlocksGoToIdleRanks() throws {
    var schedule = Schedule([task(2, guess: 1)], blockSize: 1)
    schedule.join(rank: 0, threads: 1)
    schedule.join(rank: 1, threads: 1)
    let first = try required(schedule.next(at: 0))
    let second = try required(schedule.next(at: 0))
    #expect(first.rank == 0 && second.rank == 1 && first.attempt == 1)
    schedule.arrive(second.block, rank: 1, seconds: 1)
    schedule.store(second.block)
    #expect(schedule.tallies[0].stored == 1 && schedule.tallies[0].prefix == 0)
    #expect(schedule.next(at: first.deadline - 0.1) == nil)
    #expect(schedule.overdue(at: first.deadline - 0.1) == [])
    #expect(schedule.overdue(at: first.deadline) == [first.block])
    let again = try required(schedule.next(at: first.deadline))
    #expect(again.block == first.block && again.rank == 1 && again.attempt == 2)
    #expect(again.deadline - first.deadline > first.deadline)
    #expect(schedule.next(at: first.deadline) == nil)

    // Both come back; the second result is one of a block that is stored.
    #expect(schedule.arrive(first.block, rank: 1, seconds: 1) == true)
    #expect(schedule.arrive(first.block, rank: 0, seconds: 90) == false)
    #expect(schedule.store(first.block) == true)
    #expect(schedule.store(first.block) == false)
    #expect(schedule.isComplete && schedule.isIdle && schedule.tallies[0].prefix == 2)
    #expect(schedule.secondsPerTrial(cell: 0) == 1, "a block is measured once")
  }

  /// A rank is not handed the block that it has itself, but another rank is.
  @Test func overdueBlocksGoToOtherRanks() throws {
    var schedule = Schedule([task(1, guess: 1)], blockSize: 1)
    schedule.join(rank: 0, threads: 2)
    let first = try required(schedule.next(at: 0))
    #expect(schedule.next(at: first.deadline) == nil)
    schedule.join(rank: 1, threads: 1)
    #expect(schedule.next(at: first.deadline)?.rank == 1)
  }

  @Test func failedBlocksAreHandedOutFirst() throws {
    var schedule = Schedule([task(100)], blockSize: 5)
    schedule.join(rank: 0, threads: 1)
    let first = try required(schedule.next(at: 0))
    while schedule.next(at: 0) != nil {}
    schedule.fail(first.block, rank: 0)
    let again = try required(schedule.next(at: 1))
    #expect(again.block == first.block && again.attempt == 2)
  }

  @Test func blocksOfALostRankAreHandedOutFirst() throws {
    var schedule = Schedule([task(1000)], blockSize: 5)
    schedule.join(rank: 0, threads: 2)
    var lost: [Block] = []
    while let assignment = schedule.next(at: 0) { lost.append(assignment.block) }
    #expect(lost.count == 4)
    schedule.leave(rank: 0)
    #expect(schedule.threads == 0 && schedule.next(at: 0) == nil)
    schedule.join(rank: 1, threads: 3)
    let next = (0..<5).compactMap { _ in schedule.next(at: 1) }
    #expect(next.map(\.block) == lost + [Block(cell: 0, trials: 20..<25)])
    #expect(next.map(\.attempt) == [2, 2, 2, 2, 1])
    // A message of the lost rank that was still on its way counts, and the other result then does not.
    #expect(schedule.arrive(lost[0], rank: 0, seconds: 1) == true)
    #expect(schedule.arrive(lost[0], rank: 1, seconds: 1) == false)
  }

  // MARK: Many ranks

  /// 10^5 ranks of different speeds; one in a hundred results arrives twice.
  @Test func manyRanks() {
    var random = SplitMix64(state: 1)
    let fates = (0..<100_000).map { _ in VirtualJob.Fate(speed: random.uniform(0.5, 2)) }
    let seconds = (0..<8).map { 0.5 + 0.07 * Double($0) }
    let target = 75_000
    // The guesses are wrong, by a factor that differs.
    let tasks = (0..<8).map { task(target, guess: seconds[$0] * (0.5 + 0.2 * Double($0))) }
    var job = VirtualJob(tasks, secondsPerTrial: seconds, fates: fates, repetition: 100, seed: 2)
    let ideal = job.idealSeconds
    job.run()
    expectAllDoneOnce(job)
    #expect(job.duplicates > 0 && job.reissues == 0)
    #expect(job.largestLead <= 0, "a cell of a later round waits")
    #expect(job.prefixesWhenCutShort.allSatisfy { $0 > 0 }, "\(job.prefixesWhenCutShort)")
    // At the end the slowest ranks still have what they were given: three blocks at most, of up to a second each.
    #expect(job.now < ideal + 3 * 1 / 0.5 * 1.2 + 0.25, "\(job.now) s, ideally \(ideal)")
  }

  /// A run that is cut short after a third of its time has about a third of every cell, and the whole takes hardly longer
  /// than it must.
  @Test func cellsAdvanceTogether() {
    let fates = (0..<100).map { VirtualJob.Fate(speed: 0.5 + 0.015 * Double($0)) }
    let seconds = [0.4, 0.1, 1.3, 0.002]
    let target = 8000
    var job = VirtualJob(seconds.map { task(target, guess: $0 / 3) }, secondsPerTrial: seconds, fates: fates, seed: 5)
    let ideal = job.idealSeconds
    job.run()
    expectAllDoneOnce(job)
    #expect(job.largestLead <= 0 && job.reissues == 0)
    #expect(job.prefixesWhenCutShort.allSatisfy { $0 >= target / 8 }, "\(job.prefixesWhenCutShort)")
    #expect(job.now < 1.1 * ideal, "\(job.now) s, ideally \(ideal)")
  }

  /// Ranks that are lost, noticed or not, and ranks that are a hundred times slower than the others.
  @Test func lostAndSlowRanks() {
    var random = SplitMix64(state: 3)
    let fates = (0..<2000).map { rank in
      switch rank % 20 {
      case 0: VirtualJob.Fate(lost: random.uniform(0, 60), isNoticed: rank % 40 == 0)
      case 1: VirtualJob.Fate(speed: 0.01)
      default: VirtualJob.Fate(speed: random.uniform(0.5, 2))
      }
    }
    let seconds = [0.4, 0.1, 1.3]
    let tasks = seconds.map { task(80_000, guess: $0, smallest: $0 < 0.2 ? 8 : 1) }
    var job = VirtualJob(tasks, secondsPerTrial: seconds, fates: fates, repetition: 50, seed: 4)
    let ideal = job.idealSeconds
    job.run()
    expectAllDoneOnce(job)
    #expect(job.reissues > 100, "\(job.reissues)")
    // What only a lost rank had is handed out again when it is overdue.
    #expect(job.now < 1.2 * ideal + 45, "\(job.now) s, ideally \(ideal)")
  }

  private func expectAllDoneOnce(_ job: VirtualJob) {
    #expect(job.timesStored.allSatisfy { $0.allSatisfy { $0 == 1 } })
    #expect(job.schedule.tallies.allSatisfy { $0.isComplete && $0.prefix == $0.target })
    #expect(job.schedule.trialsInFlight == 0)
  }

  /// The prefix is what a plain count says, whatever the order of storing.
  @Test(arguments: 0..<20 as Range<UInt64>) func prefixes(seed: UInt64) {
    var random = SplitMix64(state: seed)
    var stored = (0..<200).map { _ in random.below(3) == 0 }
    var missing: [Range<Int>] = []
    for trial in stored.indices where !stored[trial] {
      if let last = missing.last, last.upperBound == trial, random.below(4) > 0 {
        missing[missing.count - 1] = last.lowerBound..<trial + 1
      } else {
        missing.append(trial..<trial + 1)
      }
    }
    var schedule = Schedule([task(200, missing: missing)], blockSize: 1 + random.below(9))
    schedule.join(rank: 0, threads: 40)
    var flying: [Block] = []
    while !schedule.isComplete {
      while let assignment = schedule.next(at: 0) { flying.append(assignment.block) }
      let block = flying.remove(at: random.below(flying.count))
      schedule.arrive(block, rank: 0, seconds: 0.1)
      #expect(schedule.store(block) == true)
      for trial in block.trials {
        #expect(!stored[trial])
        stored[trial] = true
      }
      #expect(schedule.tallies[0].prefix == stored.firstIndex(of: false) ?? 200)
      #expect(schedule.tallies[0].stored == stored.count { $0 })
    }
  }
}

@Suite struct BinaryHeapTests {
  @Test(arguments: 0..<20 as Range<UInt64>) func sorts(seed: UInt64) {
    var random = SplitMix64(state: seed)
    let values = (0..<random.below(60)).map { _ in random.below(20) }
    var heap = BinaryHeap<Int>()
    for value in values { heap.insert(value) }
    #expect(heap.count == values.count && heap.first == values.min())
    var sorted: [Int] = []
    while let value = heap.removeFirst() { sorted.append(value) }
    #expect(sorted == values.sorted() && heap.isEmpty)
  }
}
