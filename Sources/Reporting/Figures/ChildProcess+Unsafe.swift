import Foundation

/// A program that is run to its end.
///
/// It stays in the process group of this one, so that an interrupt from the keyboard ends both.
enum ChildProcess {
  struct End: Sendable {
    /// 128 and the signal, where one has ended it.
    var code: Int
    var output: String
    var errors: String

    /// What it has said last, on standard error rather than on standard output.
    var lastLine: String? {
      for text in [errors, output] {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        if let last = lines.last(where: { !$0.isEmpty }) { return last }
      }
      return nil
    }
  }

  /// - Parameters:
  ///   - words: the path of the program, and its arguments.
  ///   - environment: its variables.
  ///   - scratch: a folder for what it prints.
  /// - Throws: `POSIXError` where it cannot be started.
  static func run(_ words: [String], environment: [String: String], scratch: URL) throws -> End {
    let files = ["output", "errors"].map { scratch.appending(path: $0).path }
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (place, file) in files.enumerated() {
      posix_spawn_file_actions_addopen(&actions, Int32(place + 1), file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    var arguments = words.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    // This program ignores signals of pipes, which others expect.
    #if canImport(Darwin)
      var attributes: posix_spawnattr_t?
    #else
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var ordinary = sigset_t()
    sigemptyset(&ordinary)
    sigaddset(&ordinary, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &ordinary)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var child = pid_t()
    let failure = posix_spawn(&child, words[0], &actions, &attributes, &arguments, &variables)
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EIO) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) == -1 && errno == EINTR {}
    let signal = status & 0x7f
    func text(_ file: String) -> String {
      String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
    }
    return End(
      code: signal == 0 ? Int(status >> 8 & 0xff) : 128 + Int(signal), output: text(files[0]), errors: text(files[1]))
  }
}
