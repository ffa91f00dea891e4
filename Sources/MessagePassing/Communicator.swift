import CMPI

/// The processes of one job and the messages between them: an MPI job, or a single process that never calls MPI.
///
/// MPI is initialized only under a launcher (``LauncherEnvironment``): a plain start needs no MPI daemon, is a fifth of
/// a second faster and works on login nodes. The single process is rank 0 of 1: it broadcasts to itself, takes the
/// minimum of one value and receives nothing.
///
/// For the thread that called ``start(under:)`` only, which must be the main thread, in synchronous code: MPI is
/// initialized with MPI_THREAD_FUNNELED, and an `await` may move the caller to another thread. Each call checks this.
///
/// Nothing is finalized when a communicator goes away: after an error a rank must leave without `MPI_Finalize`, which
/// waits for the other ranks.
public final class Communicator {
  /// Whether this is an MPI job or a single process.
  enum Kind {
    case single
    case world
  }

  let kind: Kind
  /// The place of this process among all, 0 ..< `size`.
  public let rank: Int
  /// The number of processes.
  public let size: Int
  /// MPI's name and version, such as "Open MPI v4.1.4"; "single process" where MPI is not in use.
  public let library: String
  /// The name of the host of this process.
  public let host: String

  /// Sends that are not complete.
  var sends: [OpaquePointer] = []
  var isFinished = false

  private init(kind: Kind, rank: Int, size: Int, library: String, host: String) {
    self.kind = kind
    self.rank = rank
    self.size = size
    self.library = library
    self.host = host
  }

  /// Joins the job that `environment` describes. At most once in a process.
  ///
  /// If this throws, the process must end without calling MPI again.
  public static func start(under environment: LauncherEnvironment) throws(MessagePassingError) -> Communicator {
    // const char *MPI_Get_library_version(...): allowed before MPI_Init_thread
    let library = cmpi_is_available() == 1 ? libraryName(String(cString: cmpi_library_version())) : nil
    guard let library, environment.launcher != .none else {
      try environment.check(size: 1, library: nil)
      return Communicator(kind: .single, rank: 0, size: 1, library: "single process", host: hostName())
    }
    precondition(cmpi_is_initialized() == 0, "a process joins its job once")

    // int MPI_Init_thread(int *argc, char ***argv, int required, int *provided)
    var level: Int32 = 0
    try check(cmpi_initialize(&level), "MPI_Init_thread")
    guard Int(level) >= cmpi_thread_funneled else { throw .threadsNotSupported(library: library) }

    // int MPI_Comm_rank(MPI_Comm comm, int *rank)
    var rank: Int32 = 0
    try check(cmpi_rank(&rank), "MPI_Comm_rank")
    // int MPI_Comm_size(MPI_Comm comm, int *size)
    var size: Int32 = 0
    try check(cmpi_size(&size), "MPI_Comm_size")
    try environment.check(size: Int(size), library: library)
    return Communicator(
      kind: .world, rank: Int(rank), size: Int(size), library: library,
      // int MPI_Get_processor_name(char *name, int *resultlen)
      host: String(cString: cmpi_processor_name()))
  }

  /// Ends the job at once with exit code `code`: no rank gets to save anything.
  public func abort(code: Int32) -> Never {
    switch kind {
    case .single:
      leave(code: code)
    case .world:
      // int MPI_Abort(MPI_Comm comm, int errorcode)
      cmpi_abort(code)
    }
  }
}

@available(*, unavailable, message: "MPI belongs to the main thread")
extension Communicator: Sendable {}

extension Communicator: CustomStringConvertible {
  /// Such as "rank 0 of 4 on node17, Open MPI v4.1.4".
  public var description: String { "rank \(rank) of \(size) on \(host), \(library)" }
}
