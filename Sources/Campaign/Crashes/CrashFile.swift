import CSignals
import Foundation

/// FILE.crash, beside the ledger FILE: the blocks that ended a job. Jobs that crash append to it, and the next start of a run
/// reads it while it holds the lock of the ledger.
package struct CrashFile {
  package let path: String

  package init(ledger: String) { path = ledger + ".crash" }

  package struct Content {
    package var blocks: [CrashedBlock] = []
    /// Lines that no job has written.
    package var otherLines = 0
    /// Whether it is a file that jobs have written, and that may be removed.
    package var isOwn = false
  }

  /// Nothing where there is no file.
  ///
  /// - Throws: ``CrashFileError`` for what no job can have made: it is left alone.
  package func read() throws(CrashFileError) -> Content {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    if file < 0 {
      let reason = errno
      if reason == ENOENT { return Content() }
      throw reason == ELOOP
        ? .foreign(path: path, what: "a symbolic link")
        : .unreadable(path: path, reason: String(cString: strerror(reason)))
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .foreign(path: path, what: "no regular file") }
    guard status.st_nlink <= 1 else { throw .foreign(path: path, what: "a file with several names (hard links)") }
    var bytes = [UInt8](repeating: 0, count: Int(SIGNALS_CRASH_FILE_LIMIT) + 4096)
    var count = 0
    while count < bytes.count {
      let size = bytes.count - count
      let step = bytes.withUnsafeMutableBytes { Foundation.read(file, $0.baseAddress! + count, size) }
      if step < 0 && errno == EINTR { continue }
      guard step >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
      if step == 0 { break }
      count += step
    }
    var content = Content()
    let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
    for line in lines {
      if let block = CrashedBlock(line: line) { content.blocks.append(block) } else { content.otherLines += 1 }
    }
    content.isOwn = lines.first?.hasPrefix(CrashedBlock.lineStart) == true
    return content
  }

  /// Makes the file hold these blocks and nothing else; without any there is no file any more. A file that no job has written
  /// stays as it is.
  ///
  /// - Parameter content: of the file as it is.
  /// - Throws: ``CrashFileError``.
  package func replace(_ content: Content, by blocks: [CrashedBlock]) throws(CrashFileError) {
    guard content.isOwn, blocks != content.blocks || blocks.isEmpty else { return }
    guard unlink(path) == 0 || errno == ENOENT else {
      throw .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
    if blocks.isEmpty { return }
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
    defer { close(file) }
    let text = Array(blocks.map(\.line).joined().utf8)
    guard text.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) == text.count else {
      throw .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
  }
}

/// Why FILE.crash cannot be used. The text is the user's message.
package enum CrashFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// It is not what a job writes.
  case foreign(path: String, what: String)
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)

  package var description: String {
    switch self {
    case .foreign(let path, let what):
      "\(path) is \(what); a job that crashes writes there what it computed, so there must be nothing or a file of its own: "
        + "move it away"
    case .unreadable(let path, let reason):
      "\(path), where jobs that crashed have written what they computed, cannot be read: \(reason)"
    case .unwritable(let path, let reason):
      "\(path), where jobs that crashed have written what they computed, cannot be changed: \(reason)"
    }
  }
}
