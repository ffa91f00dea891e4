import Foundation
import Studies
import TestSupport
import Testing
import Trials

/// Whether trials are what they were, bit for bit: whoever changes their arithmetic has to say so.
@Suite("Frozen outcomes") struct FrozenOutcomesTests {
  @Test("outcomes are those that were recorded, or the version of the arithmetic is another")
  func outcomes() throws {
    var now = FrozenOutcomes(arithmetic: Arithmetic.version, digests: [:])
    for test in FrozenCase.all {
      #expect(now.digests[test.name] == nil, "two cases have the name \(test.name)")
      now.digests[test.name] = try digests(of: test)
    }
    now.digests["data csv"] = try digestsOfFile()
    var recorded = try FrozenOutcomes.read()
    if ProcessInfo.processInfo.environment["LANDFALL_RECORD_OUTCOMES"] == "1" {
      try #require(
        now.digests.values.allSatisfy { $0.fused != nil }, "record on a processor with fused multiply-add (AVX2)")
      let recording = now.recording(over: recorded)
      if recording != recorded { try recording.write() }
      recorded = recording
    }
    for complaint in now.complaints(comparedWith: recorded) { Issue.record("\(complaint)") }
  }

  private func digests(of test: FrozenCase) throws -> FrozenOutcomes.Digests {
    let study = try Study.parse(text: test.text, origin: .file("\(test.name).yaml"))
    return FrozenOutcomes.Digests(of: try PreparedStudy(study).runners, trials: 0..<test.trials) {
      Issue.record("AVX2 and AVX-512 give different bits for \"\(test.name)\"")
    }
  }

  /// A data set in a file, whose path has no influence.
  private func digestsOfFile() throws -> FrozenOutcomes.Digests {
    let folder = try TemporaryFolder()
    try folder.write("x,y\n0,1\n0.25,0.5\n1e-1,2\n0.75,-1\n1,0\n", to: "points.csv")
    return try withExtendedLifetime(folder) {
      try digests(
        of: FrozenCase(
          name: "data csv", problem: "data: {csv: \"\(folder.file("points.csv"))\"}",
          training: "learning-rate: 0.02, steps: 20, batch: {size: 3}"))
    }
  }

  // MARK: - What is said and recorded

  private let recorded = FrozenOutcomes(
    arithmetic: 1, digests: ["a": .init(baseline: "0a", fused: "1a"), "b": .init(baseline: "0b", fused: "1b")])

  @Test("what is as it was is not complained about, also where a level is missing")
  func same() {
    #expect(recorded.complaints(comparedWith: recorded) == [])
    var baselineOnly = recorded
    baselineOnly.digests["a"]!.fused = nil
    #expect(baselineOnly.complaints(comparedWith: recorded) == [])
  }

  @Test("a changed digest asks for another version, and is not replaced before")
  func changed() {
    for level in [\FrozenOutcomes.Digests.baseline, \.fused] {
      var now = recorded
      now.digests["b"]![keyPath: level] = "2"
      #expect(
        now.complaints(comparedWith: recorded) == [
          "the bits of \"b\" have changed: raise Arithmetic.version and record anew with LANDFALL_RECORD_OUTCOMES=1, "
            + "or undo the change"
        ])
      #expect(now.recording(over: recorded) == recorded)
      now.arithmetic = 2
      #expect(
        now.complaints(comparedWith: recorded) == [
          "the outcomes were recorded with version 1 of the arithmetic, which is 2 now: record anew with "
            + "LANDFALL_RECORD_OUTCOMES=1"
        ])
      #expect(now.recording(over: recorded) == now)
    }
  }

  @Test("new cases are added, and lost ones noticed")
  func cases() {
    var now = recorded
    now.digests["a"]!.baseline = "2"
    now.digests["c"] = .init(baseline: "0c", fused: "1c")
    #expect(now.complaints(comparedWith: recorded).count == 2)
    var expected = recorded
    expected.digests["c"] = now.digests["c"]
    #expect(now.recording(over: recorded) == expected)
    #expect(
      recorded.complaints(comparedWith: now)[1] == "there are no cases \"c\" any more: raise Arithmetic.version and "
        + "record anew with LANDFALL_RECORD_OUTCOMES=1, or remove their lines")
  }
}
