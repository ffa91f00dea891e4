import Foundation

/// The advisory lock that makes a process the only writer of a ledger.
///
/// It is an exclusive `flock` on FILE.lock, which the kernel drops when the process ends in any way; the content of the
/// file, host and process id, only serves messages. A file left over by a dead process is therefore no obstacle.
final class LedgerLock {
  private let descriptor: CInt
  private let lockPath: String

  private init(descriptor: CInt, lockPath: String) {
    self.descriptor = descriptor
    self.lockPath = lockPath
  }

  /// Removes the lock file, then drops the lock. In this order, nobody can lock a file that is about to be removed
  /// without noticing it in ``acquire(_:)``.
  deinit {
    if Self.isSameFile(descriptor, lockPath) { unlink(lockPath) }
    close(descriptor)
  }

  /// Locks the ledger at `path`, without waiting.
  ///
  /// - Throws: ``LedgerError/locked(path:holder:)``, ``LedgerError/folderUnwritable(path:folder:reason:)``,
  ///   ``LedgerError/folderMissing(path:folder:)``, ``LedgerError/lockFailed(path:reason:)`` or
  ///   ``LedgerError/diskFull(path:)``.
  static func acquire(_ path: String) throws(LedgerError) -> LedgerLock {
    let lockPath = LedgerPath.absolute(path) + ".lock"
    while true {
      let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { throw openingError(errno, path: path, lockPath: lockPath) }
      var result: CInt
      repeat { result = flock(descriptor, LOCK_EX | LOCK_NB) } while result != 0 && errno == EINTR
      if result != 0 {
        let reason = errno
        defer { close(descriptor) }
        if reason == EWOULDBLOCK { throw .locked(path: path, holder: holder(descriptor)) }
        throw .lockFailed(path: path, reason: String(cString: strerror(reason)))
      }
      // Between open and flock the former holder may have removed the file: then this lock is on a file without name.
      guard isSameFile(descriptor, lockPath) else {
        close(descriptor)
        continue
      }
      let lock = LedgerLock(descriptor: descriptor, lockPath: lockPath)
      let content = Array("\(hostName()) \(getpid())\n".utf8)
      guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, content, content.count, 0) == content.count else {
        throw .diskFull(path: path)
      }
      return lock
    }
  }

  private static func openingError(_ code: CInt, path: String, lockPath: String) -> LedgerError {
    let reason = String(cString: strerror(code))
    switch code {
    case ENOENT, ENOTDIR: return .folderMissing(path: path, folder: LedgerPath.folder(path))
    case ENOSPC, EDQUOT: return .diskFull(path: path)
    case EACCES, EPERM, EROFS:
      return LedgerPath.kind(lockPath) == .missing
        ? .folderUnwritable(path: path, folder: LedgerPath.folder(path), reason: reason)
        : .lockFailed(path: path, reason: reason)
    default: return .lockFailed(path: path, reason: reason)
    }
  }

  /// Host and process id in a lock file. A holder writes them right after locking: an empty file is read again for up
  /// to 0.2 s.
  private static func holder(_ descriptor: CInt) -> LockHolder? {
    for _ in 0..<10 {
      var buffer = [UInt8](repeating: 0, count: 512)
      let count = pread(descriptor, &buffer, buffer.count, 0)
      let words = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(whereSeparator: \.isWhitespace)
      if words.count == 2, let processID = Int(words[1]) {
        return LockHolder(host: String(words[0]), processID: processID)
      }
      usleep(20_000)
    }
    return nil
  }

  private static func isSameFile(_ descriptor: CInt, _ path: String) -> Bool {
    var (mine, named) = (stat(), stat())
    return fstat(descriptor, &mine) == 0 && stat(path, &named) == 0 && mine.st_ino == named.st_ino
      && mine.st_dev == named.st_dev
  }

  private static func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
