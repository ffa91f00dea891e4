import Foundation
import GRDB
import Ledger
import TestSupport
import Testing

/// What a ledger holds is told, kept, verified, and saved where it is damaged.
@Suite struct TrustTests {
  let folder: TemporaryFolder
  let ledger: String

  init() throws {
    folder = try TemporaryFolder()
    ledger = folder.file("a.landfall")
  }

  private static let study = [
    "inner-bias", "--set", "training.steps=60", "--set", "training.batch.size=64", "--set",
    "network.hidden=[[5], [20]]",
    "--progress", "off",
  ]

  private func run(_ arguments: [String]) throws -> ProgramUnderTest.Result {
    try ProgramUnderTest.run(arguments, ranks: nil, in: folder)
  }

  private func output(_ arguments: [String]) throws -> String {
    let result = try run(arguments)
    #expect(result.code == 0, "\(arguments) \(result.errors)")
    return result.output
  }

  private func json(_ arguments: [String]) throws -> [String: Any] {
    let text = try output(arguments + ["--format", "json"])
    let document = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    // Facts and tables have different names.
    return document.merging(document["tables"] as? [String: Any] ?? [:]) { fact, _ in fact }
  }

  /// The ledger in place of the study, with what was replaced in it.
  @Test func ledgersContinueThemselves() throws {
    let whole = folder.file("whole.landfall")
    _ = try output(["run"] + Self.study + ["--trials", "40", "-o", whole])
    let stopped = try run(
      ["run"] + Self.study + ["--trials", "40", "-o", ledger, "--max-walltime", "1s", "--block", "1"])
    #expect(stopped.code == 75 || stopped.code == 0)
    _ = try output(["run", ledger, "--progress", "off"])
    #expect(try output(["export", ledger]) == output(["export", whole]))
    // Extended, and into another file.
    _ = try output(["run", ledger, "--trials", "45", "--progress", "off"])
    #expect(try output(["export", ledger]).split(separator: "\n").count == 91)
    let other = folder.file("other.landfall")
    _ = try output(["run", ledger, "-o", other, "--progress", "off"])
    #expect(try output(["export", other]) == output(["export", ledger]))
    let shown = try json(["show", ledger])
    #expect((shown["study_text"] as? String)?.contains("trials: 45") == true)
    #expect((shown["runs"] as? [[String: Any]])?.count == 3 && shown["ledger_schema"] as? Int == 7)
    #expect(try output(["show", ledger]).contains("ledger schema 7\nkernel level "))
  }

  @Test func ledgersOfDataFilesNeedTheStudy() throws {
    let study = folder.file("mine.yaml")
    try "x,y\n0,0\n1,1\n".write(toFile: folder.file("points.csv"), atomically: false, encoding: .utf8)
    try """
    study: mine
    problem: {data: {csv: points.csv}}
    network: {activation: tanh, hidden: [[2]], initial: {weights: xavier-normal, biases: {constant: 0}}}
    training: {batch: {sampling: full}, learning-rate: 0.1, steps: 5}
    verdict: {good: {risk-at-most: 0.1}}
    sampling: {trials: 4}
    """.write(toFile: study, atomically: false, encoding: .utf8)
    _ = try output(["run", study, "-o", ledger, "--progress", "off"])
    let result = try run(["run", ledger])
    #expect(result.code == 3)
    #expect(
      result.errors
        == "landfall: the study in \(ledger) learns from a data file, whose points a ledger does not keep; continue it by its "
        + "study file: landfall run STUDY -o \(ledger)\n")
  }

  /// Without the `--trials` and `--set` of the last time.
  @Test func nothingShrinksUnasked() throws {
    _ = try output(["run"] + Self.study + ["--trials", "12", "-o", ledger])
    let lower = try run(["run"] + Self.study + ["--trials", "9", "-o", ledger])
    #expect(lower.code == 0)
    #expect(
      lower.errors
        == "landfall: \(ledger) goes up to 12 trials of cells 5, 20, and this command asks for 9: it stays at 12; --shrink "
        + "lowers it\n")
    #expect((try json(["status", ledger])["cells"] as? [[String: Any]])?.map { $0["target"] as? Int } == [12, 12])
    let more = ["--set", "network.hidden=[[5], [20], [30]]"]
    let added = try run(["run"] + Self.study + more + ["--trials", "12", "-o", ledger, "--cell", "5"])
    #expect(added.code == 0, "\(added.errors)")
    let without = try run(["run"] + Self.study + ["--trials", "12", "-o", ledger])
    #expect(
      without.errors
        == "landfall: \(ledger) also has cell 30, without trials yet, which this command leaves out: it stays; --shrink drops it\n"
    )
    #expect(try output(["status", ledger]).contains("  30 "))
    let shrunk = try run(["run"] + Self.study + ["--trials", "9", "-o", ledger, "--shrink"])
    #expect(shrunk.code == 0 && shrunk.errors == "")
    #expect((try json(["status", ledger])["cells"] as? [[String: Any]])?.map { $0["target"] as? Int } == [9, 9])
  }

  @Test func statusTellsWhoIsAtIt() throws {
    let running = try ProgramUnderTest.Running(
      [ProgramUnderTest.path, "run"] + Self.study + ["--trials", "100000", "-o", ledger, "--threads", "1"], in: folder)
    while running.process.isRunning, try !run(["status", ledger]).output.contains("running: process") {
      usleep(20_000)
    }
    let status = try json(["status", ledger])
    #expect(status["state"] as? String == "running" && status["held_by_process"] as? Int != nil)
    #expect(try output(["status", ledger]).contains(": running\n"))
    kill(running.process.processIdentifier, SIGKILL)
    _ = try running.wait()
    let killed = try json(["status", ledger])
    #expect(killed["state"] as? String == "killed" && killed["runs_killed"] as? Int == 1)
    #expect(killed["held_by_process"] is NSNull && killed["trials_in_flight"] as? Int == 0)
    #expect(try output(["status", ledger]).contains("killed: the last run did not end by itself"))
    #expect(try run(["run", ledger, "--max-walltime", "1s", "--progress", "off"]).code == 75)
    #expect(try json(["status", ledger])["state"] as? String == "stopped")
  }

  @Test func trialsAreVerified() throws {
    _ = try output(["run"] + Self.study + ["--trials", "30", "-o", ledger])
    let sound = try json(["verify", ledger, "--trials", "20"])
    #expect(sound["trials_stored"] as? Int == 60 && sound["trials_recomputed"] as? Int == 20)
    #expect(sound["trials_wrong"] as? Int == 0 && sound["most_wrong"] as? Int == 10)
    #expect(try json(["verify", ledger, "--share", "1"])["most_wrong"] as? Int == 0)
    #expect(
      try output(["verify", ledger, "--share", "1"]).contains("none of the stored trials has other bits than it should")
    )
    // Another trial in its place, with every checksum right: by a run of another study, as far as that is possible.
    let other = folder.file("b.landfall")
    _ = try output(["run"] + Self.study + ["--set", "training.learning-rate=0.01", "--trials", "30", "-o", other])
    try replaceOutcomes(of: ledger, by: other)
    let wrong = try run(["verify", ledger, "--share", "1", "--format", "json"])
    #expect(wrong.code == 3 && wrong.output.contains("\"trials_wrong\": 60"), "\(wrong.errors)")
    #expect(
      wrong.errors.contains(
        "60 of 60 recomputed trials come out with other bits than those that are stored, the first one trial 0 of cell 5"
      ))
    #expect(try run(["verify", ledger, "--share", "2"]).code == 2)
    #expect(try run(["verify", ledger, "--share", "0.1", "--trials", "3"]).errors.contains("not both"))
  }

  /// Hands the outcomes of one ledger to another as its own, by its writer.
  private func replaceOutcomes(of ledger: String, by other: String) throws {
    let (own, foreign) = (try LedgerReader.open(path: ledger), try LedgerReader.open(path: other))
    let (study, cells) = try own.studyAndCells()
    let pairs = zip(cells, try foreign.cells()).map { ($0, $1) }
    let run = try #require(try own.runs().first).run
    var blocks: [BlockRecord] = []
    for (cell, source) in pairs {
      var cursor = foreign.blocks(of: source.key, reading: .everything)
      while var block = try cursor.next() {
        block.cell = cell.key
        block.trajectories = .init()
        blocks.append(block)
      }
    }
    try FileManager.default.removeItem(atPath: ledger)
    var plain = cells
    for place in plain.indices { plain[place].checkpoints = [] }
    let writer = try LedgerWriter.open(path: ledger, study: study.study, cells: plain, run: run) { stored, _ in
      stored.study
    }
    _ = try writer.commit(blocks)
    writer.close()
  }

  @Test func damagedLedgersAreSaved() throws {
    let trajectories = ["--set", "trajectory={checkpoints: [0, 60], trials: [1, 25]}"]
    _ = try output(["run"] + Self.study + trajectories + ["--trials", "30", "-o", ledger, "--block", "10"])
    let sound = try output(["export", ledger])
    let laws = try output(["trajectory", ledger, "--format", "csv"])
    // The outcomes of trials 10 to 19 of cell 5, and the study.
    for (name, sql, copied) in [
      ("block", "UPDATE observation SET reals = zeroblob(8) WHERE cell = 1 AND first = 10 AND observable = 1", 50),
      ("whole", "UPDATE trial_trajectory SET reals = x'00' WHERE trial = 1", 40),
      ("aggregate", "UPDATE trajectory SET aggregate = x'00' WHERE cell = 2", 30),
      ("target", "UPDATE target SET trials = 31", 60),
      ("study", "UPDATE study SET definition = replace(definition, '0.001', '0.101')", 60),
    ] {
      let (damaged, saved) = (folder.file("\(name).landfall"), folder.file("\(name)-saved.landfall"))
      try FileManager.default.copyItem(atPath: ledger, toPath: damaged)
      try DatabaseQueue(path: damaged).write { try $0.execute(sql: sql) }
      let before = FileManager.default.contents(atPath: damaged)
      #expect(try run(["verify", damaged]).code == 3 || name == "whole" || name == "aggregate")
      let isStudy = name == "study"
      if isStudy {
        let refused = try run(["salvage", damaged, "-o", saved])
        #expect(refused.code == 3 && refused.errors.contains("Name the study file or the built-in study with --study"))
        #expect(refused.errors.contains("run inner-bias --set training.steps=60"))
        #expect(!FileManager.default.fileExists(atPath: saved))
        let other = try run(["salvage", damaged, "-o", saved, "--study", "ladder"])
        #expect(other.code == 2 && other.errors.contains("the study ladder is not the one in"), "\(other.errors)")
      }
      let named = isStudy ? ["--study"] + Self.study.dropLast(2) + trajectories : []
      let summary = try json(["salvage", damaged, "-o", saved] + named)
      #expect(summary["trials_copied"] as? Int == copied, "\(name)")
      #expect(summary["targets_known"] as? Bool == (name != "target"))
      #expect(FileManager.default.contents(atPath: damaged) == before)
      _ = try output(["run", saved, "--trials", "30", "--progress", "off", "--shrink"])
      #expect(try output(["export", saved]) == sound, "\(name)")
      #expect(
        try output(["trajectory", saved, "--format", "csv"]).split(separator: "\n").count
          == laws.split(separator: "\n").count)
      if name != "target" { #expect(try output(["trajectory", saved, "--format", "csv"]) == laws, "\(name)") }
    }
  }
}
