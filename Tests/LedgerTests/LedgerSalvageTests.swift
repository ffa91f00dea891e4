import Foundation
import GRDB
import Ledger
import Outcomes
import TestSupport
import Testing

/// What is sound of a damaged ledger can be copied, and nothing else is.
@Suite struct LedgerSalvageTests {
  let folder = try! TemporaryFolder()
  var path: String { folder.file() }
  private var new: String { folder.file("new.landfall") }

  private func makeLedger() throws {
    let writer = try open(path)
    try writer.target([(five.key, 600), (twenty.key, 3)], at: start)
    for first in stride(from: 0, to: 600, by: 30) { try writer.commit(block(five, first..<first + 30)) }
    try writer.commit(block(twenty, 0..<3))
    try writer.storeLevels(key: "sin", bytes: [1, 2])
    try writer.finish(ending: "done", at: start + 9)
  }

  private func salvage() throws -> SalvageSummary {
    try? FileManager.default.removeItem(atPath: new)
    return try LedgerWriter.salvage(
      DamagedLedger.open(path: path), to: new, study: study(), cells: [five, twenty], wholeTrials: [:], run: run())
  }

  @Test func soundLedgersAreCopiedWhole() throws {
    try makeLedger()
    let before = FileManager.default.contents(atPath: path)
    let summary = try salvage()
    #expect(FileManager.default.contents(atPath: path) == before)
    #expect(summary.cells.map(\.copied) == [600, 3] && summary.cells.map(\.lost) == [0, 0])
    #expect(summary.lostBlocks == 0 && summary.hasTargets)
    let (old, copy) = (try LedgerReader.open(path: path), try LedgerReader.open(path: new))
    for cell in [five, twenty] {
      #expect(try copy.allBlocks(cell) == old.allBlocks(cell))
      #expect(try copy.progress(of: cell.key) == old.progress(of: cell.key))
    }
    #expect(try copy.cells() == old.cells())
    #expect(try copy.levels(key: "sin") == [1, 2])
    let runs = try copy.runs()
    #expect(try runs.last?.run == old.runs().last?.run && runs.last?.ending == "done")
    #expect(runs[0].ending == "salvaged what is sound of \(path)")
    #expect(try fetch(new, "SELECT DISTINCT run FROM block") == 2, "blocks keep their run")
    #expect(
      message { _ = try salvageAgain() }
        == "\(new) exists already, and is left as it is. Give the name of a file that does not exist yet with -o.")
  }

  private func salvageAgain() throws -> SalvageSummary {
    try LedgerWriter.salvage(
      DamagedLedger.open(path: path), to: new, study: study(), cells: [five, twenty], wholeTrials: [:], run: run())
  }

  @Test func damagedBlocksAreLeftOut() throws {
    try makeLedger()
    try execute(
      path,
      """
      UPDATE observation SET reals = zeroblob(8) WHERE cell = 1 AND first = 60 AND observable = 1;
      UPDATE block SET seconds = 7 WHERE cell = 1 AND first = 90;
      UPDATE block SET count = 31 WHERE cell = 1 AND first = 120;
      DELETE FROM observation WHERE cell = 1 AND first = 150 AND observable = 2;
      UPDATE block SET cell = 77 WHERE cell = 1 AND first = 180
      """, sealing: false)
    let summary = try salvage()
    #expect(summary.cells.map(\.copied) == [450, 3])
    #expect(summary.cells[0].lost == 121 && summary.lostBlocks == 1)
    let copy = try LedgerReader.open(path: new)
    let lost = [60, 90, 120, 150, 180]
    let sound = stride(from: 0, to: 600, by: 30).filter { !lost.contains($0) }.map { block(five, $0..<$0 + 30) }
    #expect(try copy.allBlocks(five) == sound)
    let writer = try open(new)
    for range in try writer.missingRanges(five.key, below: 600) { try writer.commit(block(five, range)) }
    #expect(try writer.reader.progress(of: five.key).plan == .fixed)
  }

  /// Where it is not known what was planned, nothing is claimed to have been planned.
  @Test func lostTargetsMakeBoundsThatHoldWheneverOneLooks() throws {
    try makeLedger()
    try execute(path, "UPDATE target SET trials = 500 WHERE id = 2", sealing: false)
    #expect(try !salvage().hasTargets)
    let copy = try LedgerReader.open(path: new)
    #expect(try copy.progress(of: five.key).target == 600)
    #expect(try copy.progress(of: five.key).plan == .anytime)
  }

  /// The row of a cell says which cell blocks are of; without it they are tried as what the study has.
  @Test func damagedCellsAndObservablesAreFoundOut() throws {
    try makeLedger()
    try execute(
      path, "UPDATE cell SET key = '00000000000000ff' WHERE id = 1; UPDATE observable SET name = 'risc' WHERE id = 1",
      sealing: false)
    #expect(try salvage().cells.map(\.copied) == [600, 3])
  }

  @Test func withoutIndexesAndPages() throws {
    try makeLedger()
    let sound = try #require(FileManager.default.contents(atPath: path))
    let trials = Dictionary(
      uniqueKeysWithValues: [(five, 600), (twenty, 3)].map { ($0.0.key, Set((0..<$0.1).map(outcome))) })
    let queue = try DatabaseQueue(path: path)
    let pages = try queue.read { db in try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0 }
    try queue.close()
    var copied = 0
    // The first page has the tables themselves.
    for page in 1..<pages {
      for offset in [0, 3, 2000] {
        var damaged = sound
        for byte in 0..<40 { damaged[page * 4096 + offset + byte] = 0xA5 }
        try damaged.write(to: URL(fileURLWithPath: path))
        do {
          let summary = try salvage()
          copied += summary.cells.reduce(0) { $0 + $1.copied }
          let copy = try LedgerReader.open(path: new)
          for cell in [five, twenty] {
            for block in try copy.allBlocks(cell) { #expect(trials[cell.key]?.isSuperset(of: block.outcomes) == true) }
          }
        } catch let error as LedgerError {
          #expect(!FileManager.default.fileExists(atPath: new), "\(error)")
        }
      }
    }
    #expect(copied > 603 * pages, "most of the trials survive a broken page")
  }
}
