import Foundation

/// Files with the text of a study or with its data.
enum StudyFile {
  /// Whether there is a file, not a folder, at this path.
  static func exists(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// Whether there is no pipe, device or folder at this path.
  static func isRegularOrMissing(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
  }

  /// The text of a study file; throws if it cannot be read, is too long or is not UTF-8.
  static func text(_ path: String) throws(StudyError) -> String {
    guard exists(path) || FileManager.default.fileExists(atPath: path) else {
      throw StudyError(
        source: path,
        message: "there is no such file; give the path of a study file or one of the built-in studies "
          + joined(BuiltInStudies.names))
    }
    guard let text = String(validating: try bytes(path, limit: StudyNode.textLimit, name: "study"), as: UTF8.self)
    else {
      throw StudyError(source: path, message: "the file is not UTF-8 text; is it another file?")
    }
    return text
  }

  /// The bytes of a file; throws if it cannot be read or has more than `limit`.
  ///
  /// - Parameter name: what the file is in messages.
  static func bytes(_ path: String, limit: Int, name: String) throws(StudyError) -> [UInt8] {
    func failure(_ problem: String) -> StudyError { StudyError(source: path, message: problem) }
    guard let file = fopen(path, "rb") else {
      throw failure("the \(name) file cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = fread(&piece, 1, piece.count, file)
      guard ferror(file) == 0 else {
        throw failure("the \(name) file cannot be read: \(String(cString: strerror(errno)))")
      }
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
    throw failure("the file has more than \(limit) bytes, which no \(name) has; is it another file?")
  }
}
