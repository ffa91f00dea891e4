import Foundation
import TestSupport
import Testing

/// What people bring along: files of data, names of files, ledgers in place of studies.
@Suite struct OutsideTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func study(_ data: String) -> String {
    """
    study: outside
    problem: {data: {\(data)}}
    network: {hidden: [[2], [3]], initial: pytorch}
    training: {optimizer: population, learning-rate: 0.1, steps: 5, precision: float64}
    verdict: {good: {risk-at-most: 1e-3}}
    sampling: {trials: 6}
    """
  }

  private func run(_ arguments: [String], ranks: Int? = nil) throws -> ProgramUnderTest.Result {
    try ProgramUnderTest.run(arguments, ranks: ranks, in: folder)
  }

  // MARK: Data

  /// `check`, `run` and the report say what was read.
  @Test func whatWasRead() throws {
    try folder.write("x,y,w\n0,1,2\n1,2,1\n2,5,1\n", to: "points.csv")
    try folder.write(Self.study("csv: points.csv, weights: w"), to: "study.yaml")
    let read = "3 points, 1 coordinate, a label and a weight; line 1 is a header: x, y, w"
    let check = try run(["check", "study.yaml"])
    #expect(check.code == 0 && check.output.contains("\n# problem.data: \(folder.file("points.csv")): \(read)\n"))
    let result = try run(["run", "study.yaml", "-o", "a.landfall", "--progress", "off"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.contains("landfall: problem.data: \(folder.file("points.csv")): \(read)\n"))
    let report = try run(["report", "a.landfall"])
    // Long lines are broken.
    let text = report.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(text.contains("problem.data: \(read)"))
    #expect(report.output.contains(", arithmetic 2, "))
    // The same command continues.
    #expect(try run(["run", "study.yaml", "-o", "a.landfall", "--trials", "9", "--progress", "off"]).code == 0)
  }

  @Test(arguments: [
    (
      "NA,NA\n1,2\n2,4\n",
      "points.csv:1: column 1 is a missing value (\"NA\"); leave the line out, or write a number"
    ),
    (
      "x,y,weight\n1,2\n2,4\n",
      "points.csv:1: the header has 3 columns (x, y, weight), and line 2 has 2; every line needs as many"
    ),
  ])
  func nothingIsLeftOut(_ csv: String, _ message: String) throws {
    try folder.write(csv, to: "points.csv")
    try folder.write(Self.study("csv: points.csv"), to: "study.yaml")
    for verb in ["check", "run"] {
      let result = try run([verb, "study.yaml"])
      #expect(result.code == 2 && result.output == "")
      #expect(
        result.errors.replacing(folder.url.path + "/", with: "")
          == "landfall: study.yaml:2: problem.data.csv: \(message)\n")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("outside.landfall")))
  }

  // MARK: Ledgers

  @Test func ledgersInPlaceOfStudies() throws {
    try folder.write(Self.study("points: [[0, 1], [1, 2]]"), to: "study.yaml")
    #expect(try run(["run", "study.yaml", "--trials", "4", "-o", "a.landfall", "--progress", "off"]).code == 0)
    let ofStudy = try run(["check", "study.yaml", "--trials", "4"])
    let ofLedger = try run(["check", "a.landfall"])
    #expect(ofLedger.code == 0 && ofLedger.output == ofStudy.output)
    let changed = try run(["check", "a.landfall", "--set", "training.steps=9"])
    #expect(changed.code == 0 && changed.output.contains("  steps: 9\n"))
    let wrong = try run(["check", "a.landfall", "--set", "training.steps=x"])
    #expect(
      wrong.code == 2 && wrong.errors.hasPrefix("landfall: --set training.steps: training.steps must be a whole number")
    )
    #expect(try run(["plan", "a.landfall", "--seconds", "0.1"]).code == 0)
    try folder.write(String(repeating: "not a ledger\n", count: 9), to: "b.landfall")
    #expect(try run(["check", "b.landfall"]).code == 2)
    // Nobody waits for the writer of a pipe that is called like a ledger.
    try #require(mkfifo(folder.file("pipe.landfall"), 0o600) == 0)
    let pipe = try run(["check", "pipe.landfall"])
    #expect(pipe.code == 3 && pipe.errors.contains("it is not a regular file"))
  }

  // MARK: Names

  private func shell(_ command: String) throws -> ProgramUnderTest.Result {
    try ProgramUnderTest.Running(["/bin/bash", "-c", command, "bash", ProgramUnderTest.path], in: folder).wait()
  }

  /// Nothing is written where the bytes of a name cannot be kept.
  @Test(arguments: ["-o $'r\\xe9.landfall'", "--set $'study=\\xff'", "$'\\xe9.yaml'"])
  func argumentsThatAreNotUTF8(_ argument: String) throws {
    let before = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    for launcher in ["", "mpirun -n 2 --oversubscribe --bind-to none "] {
      let result = try shell("\(launcher)\"$1\" run inner-bias \(argument)")
      #expect(result.code == 2 && result.output == "")
      #expect(result.errors.contains("landfall: the argument \""))
      #expect(
        result.errors.contains(
          " is not UTF-8, and files with such names are not written or read; give the file a name in UTF-8\n"))
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).filter { !before.contains($0) }
    // What the harness itself writes has names of its own.
    #expect(names.allSatisfy { UUID(uuidString: $0) != nil })
  }

  @Test func foldersThatAreNotUTF8() throws {
    let result = try shell("mkdir $'dos\\xe9' && cd $'dos\\xe9' && \"$1\" run inner-bias")
    #expect(result.code == 2)
    #expect(
      result.errors
        == "landfall: the name of the current folder, \(folder.url.path)/dos\\xE9, is not UTF-8, and files below it could not be "
        + "named; rename it, or start in another folder\n")
    #expect(try shell("ls $'dos\\xe9'").output == "")
    // Names in UTF-8 are no matter.
    #expect(try shell("mkdir dosé && cd dosé && \"$1\" check inner-bias > ü.yaml && \"$1\" check ü.yaml").code == 0)
  }
}
