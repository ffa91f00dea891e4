import Foundation

/// A process of the same program that trains some trials of a study and ends: what traps in it does no harm to the job.
final class TrialProcesses {
  /// The standard input of all of them, a file without a name.
  private let input: UnsafeMutablePointer<FILE>

  /// - Parameter input: what they read.
  /// - Throws: `POSIXError` where there is no room for it.
  init(input bytes: [UInt8]) throws {
    guard let file = tmpfile() else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    input = file
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count, fflush(file) == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .ENOSPC)
    }
  }

  deinit { fclose(input) }

  /// Variables by which launchers of MPI tell a process that it is one of a job, and by which Swift explains crashes.
  private static let otherVariables = [
    "OMPI_", "PMIX_", "PMI_", "PRTE_", "MPI_", "I_MPI_", "HYDRA_", "MV2_", "SLURM_STEP_NUM_TASKS", "SLURM_PROCID",
    "SWIFT_BACKTRACE",
  ]

  /// Runs the program to its end; nil if it was killed because `mustStop` became true, or its time was over.
  ///
  /// - Parameters:
  ///   - arguments: without the program's name.
  ///   - seconds: that it may take.
  /// - Returns: its exit code, or the signal that ended it.
  /// - Throws: `POSIXError` where it cannot be started.
  func run(
    _ arguments: [String], atMost seconds: Double, unless mustStop: () -> Bool
  ) throws -> (code: Int, signal: Int)? {
    lseek(fileno(input), 0, SEEK_SET)
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
    #else
      var actions = posix_spawn_file_actions_t()
      // This very file, even if another has its name by now.
      let program = "/proc/self/exe"
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, fileno(input), 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let environment = ProcessInfo.processInfo.environment.filter { name, _ in
      !Self.otherVariables.contains { name.hasPrefix($0) }
    }
    let settings: [String] = environment.map { "\($0.key)=\($0.value)" } + ["SWIFT_BACKTRACE=enable=no"]
    var words = (["landfall"] + arguments).map { strdup($0) } + [nil]
    var variables = settings.map { strdup($0) } + [nil]
    defer { for text in words + variables { free(text) } }
    var child = pid_t()
    let failure = posix_spawn(&child, program, &actions, nil, &words, &variables)
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EIO) }
    let deadline = ContinuousClock.now + .seconds(seconds)
    var status: Int32 = 0
    while true {
      let ended = waitpid(child, &status, WNOHANG)
      if ended == child { break }
      if ended == -1 && errno != EINTR { return (code: -1, signal: 0) }
      if mustStop() || ContinuousClock.now >= deadline {
        kill(child, SIGKILL)
        while waitpid(child, &status, 0) == -1 && errno == EINTR {}
        return nil
      }
      usleep(5000)
    }
    let signal = Int(status & 0x7f)
    return (code: signal == 0 ? Int(status >> 8 & 0xff) : 0, signal: signal)
  }
}
