import Foundation

extension Error {
  /// Why the system refused something, in its own words: Foundation's hide that, or end in a full stop.
  var systemReason: String {
    systemCode.map { String(cString: strerror($0)) } ?? localizedDescription
  }

  /// The number of the system's error that is behind this one.
  private var systemCode: Int32? {
    var error = self as NSError
    while error.domain != NSPOSIXErrorDomain, let cause = error.userInfo[NSUnderlyingErrorKey] as? any Error {
      error = cause as NSError
    }
    return error.domain == NSPOSIXErrorDomain ? Int32(error.code) : nil
  }

  /// Why the folder `path` cannot be made or written into, and what would be right.
  func reason(folder path: String) -> String {
    systemCode.map { outputObjection(path, $0, isFolder: true) } ?? systemReason
  }
}

/// Why nothing can be written at `path`, and what would be right.
///
/// - Parameters:
///   - code: of the system's error.
///   - isFolder: whether a folder was to be made there.
public func outputObjection(_ path: String, _ code: Int32, isFolder: Bool = false) -> String {
  let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
  /// What is above the path, from the nearest on.
  let above = (1..<max(parts.count, 1)).reversed().map { parts[..<$0].joined(separator: "/") }
    .map { $0.isEmpty ? "/" : $0 }
  func hasFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
  let nearest = above.first ?? "."
  switch code {
  case ENOENT where path.isEmpty: return "the name is empty"
  case ENOENT where !hasFolder(nearest) && !isFolder: return "its folder \(nearest) does not exist; make it first"
  case ENOENT: return "no files can be made in the folder \(above.first(where: hasFolder) ?? nearest)"
  case EISDIR where isFolder: return "a folder has the name of a file that belongs there"
  case EISDIR: return "it is a folder; give the name of a file"
  case EEXIST where isFolder: return "it is a file; give the name of a folder"
  case ENOTDIR:
    let file = above.last { !hasFolder($0) } ?? path
    return "\(file) is a file and no folder"
  case ENOSPC, EDQUOT: return "the disk is full"
  default: return String(cString: strerror(code))
  }
}
