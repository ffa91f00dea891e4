import Foundation

/// What the environment says about how this process was started: the only word on it before MPI is initialized, and
/// the one that MPI's own word is checked against afterwards.
///
/// - Open MPI's mpirun sets `OMPI_COMM_WORLD_SIZE` and `OMPI_COMM_WORLD_RANK`.
/// - The mpiexec of MPICH and Intel MPI sets `PMI_SIZE` and `PMI_RANK`, and on each host `MPI_LOCALNRANKS` and
///   `MPI_LOCALRANKID`, which stand in where the former are missing (the processes of one host are a lower bound).
/// - Slurm's srun sets `SLURM_STEP_NUM_TASKS` and `SLURM_PROCID`, and with PMIx `PMIX_RANK`. A task of a step of one
///   without PMIx is an ordinary process: batch scripts and interactive shells are such steps.
///
/// They are looked for in this order, since an mpirun or mpiexec may itself have been started by srun. A variable whose
/// value is not a number counts as missing.
public struct LauncherEnvironment: Sendable, Hashable {
  public enum Launcher: Sendable, Hashable, CaseIterable {
    /// No launcher: an ordinary process.
    case none
    case openMPI
    /// The Hydra process manager of MPICH and its kin.
    case hydra
    case slurm

    /// The name that messages use; empty for no launcher.
    public var text: String {
      switch self {
      case .none: ""
      case .openMPI: "Open MPI's mpirun"
      case .hydra: "the mpiexec of MPICH or Intel MPI"
      case .slurm: "srun"
      }
    }
  }

  public let launcher: Launcher
  /// The number of processes that were started together; 1 without a launcher.
  public let size: Int
  /// The place of this process among them, from 0. Before MPI is initialized this decides who prints an error that all
  /// processes meet alike, such as a mistake on the command line.
  public let rank: Int

  public init(_ environment: [String: String]) {
    func number(_ name: String, atLeast least: Int) -> Int? {
      environment[name].flatMap { Int($0) }.flatMap { $0 >= least ? $0 : nil }
    }
    func size(_ name: String) -> Int? { number(name, atLeast: 1) }
    func rank(_ name: String) -> Int? { number(name, atLeast: 0) }

    if let processes = size("OMPI_COMM_WORLD_SIZE") {
      self.init(launcher: .openMPI, size: processes, rank: rank("OMPI_COMM_WORLD_RANK") ?? 0)
      return
    }
    if let processes = size("PMI_SIZE") ?? size("MPI_LOCALNRANKS") {
      self.init(launcher: .hydra, size: processes, rank: rank("PMI_RANK") ?? rank("MPI_LOCALRANKID") ?? 0)
      return
    }
    let pmixRank = rank("PMIX_RANK")
    if let tasks = size("SLURM_STEP_NUM_TASKS"), pmixRank != nil || tasks > 1 {
      self.init(launcher: .slurm, size: tasks, rank: pmixRank ?? rank("SLURM_PROCID") ?? 0)
      return
    }
    self.init(launcher: .none, size: 1, rank: 0)
  }

  private init(launcher: Launcher, size: Int, rank: Int) {
    self.launcher = launcher
    self.size = size
    self.rank = rank
  }

  /// The environment of this process.
  public static var current: Self { Self(ProcessInfo.processInfo.environment) }
}

extension LauncherEnvironment {
  /// Refuses a launcher that is not that of the MPI this program was built with. Such a launcher starts processes that
  /// cannot find each other: each is rank 0 of 1 and would run the whole study into the same ledger.
  ///
  /// - Parameters:
  ///   - size: what MPI reports (1 in a build without MPI).
  ///   - library: MPI's name and version; nil in a build without MPI.
  package func check(size: Int, library: String?) throws(MessagePassingError) {
    guard self.size > 1, size == 1 else { return }
    throw .foreignLauncher(launcher, processes: self.size, library: library)
  }
}
