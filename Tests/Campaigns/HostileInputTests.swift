import Foundation
import TestSupport
import Testing

/// Input that would harm a program: texts that move a terminal, studies that ask for too much, readers that leave, and
/// systems that refuse.
@Suite(.serialized) struct HostileInputTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let tiny =
    "run inner-bias --set network.hidden=[[3]] --set training.steps=5 --trials 4 -o a.landfall"

  /// Runs a line of the shell in which `$0` is the program.
  private func shell(_ line: String, limit: Double = 60) throws -> ProgramUnderTest.Result {
    try ProgramUnderTest.Running(["bash", "-c", line, ProgramUnderTest.path], in: folder).wait(limit: limit)
  }

  private static let head = "study: s\nproblem:\n"
  private static let tail = """
    network:
      hidden: [[5]]
      initial: pytorch
    training: {learning-rate: 0.1, steps: 10}
    verdict: {good: {risk-at-most: 1e-3}}

    """

  // MARK: - Terminals

  @Test func arguments() throws {
    for arguments in [
      ["check", "\u{1B}[31mred"], ["check", "inner-bias", "--set", "\u{1B}[2J=1"],
      ["check", "inner-bias", "--set", "problem.target=\u{1B}]0;title\u{7}"], ["\u{1B}[31m"],
      ["check", "--\u{1B}[31m"], ["report", "\u{9B}31m.landfall"],
      ["run", "inner-bias", "--max-walltime", "\u{202E}s1"],
      ["check", "inner-bias", "--seed", "\u{1B}[31m"], ["status", "a\rb.landfall"],
    ] {
      let result = try ProgramUnderTest.run(arguments, in: folder)
      #expect([2, 3].contains(result.code), "\(arguments)")
      let scalars = (result.output + result.errors).unicodeScalars
      #expect(
        scalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && !(0x7F..<0xA0 ~= $0.value) && $0 != "\u{202E}" },
        "\(arguments)")
      #expect(!result.errors.isEmpty, "\(arguments)")
    }
  }

  @Test func studyTexts() throws {
    let path = "  data: {csv: \"\\e[31mred.csv\"}\n"
    try folder.write(Self.head + path + Self.tail, to: "path.yaml")
    let missing = try ProgramUnderTest.run(["check", "path.yaml"], in: folder)
    #expect(missing.code == 2)
    #expect(missing.errors.contains("/\\u{1B}[31mred.csv: the data file cannot be read: "))
    #expect(!missing.errors.contains("\u{1B}"))

    try folder.write(Self.head + "  target: \"x + \\e[31m\"\n" + Self.tail, to: "caret.yaml")
    let caret = try ProgramUnderTest.run(["check", "caret.yaml"], in: folder)
    #expect(
      caret.errors
        == "landfall: caret.yaml:3: problem.target: unexpected \"\\u{1B}\" in column 5; expressions use numbers, names, + - "
        + "* / ^ ( ) and commas\n    x + \\u{1B}[31m\n        ^\n")

    try folder.write("0,1\n1,2\n", to: "\u{1B}[1mx.csv")
    try folder.write("0,1\n1,3\n", to: "\u{1B}[1my.csv")
    let vary = "vary: [{problem.data.csv: [\"\\e[1mx.csv\", \"\\e[1my.csv\"]}]\n"
    try folder.write(Self.head + "  data: {csv: \"\\e[1mx.csv\"}\n" + Self.tail + vary, to: "vary.yaml")
    let printed = try ProgramUnderTest.run(["check", "vary.yaml"], in: folder)
    #expect(printed.code == 0, "\(printed.errors)")
    #expect(!printed.output.contains("\u{1B}"))
    #expect(printed.output.contains("\\x1B[1mx.csv"))
    // What is printed reads back as the same.
    try folder.write(printed.output, to: "again.yaml")
    #expect(try ProgramUnderTest.run(["check", "again.yaml"], in: folder).output == printed.output)
  }

  // MARK: - Limits

  /// Little memory is enough to refuse what asks for much.
  @Test func memoryOfCheck() throws {
    let bombs: [(problem: String, rest: String, message: String)] = [
      ("  data: {gaussian: {points: 1048576, dimension: 100}}\n  target: x1\n", "", "are 104857600 numbers"),
      (
        "  input: {normal: {dimension: 100}}\n  target: x1\n  evaluation-points: 16777216\n", "",
        "are 1677721600 numbers"
      ),
      ("  target: \(String(repeating: "a", count: 1_000_000))\n", "", "unknown name \"aaa"),
      ("  target: x\n", (0..<80_000).map { "k\($0): 1\n" }.joined(), "k0 is not a key here"),
      ("  target: x\n", "vary: [\(String(repeating: "{},", count: 300_000))]\n", "a factor must be a mapping"),
      (
        "  target: x\n", "vary: [{training.steps: [\((1...80_000).map(String.init).joined(separator: ","))]}]\n",
        "vary has 80000 combinations of values, and at most 2500 are possible"
      ),
      (
        "  target: x\n", "vary: [\(String(repeating: "{training.steps: [1, 2]},", count: 20_000))]\n", "varies twice"
      ),
    ]
    for (index, (problem, rest, message)) in bombs.enumerated() {
      try folder.write(Self.head + problem + Self.tail + rest, to: "bomb\(index).yaml")
      // Of addresses, of which the libraries take more than half.
      let result = try shell("ulimit -v 500000; exec \"$0\" check bomb\(index).yaml", limit: 30)
      #expect(result.code == 2, "\(index): \(result.errors.prefix(300))")
      #expect(result.errors.contains(message), "\(index): \(result.errors.prefix(300))")
      // A headline, twenty mistakes and a word about the rest.
      let lines = result.errors.split(separator: "\n")
      #expect(lines.count <= 22 && lines.allSatisfy { $0.utf8.count < 500 }, "\(index)")
    }
  }

  @Test func smallStack() throws {
    let nested = String(repeating: "[", count: 900) + "1" + String(repeating: "]", count: 900)
    try folder.write(Self.head + "  target: x\n" + Self.tail.replacing("[[5]]", with: nested), to: "nested.yaml")
    let list = try shell("ulimit -s 1024; exec \"$0\" check nested.yaml")
    #expect(list.code == 2)
    #expect(
      list.errors.hasPrefix("landfall: nested.yaml:5: network.hidden: a width must be a whole number from 1 to 65536"),
      "\(list.errors)")
    let target = String(repeating: "(", count: 199) + "x" + String(repeating: ")", count: 199)
    try folder.write(Self.head + "  target: \"\(target)\"\n" + Self.tail, to: "parentheses.yaml")
    #expect(try shell("ulimit -s 1024; exec \"$0\" check parentheses.yaml").code == 0)
    let run = try shell("ulimit -s 1024; exec \"$0\" \(Self.tiny)")
    #expect(run.code == 0, "\(run.errors)")
  }

  /// A hundred stacks do not fit into this memory.
  @Test func threads() throws {
    let result = try shell("ulimit -v 1500000; exec \"$0\" \(Self.tiny) --threads 1000")
    #expect(result.code == 5, "\(result.errors)")
    #expect(
      result.errors
        == "landfall: the system starts no more threads: Resource temporarily unavailable; allow more memory or processes "
        + "(ulimit -v, ulimit -u), or ask for fewer threads (rank 0)\n")
    // Nothing is lost, and the same ledger goes on.
    #expect(try shell("exec \"$0\" \(Self.tiny)").code == 0)
  }

  // MARK: - Readers that leave

  @Test func closedPipes() throws {
    // The reader of standard error has gone before the first message.
    let errors = try shell(
      "(sleep 0.3; \"$0\" \(Self.tiny) --progress lines 2>&1 >out.txt; echo $? >code.txt) | true; cat code.txt out.txt")
    #expect(errors.output.hasPrefix("0\ninner-bias "), "\(errors.output)")
    let output = try shell("(sleep 0.3; \"$0\" studies; echo $? >code.txt) | true; cat code.txt")
    #expect(output.output == "3\n")
    #expect(
      output.errors == "landfall: standard output cannot be written: its reader has closed it; what follows is lost\n")
    let help = try shell("(sleep 0.3; \"$0\" --help; echo $? >code.txt) | true; cat code.txt")
    #expect(help.output == "3\n")
    #expect(help.errors == output.errors)
  }

  @Test func fullDisk() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    let result = try shell("exec \"$0\" studies >/dev/full")
    #expect(result.code == 3)
    #expect(
      result.errors == "landfall: standard output cannot be written: the disk is full; what follows is lost\n")
    #expect(try shell("\"$0\" \(Self.tiny) 2>/dev/full").code == 0)
    let export = try shell("exec \"$0\" export a.landfall -o /dev/full")
    #expect(export.code == 3)
    #expect(export.errors == "landfall: /dev/full cannot be written: the disk is full; what follows is lost\n")
  }
}
