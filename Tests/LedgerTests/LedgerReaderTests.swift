import Estimation
import Foundation
import GRDB
import Ledger
import Outcomes
import TestSupport
import Testing

@Suite struct LedgerReaderTests {
  let folder = try! TemporaryFolder()
  var path: String { folder.file() }

  // MARK: - Progress

  @Test func prefixEndsAtTheFirstGap() throws {
    let writer = try open(path)
    let reader = try LedgerReader.open(path: path)
    func progress() throws -> [Int] {
      let progress = try reader.progress(of: five.key)
      return [progress.prefix, progress.stored]
    }
    #expect(try progress() == [0, 0])
    try writer.commit(block(five, 5..<8))
    #expect(try progress() == [0, 3])
    try writer.commit(block(five, 0..<4))
    #expect(try progress() == [4, 7])
    try writer.commit(block(five, 4..<5))
    #expect(try progress() == [8, 8])
    #expect(try reader.allBlocks(five, below: 5).map(\.trials) == [0..<4, 4..<5])
    #expect(try reader.allBlocks(five, below: 0) == [])
  }

  /// A bit that flips in the header of a page: rows are what they were, or there is an error.
  @Test func damagedPages() throws {
    let writer = try open(path)
    for first in stride(from: 0, to: 3000, by: 50) { try writer.commit(block(five, first..<first + 50)) }
    writer.close()
    let bytes = try Data(contentsOf: URL(filePath: path))
    let expected = try LedgerReader.open(path: path).allBlocks(five)
    let copy = folder.file("copy.landfall")
    var errors = 0
    for page in stride(from: 4096, to: bytes.count, by: 4096) {
      for (place, bit) in (0..<12).map({ ($0, 0) }) + [(0, 3), (3, 2), (4, 1), (5, 7), (6, 6)] {
        var damaged = bytes
        damaged[page + place] ^= 1 << bit
        try damaged.write(to: URL(filePath: copy))
        if let blocks = try? LedgerReader.open(path: copy).allBlocks(five) {
          #expect(blocks == expected, "byte \(page + place), bit \(bit)")
        } else {
          errors += 1
        }
      }
    }
    #expect(errors > 20)
  }

  @Test func plannedAndDoneIsFixed() throws {
    let writer = try open(path)
    func plan() throws -> SamplingPlan { try writer.reader.progress(of: five.key).plan }
    #expect(try plan() == .anytime, "no target")
    try writer.target(five.key, trials: 100)
    try writer.target(five.key, trials: 20)
    #expect(try plan() == .anytime, "nothing is done")
    try writer.commit(block(five, 10..<20))
    #expect(try plan() == .anytime, "trials are missing")
    try writer.commit(block(five, 0..<10))
    #expect(try plan() == .fixed, "both targets were set before the first outcome")
    try writer.target(five.key, trials: 20)
    #expect(try plan() == .fixed, "the same target again")
    #expect(
      try writer.reader.progress(of: five.key) == .init(target: 20, stored: 20, prefix: 20, plan: .fixed, planned: 20))
    try writer.target(twenty.key, trials: 5)
    try writer.commit(block(twenty, 0..<5))
    #expect(try writer.reader.progress(of: twenty.key).plan == .fixed, "a cell added later is planned for itself")
  }

  @Test func extendedAfterALookKeepsItsPlan() throws {
    let writer = try open(path)
    try writer.target(five.key, trials: 10)
    try writer.commit(block(five, 0..<10))
    try writer.target(five.key, trials: 20)
    #expect(try writer.reader.progress(of: five.key).plan == .fixed, "nothing is added yet")
    try writer.commit(block(five, 10..<15))
    #expect(
      try writer.reader.progress(of: five.key)
        == .init(target: 20, stored: 15, prefix: 15, plan: .extended(planned: 10), planned: 10))
    try writer.commit(block(five, 15..<20))
    #expect(try writer.reader.progress(of: five.key).plan == .extended(planned: 10))
    #expect(try writer.reader.targets().map(\.done) == [0, 10])
  }

  /// Under a rule no number is planned, whatever is reached.
  @Test func rulesPlanNoNumber() throws {
    let writer = try open(path)
    try writer.target([(five.key, 20)], rule: "until a")
    try writer.commit(block(five, 0..<20))
    #expect(
      try writer.reader.progress(of: five.key)
        == .init(target: 20, stored: 20, prefix: 20, plan: .anytime, rule: "until a"))
    try writer.target([(five.key, 20)], rule: "until a")
    try writer.target([(five.key, 20)], rule: "until b")
    try writer.target([(five.key, 20)])
    #expect(try writer.reader.progress(of: five.key).rule == "")
    #expect(try writer.reader.progress(of: five.key).plan == .anytime, "there were outcomes when it was planned")
    #expect(try writer.reader.targets().count == 3)
    // A rule behind planned trials leaves their plan.
    try writer.target([(twenty.key, 10)])
    try writer.commit(block(twenty, 0..<10))
    try writer.target([(twenty.key, 99)], rule: "until a")
    #expect(
      try writer.reader.progress(of: twenty.key)
        == .init(
          target: 99, stored: 10, prefix: 10, plan: .extended(planned: 10), planned: 10, rule: "until a"),
      "from now on looks are at half of the error probability")
    try writer.commit(block(twenty, 10..<15))
    #expect(try writer.reader.progress(of: twenty.key).plan == .extended(planned: 10))
  }

  /// A rule that follows planned trials before they are done makes them its own, whatever is done when it is looked at.
  @Test func rulesBeforeThePlannedEndVoidThePlan() throws {
    let writer = try open(path)
    try writer.target([(five.key, 20)])
    try writer.commit(block(five, 0..<10))
    try writer.target([(five.key, 99)], rule: "until a")
    for end in [20, 30] {
      try writer.commit(block(five, end - 10..<end))
      let progress = try writer.reader.progress(of: five.key)
      #expect(progress.plan == .anytime && progress.planned == nil, "\(end)")
    }
  }

  @Test func stagesHoldWhileTheyStay() throws {
    let writer = try open(path)
    try writer.target([(five.key, 10)], stages: [10, 20])
    try writer.commit(block(five, 0..<10))
    #expect(try writer.reader.progress(of: five.key).plan == .staged(of: 2))
    try writer.target([(five.key, 20)], rule: "until a", stages: [10, 20])
    try writer.commit(block(five, 10..<15))
    #expect(try writer.reader.progress(of: five.key).plan == .anytime, "between two stages")
    try writer.commit(block(five, 15..<20))
    #expect(
      try writer.reader.progress(of: five.key)
        == .init(target: 20, stored: 20, prefix: 20, plan: .staged(of: 2), stages: [10, 20], rule: "until a"))
    // Other stages, or none, were not planned.
    try writer.target([(five.key, 40)], stages: [10, 20, 40])
    let progress = try writer.reader.progress(of: five.key)
    #expect(progress.plan == .anytime && progress.stages.isEmpty)
  }

  @Test func lowerTargetIsKeptAsGiven() throws {
    let writer = try open(path)
    try writer.target(five.key, trials: 10)
    try writer.commit(block(five, 0..<10))
    try writer.target(five.key, trials: 5)
    #expect(
      try writer.reader.progress(of: five.key)
        == .init(target: 5, stored: 10, prefix: 10, plan: .fixed, planned: 10))
    try writer.target(five.key, trials: 10)
    #expect(try writer.reader.progress(of: five.key).plan == .fixed, "what is asked for later changes no trial")
    #expect(try writer.reader.targets().map(\.trials) == [10, 5, 10])
  }

  @Test func outcomesBeyondTheTargetExtendIt() throws {
    let writer = try open(path)
    try writer.target(five.key, trials: 10)
    try writer.commit(block(five, 0..<10))
    #expect(try writer.reader.progress(of: five.key).plan == .fixed)
    try writer.commit(block(five, 15..<16))
    #expect(try writer.reader.progress(of: five.key).plan == .fixed, "behind a gap they do not count")
    try writer.commit(block(five, 10..<15))
    #expect(try writer.reader.progress(of: five.key).plan == .extended(planned: 10))
  }

  // MARK: - Blocks

  @Test func blocksAreReadPageByPage() throws {
    let writer = try open(path)
    // Three pages: 20,000 + 20,000, one block larger than a page, and the rest.
    let ranges = [0..<20_000, 20_000..<40_000, 40_000..<80_000, 80_000..<80_001, 90_000..<90_007]
    for range in ranges.reversed() { try writer.commit(block(five, range)) }
    try writer.commit(block(twenty, 0..<3))
    var cursor = try LedgerReader.open(path: path).blocks(of: five.key)
    for range in ranges { #expect(try cursor.next() == block(five, range)) }
    #expect(try cursor.next() == nil)
    #expect(try cursor.next() == nil)
  }

  @Test func writerCommitsWhileBlocksAreRead() throws {
    let writer = try open(path)
    for n in 0..<4 { try writer.commit(block(five, n * 20_000..<(n + 1) * 20_000)) }
    var cursor = try LedgerReader.open(path: path).blocks(of: five.key)
    #expect(try cursor.next() == block(five, 0..<20_000))
    try writer.commit(block(five, 80_000..<80_010))
    for n in 1..<4 { #expect(try cursor.next() == block(five, n * 20_000..<(n + 1) * 20_000)) }
    #expect(try cursor.next() == block(five, 80_000..<80_010))
    #expect(try cursor.next() == nil)
  }

  // MARK: - Damage

  private func damagedMessage(_ sql: String, _ arguments: StatementArguments = []) throws -> String {
    try? FileManager.default.removeItem(atPath: path)
    let writer = try open(path)
    for n in 0..<3 { try writer.commit(block(five, n * 30..<(n + 1) * 30)) }
    try writer.commit(block(twenty, 30..<60))
    try writer.commit(block(twenty, 100..<101))
    writer.close()
    try execute(path, sql, arguments)
    let reader = try LedgerReader.open(path: path)
    var cursor = reader.blocks(of: five.key)
    var other = reader.blocks(of: twenty.key)
    return message {
      while try cursor.next() != nil {}
      while try other.next() != nil {}
    }
  }

  private func damagedBlock(_ cell: String, _ trials: String, _ damage: String, first: Int, key: String) -> String {
    "\(path) is damaged: in cell \(cell) (\(key)) the block with \(trials) cannot be used, because \(damage). "
      + remedy(path)
  }

  private func column(_ name: String) -> String { "(SELECT id FROM observable WHERE name = '\(name)')" }

  @Test func anyFlippedBitIsFound() throws {
    func expected(_ damage: String) -> String {
      damagedBlock("5", "trials 30 to 59", damage, first: 30, key: "0000000000000005")
    }
    for (name, place) in [("risk", 0), ("risk", 239), ("gradient-norm", 100), ("steps", 7), ("risk-error", 239)] {
      let values = Outcome.columns(of: (30..<60).map(outcome)).first { $0.observable.name == name }
      var bytes = try #require(values).bytes
      bytes[place] ^= 1
      let text = try damagedMessage(
        "UPDATE observation SET reals = ? WHERE cell = 1 AND first = 30 AND observable = \(column(name))", [Data(bytes)]
      )
      #expect(text == expected("its column \"\(name)\" does not match its checksum"))
    }
    #expect(
      try damagedMessage("UPDATE observation SET checksum = x'00' WHERE cell = 1 AND first = 30 AND observable = 1")
        == expected("its column \"risk\" does not match its checksum"))
    #expect(
      try damagedMessage("UPDATE block SET checksum = x'00' WHERE cell = 1 AND first = 30")
        == expected("its checksum does not match"))
    #expect(try damagedMessage("UPDATE study SET hash = replace(hash, 'a', 'b')").contains("trials 0 to 29"))
  }

  @Test func rowsInTheWrongPlaceAreFound() throws {
    let key = "0000000000000005"
    #expect(
      try damagedMessage("UPDATE block SET first = 90 WHERE cell = 1 AND first = 30")
        == damagedBlock("5", "trials 90 to 119", "its column \"risk\" is missing", first: 90, key: key))
    #expect(
      try damagedMessage(
        "UPDATE block SET first = 90 WHERE cell = 1 AND first = 30; UPDATE observation SET first = 90 WHERE first = 30")
        == damagedBlock(
          "5", "trials 90 to 119", "its column \"risk\" does not match its checksum", first: 90, key: key))
    #expect(
      try damagedMessage(
        """
        DELETE FROM block WHERE cell = 1 AND first = 30; UPDATE block SET cell = 1 WHERE cell = 2 AND first = 30;
        DELETE FROM observation WHERE cell = 1 AND first = 30;
        UPDATE observation SET cell = 1 WHERE cell = 2 AND first = 30
        """)
        == damagedBlock(
          "5", "trials 30 to 59", "its column \"risk\" does not match its checksum", first: 30, key: key))
    #expect(
      try damagedMessage(
        """
        DELETE FROM observation WHERE cell = 1 AND first = 0 AND observable = 1;
        UPDATE observation SET observable = 1 WHERE cell = 1 AND first = 0 AND observable = 2
        """)
        == damagedBlock("5", "trials 0 to 29", "its column \"risk\" does not match its checksum", first: 0, key: key))
  }

  @Test func missingColumnsAreFound() throws {
    for name in ["risk", "gradient-norm", "risk-error", "steps"] {
      #expect(
        try damagedMessage("DELETE FROM observation WHERE cell = 1 AND first = 30 AND observable = \(column(name))")
          == damagedBlock(
            "5", "trials 30 to 59", "its column \"\(name)\" is missing", first: 30, key: "0000000000000005"))
    }
    // One too many.
    #expect(
      try damagedMessage(
        """
        INSERT INTO observation SELECT cell, \(column("dead-neurons")), first, checksum, reals FROM observation
        WHERE cell = 1 AND first = 30 AND observable = 1
        """
      ).contains("\"dead-neurons\" does not match its checksum"))
  }

  @Test func impossibleRowsAreFound() throws {
    let key = "0000000000000005"
    #expect(
      try damagedMessage("UPDATE block SET count = 31 WHERE cell = 1 AND first = 60")
        == damagedBlock(
          "5", "trials 60 to 90", "its column \"risk\" does not match its checksum", first: 60, key: key))
    #expect(
      try damagedMessage("UPDATE block SET count = -1 WHERE cell = 1 AND first = 60")
        == damagedBlock("5", "first trial 60 and -1 trials", "its trial range is impossible", first: 60, key: key))
    #expect(
      try damagedMessage("UPDATE block SET first = -5 WHERE cell = 1 AND first = 60")
        == damagedBlock("5", "first trial -5 and 30 trials", "its trial range is impossible", first: -5, key: key))
    #expect(
      try damagedMessage("UPDATE block SET count = 9223372036854775807 WHERE cell = 1 AND first = 60")
        == damagedBlock(
          "5", "first trial 60 and 9223372036854775807 trials", "its trial range is impossible", first: 60, key: key))
    #expect(
      try damagedMessage("UPDATE block SET first = 59 WHERE cell = 1 AND first = 60")
        == damagedBlock(
          "5", "trials 59 to 88", "it overlaps the block with trials 30 to 59", first: 59, key: key))
  }

  /// A column whose checksum is right, but with a negative risk, as a faulty writer would store it.
  @Test func impossibleValuesAreFound() throws {
    // SHA-256 of the documented layout, by Python's hashlib.
    #expect(
      try damagedMessage(
        """
        UPDATE observation SET reals = x'000000000000f0bf', checksum = x'032493b73c1296e5c0948d956e32e341'
        WHERE first = 100 AND observable = 1
        """)
        == damagedBlock(
          "20", "trial 100", "its column \"risk\" has impossible values", first: 100, key: "0000000000000020"))
  }

  @Test func damagedRangesAreFoundWithoutReadingOutcomes() throws {
    let writer = try open(path)
    try writer.commit(block(five, 0..<30))
    try writer.commit(block(five, 30..<60))
    try execute(path, "UPDATE block SET first = 29 WHERE first = 30")
    #expect(throws: LedgerError.self) { try writer.reader.progress(of: five.key) }
    #expect(throws: LedgerError.self) { try writer.missingRanges(five.key, below: 60) }
  }

  @Test func otherDamageIsAnErrorToo() throws {
    for (sql, reason) in [
      ("UPDATE cell SET key = 'xyz' WHERE id = 1", "\"xyz\" is no cell key"),
      ("UPDATE study SET hash = 'xyz'", "\"xyz\" is no study hash"),
      ("DELETE FROM study", "it has no study"),
      ("UPDATE run SET seed = 'x'", "\"x\" is no seed"),
      ("UPDATE run SET started = 'x'", "\"x\" is no date"),
    ] {
      try? FileManager.default.removeItem(atPath: path)
      try open(path).close()
      try execute(path, sql)
      let text = message {
        let reader = try LedgerReader.open(path: path)
        _ = try reader.study()
        _ = try reader.cells()
        _ = try reader.runs()
      }
      #expect(text == "\(path) is damaged: \(reason). " + remedy(path))
    }
  }
}
