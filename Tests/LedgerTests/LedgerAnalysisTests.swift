import Foundation
import GRDB
import Ledger
import Outcomes
import TestSupport
import Testing

/// Cells whose trials are analysed.
private let small = CellRecord(
  key: CellKey(0x05), label: "5", definition: "hidden: [5]", hasAnalysis: true, limits: "short")
private let large = CellRecord(
  key: CellKey(0x20), label: "20", definition: "hidden: [20]", hasAnalysis: true, limits: "short")

/// The analysis that the tests store for a trial; different for every trial.
private func analysis(_ trial: Int) -> TrialAnalysis {
  TrialAnalysis(
    initiallyDeadNeurons: trial % 5,
    certificate: [nil, .globalMinimum, .constant(risk: 1 / Double(trial + 3))][trial % 3],
    limit: outcome(trial).hasDiverged
      ? nil
      : FlowLimit(
        risk: 1 / Double(trial + 2), decrease: 1e-9, gradientNorm: 1e-12, flowTime: Double(trial), steps: trial,
        isAtRest: trial % 6 < 5, kind: trial % 6 < 5 ? LimitKind.allCases[trial % 6] : nil,
        negativeEigenvalues: trial % 2, smallestEigenvalue: trial % 2 == 0 ? nil : -1,
        level: trial % 4 == 0 ? RiskLevel(.ladder, trial) : nil,
        structure: LimitStructure(interiorKinks: 1, kinkedNeurons: 2, activeNeurons: 3, inactiveNeurons: 4),
        signature: Double(trial)))
}

private func analysed(_ cell: CellRecord, _ trials: Range<Int>) -> BlockRecord {
  var block = block(cell, trials)
  block.analyses = trials.map(analysis)
  return block
}

private func openBoth(_ path: String, pageLimit: Int? = nil) throws(LedgerError) -> LedgerWriter {
  try open(path, cells: [small, large], pageLimit: pageLimit)
}

extension LedgerReader {
  fileprivate func analysedBlocks(_ cell: CellRecord, below limit: Int = TrialIndex.limit) throws -> [BlockRecord] {
    var all: [BlockRecord] = []
    var cursor = blocks(of: cell.key, below: limit, reading: .outcomesAndAnalyses)
    while let block = try cursor.next() { all.append(block) }
    return all
  }
}

@Suite struct LedgerAnalysisTests {
  let folder = try! TemporaryFolder()
  var path: String { folder.file() }

  // MARK: - Reading

  @Test func analysesComeWithTheirBlocksIfAskedFor() throws {
    let writer = try openBoth(path)
    for trials in [30..<60, 0..<30, 70..<71] { try writer.commit(analysed(small, trials)) }
    try writer.commit(analysed(large, 0..<3))
    writer.close()
    let reader = try LedgerReader.open(path: path)
    #expect(try reader.cells() == [small, large])
    #expect(try reader.analysedBlocks(small) == [0..<30, 30..<60, 70..<71].map { analysed(small, $0) })
    #expect(try reader.analysedBlocks(small, below: 30) == [analysed(small, 0..<30)])
    #expect(try reader.analysedBlocks(large) == [analysed(large, 0..<3)])
    #expect(try reader.allBlocks(small) == [0..<30, 30..<60, 70..<71].map { block(small, $0) })
    #expect(try reader.progress(of: small.key).prefix == 60)
  }

  @Test func blocksAreReadPageByPage() throws {
    let writer = try openBoth(path)
    // A page holds some 10,900 trials: the first has two blocks, the second one block larger than a page.
    let ranges = [0..<10_000, 10_000..<20_000, 20_000..<60_000, 60_000..<60_001]
    for range in ranges.reversed() { try writer.commit(analysed(small, range)) }
    var cursor = try LedgerReader.open(path: path).blocks(of: small.key, reading: .outcomesAndAnalyses)
    #expect(try cursor.next() == analysed(small, ranges[0]))
    try writer.commit(analysed(small, 60_001..<60_005))
    for range in ranges.dropFirst() { #expect(try cursor.next() == analysed(small, range)) }
    #expect(try cursor.next() == analysed(small, 60_001..<60_005))
    #expect(try cursor.next() == nil)
  }

  @Test func cellsWithoutAnalysisHaveNone() throws {
    let writer = try open(path)
    try writer.commit(block(five, 0..<10))
    #expect(try writer.reader.analysedBlocks(five) == [block(five, 0..<10)])
    #expect(try fetch(path, "SELECT count(*) FROM analysis") == 0)
  }

  /// The outcomes are those of a ledger without analyses; the checksum knows that there are some.
  @Test func outcomesStayAsTheyAre() throws {
    let plain = folder.file("plain.landfall")
    let (writer, other) = (try openBoth(path), try open(plain))
    try writer.commit(analysed(small, 0..<50))
    try other.commit(block(five, 0..<50))
    let bytes: Data? = try fetch(path, "SELECT outcomes FROM block")
    #expect(try bytes == fetch(plain, "SELECT outcomes FROM block") && bytes != nil)
    #expect(try fetch(path, "SELECT analysis_form FROM block") == 2)
    #expect(try fetch(plain, "SELECT analysis_form FROM block") == 0)
    // By Python's hashlib, from the documented layout.
    #expect(try fetch(path, "SELECT lower(hex(checksum)) FROM block") == "eff3044de8c5325fab1c7729346efd34")
    for sql in ["UPDATE block SET analysis_form = 0", "DELETE FROM analysis; UPDATE block SET analysis_form = 0"] {
      try execute(path, sql)
      #expect(throws: LedgerError.self) { try LedgerReader.open(path: path).analysedBlocks(small) }
    }
  }

  // MARK: - Cells

  @Test func analysisBelongsToACellWithOutcomes() throws {
    let writer = try openBoth(path)
    try writer.commit(analysed(small, 0..<10))
    writer.close()
    var changed = small
    changed.hasAnalysis = false
    changed.limits = "off"
    #expect(
      message { _ = try open(path, cells: [changed, large]) }
        == "\(path) has cell 5 (0000000000000005) with another definition. The difference (- stored, + given):\n"
        + "- limit: short\n+ limit: off\n"
        + "A cell that has trials cannot be changed: run it as it is stored, or give another file with -o.")
    var other = large
    other.hasAnalysis = false
    try open(path, cells: [small, other]).close()
    #expect(try LedgerReader.open(path: path).cells() == [small, other], "a cell without outcomes follows the study")
  }

  @Test func cellsWhoseBlocksWereDeletedCanGo() throws {
    let writer = try openBoth(path)
    try writer.commit(analysed(small, 0..<10))
    writer.close()
    // What damage may leave: analyses without a block.
    try execute(path, "UPDATE analysis SET first = 5; DELETE FROM block")
    #expect(try fetch(path, "SELECT count(*) FROM analysis") == 1)
    try open(path, cells: [large]).close()
    #expect(try fetch(path, "SELECT count(*) FROM analysis") == 0)
  }

  // MARK: - Damage

  private func readerAfter(_ sql: String, _ arguments: StatementArguments = []) throws -> LedgerReader {
    try? FileManager.default.removeItem(atPath: path)
    let writer = try openBoth(path)
    for trials in [0..<30, 30..<60] { try writer.commit(analysed(small, trials)) }
    try writer.commit(analysed(large, 30..<60))
    writer.close()
    try execute(path, sql, arguments)
    return try LedgerReader.open(path: path)
  }

  private func damaged(_ sql: String, _ arguments: StatementArguments = []) throws -> String {
    let reader = try readerAfter(sql, arguments)
    #expect(try reader.allBlocks(small).count == 2, "outcomes can still be read")
    return message { _ = try reader.analysedBlocks(small) }
  }

  private func damaged(_ trials: String, _ damage: String, first: Int) -> String {
    "\(path) is damaged: in cell 5 (0000000000000005) the analyses of \(trials) cannot be used, because \(damage). "
      + "Restore the file from a copy; or delete their block and run the study again, which computes the same trials "
      + "anew: sqlite3 '\(path)' \"DELETE FROM block WHERE first = \(first) AND cell = (SELECT id FROM cell WHERE key = "
      + "'0000000000000005')\""
  }

  @Test func damageIsFound() throws {
    let checksum = damaged("trials 30 to 59", "their checksum does not match", first: 30)
    for place in [0, 87, 1000, 2639] {
      var bytes = TrialAnalysis.records(of: (30..<60).map(analysis))
      bytes[place] ^= 1
      #expect(
        try damaged("UPDATE analysis SET records = ? WHERE cell = 1 AND first = 30", [Data(bytes)]) == checksum)
    }
    #expect(try damaged("UPDATE analysis SET checksum = x'00' WHERE cell = 1 AND first = 30") == checksum)
    #expect(
      try damaged(
        "DELETE FROM analysis WHERE cell = 1 AND first = 30; UPDATE analysis SET cell = 1 WHERE cell = 2") == checksum)
    #expect(
      try damaged("DELETE FROM analysis WHERE cell = 1 AND first = 30")
        == damaged("trials 30 to 59", "they are missing", first: 30))
    #expect(
      try damaged("UPDATE analysis SET first = 1 WHERE cell = 1 AND first = 0")
        == damaged("trials 0 to 29", "they are missing", first: 0))
    #expect(
      try damaged("UPDATE analysis SET records = substr(records, 1, 1900) WHERE cell = 1 AND first = 30")
        == damaged("trials 30 to 59", "they take 1900 bytes instead of 88 a trial", first: 30))
  }

  /// Checksums of Python's hashlib from the documented layout, of 30 records that consist of zeros: with the word
  /// "analysis" in front the row is sound, without it, like the checksum of a block, it is not. And of a record with an
  /// unknown flag.
  @Test func checksumIsTheDocumentedOne() throws {
    let set = "UPDATE analysis SET records = zeroblob(2640), checksum = "
    let place = " WHERE cell = 1 AND first = 30"
    #expect(
      try damaged(set + "x'fe5ba0db77368ffc1a4e57be4aa7f0e5'" + place)
        == damaged("trials 30 to 59", "their checksum does not match", first: 30))
    #expect(
      try readerAfter(set + "x'78595d01f42baf8c8f448dc38e5e31bf'" + place).analysedBlocks(small)[1].analyses
        == Array(repeating: TrialAnalysis(), count: 30))
    var bytes = [UInt8](repeating: 0, count: 2640)
    bytes[70] = 8
    #expect(
      try damaged(
        "UPDATE analysis SET records = ?, checksum = x'18c5777d1f6da7442802486bf66e6e00'" + place, [Data(bytes)])
        == damaged("trials 30 to 59", "they are not valid records", first: 30))
  }

  /// The command that messages suggest takes the analyses along, in any SQLite; the trials may come back in other blocks.
  @Test func deletedBlocksTakeTheirAnalysesAlong() throws {
    let writer = try openBoth(path)
    for trials in [0..<30, 30..<60] { try writer.commit(analysed(small, trials)) }
    writer.close()
    try execute(
      path,
      "PRAGMA foreign_keys = OFF; DELETE FROM block WHERE first = 30 AND cell = (SELECT id FROM cell WHERE key = "
        + "'0000000000000005')")
    #expect(try fetch(path, "SELECT group_concat(first) FROM analysis") == "0")
    let again = try openBoth(path)
    #expect(try again.missingRanges(small.key, below: 60) == [30..<60])
    for trials in [30..<50, 50..<60] { try again.commit(analysed(small, trials)) }
    #expect(try again.reader.analysedBlocks(small) == [0..<30, 30..<50, 50..<60].map { analysed(small, $0) })
  }

  /// A row that damage has moved does not stand in the way of what is computed anew.
  @Test func movedAnalysesGiveWay() throws {
    let writer = try openBoth(path)
    for trials in [0..<30, 30..<60] { try writer.commit(analysed(small, trials)) }
    try execute(path, "DELETE FROM block WHERE first = 30; UPDATE analysis SET first = 30 WHERE first = 0")
    try writer.commit(analysed(small, 30..<60))
    try execute(path, "DELETE FROM block WHERE first = 0")
    try writer.commit(analysed(small, 0..<30))
    #expect(try writer.reader.analysedBlocks(small) == [analysed(small, 0..<30), analysed(small, 30..<60)])
  }

  // MARK: - Killed writers, full disks

  @Test func fullDiskStoresAllOrNothing() throws {
    let writer = try openBoth(path)
    try commitToFullDisk(writer, path, block: { analysed(small, $0) }) { (committed) throws in
      #expect(try LedgerReader.open(path: path).analysedBlocks(small) == committed.map { analysed(small, $0) })
      #expect(try fetch(path, "SELECT count(*) FROM analysis") == committed.count)
    }
  }

  @Test func killedWriterLeavesNoTrace() throws {
    let live = folder.file("live.landfall")
    let copy = folder.file("copy.landfall")
    let writer = try openBoth(live)
    try writer.commit(analysed(small, 0..<100))
    try writer.database.inDatabase { db in
      // With next to no memory for pages, SQLite writes them before the commit.
      try db.execute(sql: "PRAGMA cache_size = 2; BEGIN IMMEDIATE; UPDATE analysis SET checksum = randomblob(16)")
      for first in 0..<40 {
        try db.execute(
          sql: "INSERT INTO analysis VALUES (1, ?, 1, randomblob(16), randomblob(3000))", arguments: [1000 + first])
      }
      for suffix in ["", "-journal"] {
        let content = try #require(FileManager.default.contents(atPath: live + suffix))
        #expect(FileManager.default.createFile(atPath: copy + suffix, contents: content))
      }
      try db.execute(sql: "ROLLBACK")
    }
    #expect(try LedgerReader.open(path: copy).analysedBlocks(small) == [analysed(small, 0..<100)])
    let second = try openBoth(copy)
    try second.commit(analysed(small, 100..<120))
    #expect(
      try second.reader.analysedBlocks(small) == [analysed(small, 0..<100), analysed(small, 100..<120)])
  }

  // MARK: - Levels

  @Test func levelsAreKeptAndReplaced() throws {
    let writer = try openBoth(path)
    let reader = try LedgerReader.open(path: path)
    #expect(try reader.levels(key: "sin(3*x)") == nil)
    let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    try writer.storeLevels(key: "sin(3*x)", bytes: bytes)
    try writer.storeLevels(key: "x'y\"", bytes: [1])
    try writer.storeLevels(key: "", bytes: [])
    #expect(try reader.levels(key: "sin(3*x)") == bytes)
    #expect(try reader.levels(key: "x'y\"") == [1])
    #expect(try reader.levels(key: "") == [])
    try writer.storeLevels(key: "sin(3*x)", bytes: [4, 5])
    #expect(try reader.levels(key: "sin(3*x)") == [4, 5])
    #expect(try fetch(path, "SELECT count(*) FROM level") == 3)
    writer.close()
    try openBoth(path).close()
    #expect(try LedgerReader.open(path: path).levels(key: "sin(3*x)") == [4, 5], "they outlive the run")
    // Python's hashlib, from the documented layout.
    #expect(
      try fetch(path, "SELECT hex(checksum) FROM level WHERE bytes = x'0405'") == "45171DFFFCE6CE168ECC4F4B7327A57D")
  }

  @Test func damageOfLevelsIsFound() throws {
    let writer = try openBoth(path)
    func damaged(_ key: String, _ quoted: String) -> String {
      "\(path) is damaged: the reference levels \(key) cannot be used, because the checksum does not match. Restore the "
        + "file from a copy; or delete them, and they are worked out anew: sqlite3 '\(path)' \"DELETE FROM level WHERE "
        + "key = '\(quoted)'\""
    }
    for sql in ["SET bytes = x'04'", "SET checksum = x'00'", "SET bytes = x''"] {
      try writer.storeLevels(key: "a'b", bytes: [4, 5])
      try execute(path, "UPDATE level " + sql)
      #expect(message { _ = try writer.reader.levels(key: "a'b") } == damaged("a'b", "a''b"))
    }
    try writer.storeLevels(key: "a'b", bytes: [4, 5])
    try execute(path, "UPDATE level SET key = 'c'")
    #expect(message { _ = try writer.reader.levels(key: "c") } == damaged("c", "c"))
    try execute(path, "DELETE FROM level WHERE key = 'c'")
    #expect(try writer.reader.levels(key: "c") == nil)
  }
}
