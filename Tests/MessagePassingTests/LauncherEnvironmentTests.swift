import MessagePassing
import Testing

@Suite struct LauncherEnvironmentTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let environment: [String: String]
    let launcher: LauncherEnvironment.Launcher
    let size: Int
    let rank: Int

    init(
      _ name: String, _ environment: [String: String], _ launcher: LauncherEnvironment.Launcher, size: Int, rank: Int
    ) {
      self.testDescription = name
      self.environment = environment
      self.launcher = launcher
      self.size = size
      self.rank = rank
    }
  }

  static let cases = [
    Case("empty", [:], .none, size: 1, rank: 0),
    Case("login shell", ["HOME": "/home/a", "SHLVL": "1"], .none, size: 1, rank: 0),
    Case("mpirun", ["OMPI_COMM_WORLD_SIZE": "5", "OMPI_COMM_WORLD_RANK": "3"], .openMPI, size: 5, rank: 3),
    Case("mpirun -n 1", ["OMPI_COMM_WORLD_SIZE": "1", "OMPI_COMM_WORLD_RANK": "0"], .openMPI, size: 1, rank: 0),
    Case("mpirun, rank missing", ["OMPI_COMM_WORLD_SIZE": "2"], .openMPI, size: 2, rank: 0),
    Case("mpiexec", ["PMI_SIZE": "4", "PMI_RANK": "2"], .hydra, size: 4, rank: 2),
    Case(
      "mpiexec, several hosts", ["PMI_SIZE": "4", "PMI_RANK": "2", "MPI_LOCALNRANKS": "2", "MPI_LOCALRANKID": "0"],
      .hydra, size: 4, rank: 2),
    Case("mpiexec, one host", ["MPI_LOCALNRANKS": "3", "MPI_LOCALRANKID": "1"], .hydra, size: 3, rank: 1),
    Case(
      "srun --mpi=pmix", ["PMIX_RANK": "6", "SLURM_PROCID": "6", "SLURM_STEP_NUM_TASKS": "8"],
      .slurm, size: 8, rank: 6),
    Case("srun --mpi=pmix -n 1", ["PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "1"], .slurm, size: 1, rank: 0),
    Case("srun --mpi=none", ["SLURM_PROCID": "2", "SLURM_STEP_NUM_TASKS": "3"], .slurm, size: 3, rank: 2),
    Case("srun --pty", ["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"], .none, size: 1, rank: 0),
    Case("batch script", ["SLURM_NTASKS": "8", "SLURM_PROCID": "0", "SLURM_JOB_ID": "7"], .none, size: 1, rank: 0),
    Case(
      "mpirun started by srun",
      [
        "OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "1", "PMIX_RANK": "1", "SLURM_PROCID": "0",
        "SLURM_STEP_NUM_TASKS": "2",
      ], .openMPI, size: 4, rank: 1),
    Case(
      "mpiexec started by srun",
      ["PMI_SIZE": "4", "PMI_RANK": "3", "SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "2"],
      .hydra, size: 4, rank: 3),
    Case("not a number", ["OMPI_COMM_WORLD_SIZE": "many"], .none, size: 1, rank: 0),
    Case("empty value", ["OMPI_COMM_WORLD_SIZE": ""], .none, size: 1, rank: 0),
    Case("no process", ["PMI_SIZE": "0", "PMI_RANK": "0"], .none, size: 1, rank: 0),
    Case("negative rank", ["PMI_SIZE": "2", "PMI_RANK": "-1"], .hydra, size: 2, rank: 0),
  ]

  @Test(arguments: cases) func parsing(of expected: Case) {
    let environment = LauncherEnvironment(expected.environment)
    #expect(environment.launcher == expected.launcher)
    #expect(environment.size == expected.size)
    #expect(environment.rank == expected.rank)
  }

  static let openMPI = LauncherEnvironment(["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "1"])
  static let hydra = LauncherEnvironment(["PMI_SIZE": "3", "PMI_RANK": "0"])
  static let slurm = LauncherEnvironment(["PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "64"])

  @Test func launcherOfAnotherMPIIsRefused() {
    #expect(throws: MessagePassingError.foreignLauncher(.hydra, processes: 3, library: "Open MPI v4.1.4")) {
      try Self.hydra.check(size: 1, library: "Open MPI v4.1.4")
    }
    #expect(throws: MessagePassingError.foreignLauncher(.slurm, processes: 64, library: "MPICH Version: 4.0.2")) {
      try Self.slurm.check(size: 1, library: "MPICH Version: 4.0.2")
    }
  }

  @Test func launcherOfABuildWithoutMPIIsRefused() {
    #expect(throws: MessagePassingError.foreignLauncher(.openMPI, processes: 4, library: nil)) {
      try Self.openMPI.check(size: 1, library: nil)
    }
  }

  @Test func launcherThatAgreesWithMPIIsAccepted() throws {
    try Self.openMPI.check(size: 4, library: "Open MPI v4.1.4")
    try LauncherEnvironment([:]).check(size: 1, library: nil)
    try LauncherEnvironment(["OMPI_COMM_WORLD_SIZE": "1"]).check(size: 1, library: nil)
    // The processes of one host are only a lower bound.
    try LauncherEnvironment(["MPI_LOCALNRANKS": "2"]).check(size: 8, library: "MPICH Version: 4.0.2")
  }
}
