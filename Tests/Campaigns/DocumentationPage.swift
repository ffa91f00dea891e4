import Foundation
import Testing

/// A Markdown file of the repository.
struct DocumentationPage: Sendable, CustomTestStringConvertible {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

  /// Path from the root of the repository.
  let path: String
  let lines: [Substring]

  init(_ path: String) throws {
    self.path = path
    lines = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  var testDescription: String { path }

  /// Every page, folder by folder; what is built is none.
  static let all: [DocumentationPage] = {
    var found: [String] = []
    for folder in [".", "Cluster", "Documentation", "Scripts"] {
      let below = folder == "." ? [] : try! FileManager.default.subpathsOfDirectory(atPath: root.path + "/" + folder)
      found += below.map { "\(folder)/\($0)" }
    }
    found += try! FileManager.default.contentsOfDirectory(atPath: root.path)
    return found.filter { $0.hasSuffix(".md") }.sorted().map { try! DocumentationPage($0) }
  }()

  // MARK: - Blocks

  /// A fenced block: the word behind the opening fence, and its lines.
  struct Block: Equatable {
    var language: String
    var lines: [String] = []
  }

  /// The fenced blocks, from the top down; `prose` are the lines outside them.
  var blocksAndProse: (blocks: [Block], prose: [String]) {
    var blocks: [Block] = []
    var prose: [String] = []
    var inside = false
    for line in lines {
      if line.hasPrefix("```") {
        if !inside { blocks.append(Block(language: String(line.dropFirst(3)))) }
        inside.toggle()
      } else if inside {
        blocks[blocks.count - 1].lines.append(String(line))
      } else {
        prose.append(String(line))
      }
    }
    return (blocks, prose)
  }

  // MARK: - Links

  /// Targets of the links in the prose.
  var links: [String] {
    blocksAndProse.prose.joined(separator: "\n").matches(of: /\]\(([^()\s]+)\)/).map { String($0.1) }
  }

  /// What a link to a heading of this page names it by: lower case, without punctuation, hyphens for spaces.
  var anchors: Set<String> {
    Set(
      blocksAndProse.prose.filter { $0.hasPrefix("#") }.map { heading in
        heading.drop { $0 == "#" }.dropFirst().lowercased().compactMap { character in
          if character == " " { return "-" }
          return character.isLetter || character.isNumber || "-_".contains(character) ? String(character) : nil
        }.joined()
      })
  }

  /// The path, from the root of the repository, that a relative link of this page leads to.
  func destination(of link: Substring) -> String {
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    var parts: [Substring] = []
    for part in (link.isEmpty ? path[...] : "\(folder)/\(link)").split(separator: "/") where part != "." {
      if part == ".." { parts.removeLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }
}
