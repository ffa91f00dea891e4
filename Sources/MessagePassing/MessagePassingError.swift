/// What can go wrong between processes. The text is the user's message.
public enum MessagePassingError: Error, Equatable, CustomStringConvertible {
  /// A launcher started several processes, but MPI sees only one; `library` is nil in a build without MPI.
  case foreignLauncher(LauncherEnvironment.Launcher, processes: Int, library: String?)
  /// MPI does not allow a process to have threads beside the one that calls MPI.
  case threadsNotSupported(library: String)
  /// MPI counts bytes in 32 bits.
  case messageTooLong(bytes: Int)
  /// Some rank did not reach the end of the job in time.
  case unfinishedRanks(seconds: Double)
  /// A message is none that this program sends.
  case malformedMessage(rank: Int, tag: Int)
  /// An MPI call returned an error code; `text` is MPI's own.
  case failedCall(String, code: Int32, text: String)

  public var description: String {
    switch self {
    case .foreignLauncher(let launcher, let processes, nil):
      """
      started by \(launcher.text) with \(processes) processes, but this program was built without MPI, so each of \
      them would run the whole study; start it as one process, or build it with MPI: swift build -c release
      """
    case .foreignLauncher(let launcher, let processes, let library?):
      """
      started by \(launcher.text) with \(processes) processes, but MPI reports one: this program was built with \
      \(library), so each process would run the whole study; start it with that MPI's mpirun\
      \(launcher == .slurm ? " (or with srun --mpi=pmix, if that MPI knows PMIx)" : "")
      """
    case .threadsNotSupported(let library):
      """
      MPI (\(library)) does not support threads (MPI_THREAD_FUNNELED), which the compute threads of a rank need; \
      use a build of MPI with thread support
      """
    case .messageTooLong(let bytes):
      """
      a message of \(bytes) bytes cannot be sent: MPI counts bytes in 32 bits, at most \(Int32.max); use smaller blocks
      """
    case .unfinishedRanks(let seconds):
      "some ranks did not reach the end of the job within \(seconds) s; they are lost or still computing"
    case .malformedMessage(let rank, let tag):
      """
      a message from rank \(rank) (tag \(tag)) is none that this program sends: start the same landfall on all ranks; if \
      it is the same, a memory or a network is faulty
      """
    case .failedCall(let call, let code, let text):
      "\(call) failed with code \(code): \(text)"
    }
  }
}
