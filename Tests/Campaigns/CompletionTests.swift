import Foundation
import TestSupport
import Testing

/// What bash proposes with the completion script that the program writes.
@Suite struct CompletionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The proposals for the last of `words`, behind "landfall".
  private func proposals(_ words: [String]) throws -> Set<String> {
    let line = (["landfall"] + words).joined(separator: " ")
    try folder.write(
      """
      source <(landfall --generate-completion-script bash)
      COMP_WORDS=(landfall "$@")
      COMP_CWORD=$#
      COMP_LINE='\(line)'
      COMP_POINT=${#COMP_LINE}
      COMP_TYPE=9
      COMP_KEY=9
      _landfall landfall "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """, to: "complete.sh")
    let program = URL(filePath: ProgramUnderTest.path).deletingLastPathComponent().path
    let path = program + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
    let result = try ProgramUnderTest.Running(
      ["bash", "complete.sh"] + words, environment: ["PATH": path], in: folder
    ).wait()
    #expect(result.code == 0 && result.errors == "", "\(result.errors)")
    return Set(result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
  }

  @Test func verbsAndValues() throws {
    #expect(try proposals(["rep"]) == ["report", "replay"])
    #expect(try proposals(["fig"]) == ["figures"])
    #expect(try proposals(["figures", "--style", "p"]) == ["plain", "paper"])
    #expect(try proposals(["figures", "--figure", "la"]) == ["law", "ladder"])
    #expect(try proposals(["run", "--prog"]) == ["--progress"])
    #expect(try proposals(["report", "--format", "j"]) == ["json"])
    #expect(try proposals(["studies", "shallow-h"]) == ["shallow-he", "shallow-half-normal"])
  }

  @Test func studiesAndLedgers() throws {
    for name in ["deep-mine.yaml", "deep-mine.csv", "deep.landfall", "other.yaml"] { try folder.write("", to: name) }
    try FileManager.default.createDirectory(atPath: folder.file("deep"), withIntermediateDirectories: false)
    try folder.write("", to: "deep/one.yaml")
    #expect(try proposals(["check", "deep-x"]) == ["deep-xavier", "deep-xavier-adam"])
    #expect(try proposals(["run", "deep-m"]) == ["deep-mine.yaml"])
    #expect(try proposals(["run", "deep/"]) == ["deep/one.yaml"])
    #expect(try proposals(["report", "deep"]) == ["deep", "deep.landfall"])
    #expect(try proposals(["figures", "deep"]) == ["deep", "deep.landfall"])
    #expect(try proposals(["run", "inner-bias", "-o", "deep."]) == ["deep.landfall"])
  }
}
