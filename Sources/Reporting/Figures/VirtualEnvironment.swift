import Foundation

/// A virtual environment of Python in a folder of its own.
struct VirtualEnvironment {
  let folder: URL
  let variables: [String: String]
  /// For what programs print.
  let scratch: URL

  var python: String { folder.appending(path: "bin/python").path }

  /// Written last.
  private var mark: URL { folder.appending(path: "complete") }

  /// Whether it is there and runs; its base may have gone.
  var isComplete: Bool {
    guard FileManager.default.fileExists(atPath: mark.path) else { return false }
    return (try? ChildProcess.run([python, "-I", "-c", ""], environment: variables, scratch: scratch))?.code == 0
  }

  /// Makes it, while other processes that want the same wait.
  ///
  /// - Parameters:
  ///   - base: the path of the interpreter that makes it.
  ///   - requirements: a text for pip.
  ///   - report: tells the user what takes a while.
  func make(by base: String, requirements: [UInt8], report: (String) -> Void) throws(DrawingError) {
    let lock = try lock(report: report)
    defer { close(lock) }
    // Another process may have made it meanwhile.
    if isComplete { return }
    report("making the Python environment of figures in \(folder.path), once: about half a minute")
    let manager = FileManager.default
    if manager.fileExists(atPath: folder.path) {
      try creating { try manager.removeItem(at: folder) }
    }
    let made = try run([base, "-I", "-m", "venv", folder.path])
    guard made.code == 0 else {
      let texts = made.output + made.errors
      // Debian's module is there without a part that it needs.
      let lacksModule = texts.contains("ensurepip") || texts.contains("No module named")
      if lacksModule {
        throw .noModule(path: base, output: texts.contains("ensurepip") ? "ensurepip is missing" : made.lastLine ?? "")
      }
      throw .uncreated(folder: folder.path, reason: made.lastLine ?? "venv ended with exit code \(made.code)")
    }
    let list = scratch.appending(path: "requirements.txt")
    try creating { try Data(requirements).write(to: list) }
    let installed = try run([
      python, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--prefer-binary",
      "--retries", "2", "-r", list.path,
    ])
    guard installed.code == 0 else {
      throw .notInstalled(reason: installed.lastLine ?? "exit code \(installed.code)")
    }
    try creating { try Data().write(to: mark) }
  }

  /// The descriptor that holds the lock.
  ///
  /// Programs that are started while it is held hold it too: where this process is killed, the next one waits for its pip.
  private func lock(report: (String) -> Void) throws(DrawingError) -> Int32 {
    try creating {
      try FileManager.default.createDirectory(at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
    }
    let descriptor = open(folder.path + ".lock", O_RDWR | O_CREAT, 0o600)
    guard descriptor >= 0 else { throw .uncreated(folder: folder.path, reason: String(cString: strerror(errno))) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      report("waiting for another process that makes the Python environment of figures")
      while flock(descriptor, LOCK_EX) != 0 {
        guard errno == EINTR else {
          let reason = String(cString: strerror(errno))
          close(descriptor)
          throw .uncreated(folder: folder.path, reason: reason)
        }
      }
    }
    return descriptor
  }

  private func run(_ words: [String]) throws(DrawingError) -> ChildProcess.End {
    try creating { try ChildProcess.run(words, environment: variables, scratch: scratch) }
  }

  private func creating<Result>(_ body: () throws -> Result) throws(DrawingError) -> Result {
    do {
      return try body()
    } catch {
      throw .uncreated(folder: folder.path, reason: error.systemReason)
    }
  }
}
