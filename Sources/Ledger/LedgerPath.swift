import Foundation

/// What the file system says about a ledger's path before SQLite opens it.
///
/// Nothing here opens the ledger itself: closing a file drops every POSIX lock that the process has on it, SQLite's
/// among them.
enum LedgerPath {
  /// The path from the root, so that a name like ":memory:" or "file:..." has no special meaning to SQLite; without
  /// symbolic links, so that a ledger has one lock whatever it is called.
  static func absolute(_ path: String) -> String {
    var whole = path.hasPrefix("/") ? path : workingFolder + "/" + path
    // A file that is still to be made may have links to it already, as many as the system follows.
    for _ in 0..<40 {
      if let file = withoutLinks(whole) { return file }
      guard let slash = whole.lastIndex(of: "/") else { return whole }
      let folder = folder(whole)
      if let target = target(ofLink: whole) {
        whole = target.hasPrefix("/") ? target : folder + "/" + target
      } else {
        guard let resolved = withoutLinks(folder) else { return whole }
        return (resolved == "/" ? "" : resolved) + whole[slash...]
      }
    }
    return whole
  }

  /// The working folder from the root; "." where that is not UTF-8, which a `String` would change.
  private static var workingFolder: String {
    guard let folder = getcwd(nil, 0) else { return "." }
    defer { free(folder) }
    return String(validatingCString: folder) ?? "."
  }

  /// Nil where there is nothing, or the path is not UTF-8: then the links in it stay, which the system follows.
  private static func withoutLinks(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(validatingCString: resolved)
  }

  /// Nil where there is no link, or its target is not UTF-8.
  private static func target(ofLink path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &bytes, bytes.count)
    return count > 0 ? String(validating: bytes.prefix(count), as: UTF8.self) : nil
  }

  /// Whether there is a link at a path, wherever it leads.
  static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Why there is nothing at a path; 0 if there is something.
  private static func absence(_ path: String) -> CInt {
    var status = stat()
    return stat(path, &status) == 0 ? 0 : errno
  }

  /// The folder that a path names a file in: everything before the last slash, "." if there is none.
  static func folder(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// What is at a path; `special` is a device, a pipe or a socket, which opening could block on or spoil.
  enum Kind { case file, folder, missing, special }

  static func kind(_ path: String) -> Kind {
    var status = stat()
    guard stat(path, &status) == 0 else { return .missing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .special
    }
  }

  /// Whether the file begins like one of SQLite. To be asked before anything has opened the file.
  static func isDatabase(_ path: String) -> Bool {
    guard kind(path) == .file else { return false }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var start = [UInt8](repeating: 0, count: 16)
    return pread(descriptor, &start, start.count, 0) == start.count && start == Array("SQLite format 3\0".utf8)
  }

  /// Whether the file has other names by hard links: each would have a lock of its own.
  static func hasOtherNames(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_nlink > 1
  }

  /// The size of the file in bytes; 0 if it does not exist.
  static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Why this process may not access `path` in the way of `mode` (R_OK, W_OK or both); nil if it may.
  static func refusal(_ path: String, mode: CInt) -> String? {
    faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0 ? nil : String(cString: strerror(errno))
  }

  /// - Throws: ``LedgerError`` where there is no file that can be read.
  static func checkReadable(_ path: String) throws(LedgerError) {
    if path.isEmpty { throw .unreadable(path: "\"\"", reason: "the name is empty") }
    let file = absolute(path)
    switch kind(file) {
    case .missing:
      let code = absence(file)
      guard code == 0 || code == ENOENT else { throw .unreadable(path: path, reason: String(cString: strerror(code))) }
      throw .missing(path: path)
    case .folder: throw .unreadable(path: path, reason: "it is a folder")
    case .special: throw .unreadable(path: path, reason: "it is not a regular file")
    case .file: break
    }
    if let reason = refusal(file, mode: R_OK) { throw .unreadable(path: path, reason: reason) }
  }
}
