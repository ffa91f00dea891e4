import ArgumentParser
import Texts

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Parse and validate a study and print it with every default; no work is done.",
    discussion: "Example: landfall check mine.yaml --set training.steps=500")

  @OptionGroup var options: StudyOptions

  func run() throws {
    try reportingFailures {
      let study = try options.check()
      var text = study.text
      for summary in study.dataSummaries { text += "# \(summary)\n" }
      for cell in study.cells { text += "# cell \(ForeignText.escapedInLine(cell.label)): key \(cell.key.text)\n" }
      try printOutput(text)
    }
  }
}
