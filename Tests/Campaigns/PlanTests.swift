import Foundation
import TestSupport
import Testing

/// What `landfall plan` tells. How near its times come to those of a run is measured by `Scripts/plan-accuracy`.
@Suite struct PlanTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: [String]) throws -> ProgramUnderTest.Result {
    try ProgramUnderTest.run(arguments, in: folder)
  }

  private func json(_ arguments: [String]) throws -> [String: Any] {
    let result = try run(["plan"] + arguments + ["--format", "json"])
    #expect(result.code == 0, "\(result.errors)")
    return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  private func rows(_ plan: [String: Any], _ table: String) throws -> [[String: Any]] {
    try #require((plan["tables"] as? [String: Any])?[table] as? [[String: Any]])
  }

  private static let small = ["inner-bias", "--set", "training.steps=100", "--set", "training.batch.size=64"]

  @Test func timesBytesAndJobs() throws {
    let plan = try json(
      Self.small + [
        "--trials", "300", "--seconds", "0.6", "--ranks", "1", "--ranks", "4", "--walltime", "1h", "--half-width",
        "0.05",
      ])
    let (low, expected, high) = (
      try #require(plan["core_seconds_low"] as? Double), try #require(plan["core_seconds"] as? Double),
      try #require(plan["core_seconds_high"] as? Double)
    )
    #expect(0 < low && low < expected && expected < high)
    let cells = try rows(plan, "cells")
    #expect(cells.map { $0["cell"] as? String } == ["5", "20", "100"])
    #expect(cells.allSatisfy { $0["trials"] as? Int == 300 && $0["timed_trials"] as? Int ?? 0 >= 3 })
    let sum = cells.compactMap { $0["core_seconds"] as? Double }.reduce(0, +)
    #expect(abs(sum / expected - 1) < 1e-9)
    let wall = try rows(plan, "wall")
    #expect(wall.map { $0["ranks"] as? Int } == [1, 4] && wall.allSatisfy { $0["jobs"] as? Int == 1 })
    let targets = try rows(plan, "targets")
    // 402: half of Clopper and Pearson's interval at 1/2 is at most 0.05 (SciPy).
    #expect(targets.last?["half_width"] as? Int == 402 && targets.last?["lower_bound"] as? Int == 4603)
    // The bytes of the ledger that the run leaves.
    let ledger = folder.file("a.landfall")
    #expect(try run(["run"] + Self.small + ["--trials", "300", "-o", ledger]).code == 0)
    let size = try #require(
      try FileManager.default.attributesOfItem(atPath: ledger)[.size] as? Int)
    let ratio = try #require(plan["ledger_bytes"] as? Double) / Double(size)
    #expect(0.7 < ratio && ratio < 1.6, "\(ratio)")
  }

  @Test func rulesAndCells() throws {
    let plan = try json(
      Self.small + [
        "--set", "sampling.until={half-width: 0.05, at-most: 5000}", "--seconds", "0.3", "--cell", "100",
      ])
    let cells = try rows(plan, "cells")
    let trials = try #require(cells.first?["trials"] as? Int)
    #expect(cells.count == 1 && trials % 64 == 0 && trials <= 5000)
    let text = try run(["plan"] + Self.small + ["--seconds", "0.3"]).output
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(text.contains("limits included") && text.contains("core time "))
  }

  /// Sums that no study can have are left out, and large ones take no time.
  @Test func largeNumbers() throws {
    let plan = try json(
      Self.small + ["--seconds", "0.2", "--trials", "1099511627776", "--difference", "1e-12", "--half-width", "1e-9"])
    let targets = try rows(plan, "targets")
    #expect(targets.last.map { !($0["difference"] is Int) && !($0["half_width"] is Int) } == true)
    let shared = try json(
      Self.small + ["--seconds", "0.3", "--trials", "1099511627776", "--set", "training.batch.stream=shared"])
    #expect(try #require(shared["core_seconds"] as? Double) > 1e6)
  }

  @Test func mistakes() throws {
    for (arguments, message) in [
      (["--seconds", "0"], "--seconds must be greater than 0"), (["--ranks", "0"], "--ranks must be at least 1"),
      (["--at-least", "1"], "--at-least must lie between 0 and 1"),
      (["--walltime", "soon"], "--walltime takes a time"),
      (["--half-width", "0.5"], "--half-width must lie between 0 and 0.5"),
      (["--cell", "7"], "there is no cell \"7\""),
    ] {
      let result = try run(["plan"] + Self.small + arguments)
      #expect(result.code == 2 && result.errors.contains(message), "\(result.errors)")
    }
  }
}
