import MessagePassing
import Testing

@Suite struct MessagePassingErrorTests {
  static let texts: [(MessagePassingError, String)] = [
    (
      .foreignLauncher(.hydra, processes: 3, library: "Open MPI v4.1.4"),
      "started by the mpiexec of MPICH or Intel MPI with 3 processes, but MPI reports one: this program was built with "
        + "Open MPI v4.1.4, so each process would run the whole study; start it with that MPI's mpirun"
    ),
    (
      .foreignLauncher(.openMPI, processes: 2, library: "MPICH Version: 4.0.2"),
      "started by Open MPI's mpirun with 2 processes, but MPI reports one: this program was built with "
        + "MPICH Version: 4.0.2, so each process would run the whole study; start it with that MPI's mpirun"
    ),
    (
      .foreignLauncher(.slurm, processes: 64, library: "Open MPI v4.1.4"),
      "started by srun with 64 processes, but MPI reports one: this program was built with Open MPI v4.1.4, so each "
        + "process would run the whole study; start it with that MPI's mpirun (or with srun --mpi=pmix, if that MPI "
        + "knows PMIx)"
    ),
    (
      .foreignLauncher(.openMPI, processes: 4, library: nil),
      "started by Open MPI's mpirun with 4 processes, but this program was built without MPI, so each of them would "
        + "run the whole study; start it as one process, or build it with MPI: swift build -c release"
    ),
    (
      .threadsNotSupported(library: "MPICH Version: 4.0.2"),
      "MPI (MPICH Version: 4.0.2) does not support threads (MPI_THREAD_FUNNELED), which the compute threads of a rank "
        + "need; use a build of MPI with thread support"
    ),
    (
      .messageTooLong(bytes: 2_147_483_648),
      "a message of 2147483648 bytes cannot be sent: MPI counts bytes in 32 bits, at most 2147483647; use smaller "
        + "blocks"
    ),
    (
      .malformedMessage(rank: 3, tag: 9),
      "a message from rank 3 (tag 9) is none that this program sends: start the same landfall on all ranks; if it is the "
        + "same, a memory or a network is faulty"
    ),
    (
      .unfinishedRanks(seconds: 20),
      "some ranks did not reach the end of the job within 20.0 s; they are lost or still computing"
    ),
    (
      .failedCall("MPI_Issend", code: 6, text: "MPI_ERR_RANK: invalid rank"),
      "MPI_Issend failed with code 6: MPI_ERR_RANK: invalid rank"
    ),
  ]

  @Test func textsAreTheUsersMessages() {
    for (error, text) in Self.texts { #expect(error.description == text) }
  }
}
