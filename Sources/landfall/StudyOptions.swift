import ArgumentParser
import Archive
import Campaign
import Ledger
import Studies
import Trials

/// The study argument and the options that change it, shared by the verbs that take a study.
struct StudyOptions: ParsableArguments {
  @Argument(help: "A study file, the name of a built-in study, or a ledger, for the study in it.", completion: .study)
  var study: String

  @Option(parsing: .unconditional, help: "Trials a cell, instead of the study's.")
  var trials: String?

  @Option(parsing: .unconditional, help: "Study seed, instead of the study's.")
  var seed: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Replace a value of the study: a dotted key and a YAML value, such as training.steps=500. Repeatable.",
      valueName: "key=value"))
  var settings: [String] = []

  func overrides() throws -> [Override] {
    var overrides = try settings.map { try Override(argument: $0) }
    if let trials { overrides.append(Override(key: "sampling.trials", value: trials, option: "--trials")) }
    if let seed { overrides.append(Override(key: "sampling.seed", value: seed, option: "--seed")) }
    return overrides
  }

  /// The study with its options applied, ready to train, but for reference risks.
  func prepare() throws -> PreparedStudy {
    let overrides = try overrides()
    let prepared =
      try stored().map { try PreparedStudy($0, named: study, overrides: overrides) }
      ?? PreparedStudy(named: study, overrides: overrides)
    for note in prepared.study.notes + prepared.study.dataSummaries { printError(note) }
    return prepared
  }

  /// The study with its options applied, if its trials could be run; nothing is kept that they need.
  func check() throws -> Study {
    let overrides = try overrides()
    let name = self.study
    let stored = try stored()
    if let stored { try PreparedStudy.check(stored, named: name, overrides: overrides) }
    let study = try stored ?? PreparedStudy.checked(named: name, overrides: overrides)
    for note in study.notes { printError(note) }
    return study
  }

  /// The study in a ledger, with the trials that it is to have; nil where the argument is no ledger.
  private func stored() throws -> Study? {
    guard LedgerReader.mayBeLedger(study) else { return nil }
    return try Study.continuing(LedgerReader.open(path: study), overrides: overrides()).study
  }

  /// The study of ``prepare()`` with its reference risks.
  func prepared(_ study: Study, levels: ReferenceLevels) throws -> PreparedStudy {
    try PreparedStudy(study, levels: levels, named: self.study, overrides: try overrides())
  }
}
