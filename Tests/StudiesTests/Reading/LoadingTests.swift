import Foundation
import Studies
import TestSupport
import Testing

@Suite struct LoadingTests {
  private func message(_ nameOrPath: String) -> String { TestSupport.message { _ = try Study.load(nameOrPath) } }

  /// Calls `body` with the path of a file with these bytes.
  private func withFile(_ bytes: [UInt8], name: String = "study.yaml", _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try Data(bytes).write(to: URL(filePath: folder.file(name)))
      try body(folder.file(name))
    }
  }

  private let builtIn = """
    the built-in studies are clipping, inner-bias, shallow-normal, shallow-he, shallow-half-normal, deep-normal, \
    deep-he, deep-xavier, three-layer-he, three-layer-xavier, deep-he-adam, deep-xavier-adam, affine-target, ladder, non-convergence, non-convergence-deep, born-dead, saddle-escape, teacher-student, flow-inner-bias, flow-clipping and flow-polynomial
    """

  @Test func names() throws {
    #expect(try Study.load("shallow-he").name == "shallow-he")
    #expect(
      message("inner-bais") == """
        "inner-bais" is neither a file nor a built-in study; did you mean "inner-bias"? T\(builtIn.dropFirst())
        """)
    #expect(message("adam") == "\"adam\" is neither a file nor a built-in study; \(builtIn)")
    #expect(message("") == "\"\" is neither a file nor a built-in study; \(builtIn)")
  }

  @Test func files() throws {
    let expected = try parse(sampleText)
    try withFile(Array(sampleText.utf8)) { try #expect(Study.load($0) == expected) }
    // Without a suffix, with line ends of another system, with a byte order mark.
    try withFile(Array(sampleText.utf8), name: "study") { try #expect(Study.load($0) == expected) }
    try withFile(Array(sampleText.replacing("\n", with: "\r\n").utf8)) { try #expect(Study.load($0) == expected) }
    try withFile([0xEF, 0xBB, 0xBF] + Array(sampleText.utf8)) { try #expect(Study.load($0) == expected) }
    try withFile(Array(sample(line: 18, "  steps: -5").utf8)) {
      #expect(
        message($0)
          == "\($0):18: training.steps must be a whole number from 1 to 10000000 (it is -5)")
    }
  }

  @Test func unreadableFiles() throws {
    let advice = "there is no such file; give the path of a study file or one of \(builtIn.replacing("are ", with: ""))"
    #expect(message("no-such-study.yaml") == "no-such-study.yaml: \(advice)")
    #expect(message("no-such-study.yml") == "no-such-study.yml: \(advice)")
    #expect(message("./inner-bias") == "./inner-bias: \(advice)")
    #expect(message("/") == "/: the study file cannot be read: Is a directory")
    try withFile([0x73, 0xFF, 0xFE, 0x00]) {
      #expect(message($0) == "\($0): the file is not UTF-8 text; is it another file?")
    }
    try withFile([]) {
      #expect(
        message($0) == "\($0): there is no study here; `landfall studies inner-bias` prints one to start from")
    }
    try withFile(Array(repeating: 0x20, count: 1 << 20)) {
      #expect(
        message($0) == "\($0): there is no study here; `landfall studies inner-bias` prints one to start from")
    }
    try withFile(Array(repeating: 0x20, count: 1 << 20 + 1)) {
      #expect(message($0) == "\($0): the file has more than 1048576 bytes, which no study has; is it another file?")
    }
  }

  @Test func builtInOrigin() {
    do throws(StudyError) {
      _ = try Study.parse(text: "study: 3", origin: .builtIn("inner-bias"))
      Issue.record("this is no study")
    } catch {
      #expect(error.description.hasPrefix("5 mistakes:\nbuilt-in study inner-bias:1: study must be a name"))
    }
  }
}
