import Foundation
import GRDB
import Ledger
import Outcomes
import TestSupport
import Testing

/// Seals of rows and tallies of tables: whatever a ledger says is found out when it changes.
@Suite struct LedgerSealTests {
  let folder = try! TemporaryFolder()
  var path: String { folder.file() }

  private func makeLedger() throws {
    try? FileManager.default.removeItem(atPath: path)
    var followed = twenty
    followed.checkpoints = [0, 1]
    let writer = try open(path, cells: [five, followed])
    try writer.target([(five.key, 60), (twenty.key, 3)], at: start)
    for trials in [0..<30, 30..<60] { try writer.commit(block(five, trials)) }
    try writer.storeLevels(key: "sin", bytes: [1, 2])
    try writer.finish(ending: "done", at: start + 9)
  }

  private func messageAfter(_ sql: String) throws -> String {
    try makeLedger()
    try execute(path, sql, sealing: false)
    let text = message { _ = try LedgerReader.open(path: path) }
    let before = FileManager.default.contents(atPath: path)
    #expect(message { _ = try open(path) } == text, "a writer finds the same")
    #expect(FileManager.default.contents(atPath: path) == before, "and commits nothing")
    return text
  }

  private func damaged(_ reason: String) -> String { "\(path) is damaged: \(reason). " + remedy(path) }

  /// Every column of every row with a seal.
  @Test func changedColumnsAreFound() throws {
    try makeLedger()
    let queue = try DatabaseQueue(path: path)
    let tables = ["study", "cell", "run", "target", "observable", "block"]
    let columns = try queue.read { db in
      try tables.map { table in (table, try db.columns(in: table).map(\.name)) }
    }
    try queue.close()
    for (table, names) in columns {
      for name in names where name != "id" {
        let value = name == "seal" ? "randomblob(16)" : name == "first" ? "first + 1000" : "\(name) || '1'"
        // What has no study is found before.
        let text = try messageAfter("UPDATE \(table) SET \(name) = \(value) WHERE rowid = 1")
        guard !(table == "study" && ["hash", "created"].contains(name)) else {
          #expect(text.hasPrefix("\(path) is damaged: "))
          continue
        }
        #expect(text == damaged("row 1 of its table \"\(table)\" does not match its checksum"), "\(table).\(name)")
      }
    }
  }

  @Test func rowsThatAreMissingOrTooManyAreFound() throws {
    for (sql, table, rows, stored) in [
      ("DELETE FROM target WHERE id = 2", "target", 1, 2), ("DELETE FROM run", "run", 0, 1),
      ("DELETE FROM block WHERE first = 30", "block", 1, 2), ("DELETE FROM level", "level", 0, 1),
      ("INSERT INTO trajectory VALUES (2, 0, 3, x'00', x'00')", "trajectory", 1, 0),
      ("INSERT INTO trial_trajectory VALUES (2, 0, x'00', x'00')", "trial_trajectory", 1, 0),
    ] {
      #expect(
        try messageAfter(sql) == damaged("its table \"\(table)\" has \(rows) rows, and \(stored) were stored"), "\(sql)"
      )
    }
    #expect(
      try messageAfter("UPDATE level SET checksum = x'00'")
        == damaged("the rows of its table \"level\" are not those that were stored"))
    #expect(
      try messageAfter("DELETE FROM tally WHERE name = 'run'") == damaged("it lacks the tally of its table \"run\""))
    #expect(
      try messageAfter("UPDATE tally SET rows = 7 WHERE name = 'block'")
        == damaged("its table \"block\" has 2 rows, and 7 were stored"))
  }

  /// The seal of the documented layout, computed with Python's hashlib.
  @Test func layoutOfSeals() throws {
    try makeLedger()
    #expect(try fetch(path, "SELECT hex(seal) FROM target WHERE id = 1") == "6398219C830834ABD015FBECA69F36DA")
    #expect(
      try fetch(path, "SELECT hex(digest) FROM tally WHERE name = 'level'")
        == fetch(path, "SELECT hex(checksum) FROM level", as: String.self))
  }

  /// Of the whole file each bit of some bytes: it is found, or changes nothing that can be read.
  @Test func flippedBitsAreFoundOrHarmless() throws {
    try makeLedger()
    let sound = try #require(FileManager.default.contents(atPath: path))
    let copy = folder.file("copy.landfall")
    func content() throws -> String {
      let reader = try LedgerReader.open(path: copy)
      let (study, cells) = try reader.studyAndCells()
      let cellTexts = try cells.map { cell in
        "\(cell) \(try reader.progress(of: cell.key)) \(try reader.allBlocks(cell)) \(try reader.targets())"
          + "\(String(describing: try reader.trajectory(of: cell.key)))"
      }
      return "\(study) \(cellTexts) \(try reader.runs()) \(String(describing: try reader.levels(key: "sin")))"
    }
    try sound.write(to: URL(fileURLWithPath: copy))
    let expected = try content()
    var random = SplitMix64(state: 16)
    var found = 0
    for _ in 0..<300 {
      let (byte, bit) = (Int(random.next() % UInt64(sound.count)), UInt8(random.next() % 8))
      var flipped = sound
      flipped[byte] ^= 1 << bit
      try flipped.write(to: URL(fileURLWithPath: copy))
      do {
        let text = try content()
        #expect(text == expected, "byte \(byte), bit \(bit)")
      } catch is LedgerError {
        found += 1
      }
    }
    #expect(found > 15)
  }

  @Test func missingBytesAreFound() throws {
    try makeLedger()
    let size = try #require(FileManager.default.contents(atPath: path)).count
    truncate(path, off_t(size - 1))
    #expect(
      message { _ = try LedgerReader.open(path: path) }
        == damaged("it has \(size - 1) bytes, and its \(size / 4096) pages should have \(size)"))
  }

  /// Whoever knows how to seal can still write no value that ends the program.
  @Test func impossibleValuesWithSealsAreErrors() throws {
    for (sql, reason) in [
      (
        "UPDATE target SET trials = 9223372036854775807",
        "a target of cell 5 (0000000000000005) has 9223372036854775807 under \"trials\", which is no number of trials"
      ),
      (
        "UPDATE target SET done = -1",
        "a target of cell 5 (0000000000000005) has -1 under \"done\", which is no number of trials"
      ),
      (
        "UPDATE target SET stages = '5,3'",
        "a target of cell 5 (0000000000000005) has stages that are no rising numbers of trials"
      ),
      (
        "UPDATE run SET ranks = 9223372036854775807",
        "a run has 9223372036854775807 under \"ranks\", which is impossible"
      ),
      ("UPDATE cell SET observables = '1,1'", "\"1,1\" is no list of observables"),
    ] {
      try makeLedger()
      try execute(path, sql)
      let text = message {
        let reader = try LedgerReader.open(path: path)
        _ = try reader.runs()
        for cell in try reader.cells() { _ = try reader.progress(of: cell.key) }
      }
      #expect(text == damaged(reason), "\(sql)")
    }
    for sql in ["UPDATE block SET seconds = -1", "UPDATE block SET seconds = 9e999"] {
      try makeLedger()
      try execute(path, sql)
      #expect(message { _ = try LedgerReader.open(path: path).allBlocks(five) }.contains("its time is impossible"))
    }
  }
}
