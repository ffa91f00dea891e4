import Foundation
import TestSupport
import Testing

/// What the documentation promises: links lead somewhere, the index names every page, and the commands of the tutorial
/// and of the how-to pages work as they stand.
@Suite(.serialized) struct DocumentationTests {
  @Test(arguments: DocumentationPage.all)
  func linksLeadSomewhere(_ page: DocumentationPage) throws {
    for link in page.links where !link.contains("://") {
      let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let destination = page.destination(of: parts[0])
      let exists = FileManager.default.fileExists(atPath: DocumentationPage.root.appending(path: destination).path)
      #expect(exists, "\(page.path) links to \(link)")
      if exists, parts.count == 2 {
        let anchors = try DocumentationPage(destination).anchors
        #expect(anchors.contains(String(parts[1])), "\(page.path) links to \(link)")
      }
    }
  }

  @Test func indexNamesEveryPageAndExample() throws {
    let index = try DocumentationPage("Documentation/README.md")
    let named = Set(index.links.map { index.destination(of: $0.prefix { $0 != "#" }) })
    let pages = DocumentationPage.all.map(\.path).filter { $0 != index.path }
    let examples = ExampleTests.files.map { "Documentation/examples/\($0)" }
    #expect((pages + examples).filter { !named.contains($0) } == [])
    #expect(pages.contains("Documentation/tutorial.md") && pages.contains("Cluster/README.md"))
  }

  /// In these pages blocks marked "sh" are commands that readers may type as they stand, one page in one folder; a block
  /// without a mark behind such a block shows lines of its output, with "..." for what differs or is left out. Other
  /// commands are marked "console".
  static let pages = DocumentationPage.all.filter {
    $0.path == "Documentation/tutorial.md" || $0.path.hasPrefix("Documentation/how-to/")
  }

  @Test(arguments: pages)
  func commandsWork(_ page: DocumentationPage) throws {
    let folder = try TemporaryFolder()
    let blocks = page.blocksAndProse.blocks
    let commands = blocks.indices.filter { blocks[$0].language == "sh" }
    #expect(!commands.isEmpty)
    // A record separator behind the output of each block.
    let script = commands.map { blocks[$0].lines.joined(separator: "\n") + "\nprintf '\\036'\n" }.joined()
    try folder.write(script, to: "commands.sh")
    let program = URL(filePath: ProgramUnderTest.path).deletingLastPathComponent().path
    let result = try ProgramUnderTest.Running(
      ["bash", "-e", "-o", "pipefail", "commands.sh"],
      environment: [
        "PATH": program + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"), "HOME": folder.path,
        "OMPI_MCA_rmaps_base_oversubscribe": "1",
      ], in: folder
    ).wait(limit: 300)
    #expect(result.code == 0, "\(page.path): \(result.output)\(result.errors)")

    let outputs = result.output.split(separator: "\u{1E}", omittingEmptySubsequences: false)
    for (number, index) in commands.enumerated() where index + 1 < blocks.count && blocks[index + 1].language == "" {
      guard number < outputs.count else { continue }
      var rest = outputs[number].split(separator: "\n", omittingEmptySubsequences: false)[...]
      for line in blocks[index + 1].lines where line.trimmingCharacters(in: .whitespaces) != "..." && line != "" {
        let place = rest.firstIndex { shows($0, as: line) }
        #expect(place != nil, "\(page.path): no line\n\(line)\nin\n\(outputs[number])")
        rest = place.map { rest[($0 + 1)...] } ?? rest
      }
    }
  }

  /// Whether a line of output is the one that is shown, "..." standing for anything.
  private func shows(_ line: Substring, as shown: String) -> Bool {
    var rest = line
    let pieces = shown.components(separatedBy: "...")
    for (number, piece) in pieces.enumerated() {
      guard let found = piece.isEmpty ? rest.startIndex..<rest.startIndex : rest.range(of: piece) else { return false }
      if number == 0 && found.lowerBound != line.startIndex { return false }
      rest = rest[found.upperBound...]
    }
    return rest.isEmpty || pieces.last == ""
  }
}
