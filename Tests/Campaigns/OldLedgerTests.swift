import Foundation
import TestSupport
import Testing

/// Ledgers that landfall 0.1.0 made (schema 3, commit d0fc7cb, baseline kernels) open, report and continue: their trials are
/// the same, their verdicts are read anew.
@Suite struct OldLedgerTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let data = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Data/ledgers")

  private func copy(_ name: String) throws -> String {
    let path = folder.file("old.landfall")
    try FileManager.default.copyItem(atPath: Self.data.appendingPathComponent(name).path, toPath: path)
    return path
  }

  private func run(_ arguments: [String]) throws -> String {
    let result = try ProgramUnderTest.run(arguments, ranks: nil, in: folder)
    #expect(result.code == 0, "\(result.errors)")
    return result.output.replacing("\n  ", with: " ")
  }

  /// Cell, trial, and what the end of training determines; without the verdict.
  private func ends(_ export: String) -> [[Substring]] {
    export.split(separator: "\n").map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      return [fields[0], fields[1]] + fields[3..<8]
    }
  }

  private let innerBias = [
    "inner-bias", "--kernel", "baseline", "--set", "network.hidden=[[3]]", "--set", "training.steps=300", "--set",
    "trajectory=~",
  ]

  @Test func withoutLimits() throws {
    let ledger = try copy("inner-bias-schema-3.landfall")
    let note = "undecided: 6 (width 3): no limit is stored, or one of an earlier version that does not count today"
    let report = try run(["report", ledger])
    #expect(report.contains(note) && report.contains("landfall 0.1.0, arithmetic unknown"))
    let old = ends(try run(["export", ledger]))
    let continued = try run(["run"] + innerBias + ["-o", ledger, "--trials", "10"])
    #expect(continued.contains(note) && continued.contains("confidence sequence"))
    let both = try run(["export", ledger])
    #expect(Array(ends(both).prefix(7)) == old)
    let fresh = folder.file("fresh.landfall")
    _ = try run(["run"] + innerBias + ["-o", fresh, "--trials", "10"])
    let whole = try run(["export", fresh])
    #expect(ends(whole) == ends(both), "trials are the same, whoever computed them")
    #expect(both.split(separator: "\n").suffix(4) == whole.split(separator: "\n").suffix(4))
    // The limits are fixed now.
    let other = try ProgramUnderTest.run(
      ["run"] + innerBias + ["-o", ledger, "--set", "limit=off"], ranks: nil, in: folder)
    #expect(other.code == 3 && other.errors.contains("- limit: {flow-time: 1e12, steps: 20000, classes: false}"))
  }

  @Test func withLimits() throws {
    let ledger = try copy("ladder-schema-3.landfall")
    let before = try run(["export", ledger]).split(separator: "\n")
    #expect(before.dropFirst().contains { $0.contains(",true,good,no way down,") })
    let arguments = ["run", "ladder", "--kernel", "baseline", "--set", "network.hidden=[[3]]", "-o", ledger]
    let report = try run(arguments + ["--trials", "12"])
    #expect(report.contains("kind of the limit") && !report.contains("ALARM"))
    let after = try run(["export", ledger]).split(separator: "\n")
    #expect(after.prefix(9) == before[...])
    #expect(after.suffix(4).allSatisfy { $0.contains(",minimum,") })
  }
}
