import Foundation
import GRDB
import Ledger
import Outcomes
import TestSupport
import Testing

/// Ledgers of schema 1, which had neither trajectories nor kernels, of schema 2, which had neither analyses nor levels, and
/// of schema 3, whose verdicts were a part of what identified the study, and whose outcomes and analyses had verdicts.
@Suite struct LedgerUpgradeTests {
  let folder = try! TemporaryFolder()
  var path: String { folder.file() }

  /// Makes a ledger as landfall 0.1.0 did: cells 5 and 20, trials 0 to 9 of cell 5.
  private func makeLedgerOfSchema1() throws {
    let tables = """
      CREATE TABLE study (
        id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, definition TEXT NOT NULL, hash TEXT NOT NULL,
        kernel_level TEXT NOT NULL, created TEXT NOT NULL, version TEXT NOT NULL
      );
      CREATE TABLE cell (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, position INTEGER NOT NULL, label TEXT NOT NULL,
        definition TEXT NOT NULL
      );
      CREATE TABLE run (
        id INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT, host TEXT NOT NULL, pid INTEGER NOT NULL,
        ranks INTEGER NOT NULL, threads INTEGER NOT NULL, kernel_level TEXT NOT NULL, version TEXT NOT NULL,
        compiler TEXT NOT NULL, mpi TEXT NOT NULL, command_line TEXT NOT NULL, seed TEXT NOT NULL, ending TEXT
      );
      CREATE TABLE target (
        id INTEGER PRIMARY KEY, cell INTEGER NOT NULL REFERENCES cell (id), trials INTEGER NOT NULL,
        done INTEGER NOT NULL, set_at TEXT NOT NULL, run INTEGER NOT NULL REFERENCES run (id)
      );
      CREATE TABLE block (
        cell INTEGER NOT NULL REFERENCES cell (id), first INTEGER NOT NULL, count INTEGER NOT NULL,
        run INTEGER NOT NULL REFERENCES run (id), seconds REAL NOT NULL, checksum BLOB NOT NULL,
        outcomes BLOB NOT NULL, PRIMARY KEY (cell, first, count)
      );
      PRAGMA application_id = 1280197702;
      PRAGMA user_version = 1;
      INSERT INTO cell VALUES (1, '0000000000000005', 1, '5', 'hidden: [5]'), (2, '0000000000000020', 2, '20',
        'hidden: [20]');
      INSERT INTO run VALUES (1, '2027-01-15T08:00:00Z', '2027-01-15T08:00:09Z', 'node7', 1, 1, 1, 'avx512', '0.1.0',
        'Swift', 'MPI', 'landfall run', '5', 'done');
      INSERT INTO target VALUES (1, 1, 20, 0, '2027-01-15T08:00:00Z', 1);
      """
    try execute(path, tables)
    try execute(
      path, "INSERT INTO study VALUES (1, 'test', ?, ?, 'avx512', '2027-01-15T08:00:00Z', '0.1.0')",
      [study().definition, study().hash])
    // The checksum was computed with Python's hashlib from the documented layout.
    try execute(
      path, "INSERT INTO block VALUES (1, 0, 10, 1, 0.25, x'454dcafb624df83fc2e22fd1b342480d', ?)",
      [Data(Self.outcomesWithVerdicts)])
  }

  /// Trials 0 to 9, with the verdicts about the end of training that outcomes had.
  private static var outcomesWithVerdicts: [UInt8] {
    var bytes = RecordsOfSchema4.records(of: (0..<10).map(outcome))
    for trial in 0..<10 where trial % 7 != 3 { bytes[trial * OutcomeOfSchema4.size + 28] = UInt8(trial % 3) }
    return bytes
  }

  /// What a run of landfall 0.2.0 made of it.
  private func makeLedgerOfSchema2() throws {
    try makeLedgerOfSchema1()
    try execute(
      path,
      """
      ALTER TABLE cell ADD COLUMN kernel TEXT NOT NULL DEFAULT '';
      ALTER TABLE cell ADD COLUMN checkpoints TEXT NOT NULL DEFAULT '';
      CREATE TABLE trajectory (
        cell INTEGER NOT NULL REFERENCES cell (id), first INTEGER NOT NULL, count INTEGER NOT NULL,
        checksum BLOB NOT NULL, aggregate BLOB NOT NULL, PRIMARY KEY (cell, first, count)
      );
      CREATE TABLE trial_trajectory (
        cell INTEGER NOT NULL REFERENCES cell (id), trial INTEGER NOT NULL, checksum BLOB NOT NULL,
        reals BLOB NOT NULL, PRIMARY KEY (cell, trial)
      );
      UPDATE cell SET kernel = 'shallow', checkpoints = '0,1' WHERE id = 2;
      PRAGMA user_version = 2;
      """)
  }

  /// What landfall 0.1.0 made of it last: trials 0 and 1 of cell 20 have analyses, a saddle with as many inactive neurons as
  /// were dead when training ended, none, and one more.
  private func makeLedgerOfSchema3() throws {
    try makeLedgerOfSchema2()
    try execute(
      path,
      """
      ALTER TABLE study ADD COLUMN cells TEXT NOT NULL DEFAULT '';
      ALTER TABLE cell ADD COLUMN analysis INTEGER NOT NULL DEFAULT 0;
      CREATE TABLE analysis (
        cell INTEGER NOT NULL REFERENCES cell (id), first INTEGER NOT NULL, count INTEGER NOT NULL,
        checksum BLOB NOT NULL, records BLOB NOT NULL, PRIMARY KEY (cell, first, count)
      );
      CREATE TRIGGER analysis_of_deleted_block AFTER DELETE ON block BEGIN
        DELETE FROM analysis WHERE cell = old.cell AND first = old.first AND count = old.count;
      END;
      CREATE TABLE level (key TEXT PRIMARY KEY NOT NULL, checksum BLOB NOT NULL, bytes BLOB NOT NULL);
      UPDATE cell SET checkpoints = '', analysis = 1 WHERE id = 2;
      PRAGMA user_version = 3;
      """)
    // Checksums by Python's hashlib.
    try execute(
      path, "INSERT INTO block VALUES (2, 0, 2, 1, 0.25, x'c91923441e52c7a1f7e79d0300891bd5', ?)",
      [Data(RecordsOfSchema4.records(of: [outcome(0), outcome(1)]))])
    let saddle = [UInt8](repeating: 0, count: 48) + [0, 0, 0, 0, 0, 3, 0, 1] + [UInt8](repeating: 0, count: 8)
    var later = saddle
    later[48] = 1
    try execute(
      path, "INSERT INTO analysis VALUES (2, 0, 2, x'401e28129eded663815a3b2215b8f72b', ?)", [Data(saddle + later)])
  }

  @Test func schema3IsReadAndUpgraded() throws {
    try makeLedgerOfSchema3()
    func limits(_ reader: LedgerReader, _ cell: CellRecord) throws -> [[FlowLimit?]] {
      var cursor = reader.blocks(of: cell.key, reading: .outcomesAndAnalyses)
      var all: [[FlowLimit?]] = []
      while let block = try cursor.next() { all.append(block.analyses.map(\.limit)) }
      return all
    }
    var early = try limits(LedgerReader.open(path: path), twenty)
    #expect(early[0].map { $0?.kind } == [.saddle, nil], "the second flow had stepped over the death of a neuron")
    #expect(try LedgerReader.open(path: path).runs()[0].run.arithmetic == 0)

    var (known, other) = (twenty, five)
    (known.kernel, known.hasAnalysis, known.limits) = ("shallow", true, "long")
    (other.hasAnalysis, other.limits) = (true, "long")
    let writer = try open(path, cells: [other, known])
    var more = block(other, 10..<11)
    more.analyses = [TrialAnalysis(certificate: .globalMinimum)]
    try writer.commit(more)
    writer.close()
    let reader = try LedgerReader.open(path: path)
    early = try limits(reader, known)
    #expect(early[0].map { $0?.kind } == [.saddle, nil])
    // Blocks without analyses, and such with, in one cell.
    #expect(try limits(reader, other).map(\.count) == [0, 1])
    #expect(try reader.allBlocks(five).map(\.trials) == [0..<10, 10..<11])
    #expect(try reader.runs().map(\.verdict) == ["good: 1\n", "good: 1\n"])
    #expect(try reader.runs().map(\.run.arithmetic) == [0, 1])
    #expect(try fetch(path, "SELECT identity FROM study") == study().identity)
    #expect(try fetch(path, "PRAGMA integrity_check") == "ok")
    // What limits are is fixed from now on.
    known.limits = "longer"
    #expect(throws: LedgerError.self) { try open(path, cells: [other, known]) }
  }

  @Test func schema2IsReadWithoutAnalyses() throws {
    try makeLedgerOfSchema2()
    let before = FileManager.default.contents(atPath: path)
    let reader = try LedgerReader.open(path: path)
    var known = twenty
    known.kernel = "shallow"
    known.checkpoints = [0, 1]
    #expect(try reader.cells() == [five, known])
    var blocks = reader.blocks(of: five.key, reading: .outcomesAndAnalyses)
    #expect(try blocks.next() == block(five, 0..<10))
    #expect(try reader.levels(key: "sin") == nil)
    #expect(FileManager.default.contents(atPath: path) == before)
  }

  @Test func schema2IsUpgraded() throws {
    try makeLedgerOfSchema2()
    let early = try LedgerReader.open(path: path)
    #expect(try early.cells().count == 2)
    var new = hundred
    new.hasAnalysis = true
    let writer = try open(path, cells: [five, twenty, new])
    let analysis = TrialAnalysis(initiallyDeadNeurons: 4)
    var added = block(new, 0..<1)
    added.analyses = [analysis]
    try writer.commit(added)
    try writer.storeLevels(key: "sin", bytes: [1, 2])
    writer.close()
    #expect(try fetch(path, "PRAGMA user_version") == 7)
    #expect(try early.cells() == [five, twenty, new], "a reader that was open before goes on")
    #expect(try early.allBlocks(five) == [block(five, 0..<10)])
    var blocks = early.blocks(of: new.key, reading: .outcomesAndAnalyses)
    #expect(try blocks.next()?.analyses == [analysis])
    #expect(try early.levels(key: "sin") == [1, 2])
    #expect(try fetch(path, "PRAGMA integrity_check") == "ok")
  }

  @Test func readersTakeWhatIsMissingForEmpty() throws {
    try makeLedgerOfSchema1()
    let before = FileManager.default.contents(atPath: path)
    let reader = try LedgerReader.open(path: path)
    #expect(try reader.cells() == [five, twenty])
    #expect(try reader.allBlocks(five) == [block(five, 0..<10)])
    #expect(try reader.progress(of: five.key) == .init(target: 20, stored: 10, prefix: 10, plan: .anytime, planned: 20))
    #expect(try reader.trajectory(of: five.key) == nil)
    #expect(try reader.wholeTrajectories(of: five.key) == [])
    #expect(FileManager.default.contents(atPath: path) == before)
  }

  @Test func writersUpgradeAndContinue() throws {
    try makeLedgerOfSchema1()
    let early = try LedgerReader.open(path: path)
    #expect(try early.cells() == [five, twenty])
    var known = five
    known.kernel = "shallow"
    var new = hundred
    new.checkpoints = [0, 1]
    let writer = try open(path, cells: [known, twenty, new])
    #expect(try writer.missingRanges(five.key, below: 20) == [10..<20])
    try writer.commit(block(five, 10..<20))
    var trajectories = BlockTrajectories(trials: 0..<1, checkpoints: 2, observables: 5)
    trajectories.add(
      TrialTrajectory(trial: 0, values: Array(repeating: [1, 2, 3, 4, 5], count: 2)), keepWhole: false)
    try writer.commit(
      BlockRecord(
        cell: new.key, first: TrialIndex(0), outcomes: [outcome(0)], seconds: 0, trajectories: trajectories))
    writer.close()
    #expect(try fetch(path, "PRAGMA user_version") == 7)
    #expect(try early.cells() == [known, twenty, new], "a reader that was open before goes on")
    #expect(try early.allBlocks(five) == [block(five, 0..<10), block(five, 10..<20)])
    #expect(try early.progress(of: five.key).plan == .fixed)
    #expect(try early.trajectory(of: new.key)?.trials == 1)
    #expect(try fetch(path, "PRAGMA integrity_check") == "ok")
    try open(path, cells: [known, twenty, new]).close()
  }

  @Test func refusedRunsUpgradeNothing() throws {
    try makeLedgerOfSchema1()
    #expect(throws: LedgerError.self) { try open(path, study: study("study: other\n"), cells: [five]) }
    #expect(throws: LedgerError.self) { try open(path, cells: [twenty]) }
    #expect(try fetch(path, "PRAGMA user_version") == 1)
    #expect(
      try fetch(path, "SELECT count(*) FROM sqlite_master WHERE name LIKE '%trajectory' OR name = 'analysis'") == 0)
    #expect(try LedgerReader.open(path: path).allBlocks(five) == [block(five, 0..<10)])
  }

  @Test func fullDiskUpgradesNothing() throws {
    try makeLedgerOfSchema1()
    let pages: Int = try #require(try fetch(path, "PRAGMA page_count"))
    var failures = 0
    for limit in pages... {
      do throws(LedgerError) {
        try open(path, pageLimit: limit).close()
        break
      } catch {
        failures += 1
        #expect(error == .diskFull(path: path))
        #expect(try fetch(path, "PRAGMA user_version") == 1)
      }
    }
    #expect(failures > 2)
    #expect(try LedgerReader.open(path: path).allBlocks(five) == [block(five, 0..<10)])
  }
}
