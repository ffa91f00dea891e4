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

  /// Those that are asked for, as the blocks have them; all are covered by the checksum of the block.
  @Test func columnsAreReadAlone() throws {
    let writer = try openBoth(path)
    for trials in [30..<60, 0..<30] { try writer.commit(analysed(small, trials)) }
    writer.close()
    let reader = try LedgerReader.open(path: path)
    var cursor = reader.columns(of: small.key, below: 60, reading: [.risk, .limitRisk, .signature])
    for trials in [0..<30, 30..<60] {
      let expected = analysed(small, trials).columns.filter { [.risk, .limitRisk, .signature].contains($0.observable) }
      let block = try #require(try cursor.next())
      #expect(block.trials == trials && block.columns == expected)
      #expect(expected[0].presentValues == expected[0].values.compactMap(\.self))
      #expect(expected[2].presentValues.count < 30)
    }
    let end = try cursor.next()
    #expect(end == nil)
    try DatabaseQueue(path: path).write { db in
      try db.execute(
        sql: "DELETE FROM observation WHERE first = 30 AND observable = (SELECT id FROM observable WHERE name = 'kind')"
      )
    }
    var damaged = reader.columns(of: small.key, reading: [.risk])
    #expect(throws: LedgerError.self) { while try damaged.next() != nil {} }
  }

  @Test func blocksAreReadPageByPage() throws {
    let writer = try openBoth(path)
    // A page holds some 5000 trials: the first has two blocks, the second one block larger than a page.
    let ranges = [0..<4_000, 4_000..<8_000, 8_000..<40_000, 40_000..<40_001]
    for range in ranges.reversed() { try writer.commit(analysed(small, range)) }
    var cursor = try LedgerReader.open(path: path).blocks(of: small.key, reading: .outcomesAndAnalyses)
    #expect(try cursor.next() == analysed(small, ranges[0]))
    try writer.commit(analysed(small, 40_001..<40_005))
    for range in ranges.dropFirst() { #expect(try cursor.next() == analysed(small, range)) }
    #expect(try cursor.next() == analysed(small, 40_001..<40_005))
    #expect(try cursor.next() == nil)
  }

  @Test func cellsWithoutAnalysisHaveNone() throws {
    let writer = try open(path)
    try writer.commit(block(five, 0..<10))
    #expect(try writer.reader.analysedBlocks(five) == [block(five, 0..<10)])
    #expect(try fetch(path, "SELECT count(*) FROM observable WHERE moment = 'limit'") == 0)
  }

  /// The outcomes are those of a ledger without analyses; the checksum of the block knows that there are some, but not
  /// their values, whose last bits differ between machines.
  @Test func outcomesStayAsTheyAre() throws {
    let (plain, other) = (folder.file("plain.landfall"), folder.file("other.landfall"))
    try open(plain).commit(block(five, 0..<50))
    try openBoth(path).commit(analysed(small, 0..<50))
    var changed = analysed(small, 0..<50)
    changed.analyses[7].limit?.smallestEigenvalue = -1.5
    try openBoth(other).commit(changed)
    func column(_ path: String, _ name: String) throws -> Data? {
      try fetch(
        path, "SELECT reals FROM observation JOIN observable ON observable.id = observable WHERE name = '\(name)'")
    }
    for name in ["risk", "gradient-norm", "risk-error", "steps"] {
      #expect(try column(path, name) == column(plain, name) && column(path, name) != nil)
    }
    let checksum = "SELECT hex(checksum) FROM block"
    let (own, without): (String?, String?) = (try fetch(path, checksum), try fetch(plain, checksum))
    #expect(own != without)
    #expect(try fetch(other, checksum) == own)
    #expect(try column(path, "smallest-eigenvalue") != column(other, "smallest-eigenvalue"))
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
    // What damage may leave: columns without a block.
    try execute(path, "UPDATE observation SET first = 5 WHERE observable = 1; DELETE FROM block")
    #expect(try fetch(path, "SELECT count(*) FROM observation WHERE first = 5") == 1)
    try open(path, cells: [large]).close()
    #expect(try fetch(path, "SELECT count(*) FROM observation") == 0)
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
    "\(path) is damaged: in cell 5 (0000000000000005) the block with \(trials) cannot be used, because \(damage). "
      + remedy(path)
  }

  private func column(_ name: String) -> String {
    "WHERE cell = 1 AND first = 30 AND observable = (SELECT id FROM observable WHERE name = '\(name)')"
  }

  @Test func damageIsFound() throws {
    for observable in TrialAnalysis.observables {
      let columns = TrialAnalysis.columns(of: (30..<60).map(analysis))
      var bytes = try #require(columns.first { $0.observable == observable }).bytes
      bytes[bytes.count - 1] ^= 1
      #expect(
        try damaged("UPDATE observation SET reals = ? \(column(observable.name))", [Data(bytes)])
          == damaged(
            "trials 30 to 59", "its column \"\(observable.name)\" does not match its checksum", first: 30))
    }
    #expect(
      try damaged("UPDATE observation SET checksum = x'00' \(column("kind"))")
        == damaged("trials 30 to 59", "its column \"kind\" does not match its checksum", first: 30))
  }

  /// A column that is lost is found out also by those who do not ask for it.
  @Test func missingColumnsAreFound() throws {
    for name in ["kind", "limit-risk", "initially-dead"] {
      let reader = try readerAfter("DELETE FROM observation \(column(name))")
      for text in [message { _ = try reader.analysedBlocks(small) }, message { _ = try reader.allBlocks(small) }] {
        #expect(text == damaged("trials 30 to 59", "its checksum does not match", first: 30))
      }
    }
  }

  /// A row that damage has moved does not stand in the way of what is computed anew.
  @Test func movedAnalysesGiveWay() throws {
    let writer = try openBoth(path)
    for trials in [0..<30, 30..<60] { try writer.commit(analysed(small, trials)) }
    try execute(
      path,
      """
      DELETE FROM block WHERE first = 30; DELETE FROM observation WHERE first = 30;
      UPDATE observation SET first = 30 WHERE first = 0
      """)
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
      #expect(try fetch(path, "SELECT count(DISTINCT first) FROM observation") == committed.count)
    }
  }

  @Test func killedWriterLeavesNoTrace() throws {
    let live = folder.file("live.landfall")
    let copy = folder.file("copy.landfall")
    let writer = try openBoth(live)
    try writer.commit(analysed(small, 0..<100))
    try writer.database.inDatabase { db in
      // With next to no memory for pages, SQLite writes them before the commit.
      try db.execute(sql: "PRAGMA cache_size = 2; BEGIN IMMEDIATE; UPDATE observation SET checksum = randomblob(16)")
      for first in 0..<40 {
        try db.execute(
          sql: "INSERT INTO observation VALUES (1, 1, ?, randomblob(16), randomblob(3000))", arguments: [1000 + first])
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
    func damaged(_ key: String) -> String {
      "\(path) is damaged: the reference levels \(key) cannot be used, because the checksum does not match. "
        + remedy(path)
    }
    for sql in ["SET bytes = x'04'", "SET checksum = x'00'", "SET bytes = x''"] {
      try writer.storeLevels(key: "a'b", bytes: [4, 5])
      try execute(path, "UPDATE level " + sql)
      #expect(message { _ = try writer.reader.levels(key: "a'b") } == damaged("a'b"))
    }
    try writer.storeLevels(key: "a'b", bytes: [4, 5])
    try execute(path, "UPDATE level SET key = 'c'")
    #expect(message { _ = try writer.reader.levels(key: "c") } == damaged("c"))
    try execute(path, "DELETE FROM level WHERE key = 'c'")
    #expect(try writer.reader.levels(key: "c") == nil)
  }
}
