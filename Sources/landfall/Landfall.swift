import ArgumentParser
import BuildInformation
import Studies
import Texts
import Trials

struct Landfall: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "landfall",
    abstract: "Measures with what probability a neural network, trained from a random initialization, reaches a good "
      + "critical point.",
    discussion: """
      Start with a built-in study:

        landfall studies
        landfall run inner-bias -o inner-bias.landfall
        mpirun -n 8 --bind-to none landfall run inner-bias -o inner-bias.landfall

      mpirun takes at most as many ranks (-n) as there are slots, mostly cores; for more it wants --oversubscribe.

      Exit codes: 0 done; 2 bad study or usage; 3 stored data unusable, or output not writable; 4 processes could not work \
      together (MPI); 5 the system refused threads; 75 stopped early, the same command continues.
      """,
    version: "landfall \(BuildInformation.version) (\(BuildInformation.revision)), arithmetic \(Arithmetic.version), "
      + BuildInformation.compiler,
    subcommands: [
      StudiesCommand.self, CheckCommand.self, PlanCommand.self, RunCommand.self, StatusCommand.self, ReportCommand.self,
      ShowCommand.self, FiguresCommand.self, TrajectoryCommand.self, ExportCommand.self, ReplayCommand.self,
      VerifyCommand.self, SalvageCommand.self, LevelsCommand.self,
      BenchCommand.self, TryTrialsCommand.self,
    ])
}

extension Landfall {
  /// What is wrong with the first argument, which must be a command or an option; nil if it is one.
  static func objectionToVerb(_ argument: String?) -> String? {
    let subcommands = configuration.subcommands.map { $0.configuration }
    let verbs = subcommands.filter { $0.shouldDisplay }.compactMap { $0.commandName }
    let hidden = subcommands.compactMap { $0.commandName }
    guard let argument, !argument.hasPrefix("-"), argument != "help", !hidden.contains(argument) else { return nil }
    let isStudy = argument.contains(".") || BuiltInStudies.names.contains(argument)
    let advice =
      isStudy
      ? "write `landfall run STUDY`, or another command before the study"
      : nearestName(to: argument, among: verbs).map { "did you mean \"\($0)\"?" }
        ?? "the commands are \(verbs.joined(separator: ", ")); see `landfall --help`"
    return "\"\(ForeignText.cut(argument))\" is not a command; \(advice)"
  }
}
