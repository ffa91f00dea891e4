import BuildInformation
import Foundation
import Testing

@Suite("Build information")
struct BuildInformationTests {
  @Test("the version has three numbers")
  func version() {
    let numbers = BuildInformation.version.split(separator: ".", omittingEmptySubsequences: false)
    #expect(numbers.count == 3 && numbers.allSatisfy { UInt($0).map(String.init) == String($0) })
  }

  @Test("the revision is a commit, perhaps changed, or unknown")
  func revision() throws {
    let form = try Regex("([0-9a-f]{12}(\\+changed)?|unknown)")
    #expect(BuildInformation.revision.wholeMatch(of: form) != nil, "\(BuildInformation.revision)")
  }

  @Test("the compiler has a version")
  func compiler() throws {
    #expect(BuildInformation.compiler.wholeMatch(of: try Regex("Swift 6\\.[0-9]+(\\.[0-9]+)?( or later)?")) != nil)
  }

  @Test("the citation and the changelog name the version")
  func citation() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    func text(_ name: String) throws -> String { try String(contentsOf: root.appending(path: name), encoding: .utf8) }
    #expect(try text("CITATION.cff").contains("\nversion: \(BuildInformation.version)\n"))
    #expect(try text("CHANGELOG.md").contains("\n## [\(BuildInformation.version)] - 20"))
  }
}
