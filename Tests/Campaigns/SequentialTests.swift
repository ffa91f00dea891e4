import Foundation
import GRDB
import Ledger
import TestSupport
import Testing

/// Runs that end by a rule.
@Suite(.serialized) struct SequentialTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Three cells: the share of good trials is about 0.1, 0.6 and 1; with trajectories, which cannot be cut.
  private static func study(_ until: String, _ settings: String...) -> [String] {
    [
      "inner-bias", "--set", "training.steps=100", "--set", "training.batch.size=64", "--set",
      "trajectory={checkpoints: [0, 100]}", "--set", "sampling.until=\(until)",
    ] + settings.flatMap { ["--set", $0] }
  }

  private func run(
    _ arguments: [String], _ ledger: String, ranks: Int? = nil, options: [String] = []
  ) throws -> String {
    let result = try ProgramUnderTest.run(["run"] + arguments + ["-o", ledger] + options, ranks: ranks, in: folder)
    #expect(result.code == 0, "\(result.errors)")
    return result.output
  }

  private func output(_ arguments: [String]) throws -> String {
    let result = try ProgramUnderTest.run(arguments, in: folder)
    #expect(result.code == 0, "\(result.errors)")
    return result.output
  }

  private func line(_ beginning: String, in text: String) -> String? {
    text.split(separator: "\n").map(String.init).first { $0.hasPrefix(beginning) }
  }

  /// The rows of a table of a report by the names of their columns.
  private func rows(_ ledger: String, table: String) throws -> [[String: String]] {
    let lines = try output(["report", ledger, "--format", "csv", "--table", table]).split(separator: "\n")
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return lines.dropFirst().map { line in
      Dictionary(
        uniqueKeysWithValues: zip(
          header, line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)))
    }
  }

  @Test func sameStoppingPointForEveryLayout() throws {
    let study = Self.study("{half-width: 0.035, at-most: 700}")
    var reference: (outcomes: String, trajectories: String)?
    let layouts: [(ranks: Int?, options: [String])] = [
      (nil, ["--threads", "1"]), (1, ["--block", "1"]), (2, []), (3, ["--block", "100"]), (5, ["--threads", "2"]),
    ]
    for (number, (ranks, options)) in layouts.enumerated() {
      let ledger = folder.file("\(number).landfall")
      _ = try run(study, ledger, ranks: ranks, options: options)
      let found = (try output(["export", ledger]), try output(["trajectory", ledger, "--format", "csv"]))
      #expect(found.0 == reference?.outcomes ?? found.0, "layout \(number)")
      #expect(found.1 == reference?.trajectories ?? found.1, "layout \(number)")
      reference = reference ?? found
    }
    let rows = try rows(folder.file("0.landfall"), table: "sampling")
    #expect(rows.map { $0["ending"] } == ["met", "at most trials", "met"])
    #expect(rows[1]["trials"] == "700" && Int(rows[1]["likely_trials"]!)! > 700)
    let trials = rows.map { Int($0["trials"]!)! }
    #expect(trials[0] % 64 == 0 && trials[2] == 64)
    // The bounds that are printed are those of the rule, and of one look before they were too wide.
    let cell = try self.rows(folder.file("0.landfall"), table: "cells")[0]
    #expect(cell["method"] == "confidence-sequence" && cell["trials"] == "\(trials[0])")
    #expect(Double(cell["p_good_upper"]!)! - Double(cell["p_good_lower"]!)! <= 0.07)
    // Killed, and continued with other layouts.
    let ledger = folder.file("killed.landfall")
    for ranks in [3, 2] {
      let running = try ProgramUnderTest.Running(
        ProgramUnderTest.mpirun(ranks) + ["run"] + study + ["-o", ledger, "--block", "16"], in: folder)
      while running.process.isRunning, Job.ranks(ledger: ledger).count < ranks { usleep(2000) }
      usleep(300_000)
      kill(running.process.processIdentifier, SIGKILL)
      _ = try running.wait()
      Job.waitForEnd(ledger: ledger)
    }
    _ = try run(study, ledger, options: ["--block", "50"])
    #expect(try output(["export", ledger]) == reference?.outcomes)
    #expect(try output(["trajectory", ledger, "--format", "csv"]) == reference?.trajectories)
    // The same command again has nothing to do; a stronger goal goes on from there.
    _ = try run(study, ledger)
    #expect(try output(["export", ledger]) == reference?.outcomes)
    let report = try run(study + ["--set", "sampling.until.half-width=0.03"], ledger)
    #expect(try output(["export", ledger]).split(separator: "\n").count > 1 + trials.reduce(0, +))
    #expect(line("limiting:", in: report) == "limiting: width 20", "\(report)")
  }

  @Test func goalsAndEvents() throws {
    let ledger = folder.file("a.landfall")
    // Estimates at 0 and at 1: with risk <= 10 all are good when training ends, with 1e-12 none is.
    for (number, bound) in ["10", "1e-10"].enumerated() {
      let report = try run(
        Self.study(
          "{decided: 0.5, of: risk, at-most: 640}", "sampling.look=10", "verdict.good.risk-at-most=\(bound)",
          "limit=off"), folder.file("\(number).landfall"))
      #expect(line("width 5: ", in: report) == "width 5: met at 10 trials", "\(report)")
      #expect(
        try rows(folder.file("\(number).landfall"), table: "cells")[0]["good_at_end"] == (number == 0 ? "10" : "0"))
    }
    // A lower bound that a cell cannot have ends its sampling; the others go on.
    var report = try run(Self.study("{lower-bound-above: 0.97, at-most: 640}"), ledger)
    #expect(
      line("width 5: ", in: report)
        == "width 5: cannot be met, stopped at 64 trials: the probability is smaller", "\(report)")
    #expect(line("width 100: ", in: report)?.hasPrefix("width 100: met at ") == true, "\(report)")
    // Without limits most trials are undecided.
    report = try run(
      Self.study("{half-width: 0.1, at-most: 6400}", "limit=off", "network.hidden=[[20]]"), folder.file("off.landfall"))
    #expect(
      line("width 20: ", in: report)?.hasPrefix("width 20: cannot be met, stopped at ") == true
        && report.contains("are undecided"), "\(report)")
    // Events of other quantities.
    _ = try run(
      Self.study("{decided: 0.1, of: {observable: initially-dead-in-first-layer, at-least: 1}, at-most: 6400}"),
      folder.file("dead.landfall"))
    let row = try rows(folder.file("dead.landfall"), table: "sampling")[0]
    #expect(row["ending"] == "met" && row["event"] == "P(initially-dead-in-first-layer >= 1)")
    for (of, message) in [
      ("{observable: initialy-dead, at-least: 1}", "did you mean \"initially-dead\"?"),
      ("{observable: kind, at-most: 1}", "kind is a word: write is with one of"),
      ("{observable: kind, is: sadle}", "must be one of"),
      ("{observable: risk, is: small}", "risk is a number: write at-most or at-least with a bound"),
    ] {
      let result = try ProgramUnderTest.run(
        ["run"] + Self.study("{decided: 0.1, of: \(of), at-most: 6400}") + ["-o", folder.file("none.landfall")],
        in: folder)
      #expect(result.code == 2 && result.errors.contains(message), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("none.landfall")))
    }
  }

  /// The plan of a cell follows from its targets: a rule that takes over a run that was cut short ends where it would have
  /// ended at once, also behind a gap, and wherever it is interrupted.
  @Test func rulesTakeOverRunsThatWereCutShort() throws {
    let plain = [
      "inner-bias", "--set", "training.steps=100", "--set", "training.batch.size=64", "--set",
      "network.hidden=[[20]]",
    ]
    let rule = ["--set", "sampling.until={half-width: 0.08, at-most: 1500}"]
    let direct = folder.file("direct.landfall")
    _ = try run(plain + rule, direct)
    let reference = try output(["export", direct])
    for (name, kept) in [("cut", "first >= 200"), ("gap", "first = 100")] {
      let ledger = folder.file("\(name).landfall")
      _ = try run(plain + ["--trials", "400"], ledger, options: ["--block", "50"])
      try deleteBlocks(ledger, "\(kept)")
      _ = try run(plain + rule, ledger)
      #expect(try output(["export", ledger]) == reference, "\(name)")
    }
    // A stored block goes on behind the most trials.
    let ledger = folder.file("most.landfall")
    _ = try run(plain + ["--trials", "200"], ledger, options: ["--block", "50"])
    try deleteBlocks(ledger, "first = 0")
    let report = try run(plain + ["--set", "sampling.until={half-width: 0.001, at-most: 170}", "--shrink"], ledger)
    #expect(report.contains("width 20: not met within 170 trials"), "\(report)")
  }

  private func deleteBlocks(_ ledger: String, _ condition: String) throws {
    try DatabaseQueue(path: ledger).write { try $0.execute(sql: "DELETE FROM block WHERE \(condition)") }
    try LedgerWriter.renewSeals(path: ledger)
  }

  @Test func stagesAreLookedAt() throws {
    let ledger = folder.file("a.landfall")
    let plain = [
      "inner-bias", "--set", "training.steps=100", "--set", "training.batch.size=64", "--set",
      "sampling.stages=[64, 256]",
    ]
    // By hand: at each stage Clopper and Pearson's interval at half of the error probability.
    for trials in [64, 256] {
      _ = try run(plain + ["--trials", "\(trials)"], ledger)
      let rows = try rows(ledger, table: "cells")
      #expect(rows.allSatisfy { $0["method"] == "clopper-pearson-stages" && $0["trials"] == "\(trials)" })
      // All good: 1 - P <= 1 - (error / 2)^(1 / n) at one half of 0.05 for the one-sided bound.
      if rows[2]["good"] == "\(trials)" {
        let bound = pow(0.025, 1 / Double(trials))
        #expect(abs(Double(rows[2]["p_good_at_least"]!)! - bound) < 1e-12)
      }
    }
    // By a rule: the wide cell needs one stage only.
    let other = folder.file("b.landfall")
    let report = try run(plain + ["--set", "sampling.until={half-width: 0.05}"], other)
    #expect(report.contains("looked at the planned stages: 64, 256 trials"), "\(report)")
    #expect(try rows(other, table: "cells").map { $0["trials"] } == ["256", "256", "64"])
    #expect(try rows(other, table: "cells").allSatisfy { $0["method"] == "clopper-pearson-stages" })
  }

  /// Planned trials stay, and stay planned, where a rule asks for more.
  @Test func rulesBehindPlannedTrials() throws {
    let ledger = folder.file("a.landfall")
    let plain = ["inner-bias", "--set", "training.steps=100", "--set", "training.batch.size=64"]
    _ = try run(plain + ["--trials", "100", "--cell", "20"], ledger)
    let report = try run(plain + ["--set", "sampling.until={half-width: 0.08, at-most: 1000}", "--cell", "20"], ledger)
    #expect(report.contains("width 20: first 100, planned: ["), "\(report)")
    let rows = try rows(ledger, table: "cells")
    #expect(rows.map { $0["trials"]! == "0" } == [true, false, true], "other cells are left alone")
    #expect(rows[1]["method"] == "planned-and-sequence" && Int(rows[1]["trials"]!)! > 100)
    #expect(Double(rows[1]["p_good_upper"]!)! - Double(rows[1]["p_good_lower"]!)! <= 0.16)
    // Numbers of each cell.
    _ = try run(plain + ["--set", "sampling.trials=[5, 900, 9]"], ledger, options: ["--shrink"])
    #expect(try self.rows(ledger, table: "cells").map { $0["trials"] } == ["5", "900", "9"])
    let none = try ProgramUnderTest.run(["run"] + plain + ["--cell", "7", "-o", ledger], in: folder)
    #expect(
      none.code == 2 && none.errors.contains("there is no cell \"7\"; the cells are 5, 20, 100"), "\(none.errors)")
  }
}
