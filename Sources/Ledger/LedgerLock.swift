import Foundation

/// The advisory lock that makes a process the only writer of a ledger.
///
/// It is an exclusive `flock` on FILE.lock, which the kernel drops when the process ends in any way; the content of the
/// file, host and process id, only serves messages. A file left over by a dead process is therefore no obstacle. A file
/// of that name that is none of ours is left as it is.
final class LedgerLock {
  private let descriptor: CInt
  private let lockPath: String
  /// Whether this process has written the file, and may remove it.
  private var isOurs = false

  private init(descriptor: CInt, lockPath: String) {
    self.descriptor = descriptor
    self.lockPath = lockPath
  }

  /// Removes the lock file, then drops the lock. In this order, nobody can lock a file that is about to be removed
  /// without noticing it in ``acquire(_:)``.
  deinit {
    if isOurs, Self.isSameFile(descriptor, lockPath) { unlink(lockPath) }
    close(descriptor)
  }

  /// Locks the ledger at `path`, without waiting.
  ///
  /// - Throws: ``LedgerError/locked(path:holder:)``, ``LedgerError/folderUnwritable(path:folder:reason:)``,
  ///   ``LedgerError/folderMissing(path:folder:)``, ``LedgerError/lockFailed(path:reason:)``,
  ///   ``LedgerError/foreignLock(path:lockPath:)`` or ``LedgerError/diskFull(path:)``.
  static func acquire(_ path: String) throws(LedgerError) -> LedgerLock {
    let lockPath = LedgerPath.absolute(path) + ".lock"
    // One who asks whether the ledger is locked holds the lock for a moment.
    var patience = 5
    while true {
      // Neither does a link lead to a file of others, nor a pipe to a wait.
      let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
      var isNew = true
      var descriptor = open(lockPath, flags | O_CREAT | O_EXCL, 0o666)
      if descriptor < 0, errno == EEXIST {
        isNew = false
        descriptor = open(lockPath, flags)
        // The holder has removed it meanwhile.
        if descriptor < 0, errno == ENOENT { continue }
      }
      guard descriptor >= 0 else { throw openingError(errno, path: path, lockPath: lockPath) }
      var result: CInt
      repeat { result = flock(descriptor, LOCK_EX | LOCK_NB) } while result != 0 && errno == EINTR
      let failure = result == 0 ? 0 : errno
      // Somebody may have just made the file, and not yet written into it.
      let content = isNew ? .empty : content(descriptor, mayBeNew: failure == EWOULDBLOCK)
      guard content != .foreign else {
        close(descriptor)
        throw .foreignLock(path: path, lockPath: lockPath)
      }
      if failure != 0 {
        close(descriptor)
        guard failure == EWOULDBLOCK else {
          throw .lockFailed(path: path, reason: String(cString: strerror(failure)))
        }
        guard patience > 0 else { throw .locked(path: path, holder: content.holder) }
        patience -= 1
        usleep(20_000)
        continue
      }
      // Between open and flock the former holder may have removed the file: then this lock is on a file without name.
      guard isSameFile(descriptor, lockPath) else {
        close(descriptor)
        continue
      }
      let lock = LedgerLock(descriptor: descriptor, lockPath: lockPath)
      // An empty file may be one of others. It is locked, and stays as it is.
      if content == .empty, !isNew { return lock }
      lock.isOurs = true
      try lock.write(path: path)
      return lock
    }
  }

  /// Tells who reads the file how many trials are being computed; where that cannot be written, nobody learns it.
  func announce(inFlight trials: Int) {
    guard isOurs else { return }
    var holder = LockHolder.own
    holder.trialsInFlight = trials
    let content = Array(holder.line.utf8)
    // One write, so that nobody reads a half of it; what an earlier, longer line leaves behind it goes.
    if pwrite(descriptor, content, content.count, 0) == content.count { ftruncate(descriptor, off_t(content.count)) }
  }

  private func write(path: String) throws(LedgerError) {
    let content = Array(LockHolder.own.line.utf8)
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, content, content.count, 0) == content.count else {
      let code = errno
      if code == ENOSPC || code == EDQUOT || code == EFBIG { throw .diskFull(path: path) }
      throw .lockFailed(path: path, reason: String(cString: strerror(code)))
    }
  }

  private static func openingError(_ code: CInt, path: String, lockPath: String) -> LedgerError {
    let reason = String(cString: strerror(code))
    switch code {
    case ENOENT:
      let folder = LedgerPath.folder(path)
      // A folder of the system, such as /proc, in which nobody makes files.
      return LedgerPath.kind(folder) == .folder
        ? .unwritable(path: path, reason: "no files can be made in the folder \(folder)")
        : .folderMissing(path: path, folder: folder)
    case ENOTDIR: return .unwritable(path: path, reason: "\(LedgerPath.folder(path)) is no folder")
    case ENAMETOOLONG: return .unwritable(path: path, reason: reason)
    case ELOOP where !LedgerPath.isLink(lockPath): return .unwritable(path: path, reason: reason)
    case ENOSPC, EDQUOT: return .diskFull(path: path)
    // A link, a folder, a socket or a device without driver.
    case ELOOP, EISDIR, ENXIO, ENODEV: return .foreignLock(path: path, lockPath: lockPath)
    case EACCES, EPERM, EROFS:
      return LedgerPath.kind(lockPath) == .missing
        ? .folderUnwritable(path: path, folder: LedgerPath.folder(path), reason: reason)
        : .lockFailed(path: path, reason: reason)
    default: return .lockFailed(path: path, reason: reason)
    }
  }

  /// What is in a file of the name of a lock file.
  private enum Content: Equatable {
    case empty
    /// Ours: of this form, and nothing else.
    case holder(LockHolder)
    case foreign

    var holder: LockHolder? { if case .holder(let holder) = self { holder } else { nil } }
  }

  /// - Parameter mayBeNew: a holder writes host and process id right after locking: an empty file is read again for up to
  ///   0.2 s.
  private static func content(_ descriptor: CInt, mayBeNew: Bool) -> Content {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink <= 1 else {
      return .foreign
    }
    for _ in 0..<(mayBeNew ? 10 : 1) {
      var buffer = [UInt8](repeating: 0, count: LockHolder.longestLine + 1)
      let count = pread(descriptor, &buffer, buffer.count, 0)
      if count < 0 { return .foreign }
      if count > 0 {
        return LockHolder(line: String(decoding: buffer.prefix(count), as: UTF8.self)).map(Content.holder) ?? .foreign
      }
      if mayBeNew { usleep(20_000) }
    }
    return .empty
  }

  private static func isSameFile(_ descriptor: CInt, _ path: String) -> Bool {
    var (mine, named) = (stat(), stat())
    return fstat(descriptor, &mine) == 0 && lstat(path, &named) == 0 && mine.st_ino == named.st_ino
      && mine.st_dev == named.st_dev
  }

  /// Whether somebody holds the lock of a ledger. Changes nothing.
  static func state(of path: String) -> LockState {
    let descriptor = open(
      LedgerPath.absolute(path) + ".lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { return .free }
    defer { close(descriptor) }
    let content = content(descriptor, mayBeNew: false)
    guard content != .foreign, flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return .free }
    return .held(by: content.holder)
  }
}

/// Whether a process writes a ledger.
public enum LockState: Sendable, Hashable {
  case free
  /// Nil where its name cannot be read.
  case held(by: LockHolder?)
}

/// The process that holds a lock file.
public struct LockHolder: Sendable, Hashable {
  public var host: String
  public var processID: Int
  /// Trials that are being computed; nil where that is not known.
  public var trialsInFlight: Int?

  /// What messages call it.
  public var text: String { "process \(processID) on host \(host)" }
}

extension LockHolder {
  fileprivate static let longestLine = 400

  /// This process.
  fileprivate static var own: LockHolder { LockHolder(host: hostName(), processID: Int(getpid())) }

  /// The content of a lock file.
  fileprivate var line: String {
    "\(host) \(processID)\(trialsInFlight.map { " \($0)" } ?? "")\n"
  }

  /// Nil for a text that is no such line.
  fileprivate init?(line: String) {
    guard line.utf8.count <= Self.longestLine, line.last == "\n" else { return nil }
    let words = line.dropLast().split(separator: " ", omittingEmptySubsequences: false)
    let numbers = words.dropFirst().compactMap { word in Int(word).flatMap { "\($0)" == word && $0 >= 0 ? $0 : nil } }
    guard (2...3).contains(words.count), numbers.count == words.count - 1, numbers[0] > 0, !words[0].isEmpty,
      words[0].unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control && !$0.properties.isWhitespace })
    else { return nil }
    self.init(host: String(words[0]), processID: numbers[0], trialsInFlight: numbers.count > 1 ? numbers[1] : nil)
  }

  private static func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0, buffer[0] != 0 else { return "unknown" }
    let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return name.replacing(/\s/, with: "-")
  }
}
