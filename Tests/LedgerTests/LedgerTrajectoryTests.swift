import Estimation
import Foundation
import GRDB
import Ledger
import Outcomes
import TestSupport
import Testing

/// Cells that keep trajectories.
private let steps = [0, 1, 10, 100]
private let small = CellRecord(
  key: CellKey(0x05), label: "5", definition: "hidden: [5]", kernel: "shallow", checkpoints: steps)
private let large = CellRecord(
  key: CellKey(0x20), label: "20", definition: "hidden: [20]", kernel: "dense-neurons", checkpoints: steps)
/// Trials that the tests keep whole.
private let kept: Set = [3, 64, 65, 200, 700]

/// The trajectory that the tests store for a trial; different for every trial, and diverged for some.
private func trajectory(_ trial: Int) -> TrialTrajectory {
  TrialTrajectory(
    trial: trial,
    values: steps.indices.map { checkpoint in
      (0..<5).map { quantity in
        trial % 40 == 7 && checkpoint >= 2
          ? .infinity : Double(trial * (quantity + 3) % 101) / Double((checkpoint + 1) * 977)
      }
    })
}

private func blockWithTrajectories(_ cell: CellRecord, _ trials: Range<Int>) -> BlockRecord {
  var trajectories = BlockTrajectories(trials: trials, checkpoints: steps.count, observables: 5)
  for trial in trials { trajectories.add(trajectory(trial), keepWhole: kept.contains(trial)) }
  return BlockRecord(
    cell: cell.key, first: TrialIndex(trials.lowerBound), outcomes: trials.map(outcome), seconds: 0.25,
    trajectories: trajectories)
}

private func aggregate(_ trials: some Sequence<Int>) -> TrajectoryAggregate {
  var aggregate = TrajectoryAggregate(checkpoints: steps.count, observables: 5)
  for trial in trials { aggregate.add(trajectory(trial)) }
  return aggregate
}

private func openBoth(_ path: String, pageLimit: Int? = nil) throws(LedgerError) -> LedgerWriter {
  try open(path, cells: [small, large], pageLimit: pageLimit)
}

/// A row of aggregates.
private struct StoredRow: Equatable {
  var trials: Range<Int>
  var checksum: Data
  var bytes: [UInt8]
}

private func rows(_ path: String, cell: Int = 1) throws -> [StoredRow] {
  let queue = try DatabaseQueue(path: path)
  defer { try? queue.close() }
  return try queue.inDatabase { db in
    try Row.fetchAll(
      db, sql: "SELECT first, count, checksum, aggregate FROM trajectory WHERE cell = \(cell) ORDER BY first"
    ).map { row in
      let first: Int = row[0]
      return StoredRow(trials: first..<first + row[1], checksum: row[2], bytes: [UInt8](row[3] as Data))
    }
  }
}

@Suite struct LedgerTrajectoryTests {
  let folder = try! TemporaryFolder()
  var path: String { folder.file() }

  // MARK: - Rows

  /// (1) Rows depend only on which trials are stored, not on blocks and their order; (2) they are the fewest possible;
  /// (3) the aggregate of all rows of the prefix is that of its trials, and whole trajectories are what was handed in.
  @Test func rowsDoNotDependOnBlocks() throws {
    var random = SplitMix64(state: 9)
    for (turn, trials) in [[0..<1000], [0..<64], [0..<63], [5..<70, 100..<300, 300..<777], [0..<1]].enumerated() {
      var reference: [StoredRow]?
      for attempt in 0..<4 {
        let path = folder.file("\(turn)-\(attempt)")
        let writer = try openBoth(path)
        try writer.database.inDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        var blocks: [Range<Int>] = []
        for range in trials {
          var start = range.lowerBound
          while start < range.upperBound {
            let end =
              attempt == 0 ? range.upperBound : min(range.upperBound, start + .random(in: 1...130, using: &random))
            blocks.append(start..<end)
            start = end
          }
        }
        for range in blocks.shuffled(using: &random) { try writer.commit(blockWithTrajectories(small, range)) }
        writer.close()
        let stored = try rows(path)
        if reference == nil { reference = stored }
        #expect(stored == reference, "(1)")
        // The ranges [100, 300) and [300, 777) touch.
        let all = trials.count == 3 ? [5..<70, 100..<777] : trials
        #expect(stored.map(\.trials) == all.flatMap(TrajectoryPage.ranges), "(2)")
        for row in stored { #expect(row.bytes == aggregate(row.trials).bytes) }
        let reader = try LedgerReader.open(path: path)
        let read = try #require(try reader.trajectory(of: small.key))
        let prefix = trials[0].lowerBound == 0 ? trials[0].upperBound : 0
        #expect(read.aggregate == aggregate(0..<prefix), "(3)")
        #expect(try reader.progress(of: small.key).prefix == prefix)
        #expect(read.checkpoints == steps)
        let whole = kept.filter { trial in trials.contains { $0.contains(trial) } }.sorted()
        #expect(read.wholeTrials == whole)
        #expect(try reader.wholeTrajectories(of: small.key) == whole.map(trajectory))
        #expect(try reader.trajectory(of: large.key)?.trials == 0)
      }
    }
  }

  @Test func rowsAreFewHoweverManyTrials() throws {
    let writer = try openBoth(path)
    try writer.database.inDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
    for n in 0..<100 { try writer.commit(blockWithTrajectories(small, n * 100..<(n + 1) * 100)) }
    writer.close()
    // 10,000 = 8192 + 1024 + 512 + 256 + 16.
    let stored = try rows(path)
    #expect(stored.map(\.trials.count) == [8192, 1024, 512, 256, 16])
    // 3,000 bytes a law, or 150 bins with counts of one to two bytes, whatever the number of trials.
    for row in stored { #expect(row.bytes.count < steps.count * 5 * 500) }
    #expect(try LedgerReader.open(path: path).trajectory(of: small.key)?.aggregate == aggregate(0..<10_000))
  }

  @Test func prefixEndsAtTheFirstGap() throws {
    let writer = try openBoth(path)
    func trials() throws -> Int? { try writer.reader.trajectory(of: small.key)?.trials }
    #expect(try trials() == 0)
    try writer.commit(blockWithTrajectories(small, 70..<200))
    #expect(try trials() == 0)
    try writer.commit(blockWithTrajectories(small, 0..<60))
    #expect(try trials() == 60)
    try writer.commit(blockWithTrajectories(small, 61..<70))
    #expect(try trials() == 60)
    try writer.commit(blockWithTrajectories(small, 60..<61))
    #expect(try trials() == 200)
    #expect(try writer.reader.trajectory(of: small.key)?.aggregate == aggregate(0..<200))
  }

  @Test func planIsThatOfTheCell() throws {
    let writer = try openBoth(path)
    try writer.target(small.key, trials: 70)
    try writer.commit(blockWithTrajectories(small, 0..<69))
    #expect(try writer.reader.trajectory(of: small.key)?.plan == .anytime)
    try writer.commit(blockWithTrajectories(small, 69..<70))
    #expect(try writer.reader.trajectory(of: small.key)?.plan == .fixed)
    try writer.target(small.key, trials: 71)
    try writer.commit(blockWithTrajectories(small, 70..<71))
    #expect(try writer.reader.trajectory(of: small.key)?.plan == .anytime, "there is no aggregate of the planned ones")
  }

  @Test func cellsWithoutTrajectories() throws {
    let writer = try open(path)
    try writer.commit(BlockRecord(cell: five.key, first: TrialIndex(0), outcomes: [outcome(0)], seconds: 0))
    #expect(try writer.reader.trajectory(of: five.key) == nil)
    #expect(try writer.reader.wholeTrajectories(of: five.key) == [])
    #expect(try writer.reader.wholeTrajectory(of: five.key, trial: TrialIndex(0)) == nil)
    #expect(try writer.reader.trajectory(of: hundred.key) == nil, "not even a cell")
  }

  // MARK: - Cells

  @Test func kernelAndCheckpointsAreStored() throws {
    try openBoth(path).close()
    let reader = try LedgerReader.open(path: path)
    #expect(try reader.cells() == [small, large])
    #expect(try fetch(path, "SELECT checkpoints FROM cell WHERE id = 1") == "0,1,10,100")
    for text in ["x", "1,,2", "1,1", "5,-1", ",", "-3"] {
      try execute(path, "UPDATE cell SET checkpoints = ? WHERE id = 1", [text])
      #expect(
        message { _ = try reader.cells() }
          == "\(path) is damaged: \"\(text)\" is no list of checkpoints. " + remedy(path))
    }
  }

  @Test func kernelAndCheckpointsOfOutcomesStay() throws {
    let writer = try openBoth(path)
    try writer.commit(blockWithTrajectories(small, 0..<10))
    writer.close()
    var changed = small
    changed.kernel = "dense-neurons"
    changed.checkpoints = [0, 100]
    #expect(
      message { _ = try open(path, cells: [changed, large]) }
        == "\(path) has cell 5 (0000000000000005) with another definition. The difference (- stored, + given):\n"
        + "- kernel: shallow\n- checkpoints: 0, 1, 10, 100\n+ kernel: dense-neurons\n+ checkpoints: 0, 100\n"
        + "A cell that has trials cannot be changed: run it as it is stored, or give another file with -o.")
    changed = small
    changed.checkpoints = []
    #expect(throws: LedgerError.self) { try open(path, cells: [changed, large]) }
    // A cell without outcomes follows the study; what a deleted block has left of trajectories goes.
    try execute(path, "DELETE FROM block")
    #expect(try rows(path).count == 1)
    changed.checkpoints = [0, 5]
    try open(path, cells: [changed, large]).close()
    #expect(try rows(path).isEmpty)
    #expect(try LedgerReader.open(path: path).cells() == [changed, large])
    try open(path, cells: [large]).close()
    #expect(try LedgerReader.open(path: path).trajectory(of: small.key) == nil)
  }

  // MARK: - Damage

  private func damaged(_ sql: String, _ arguments: StatementArguments = []) throws -> String {
    try? FileManager.default.removeItem(atPath: path)
    let writer = try openBoth(path)
    try writer.commit(blockWithTrajectories(small, 0..<100))
    writer.close()
    try execute(path, sql, arguments)
    return message { _ = try LedgerReader.open(path: path).trajectory(of: small.key) }
  }

  private func damaged(_ trials: String, _ damage: String, first: Int, count: Int) -> String {
    "\(path) is damaged: in cell 5 (0000000000000005) the trajectories of \(trials) cannot be used, because \(damage). "
      + remedy(path)
  }

  @Test func damageIsFound() throws {
    let checksum = damaged("trials 0 to 63", "the checksum does not match", first: 0, count: 64)
    for place in [0, 50, 200] {
      var bytes = aggregate(0..<64).bytes
      bytes[place] ^= 4
      #expect(try damaged("UPDATE trajectory SET aggregate = ? WHERE first = 0", [Data(bytes)]) == checksum)
    }
    #expect(try damaged("UPDATE trajectory SET checksum = x'00' WHERE first = 0") == checksum)
    #expect(try damaged("UPDATE study SET hash = replace(hash, 'a', 'b')") == checksum)
    #expect(
      try damaged("DELETE FROM trajectory WHERE first = 0; UPDATE trajectory SET first = 0")
        == damaged("trials 0 to 35", "the checksum does not match", first: 0, count: 36))
    let range = "their trial range is impossible"
    #expect(
      try damaged("UPDATE trajectory SET first = 10 WHERE first = 0")
        == damaged("trials 10 to 73", range, first: 10, count: 64), "no range that is kept together")
    #expect(
      try damaged("UPDATE trajectory SET count = -1 WHERE first = 0")
        == damaged("first trial 0 and -1 trials", range, first: 0, count: -1))
    #expect(
      try damaged("UPDATE trajectory SET count = 9223372036854775807 WHERE first = 0")
        == damaged("first trial 0 and 9223372036854775807 trials", range, first: 0, count: .max))
    #expect(
      try damaged("UPDATE trajectory SET first = 20 WHERE first = 64")
        == damaged("trials 20 to 55", "they overlap those of trials 0 to 63", first: 20, count: 36))
    // No checkpoints and no trials, with a right checksum; it was computed with Python's hashlib from the documented
    // layout.
    #expect(
      try damaged(
        "UPDATE trajectory SET aggregate = x'010000', checksum = x'cb2e95fdc2d1498681087cabdd991896' WHERE first = 64")
        == damaged(
          "trials 64 to 99", "the bytes are no trajectories at the checkpoints of the cell", first: 64, count: 36))
  }

  @Test func damageOfWholeTrajectoriesIsFound() throws {
    func damaged(_ sql: String, _ damage: String) throws {
      try? FileManager.default.removeItem(atPath: path)
      let writer = try openBoth(path)
      try writer.commit(blockWithTrajectories(small, 0..<10))
      writer.close()
      try execute(path, sql)
      let expected =
        "\(path) is damaged: in cell 5 (0000000000000005) the whole trajectory of trial 3 cannot be used, because "
        + "\(damage). " + remedy(path)
      let reader = try LedgerReader.open(path: path)
      #expect(message { _ = try reader.wholeTrajectories(of: small.key) } == expected)
      #expect(message { _ = try reader.wholeTrajectory(of: small.key, trial: TrialIndex(3)) } == expected)
    }
    try damaged("UPDATE trial_trajectory SET checksum = x'00'", "the checksum does not match")
    try damaged("UPDATE trial_trajectory SET reals = zeroblob(160)", "the checksum does not match")
    try damaged(
      "UPDATE trial_trajectory SET reals = zeroblob(8), checksum = x'88589d20117482cc78bc2a44ca7c6777'",
      "the bytes are no trajectories at the checkpoints of the cell")
  }

  /// A run does not build on damaged rows; without them it continues, and nothing is lost.
  @Test func damageIsMended() throws {
    var writer = try openBoth(path)
    for trials in [0..<50, 50..<64, 64..<90, 90..<130] { try writer.commit(blockWithTrajectories(small, trials)) }
    try execute(path, "UPDATE trajectory SET aggregate = zeroblob(5) WHERE first = 0")
    let text = message {
      for trials in [192..<256, 130..<192] { try writer.commit(blockWithTrajectories(small, trials)) }
    }
    #expect(text.contains("the trajectories of trials 0 to 127 cannot be used"))
    writer.close()
    try execute(
      path, "DELETE FROM trajectory WHERE first = 0; DELETE FROM block WHERE first < 128 AND first + count > 0")
    writer = try openBoth(path)
    let missing = try writer.missingRanges(small.key, below: 300)
    #expect(missing == [0..<128, 128..<130, 130..<192, 256..<300], "trials 128 and 129 have trajectories still")
    for trials in missing.reversed() { try writer.commit(blockWithTrajectories(small, trials)) }
    #expect(try rows(path).map(\.trials) == [0..<256, 256..<300])
    #expect(try writer.reader.trajectory(of: small.key)?.aggregate == aggregate(0..<300))
    #expect(try writer.reader.progress(of: small.key).prefix == 300)
  }

  @Test func deletedBlocksAreComputedAnew() throws {
    let writer = try openBoth(path)
    for trials in [0..<50, 50..<150, 150..<210] { try writer.commit(blockWithTrajectories(small, trials)) }
    let before = try rows(path)
    try execute(path, "DELETE FROM block WHERE first = 50")
    #expect(try writer.missingRanges(small.key, below: 300) == [50..<150, 210..<300])
    for trials in [90..<150, 50..<70, 70..<90] { try writer.commit(blockWithTrajectories(small, trials)) }
    #expect(try rows(path) == before)
    #expect(try writer.reader.wholeTrajectories(of: small.key) == [3, 64, 65, 200].map(trajectory))

    try execute(path, "DELETE FROM block WHERE first = 150")
    #expect(try writer.missingRanges(small.key, below: 300) == [150..<210, 210..<300])
    #expect(
      message { try writer.commit(blockWithTrajectories(small, 150..<220)) }.contains(
        "already has trials 192 to 209 of cell 5"))
    #expect(try rows(path) == before && writer.reader.progress(of: small.key).stored == 150)
    try writer.commit(blockWithTrajectories(small, 210..<300))
    #expect(try writer.reader.trajectory(of: small.key)?.trials == 300)
    #expect(try writer.reader.trajectory(of: small.key)?.plan == .anytime)
    try writer.commit(blockWithTrajectories(small, 150..<210))
    #expect(try writer.reader.trajectory(of: small.key)?.aggregate == aggregate(0..<300))
  }

  // MARK: - Killed writers, full disks

  /// Kills a writer, as far as the file can tell, in the middle of the commit of a block, and continues.
  @Test func killedWriterLeavesNoTrace() throws {
    let live = folder.file("live.landfall")
    let writer = try openBoth(live)
    for trials in [0..<100, 130..<190] { try writer.commit(blockWithTrajectories(small, trials)) }
    let before = try rows(live)
    let copy = folder.file("copy.landfall")
    try writer.database.inDatabase { db in
      // With next to no memory for pages, SQLite writes them before the commit.
      try db.execute(sql: "PRAGMA cache_size = 2; BEGIN IMMEDIATE")
      try db.execute(sql: "DELETE FROM trajectory WHERE first = 64")
      for first in 0..<40 {
        try db.execute(
          sql: "INSERT INTO trajectory VALUES (1, ?, 1, randomblob(16), randomblob(3000))", arguments: [1000 + first])
      }
      for suffix in ["", "-journal"] {
        let content = try #require(FileManager.default.contents(atPath: live + suffix))
        #expect(FileManager.default.createFile(atPath: copy + suffix, contents: content))
      }
      try db.execute(sql: "ROLLBACK")
    }
    #expect(try LedgerReader.open(path: copy).trajectory(of: small.key)?.aggregate == aggregate(0..<100))
    #expect(try rows(copy) == before)
    let second = try openBoth(copy)
    for trials in try second.missingRanges(small.key, below: 300) {
      try second.commit(blockWithTrajectories(small, trials))
    }
    #expect(try second.reader.trajectory(of: small.key)?.aggregate == aggregate(0..<300))
    #expect(try fetch(copy, "PRAGMA integrity_check") == "ok")
  }

  @Test func fullDiskStoresAllOrNothing() throws {
    let writer = try openBoth(path)
    try commitToFullDisk(writer, path, block: { blockWithTrajectories(small, $0) }) { (committed) throws in
      let end = committed.last?.upperBound ?? 0
      #expect(try writer.reader.progress(of: small.key).prefix == end)
      #expect(try rows(path).map(\.trials) == TrajectoryPage.ranges(of: 0..<end))
    }
    #expect(try writer.reader.trajectory(of: small.key)?.aggregate == aggregate(0..<600))
    #expect(try writer.reader.wholeTrajectories(of: small.key) == [3, 64, 65, 200].map(trajectory))
  }
}
