import Foundation
import GRDB
import Ledger
import TestSupport
import Testing

/// What is added to the trials of a finished ledger.
@Suite(.serialized) struct AdditionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let study = [
    "inner-bias", "--set", "network.hidden=[[5], [20]]", "--set", "training.steps=150", "--trials", "90", "--set",
    "trajectory={checkpoints: [0, 150]}",
  ]

  private func run(_ arguments: [String], ranks: Int? = nil) throws -> ProgramUnderTest.Result {
    try ProgramUnderTest.run(arguments, ranks: ranks, in: folder)
  }

  private func export(_ ledger: String) throws -> String {
    let result = try run(["export", ledger])
    #expect(result.code == 0, "\(result.errors)")
    return result.output
  }

  @Test func limitsOfAFinishedLedger() throws {
    let (ledger, direct) = (folder.file("a.landfall"), folder.file("b.landfall"))
    #expect(try run(["run"] + Self.study + ["-o", direct]).code == 0)
    #expect(try run(["run"] + Self.study + ["--set", "limit=off", "--block", "13", "-o", ledger], ranks: 2).code == 0)
    #expect(try !export(ledger).contains("limit_risk"))
    let trajectories = try run(["trajectory", ledger, "--format", "csv"]).output
    // One cell first, killed on the way; then the rest.
    let first = try run(["run"] + Self.study + ["--add", "limit", "--cell", "5", "-o", ledger], ranks: 3)
    #expect(first.code == 0, "\(first.errors)")
    #expect(try export(ledger) != export(direct))
    let running = try ProgramUnderTest.Running(
      ProgramUnderTest.mpirun(2) + ["run"] + Self.study + ["--add", "limit", "-o", ledger], in: folder)
    while running.process.isRunning, Job.ranks(ledger: ledger).count < 2 { usleep(2000) }
    kill(running.process.processIdentifier, SIGKILL)
    _ = try running.wait()
    Job.waitForEnd(ledger: ledger)
    #expect(try run(["run"] + Self.study + ["--add", "limit", "-o", ledger]).code == 0)
    #expect(try export(ledger) == export(direct))
    #expect(try run(["trajectory", ledger, "--format", "csv"]).output == trajectories)
    // It is the ledger of a study with limits now: extended like one, and not without them.
    #expect(try run(["run"] + Self.study + ["--trials", "95", "-o", ledger]).code == 0)
    #expect(try export(ledger).split(separator: "\n").count == 191)
    #expect(try run(["run"] + Self.study + ["--set", "limit=off", "-o", ledger]).code == 3)
  }

  /// A ledger of a time when an observable was not measured.
  @Test func observables() throws {
    let (ledger, direct) = (folder.file("a.landfall"), folder.file("b.landfall"))
    for path in [ledger, direct] { #expect(try run(["run"] + Self.study + ["-o", path]).code == 0) }
    try sqlite(
      ledger,
      """
      DELETE FROM observation WHERE observable IN (SELECT id FROM observable WHERE name = 'distance' AND moment = 'end');
      UPDATE cell SET observables = replace(observables, ',' ||
        (SELECT id FROM observable WHERE name = 'distance' AND moment = 'end') || ',', ',');
      """)
    let result = try run(["run"] + Self.study + ["--add", "distance", "-o", ledger])
    #expect(result.code == 0, "\(result.errors)")
    #expect(try rows(export(ledger)) == rows(export(direct)))
  }

  /// The rows of a CSV text by column, whatever the order of the columns.
  private func rows(_ text: String) -> [[String: Substring]] {
    let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0].map(String.init), $0)) }
  }

  /// What is stored of limits stays together: nothing of another analysis is mixed with it.
  @Test func limitsThatAreThereStay() throws {
    let ledger = folder.file("a.landfall")
    #expect(try run(["run"] + Self.study + ["-o", ledger]).code == 0)
    let name = "(SELECT id FROM observable WHERE name = 'smallest-eigenvalue')"
    func count() throws -> Int? {
      try DatabaseQueue(path: ledger).read {
        try Int.fetchOne($0, sql: "SELECT count(*) FROM observation WHERE observable IN \(name)")
      }
    }
    #expect(try count() != 0)
    try sqlite(
      ledger,
      """
      DELETE FROM observation WHERE observable IN (SELECT id FROM observable WHERE name = 'distance' AND moment = 'end');
      DELETE FROM observation WHERE observable IN (SELECT id FROM observable WHERE name = 'smallest-eigenvalue');
      """)
    #expect(try run(["run"] + Self.study + ["--add", "distance", "-o", ledger]).code == 0)
    #expect(try count() == 0)
  }

  @Test func otherOutcomesAreRefused() throws {
    let ledger = folder.file("a.landfall")
    #expect(try run(["run"] + Self.study + ["--set", "limit=off", "-o", ledger]).code == 0)
    try sqlite(ledger, "UPDATE observation SET reals = zeroblob(8) WHERE first = 0 AND observable = 1")
    let result = try run(["run"] + Self.study + ["--add", "limit", "-o", ledger])
    #expect(result.code == 3 && result.errors.contains("with other outcomes"), "\(result.errors)")
  }

  @Test func mistakes() throws {
    for (arguments, message) in [
      (["--add", "limits"], "--add takes limit, distance, "),
      (["--add", "limit", "--set", "limit=off"], "needs a study that follows flows"),
      (["--add", "limit"], "does not exist"),
    ] {
      let result = try run(["run"] + Self.study + arguments + ["-o", folder.file("none.landfall")])
      #expect([2, 3].contains(result.code) && result.errors.contains(message), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("none.landfall")))
    }
  }

  private func sqlite(_ path: String, _ statements: String) throws {
    try DatabaseQueue(path: path).write { try $0.execute(sql: statements) }
    try LedgerWriter.renewSeals(path: path, blocks: true)
  }
}
