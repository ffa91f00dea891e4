import Foundation
import Ledger
import Outcomes
import TestSupport
import Testing

/// Trials that trap, as a ledger keeps them.
@Suite struct CrashRecordTests {
  let folder = try! TemporaryFolder()
  var path: String { folder.file() }

  private func crash(_ cell: CellRecord, _ trial: Int, signal: Int = 4) -> CrashRecord {
    CrashRecord(cell: cell.key, trial: TrialIndex(trial), signal: signal, found: start)
  }

  @Test func crashesAreKept() throws {
    let writer = try open(path)
    #expect(try writer.reader.crashes() == [])
    for crash in [crash(twenty, 9), crash(five, 70), crash(five, 3, signal: 11), crash(five, 70, signal: 6)] {
      try writer.record(crash)
    }
    writer.close()
    let expected = [crash(five, 3, signal: 11), crash(five, 70), crash(twenty, 9)]
    #expect(try LedgerReader.open(path: path).crashes() == expected, "the first one of a trial stays")
    // A run that continues knows them; a cell that the study no longer has takes its own along.
    let next = try open(path, cells: [twenty])
    #expect(try next.reader.crashes() == [crash(twenty, 9)])
    #expect(next.absolutePath.hasSuffix("/a.landfall") && next.absolutePath.hasPrefix("/"))
  }

  /// Of a block with crashed trials every byte is read again, also where all have crashed.
  @Test(arguments: [[2], [0, 3], [0, 1, 2, 3]])
  func crashedOutcomesAreStored(_ crashed: Set<Int>) throws {
    let writer = try open(path)
    var stored = block(five, 0..<4)
    for trial in crashed { stored.outcomes[trial] = .crashed }
    #expect(try writer.commit(stored))
    #expect(try writer.commit(stored) == false)
    #expect(throws: LedgerError.self) { try writer.commit(block(five, 0..<4)) }
    try writer.commit(block(five, 4..<6))
    writer.close()
    #expect(try LedgerReader.open(path: path).allBlocks(five) == [stored, block(five, 4..<6)])
  }

  @Test func crashedTrialsOfTrajectories() throws {
    var cell = five
    cell.checkpoints = [0, 1]
    func block(_ trials: Range<Int>, _ crashed: Int) -> BlockRecord {
      var trajectories = BlockTrajectories(trials: trials, checkpoints: 2, observables: 5)
      for trial in trials {
        if trial == crashed {
          trajectories.addCrashed(trial)
        } else {
          trajectories.add(
            TrialTrajectory(trial: trial, values: Array(repeating: [1, 2, 3, 4, 5], count: 2)), keepWhole: false)
        }
      }
      return BlockRecord(
        cell: cell.key, first: TrialIndex(trials.lowerBound),
        outcomes: trials.map { $0 == crashed ? .crashed : outcome($0) }, seconds: 1, trajectories: trajectories)
    }
    let writer = try open(path, cells: [cell])
    for (trials, crashed) in [(0..<10, 3), (10..<64, 63), (64..<128, 5)] { try writer.commit(block(trials, crashed)) }
    writer.close()
    let trajectory = try #require(try LedgerReader.open(path: path).trajectory(of: cell.key))
    #expect(trajectory.trials == 128 && trajectory.aggregate.crashedTrials == 2)
    #expect(trajectory.aggregate[1, 4].trials == 126)
  }

  @Test func impossibleCrashIsDamage() throws {
    let writer = try open(path)
    try writer.record(crash(five, 3))
    try writer.database.write { try $0.execute(sql: "UPDATE crash SET trial = -1") }
    writer.close()
    #expect(message { _ = try LedgerReader.open(path: path) }.contains("row 1 of its table \"crash\" does not match"))
    try LedgerWriter.renewSeals(path: path)
    let reader = try LedgerReader.open(path: path)
    #expect(
      message { _ = try reader.crashes() }.contains("a crash of trial -1 of cell 5 by signal 4 cannot be"))
  }
}
