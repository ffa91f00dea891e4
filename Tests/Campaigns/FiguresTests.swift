import Foundation
import TestSupport
import Testing

/// The verb `figures`, up to where Python takes over.
@Suite(.serialized) struct FiguresTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let result = try ProgramUnderTest.run(
      [
        "run", "inner-bias", "--set", "network.hidden=[[3], [5]]", "--set", "training.steps=5", "--trials", "4", "-o",
        "a.landfall",
      ], in: folder)
    #expect(result.code == 0, "\(result.errors)")
  }

  private func figures(_ arguments: [String]) throws -> ProgramUnderTest.Result {
    try ProgramUnderTest.run(["figures"] + arguments, in: folder)
  }

  private func files(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.file(name)).sorted()
  }

  private func check(_ arguments: [String], code: Int32, _ message: String) throws {
    let result = try figures(arguments)
    #expect(result.code == code && result.output == "")
    #expect(result.errors == "landfall: \(message)\n")
  }

  @Test func data() throws {
    let result = try figures(["a.landfall", "-o", "out", "--data-only", "--figure", "probability,networks"])
    #expect(result.code == 0 && result.errors == "")
    #expect(result.output == "out/a-probability.csv\nout/a-networks.csv\n")
    #expect(try files("out") == ["a-networks.csv", "a-probability.csv", "figures.json"])
    let json = try String(contentsOfFile: folder.file("out/figures.json"), encoding: .utf8)
    #expect(json.contains("; landfall figures a.landfall -o out --data-only --figure probability,networks\""))

    // A ledger of one cell has no trend: that is said, and the others are there.
    let one = try figures(["a.landfall", "-o", "one", "--data-only", "--cell", "3"])
    #expect(one.code == 0)
    #expect(one.errors.contains("landfall: no figure probability: "))
    #expect(!one.output.contains("probability") && one.output.contains("one/a-networks.csv\n"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("one/a-probability.csv")))
  }

  /// Two ledgers of one name, one of them a stranger's.
  @Test func names() throws {
    let stranger = "-$(touch x); b.landfall"
    for name in ["sub/a.landfall", "sub/\(stranger)"] {
      try FileManager.default.createDirectory(atPath: folder.file("sub"), withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: folder.file("a.landfall"), toPath: folder.file(name))
    }
    let result = try figures([
      "a.landfall", "sub/a.landfall", "sub/\(stranger)", "-o", "out", "--data-only", "--figure", "outcomes",
    ])
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      try files("out") == ["a-2-outcomes.csv", "a-outcomes.csv", "figures.json", "touch-x---b-outcomes.csv"])
  }

  @Test func mistakes() throws {
    let names = "probability, outcomes, ladder, training, law, time, convergence, phase, networks"
    try check(
      ["a.landfall", "-o", "out", "--figure", "law,pie"], code: 2, "--figure takes names among \(names) (it is \"pie\")"
    )
    try check(
      ["a.landfall", "-o", "out", "--confidence", "1"], code: 2,
      "--confidence must lie between 0 and 1, such as 0.99 (it is 1.0)")
    let single = try figures(["a.landfall", "-o", "out", "--cell", "3", "--figure", "probability"])
    #expect(single.code == 2 && single.errors.hasPrefix("landfall: probability: "))
    #expect(single.errors.split(separator: "\n").count == 1)
    try check(
      ["a.landfall", "-o", "out", "--python", "/no/python"], code: 2,
      "--python /no/python: it does not run as Python does (No such file or directory); name the interpreter of a Python "
        + "that has matplotlib and numpy, such as venv/bin/python")
    // Nothing is written before that is known.
    #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
    try folder.write("", to: "file")
    try check(
      ["a.landfall", "-o", "file", "--data-only"], code: 3,
      "the figures cannot be written to file: it is a file; give the name of a folder")
    for (arguments, message) in [
      (["a.landfall"], "Error: figures are written into a folder: name it (-o FOLDER)\n"),
      (["a.landfall", "-o", ""], "Error: figures are written into a folder: name it (-o FOLDER)\n"),
      (
        ["a.landfall", "-o", "out", "--data-only", "--python", "p"],
        "Error: --python is for drawing; leave out --data-only\n"
      ),
      (["a.landfall", "b", "-o", "out", "--study", "s"], "Error: --study is for the figures of one ledger\n"),
    ] {
      let result = try figures(arguments)
      #expect(result.code == 2 && result.errors.hasPrefix(message), "\(result.errors)")
    }
  }

  /// Where nothing can be drawn, nothing is written; a name with line breaks is in one line, and once.
  @Test func nothingToDraw() throws {
    let run = try ProgramUnderTest.run(
      [
        "run", "inner-bias", "--set", "network.hidden=[[3], [5]]", "--set", "training.steps=5", "--trials", "4", "-o",
        "part.landfall", "--cell", "3",
      ], in: folder)
    #expect(run.code == 0, "\(run.errors)")
    try check(
      ["part.landfall", "-o", "none", "--cell", "5", "--data-only"], code: 2,
      "no figure can be drawn of part.landfall: no trial has finished yet")
    #expect(!FileManager.default.fileExists(atPath: folder.file("none")))

    try FileManager.default.copyItem(atPath: folder.file("a.landfall"), toPath: folder.file("b\nc.landfall"))
    let both = try figures(["a.landfall", "b\nc.landfall", "-o", "both", "--cell", "3", "--data-only"])
    #expect(both.code == 0)
    let lines = both.errors.split(separator: "\n")
    #expect(!lines.isEmpty && lines.allSatisfy { $0.hasPrefix("landfall: ") })
    for line in lines { #expect(line.components(separatedBy: ".landfall").count == 2, "\(line)") }
  }

  /// What Python makes is listed; where it fails, the data are there and named.
  @Test func drawing() throws {
    func interpreter(_ draw: String) throws {
      try folder.write(
        "#!/bin/sh\ncase \"$1\" in -c) echo 3.12.1; echo ;; *) \(draw) ;; esac\n", to: "python")
      chmod(folder.file("python"), 0o755)
    }
    try interpreter("cp \"$2/figures.json\" \"$2/seen\"")
    let arguments = ["a.landfall", "-o", "out", "--figure", "outcomes", "--python", "./python"]
    let drawn = try figures(arguments)
    #expect(drawn.code == 0 && drawn.errors == "")
    #expect(drawn.output == "out/a-outcomes: .csv, -80mm.pdf, -80mm.png, -160mm.pdf, -160mm.png\n")
    #expect(try files("out") == ["a-outcomes.csv", "figures.json", "seen"])
    try interpreter("echo 'draw.py: the disk is full' >&2; exit 1")
    try check(
      arguments, code: 3,
      "the figures cannot be drawn: draw.py: the disk is full; the data are in out: a-outcomes.csv, figures.json")
    // Without a Python anywhere.
    let result = try ProgramUnderTest.run(
      ["figures", "a.landfall", "-o", "none", "--figure", "outcomes"],
      environment: ["HOME": folder.path, "XDG_CACHE_HOME": "", "PATH": "/no/bin"], in: folder)
    #expect(result.code == 2)
    #expect(result.errors.hasPrefix("landfall: figures are drawn by Python, and there is no python3 on the PATH; "))
    #expect(result.errors.hasSuffix("; the data are in none: a-outcomes.csv, figures.json\n"))
  }
}
