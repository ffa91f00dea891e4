import ArgumentParser
import Studies
import Trials

/// The study argument and the options that change it, shared by the verbs that take a study.
struct StudyOptions: ParsableArguments {
  @Argument(help: "A study file, or the name of a built-in study.")
  var study: String

  @Option(help: "Trials a cell, instead of the study's.")
  var trials: String?

  @Option(help: "Study seed, instead of the study's.")
  var seed: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Replace a value of the study: a dotted key and a YAML value, such as training.steps=500. Repeatable.",
      valueName: "key=value"))
  var settings: [String] = []

  /// The study with its options applied, ready to train.
  func prepare() throws -> PreparedStudy {
    var overrides = try settings.map { try Override(argument: $0) }
    if let trials { overrides.append(Override(key: "sampling.trials", value: trials, option: "--trials")) }
    if let seed { overrides.append(Override(key: "sampling.seed", value: seed, option: "--seed")) }
    let study = try Study.load(self.study, overrides: overrides)
    for note in study.notes { printError(note) }
    do throws(PreparationError) {
      return try PreparedStudy(study)
    } catch {
      throw Study.error(
        in: self.study, overrides: overrides, variant: error.variant, key: error.key, message: "\(error)")
    }
  }
}
