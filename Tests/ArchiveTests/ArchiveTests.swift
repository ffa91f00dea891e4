import Archive
import BuildInformation
import Foundation
import GRDB
import Landscape
import Ledger
import Outcomes
import Studies
import TestSupport
import Testing
import Trials

@Suite struct ArchiveTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file()
  }

  private func study(_ name: String = "inner-bias", _ overrides: [(String, String)] = []) throws -> Study {
    try Study.load(name, overrides: overrides.map { Override(key: $0.0, value: $0.1) })
  }

  private func open(_ study: Study) throws(LedgerError) -> LedgerWriter {
    try LedgerWriter.open(
      path: path, study: study,
      run: RunRecord(of: study, host: "node7", ranks: 3, threads: 2, kernelLevel: "avx2", mpi: "Open MPI 4.1.4"))
  }

  // MARK: Studies

  /// A study comes back from its ledger as it went in: every built-in one, and one whose cells vary.
  @Test(arguments: BuiltInStudies.names + ["vary"]) func studiesComeBack(name: String) throws {
    let study =
      name == "vary"
      ? try study("inner-bias", [("vary", "[{training.learning-rate: [0.1, 0.2]}, {training.batch.size: [8, 16]}]")])
      : try study(name)
    let writer = try open(study)
    try writer.target(study.cells.map { ($0.key, study.trials(of: $0)) })
    try writer.finish(ending: "done")
    let ledger = try LedgerReader.open(path: path)
    let stored = try Study(in: ledger)
    #expect(stored.name == study.name && stored.identity == study.identity && stored.hash == study.hash)
    #expect(stored.verdictText == study.verdictText)
    #expect(stored.cells.map(\.key) == study.cells.map(\.key))
    #expect(stored.cells.map(\.label) == study.cells.map(\.label))
    let records = try ledger.cells()
    for (cell, record) in zip(study.cells, records) {
      let given = CellRecord(cell)
      #expect(record.definition == given.definition && record.limits == given.limits)
      #expect(record.kernel == cell.kernel.rawValue && record.hasAnalysis == (cell.limit != nil))
      #expect(record.checkpoints == cell.trajectory?.checkpoints ?? [])
      #expect(record.further == Measurement<MeasuredTrial>.of(cell).map(\.observable))
    }
  }

  @Test func anotherStudyIsRefused() throws {
    try open(study()).close()
    let other = try study("inner-bias", [("training.batch.size", "512")])
    #expect {
      try open(other)
    } throws: { error in
      guard case LedgerError.differentStudy(path, let difference) = error else { return false }
      return difference.contains { $0.contains("size: 512") }
    }
  }

  @Test func unreadableStudy() throws {
    try open(study()).close()
    let queue = try DatabaseQueue(path: path)
    try queue.inDatabase { try $0.execute(sql: "UPDATE study SET definition = 'study: a\nnonsense: 1\n'") }
    try queue.close()
    #expect(message { _ = try LedgerReader.open(path: path) }.contains("does not match its checksum"))
    try LedgerWriter.renewSeals(path: path)
    let text = message { _ = try Study(in: LedgerReader.open(path: path)) }
    #expect(text.hasPrefix("the study in \(path) cannot be read ("), "\(text)")
    #expect(text.hasSuffix("); was it written by another version of landfall?"), "\(text)")
  }

  // MARK: Provenance

  @Test func provenance() throws {
    let before = Date()
    try open(study("inner-bias", [("sampling.seed", "77")])).finish(ending: "done")
    let stored = try #require(LedgerReader.open(path: path).runs().last)
    let run = stored.run
    #expect(run.host == "node7" && run.ranks == 3 && run.threads == 2 && run.seed == 77)
    #expect(run.kernelLevel == "avx2" && run.mpi == "Open MPI 4.1.4")
    #expect(run.version == BuildInformation.version && run.revision == BuildInformation.revision)
    #expect(run.arithmetic == 1 && run.compiler == BuildInformation.compiler)
    #expect(run.processID == Int(ProcessInfo.processInfo.processIdentifier))
    #expect(run.commandLine == RunRecord.commandLine(CommandLine.arguments))
    #expect(run.started.timeIntervalSince(before) > -1 && run.started <= Date())
    #expect(stored.ending == "done")
  }

  @Test func programText() throws {
    var run = RunRecord(of: try study(), host: "a", ranks: 1, threads: 1, kernelLevel: "avx2", mpi: "")
    (run.version, run.revision, run.arithmetic, run.compiler) = ("0.2.0", "d0fc7cb", 1, "Swift 6.3.1")
    #expect(run.programText == "landfall 0.2.0 (d0fc7cb), arithmetic 1, Swift 6.3.1")
    (run.revision, run.arithmetic) = ("", 0)
    #expect(run.programText == "landfall 0.2.0, arithmetic unknown, Swift 6.3.1")
  }

  // MARK: Levels

  /// Levels are searched once and kept; without them there is no judge of verdicts that are stated against them.
  @Test func levelsAreKept() throws {
    let study = try study(
      "shallow-he", [("network.hidden", "[[2], [3]]"), ("verdict.good", "{excess-at-most: 1e-3}")])
    let writer = try open(study)
    defer { writer.close() }
    #expect(study.levelRequests.count == 1)
    let cell = study.cells[1]
    let missing = try ReferenceLevels(study, in: writer.reader)
    #expect(missing(cell) == nil)
    #expect(
      message { _ = try Judge(cell, missing, path: path) }
        == "\(path) lacks the reference risks that the verdicts of cell 3 are stated against: a run was interrupted while it "
        + "searched them; the same run command finds them")

    let key = study.levelRequests[0].key
    #expect(try writer.reader.levels(key: key) == nil)
    let found = try ReferenceLevels(study, keptIn: writer) { _ in }
    #expect(try writer.reader.levels(key: key) == found(cell)?.bytes)
    #expect(try ReferenceLevels(study, keptIn: writer) { _ in } == found)
    #expect(try ReferenceLevels(study, in: writer.reader) == found)
    #expect(try found(cell) == study.levelRequests[0].search())
    _ = try Judge(cell, found, path: path)
  }

  @Test func changedCells() {
    #expect(
      "\(ArchiveError.changed(path: "a.landfall"))"
        == "the cells in a.landfall were changed by a run while they were being read; give the same command again")
  }
}
