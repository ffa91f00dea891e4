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
    let prepared = try PreparedStudy(named: study, overrides: overrides)
    for note in prepared.study.notes { printError(note) }
    return prepared
  }
}

extension PreparedStudy {
  /// The study of a file or the built-in one of that name.
  ///
  /// - Throws: errors that name file, line and key.
  init(named name: String, overrides: [Override]) throws {
    let study = try Study.load(name, overrides: overrides)
    do throws(PreparationError) {
      try self.init(study)
    } catch {
      throw Study.error(in: name, overrides: overrides, variant: error.variant, key: error.key, message: "\(error)")
    }
  }
}
