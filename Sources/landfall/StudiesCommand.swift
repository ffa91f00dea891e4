import ArgumentParser
import Studies

struct StudiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "studies",
    abstract: "List the built-in studies, or print one as YAML to start from.",
    discussion: "Example: landfall studies inner-bias > mine.yaml")

  @Argument(help: "A built-in study.", completion: .builtInStudy)
  var name: String?

  func run() throws {
    try reportingFailures {
      if let name {
        guard let text = BuiltInStudies.text(of: name) else {
          // Loading says what the built-in studies are.
          _ = try Study.load(name)
          throw CommandFailure(.usage, "\"\(name)\" is a file, not a built-in study")
        }
        try printOutput(text)
        return
      }
      let width = BuiltInStudies.names.map(\.count).max() ?? 0
      for name in BuiltInStudies.names {
        let padding = String(repeating: " ", count: width - name.count)
        try printOutput("\(name)\(padding)  \(BuiltInStudies.summary(of: name) ?? "")\n")
      }
    }
  }
}
