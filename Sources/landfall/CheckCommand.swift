import ArgumentParser

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Parse and validate a study and print it with every default; no work is done.",
    discussion: "Example: landfall check mine.yaml --set training.steps=500")

  @OptionGroup var options: StudyOptions

  func run() throws {
    try reportingFailures {
      let prepared = try options.prepare()
      var text = prepared.study.text
      for runner in prepared.runners { text += "# cell \(runner.cell.label): key \(runner.cell.key.text)\n" }
      try printOutput(text)
    }
  }
}
