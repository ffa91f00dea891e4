import Foundation
import TestSupport
import Testing

/// What users see when they ask of a ledger what it cannot tell.
@Suite(.serialized) struct ReportErrorTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func check(_ arguments: [String], code: Int32, _ message: String) throws {
    let result = try ProgramUnderTest.run(arguments, in: folder)
    #expect(result.code == code && result.output == "")
    #expect(result.errors == "landfall: \(message)\n")
  }

  private func makeLedger(_ name: String, _ study: [String]) throws {
    let result = try ProgramUnderTest.run(["run"] + study + ["--trials", "3", "-o", name], in: folder)
    #expect(result.code == 0, "\(result.errors)")
  }

  @Test func criteriaAndConfidences() throws {
    try makeLedger("a.landfall", ["inner-bias", "--set", "network.hidden=[[3]]", "--set", "training.steps=5"])
    let report = ["report", "a.landfall"]
    for number in ["-1", "0", "nan", "inf"] {
      try check(
        report + ["--good", number], code: 2,
        "--good \(number): it must be a positive number, such as 5e-3, or one of risk-at-most, excess-at-most and "
          + "ratio-at-most with one, such as excess-at-most=1e-4")
    }
    try check(
      report + ["--good", "ratio-at-most=0.5"], code: 2,
      "--good ratio-at-most=0.5: no network has a smaller risk than m_h, the smallest one of its width: ratio-at-most must "
        + "be at least 1, such as 1.1")
    for (confidence, shown) in [("-0.5", "-0.5"), ("0", "0.0"), ("1", "1.0"), ("nan", "nan"), ("95", "95.0")] {
      try check(
        report + ["--confidence", confidence], code: 2,
        "--confidence must lie between 0 and 1, such as 0.99 (it is \(shown))")
    }
    try check(
      report + ["--format", "latex", "--table", "cells"], code: 2,
      "readers of this report see no table \"cells\"; they see verdicts, ends, initially_dead")
    try check(
      report + ["--table", "cells"], code: 2,
      "--table is for --format csv and latex: the other formats contain all tables anyway")
    try folder.write("", to: "empty.landfall")
    try check(
      ["report", "empty.landfall"], code: 3,
      "empty.landfall is empty: no study has been stored in it yet. Start one with \"landfall run STUDY -o "
        + "empty.landfall\".")
    let export = try ProgramUnderTest.run(["export", "a.landfall", "--format", "npy"], in: folder)
    #expect(export.code == 2 && export.errors.hasPrefix("Error: --format npy writes a folder: name it (-o FOLDER)\n"))
  }

  /// m_h is known of shallow networks only; levels that are not stored are searched.
  @Test func ratiosOfDeepNetworks() throws {
    try makeLedger("deep.landfall", ["deep-he", "--set", "network.hidden=[[3,3]]", "--set", "training.steps=5"])
    for key in ["ratio-at-most=1.1", "excess-at-most=1e-4"] {
      try check(
        ["report", "deep.landfall", "--good", key], code: 2,
        "--good: \(key.prefix { $0 != "=" }) needs the smallest risk of networks of a width; this study has 2 hidden layers, "
          + "and the smallest risk of such networks is not known; choose networks with one hidden layer, or a criterion "
          + "risk-at-most")
    }
  }

  /// The export into a file is that to standard output; arrays of the same trials stand beside it.
  @Test func exportsIntoFiles() throws {
    try makeLedger("a.landfall", ["inner-bias", "--set", "network.hidden=[[3]]", "--set", "training.steps=5"])
    let text = try ProgramUnderTest.run(["export", "a.landfall"], in: folder)
    let file = try ProgramUnderTest.run(["export", "a.landfall", "-o", "a.csv"], in: folder)
    #expect(file.code == 0 && file.output == "")
    #expect(try String(contentsOfFile: folder.file("a.csv"), encoding: .utf8) == text.output)
    let arrays = try ProgramUnderTest.run(["export", "a.landfall", "--format", "npy", "-o", "arrays"], in: folder)
    #expect(arrays.code == 0 && arrays.output == "" && arrays.errors == "")
    let columns = text.output.prefix { $0 != "\n" }.split(separator: ",").filter { $0 != "width" }
    let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.file("arrays")))
    #expect(names == Set(columns.map { "\($0).npy" } + ["columns.json"]))
  }
}
