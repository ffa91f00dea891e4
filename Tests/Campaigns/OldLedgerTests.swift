import Foundation
import GRDB
import Ledger
import TestSupport
import Testing

/// Ledgers that landfall 0.1.0 made (schema 3, commit d0fc7cb, baseline kernels) and 0.2.0 (schema 4, commit b91a036) open,
/// report and continue: their trials are the same, those of schema 3 have verdicts that are read anew.
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
    #expect(rows(both).suffix(4) == rows(whole, without: Self.new).suffix(4))
    // The limits are fixed now.
    let other = try ProgramUnderTest.run(
      ["run"] + innerBias + ["-o", ledger, "--set", "limit=off"], ranks: nil, in: folder)
    #expect(other.code == 3 && other.errors.contains("- limit: {flow-time: 1e12, steps: 20000, classes: false}"))
  }

  @Test func withLimits() throws {
    let ledger = try copy("ladder-schema-3.landfall")
    let before = try run(["export", ledger]).split(separator: "\n")
    #expect(before.dropFirst().contains { $0.contains(",good,") && $0.contains(",true,false,no way down,") })
    let arguments = ["run", "ladder", "--kernel", "baseline", "--set", "network.hidden=[[3]]", "-o", ledger]
    let report = try run(arguments + ["--trials", "12"])
    #expect(report.contains("kind of the limit") && !report.contains("ALARM"))
    let after = try run(["export", ledger]).split(separator: "\n")
    #expect(after.prefix(9) == before[...])
    #expect(after.suffix(4).allSatisfy { $0.contains(",minimum,") })
  }

  /// Columns of what is measured today and was not then.
  private static let new: Set<Substring> = ["distance", "initially_dead_layers", "initially_dead_in_first_layer"]

  // MARK: - Schema 4

  /// The rows of an export without the columns that are named.
  private func rows(_ export: String, without names: Set<Substring> = []) -> [[Substring]] {
    let rows = export.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let kept = rows[0].indices.filter { !names.contains(rows[0][$0]) }
    return rows.map { row in kept.map { row[$0] } }
  }

  private let shortInnerBias = [
    "run", "inner-bias", "--kernel", "baseline", "--set", "network.hidden=[[3]]", "--set", "training.steps=300",
    "--set",
    "trajectory={checkpoints: [0, 300], trials: [0]}",
  ]

  /// Continued, it holds the same as a ledger of today; but what was not measured from the beginning stays unmeasured.
  @Test func schema4IsContinued() throws {
    let (ledger, fresh) = (try copy("inner-bias-schema-4.landfall"), folder.file("fresh.landfall"))
    let before = try run(["export", ledger])
    let trajectory = try run(["trajectory", ledger, "--quantity", "all", "--format", "csv"])
    #expect(try run(["report", ledger]).contains("landfall 0.2.0"))
    _ = try run(shortInnerBias + ["-o", ledger, "--trials", "7"])
    #expect(try run(["export", ledger]) == before, "brought to today's schema")
    #expect(try run(["trajectory", ledger, "--quantity", "all", "--format", "csv"]) == trajectory)
    _ = try run(shortInnerBias + ["-o", ledger, "--trials", "12"])
    _ = try run(shortInnerBias + ["-o", fresh, "--trials", "12"])
    let (both, whole) = (try run(["export", ledger]), try run(["export", fresh]))
    // Limits that were found by an earlier version are kept.
    let found = Set(
      before.prefix { $0 != "\n" }.split(separator: ",").filter { $0.hasPrefix("limit_") } + [
        "margin", "smallest_eigenvalue",
      ])
    #expect(rows(both, without: found) == rows(whole, without: Self.new.union(found)))
    #expect(rows(both).suffix(5) == rows(whole, without: Self.new).suffix(5))
    #expect(rows(both).count == 13 && rows(both).prefix(8) == rows(before)[...])
    #expect(
      try run(["trajectory", ledger, "--trial", "0", "--format", "csv"])
        == run(["trajectory", fresh, "--trial", "0", "--format", "csv"]))
  }

  @Test func limitsOfSchema4AreContinued() throws {
    let ledger = try copy("ladder-schema-4.landfall")
    let before = try run(["export", ledger])
    let arguments = ["run", "ladder", "--kernel", "baseline", "--set", "network.hidden=[[3]]", "-o", ledger]
    #expect(try run(arguments + ["--trials", "10"]).contains("kind of the limit"))
    #expect(try rows(run(["export", ledger])).prefix(9) == rows(before)[...])
  }

  @Test(arguments: ["inner-bias-schema-3.landfall", "inner-bias-schema-4.landfall"])
  func anotherArithmeticIsRefused(name: String) throws {
    let ledger = try copy(name)
    // Ledgers of schema 3 do not know their arithmetic, and are continued; after that they do.
    let arguments = (name.contains("3") ? ["run"] + innerBias : shortInnerBias) + ["-o", ledger, "--trials", "8"]
    _ = try run(arguments)
    let database = try DatabaseQueue(path: ledger)
    try database.inDatabase { try $0.execute(sql: "UPDATE run SET arithmetic = 99 WHERE arithmetic <> 0") }
    try database.close()
    try LedgerWriter.renewSeals(path: ledger)
    let result = try ProgramUnderTest.run(arguments, ranks: nil, in: folder)
    #expect(result.code == 3)
    #expect(
      result.errors.contains(
        "was computed with version 99 of the arithmetic (landfall 0.2.0), and this landfall has version 1, whose outcomes "
          + "have other bits. Continue it with the landfall that began it, or give another file with -o."))
  }

  /// Rows had no seals: each is held to what it follows from, or to what repeats it.
  @Test(arguments: [
    ("study SET definition = replace(definition, 'at-most: 0.001', 'at-most: 0.101')", verdictDamage),
    ("run SET verdict = replace(verdict, '0.001', '0.003')", verdictDamage),
    ("study SET definition = replace(definition, 'steps: 20000', 'steps: 20001')", cellDamage),
    ("cell SET limits = 'off' WHERE label = '3'", cellDamage),
    ("cell SET checkpoints = '0,100,201' WHERE label = '3'", cellDamage),
    (
      "study SET definition = replace(definition, 'verdict:', 'vardict:')",
      "its study cannot be read ("
    ),
    ("study SET identity = 'study: a'", "its study does not match the hash that is stored with it"),
  ])
  func damageWithoutSeals(change: String, reason: String) throws {
    let ledger = try copy("inner-bias-schema-6.landfall")
    let database = try DatabaseQueue(path: ledger)
    try database.inDatabase { try $0.execute(sql: "UPDATE " + change) }
    try database.close()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: ledger))
    for arguments in [["report", ledger], ["export", ledger], ["run", ledger]] {
      let result = try ProgramUnderTest.run(arguments, ranks: nil, in: folder)
      #expect(result.code == 3 && result.output.isEmpty)
      #expect(result.errors.contains("\(ledger) is damaged: \(reason)"), "\(result.errors)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: ledger)) == bytes)
  }

  /// Whatever names of observables and indexes say, what is salvaged can be continued, and comes to the same trials.
  @Test(arguments: ["inner-bias-schema-6.landfall", "inner-bias-schema-5.landfall"], [true, false])
  func salvage(name: String, damagesIndex: Bool) throws {
    let ledger = try copy(name)
    let command = ["run"] + shortCurves + ["--trials", "20"]
    _ = try run(command + ["-o", ledger])
    let whole = try run(["export", ledger])
    try FileManager.default.removeItem(atPath: ledger)
    let damaged = try copy(name)
    if damagesIndex {
      let database = try DatabaseQueue(path: damaged)
      let key = try #require(try database.read { try String.fetchOne($0, sql: "SELECT key FROM cell") })
      try database.close()
      var bytes = try Data(contentsOf: URL(fileURLWithPath: damaged))
      // 10: a page of an index.
      let places = places(of: key, in: bytes).filter { bytes[$0 / 4096 * 4096] == 10 }
      #expect(!places.isEmpty)
      for place in places { bytes[place] ^= 1 }
      try bytes.write(to: URL(fileURLWithPath: damaged))
    } else {
      let database = try DatabaseQueue(path: damaged)
      try database.inDatabase {
        try $0.execute(sql: "UPDATE observable SET name = 'gradieot-norm' WHERE name = 'gradient-norm'")
        // When training ends, and at checkpoints.
        #expect($0.changesCount == 2)
      }
      try database.close()
    }
    let saved = folder.file("saved.landfall")
    _ = try run(["salvage", damaged, "-o", saved])
    _ = try run(command + ["-o", saved])
    #expect(try run(["export", saved]) == whole)
  }

  private let shortCurves = [
    "inner-bias", "--kernel", "baseline", "--set", "network.hidden=[[3],[5]]", "--set", "training.steps=200", "--set",
    "trajectory={checkpoints: [0, 100, 200], trials: [0]}",
  ]

  private func places(of text: String, in bytes: Data) -> [Int] {
    var (places, start) = ([Int](), 0)
    while let range = bytes.range(of: Data(text.utf8), in: start..<bytes.count) {
      places.append(range.lowerBound)
      start = range.upperBound
    }
    return places
  }

  private static let verdictDamage = "the verdict of its study is not the one of its last run"
  private static let cellDamage = "the definition of its cell 3 is not that of its study"
}
