import Foundation

/// What the file system says about a ledger's path before SQLite opens it.
///
/// Nothing here opens the ledger itself: closing a file drops every POSIX lock that the process has on it, SQLite's
/// among them.
enum LedgerPath {
  /// The path from the root, so that a name like ":memory:" or "file:..." has no special meaning to SQLite; without
  /// symbolic links, so that a ledger has one lock whatever it is called.
  static func absolute(_ path: String) -> String {
    let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    if let file = withoutLinks(whole) { return file }
    // A file that is still to be made.
    guard let folder = withoutLinks(folder(whole)), let slash = whole.lastIndex(of: "/") else { return whole }
    return folder + whole[slash...]
  }

  /// Nil where there is nothing.
  private static func withoutLinks(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
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

  /// The size of the file in bytes; 0 if it does not exist.
  static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Why this process may not access `path` in the way of `mode` (R_OK, W_OK or both); nil if it may.
  static func refusal(_ path: String, mode: CInt) -> String? {
    faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0 ? nil : String(cString: strerror(errno))
  }
}
