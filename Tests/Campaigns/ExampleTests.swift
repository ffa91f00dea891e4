import Foundation
import TestSupport
import Testing

/// The studies in Documentation/examples, whatever is there: each is checked, and run with few trials and steps.
@Suite(.serialized) struct ExampleTests {
  static let folder = DocumentationPage.root.appending(path: "Documentation/examples")

  static let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".yaml") }.sorted()

  @Test func examplesAreFound() {
    #expect(Self.files.contains("own-target.yaml"))
  }

  @Test(arguments: files)
  func runs(_ file: String) throws {
    let path = Self.folder.appending(path: file).path
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.hasPrefix("# "), "an example begins by saying what it shows")
    #expect(text.contains("\nstudy: \(file.dropLast(".yaml".count))\n"), "an example has the name of its file")

    let folder = try TemporaryFolder()
    let checked = try ProgramUnderTest.run(["check", path], in: folder)
    #expect(checked.code == 0 && checked.errors == "", "\(checked.errors)")
    try folder.write(checked.output, to: "resolved.yaml")
    #expect(try ProgramUnderTest.run(["check", "resolved.yaml"], in: folder).output == checked.output)

    let short = ["--trials", "3", "--set", "training.steps=10", "--progress", "off"]
    let run = try ProgramUnderTest.run(["run", path, "-o", "a.landfall"] + short, in: folder)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("\nP(") && !run.output.contains("ALARM"))

    // Three trials of every cell.
    let export = try ProgramUnderTest.run(["export", "a.landfall"], in: folder)
    let trials = Dictionary(grouping: export.output.split(separator: "\n").dropFirst()) { $0.prefix { $0 != "," } }
    let cells = checked.output.split(separator: "\n").filter { $0.hasPrefix("# cell ") }
    #expect(trials.count == cells.count && !cells.isEmpty)
    #expect(trials.values.allSatisfy { $0.count == 3 })
  }
}
