import ArgumentParser
import BuildInformation
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
