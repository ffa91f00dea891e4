import Foundation
import GRDB
import Ledger
import Outcomes
import TestSupport
import Testing

@Suite struct LedgerWriterTests {
  let folder = try! TemporaryFolder()
  var path: String { folder.file() }

  // MARK: - Creating

  @Test func whatIsStoredIsRead() throws {
    let writer = try open(path)
    try writer.target(five.key, trials: 30, at: start + 1)
    try writer.commit(block(five, 0..<30))
    try writer.finish(ending: "done", at: start + 60)

    let reader = try LedgerReader.open(path: path)
    let stored = try reader.study()
    #expect(stored.study == study())
    #expect(stored.kernelLevel == "avx512")
    #expect(stored.created == start)
    #expect(stored.version == "0.2.0")
    #expect(try reader.cells() == [five, twenty])
    let runs = try reader.runs()
    #expect(runs.count == 1)
    #expect(runs[0].id == 1)
    #expect(runs[0].run == run())
    #expect(runs[0].finished == start + 60)
    #expect(runs[0].ending == "done")
    let targets = try reader.targets()
    #expect(targets.count == 1)
    #expect(targets[0].cell == five.key)
    #expect(targets[0].trials == 30 && targets[0].done == 0 && targets[0].run == 1)
    #expect(targets[0].set == start + 1)
    #expect(try reader.allBlocks(five) == [block(five, 0..<30)])
    #expect(try reader.allBlocks(twenty) == [])
  }

  @Test func fileCarriesItsTypeAndVersion() throws {
    try open(path).close()
    let header = try #require(FileManager.default.contents(atPath: path)).prefix(72)
    #expect(header[68..<72] == Data("LNDF".utf8))
    #expect(header[60..<64] == Data([0, 0, 0, 7]))
    #expect(header[18..<20] == Data([1, 1]), "a write-ahead log would show as 2, 2")
    #expect(try fetch(path, "SELECT created FROM study") == "2027-01-15T08:00:00Z")
    #expect(try fetch(path, "SELECT seed FROM run") == "18446744073709551615")
  }

  @Test func writerNeitherUsesALogNorLocksReadersOut() throws {
    let writer = try open(path)
    try writer.database.inDatabase { db throws in
      #expect(try String.fetchOne(db, sql: "PRAGMA journal_mode") == "delete")
      #expect(try Int.fetchOne(db, sql: "PRAGMA synchronous") == 3)
      #expect(try String.fetchOne(db, sql: "PRAGMA locking_mode") == "normal")
      #expect(try Int.fetchOne(db, sql: "PRAGMA busy_timeout") == 120_000)
      #expect(try Int.fetchOne(db, sql: "PRAGMA foreign_keys") == 0)
    }
    let reader = try LedgerReader.open(path: path)
    for n in 0..<5 {
      try writer.commit(block(five, n * 10..<n * 10 + 10))
      #expect(try reader.progress(of: five.key).stored == n * 10 + 10)
      #expect(try writer.reader.progress(of: five.key).prefix == n * 10 + 10)
    }
  }

  @Test func fileOfZeroBytesIsNew() throws {
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    try open(path).close()
    #expect(try LedgerReader.open(path: path).cells() == [five, twenty])
  }

  @Test func pathsWithAMeaningToSQLiteAreFiles() throws {
    for name in [":memory:", "file:a?mode=memory"] {
      try open(folder.file(name)).close()
      #expect(FileManager.default.fileExists(atPath: folder.file(name)))
    }
  }

  // MARK: - Continuing

  @Test func continuingKeepsWhatIsThere() throws {
    let first = try open(path)
    try first.target(five.key, trials: 20)
    try first.commit(block(five, 0..<10))
    first.close()

    let second = try open(path, run: run(seed: 5))
    #expect(try second.missingRanges(five.key, below: 20) == [10..<20])
    try second.target(five.key, trials: 20)
    try second.commit(block(five, 10..<20))
    try second.finish(ending: "stopped by SIGTERM", at: start + 5)

    let reader = try LedgerReader.open(path: path)
    #expect(try reader.allBlocks(five) == [block(five, 0..<10), block(five, 10..<20)])
    #expect(try reader.targets().count == 1, "the same target again is no new target")
    let runs = try reader.runs()
    #expect(runs.map(\.id) == [1, 2])
    #expect(runs.map(\.finished) == [nil, start + 5])
    #expect(runs.map(\.ending) == [nil, "stopped by SIGTERM"])
    #expect(runs.map(\.run.seed) == [.max, 5])
    #expect(try fetch(path, "SELECT run FROM block WHERE first = 10") == 2)
  }

  @Test func cellsMayBeAddedReorderedAndRelabelled() throws {
    let first = try open(path)
    try first.commit(block(twenty, 0..<4))
    first.close()
    var renamed = twenty
    renamed.label = "width 20"
    let cells = [hundred, renamed, five]
    let second = try open(path, cells: cells)
    try second.commit(block(hundred, 0..<2))
    second.close()
    let reader = try LedgerReader.open(path: path)
    #expect(try reader.cells() == cells)
    #expect(try reader.allBlocks(renamed) == [block(twenty, 0..<4)])
    #expect(try reader.allBlocks(hundred) == [block(hundred, 0..<2)])
    #expect(try fetch(path, "SELECT group_concat(id) FROM (SELECT id FROM cell ORDER BY id)") == "1,2,3")
  }

  @Test func cellWithoutOutcomesIsDropped() throws {
    let first = try open(path, cells: [five, twenty, hundred])
    try first.target(five.key, trials: 10)
    try first.commit(block(twenty, 0..<4))
    first.close()
    var changed = hundred
    changed.definition = "hidden: [100, 100]"
    try open(path, cells: [twenty, changed]).close()
    let reader = try LedgerReader.open(path: path)
    #expect(try reader.cells() == [twenty, changed])
    #expect(try reader.targets() == [])
    #expect(try reader.progress(of: five.key) == .init(target: nil, stored: 0, prefix: 0, plan: .anytime))
  }

  @Test func cellsWithOutcomesCannotBeRemoved() throws {
    let first = try open(path, cells: [five, twenty, hundred])
    try first.commit(block(five, 0..<4))
    try first.commit(block(hundred, 0..<300))
    first.close()
    #expect(
      message { _ = try open(path, cells: [twenty]) }
        == "\(path) has outcomes of cells that the study no longer contains: cell 5 (0000000000000005) with 4 trials, "
        + "cell 100 (0000000000000100) with 300 trials. Cells may be added, but one that has trials cannot be changed "
        + "or removed: put it back, or give another file with -o.")
    let reader = try LedgerReader.open(path: path)
    #expect(try reader.cells() == [five, twenty, hundred])
    #expect(try reader.runs().count == 1, "a run that is refused leaves no trace")
  }

  @Test func cellWithOutcomesCannotBeChanged() throws {
    let first = try open(path)
    try first.commit(block(five, 0..<4))
    first.close()
    var changed = five
    changed.definition = "hidden: [6]"
    #expect(
      message { _ = try open(path, cells: [changed, twenty]) }
        == "\(path) has cell 5 (0000000000000005) with another definition. The difference (- stored, + given):\n"
        + "- hidden: [5]\n+ hidden: [6]\n"
        + "A cell that has trials cannot be changed: run it as it is stored, or give another file with -o.")
  }

  @Test func changedStudyIsRefusedWithTheDifference() throws {
    try open(path).close()
    let changed = study("study: test\nbatch: 64\nsteps: 20\nseed: 5\n", digit: "b")
    #expect(
      message { _ = try open(path, study: changed, cells: [five]) }
        == "\(path) holds another study. The difference (- stored, + given):\n"
        + "- steps: 10\n+ batch: 64\n+ steps: 20\n"
        + "Outcomes of two studies cannot share a ledger: run the study as it is stored, or give another file with -o.")
  }

  /// What judges trials is no part of what they are: it follows the study, and every run says what it had.
  @Test func verdictsMayChange() throws {
    let first = try open(path)
    try first.commit(block(five, 0..<10))
    first.close()
    let changed = study(verdict: "good: 2\n", digit: "b")
    let second = try open(path, study: changed)
    try second.commit(block(five, 10..<20))
    second.close()
    let reader = try LedgerReader.open(path: path)
    #expect(try reader.allBlocks(five).count == 2, "checksums go on with the hash that the ledger began with")
    #expect(try reader.study().study.hash == study().hash)
    #expect(try reader.study().study.definition == changed.definition)
    #expect(try reader.runs().map(\.verdict) == ["good: 1\n", "good: 2\n"])
  }

  /// Outcomes of two versions of the arithmetic do not meet.
  @Test func arithmeticIsBinding() throws {
    try open(path).close()
    #expect(
      message { _ = try open(path, run: run(arithmetic: 2)) }
        == "\(path) was computed with version 1 of the arithmetic (landfall 0.2.0), and this landfall has version 2, whose "
        + "outcomes have other bits. Continue it with the landfall that began it, or give another file with -o.")
    // Older schemas do not know theirs: it was the first one.
    let old = folder.file("old.landfall")
    try open(old, run: run(arithmetic: 0)).close()
    #expect(
      message { _ = try open(old, run: run(arithmetic: 2)) }.hasPrefix(
        "\(old) was computed with version 1 of the arithmetic"))
    try open(old, run: run(arithmetic: 1)).close()
    #expect(try LedgerReader.open(path: old).runs().map(\.run.arithmetic) == [0, 1])
    try open(path).close()
    #expect(try LedgerReader.open(path: path).runs().map(\.run.arithmetic) == [1, 1])
    #expect(try LedgerReader.open(path: path).runs().map(\.run.revision) == ["abc", "abc"])
  }

  @Test func kernelLevelIsBinding() throws {
    try open(path).close()
    #expect(
      message { _ = try open(path, cells: [five], run: run(kernelLevel: "avx2")) }
        == "\(path) was computed at kernel level avx512, and this run uses avx2, whose last bits may differ. Run it "
        + "with --kernel avx512, or give another file with -o.")
  }

  // MARK: - Blocks

  @Test func missingRangesAreTheGaps() throws {
    let writer = try open(path)
    #expect(try writer.missingRanges(five.key, below: 0) == [])
    #expect(try writer.missingRanges(five.key, below: 10) == [0..<10])
    for trials in [20..<30, 5..<10, 10..<12, 40..<41] { try writer.commit(block(five, trials)) }
    #expect(try writer.missingRanges(five.key, below: 50) == [0..<5, 12..<20, 30..<40, 41..<50])
    #expect(try writer.missingRanges(five.key, below: 25) == [0..<5, 12..<20])
    #expect(try writer.missingRanges(five.key, below: 15) == [0..<5, 12..<15])
    #expect(try writer.missingRanges(five.key, below: 3) == [0..<3])
    #expect(try writer.missingRanges(twenty.key, below: 3) == [0..<3])
    try writer.commit(block(five, 0..<5))
    #expect(try writer.missingRanges(five.key, below: 12) == [])
  }

  @Test func overlapsAreRefused() throws {
    let writer = try open(path)
    try writer.commit(block(five, 10..<20))
    try writer.commit(block(five, 30..<40))
    for trials in [5..<11, 19..<25, 12..<13, 0..<50, 15..<35, 20..<31, 10..<11, 39..<40] {
      #expect(throws: LedgerError.self, "\(trials)") { try writer.commit(block(five, trials)) }
    }
    #expect(
      message { try writer.commit(block(five, 19..<25)) }
        == "\(path) already has trials 10 to 19 of cell 5 (0000000000000005), so that trials 19 to 24 cannot be "
        + "stored. Commit only trials that are missing.")
    for trials in [20..<30, 0..<10, 40..<41] { try writer.commit(block(five, trials)) }
    try writer.commit(block(twenty, 10..<20))
    #expect(try writer.reader.allBlocks(five).map(\.trials) == [0..<10, 10..<20, 20..<30, 30..<40, 40..<41])
  }

  /// A block may arrive twice, if it was handed out twice.
  @Test func theSameBlockAgainIsStoredAlready() throws {
    let writer = try open(path)
    #expect(try writer.commit([block(five, 10..<20), block(twenty, 0..<3)]) == [true, true])
    #expect(
      try writer.commit([block(five, 20..<30), block(five, 10..<20), block(five, 20..<30)]) == [true, false, false])
    var late = block(five, 10..<20)
    late.seconds = 7
    #expect(try !writer.commit(late), "how long it took does not matter")
    #expect(try writer.reader.allBlocks(five) == [block(five, 10..<20), block(five, 20..<30)])
    var other = block(five, 20..<30)
    other.outcomes[3].risk += 1
    #expect(
      message { _ = try writer.commit([block(five, 30..<40), other]) }
        == "\(path) already has trials 20 to 29 of cell 5 (0000000000000005) with other outcomes. A trial has the same "
        + "outcome wherever it is computed: a processor, a memory or a file system is faulty, or two programs are at work."
    )
    #expect(try writer.reader.allBlocks(five).count == 2, "all blocks of a commit, or none")
  }

  @Test func noBlocksAreNoWork() throws {
    #expect(try open(path).commit([]) == [])
  }

  // MARK: - Observables

  private let travel = Observable("travel", title: "distance travelled", unit: "m", .nonnegativeReal, at: .end)
  private let colour = Observable("colour", title: "colour", .words(["red", "blue"]), at: .limit)

  private func measured(_ cell: CellRecord, _ trials: Range<Int>, _ further: [ObservableColumn]) -> BlockRecord {
    var block = block(cell, trials)
    block.further = further
    return block
  }

  private func columns(_ trials: Range<Int>) -> [ObservableColumn] {
    [
      ObservableColumn(travel, trials.map { $0 % 3 == 0 ? nil : Double($0) / 7 }),
      ObservableColumn(colour, trials.map { Double($0 % 2) }),
    ]
  }

  @Test func furtherObservablesComeBack() throws {
    var cell = five
    cell.further = [travel, colour]
    let writer = try open(path, cells: [cell, twenty])
    for trials in [0..<10, 10..<11, 11..<30] { try writer.commit(measured(cell, trials, columns(trials))) }
    // All values missing, and one value for all.
    let last = [ObservableColumn(travel, missing: 5), ObservableColumn(colour, [1, 1, 1, 1, 1])]
    try writer.commit(measured(cell, 30..<35, last))
    let reader = try LedgerReader.open(path: path)
    #expect(try reader.cells() == [cell, twenty])
    let description = try #require(try reader.cells().first?.further.first)
    #expect(
      description.title == "distance travelled" && description.unit == "m" && description.domain == .nonnegativeReal)
    var cursor = reader.blocks(of: cell.key, reading: .everything)
    for trials in [0..<10, 10..<11, 11..<30] { #expect(try cursor.next() == measured(cell, trials, columns(trials))) }
    #expect(try cursor.next()?.further == last)
    #expect(try cursor.next() == nil)
    #expect(try reader.allBlocks(cell).allSatisfy { $0.further.isEmpty }, "what was not asked for")
  }

  /// What is measured of a cell is the same for all its trials, so that nothing hangs on the history of a ledger.
  @Test func aCellWithOutcomesKeepsItsObservables() throws {
    var (cell, more) = (five, five)
    (cell.further, more.further) = ([travel], [colour, travel])
    let first = try open(path, cells: [cell])
    try first.commit(measured(cell, 0..<4, [columns(0..<4)[0]]))
    first.close()
    var other = twenty
    other.further = [colour]
    let second = try open(path, cells: [more, other])
    try second.commit(measured(more, 4..<8, columns(4..<8)))
    try second.commit(measured(other, 0..<4, [columns(0..<4)[1]]))
    second.close()
    #expect(try LedgerReader.open(path: path).cells().map(\.further) == [[travel], [colour]])
    #expect(
      message { _ = try open(path, cells: [five, other]) }
        == "\(path) keeps the observable \"travel\" of the trials of cell 5 (0000000000000005), which this landfall does "
        + "not measure. Continue it with the landfall that began it, or give another file with -o.")
  }

  @Test func descriptionsFollowTheProgram() throws {
    var cell = five
    cell.further = [colour]
    try open(path, cells: [cell]).close()
    cell.further = [Observable("colour", title: "hue", .words(["red", "blue", "green"]), at: .limit)]
    try open(path, cells: [cell]).close()
    let stored = try #require(try LedgerReader.open(path: path).cells().first?.further.first)
    #expect(stored.title == "hue" && stored.domain == .words(["red", "blue", "green"]))
    cell.further = [Observable("colour", title: "hue", .count, at: .limit)]
    #expect(throws: LedgerError.unknownObservable(path: path, cell: cell, name: "colour")) {
      try open(path, cells: [cell])
    }
  }

  @Test func lastTrialsOfACell() throws {
    let writer = try open(path)
    let last = BlockRecord(
      cell: five.key, first: TrialIndex(TrialIndex.limit - 2), outcomes: [outcome(0), outcome(1)], seconds: 1)
    try writer.commit(last)
    #expect(try writer.reader.allBlocks(five) == [last])
    #expect(try writer.missingRanges(five.key, below: TrialIndex.limit) == [0..<TrialIndex.limit - 2])
  }

  /// The numbers were computed with Python's hashlib from the documented layout.
  @Test func checksumIsTheDocumentedOne() throws {
    let writer = try open(path, cells: [CellRecord(key: CellKey(0xff), label: "1", definition: "")])
    try writer.commit(
      BlockRecord(
        cell: CellKey(0xff), first: TrialIndex(5),
        outcomes: [
          Outcome(risk: 0.25, riskError: 1e-12, gradientNorm: 0.5, steps: 7), .diverged(at: 3),
        ], seconds: 0))
    #expect(try fetch(path, "SELECT lower(hex(checksum)) FROM block") == "d7c841371202e29421e558f2c1e99b02")
    #expect(
      try fetch(path, "SELECT lower(hex(checksum)) FROM observation WHERE observable = 1")
        == "000a94875329d4c9c3423034b40958d9")
  }

  @Test(arguments: [1, 30, 31, 33, 125, 300, 1000]) func fileGrowsLittle(trials: Int) throws {
    let writer = try open(path)
    // What is measured is the size, so the disk need not be waited for.
    try writer.database.inDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
    func size() throws -> Int {
      try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }
    let before = try size()
    let blocks = max(20, 1500 / trials)
    for n in 0..<blocks { try writer.commit(block(five, n * trials..<(n + 1) * trials)) }
    let bytes = Double(try size() - before) / Double(blocks * trials)
    // A column of a block takes some 55 bytes besides its values.
    #expect(bytes < (trials == 1 ? 330 : 60), "\(bytes) bytes a trial")
  }
}
