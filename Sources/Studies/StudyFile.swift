import Foundation

/// Files with the text of a study.
enum StudyFile {
  /// Whether there is a file, not a folder, at this path.
  static func exists(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }

  /// The text of a file; throws if it cannot be read, is too long or is not UTF-8.
  static func text(_ path: String) throws(StudyError) -> String {
    func failure(_ problem: String) -> StudyError { StudyError(source: path, message: problem) }
    func systemFailure(_ code: Int32) -> StudyError {
      let reason = String(cString: strerror(code))
      return failure(
        code == ENOENT
          ? "there is no such file; give the path of a study file or one of the built-in studies "
            + joined(BuiltInStudies.names)
          : "the study file cannot be read: \(reason)")
    }
    guard let file = fopen(path, "rb") else { throw systemFailure(errno) }
    defer { fclose(file) }
    // One byte more than allowed tells a file that is too long, without reading all of it.
    var bytes = [UInt8](repeating: 0, count: StudyNode.textLimit + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0 else { throw systemFailure(errno) }
    guard count <= StudyNode.textLimit else {
      throw failure("the file has more than \(StudyNode.textLimit) bytes, which no study has; is it another file?")
    }
    guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
      throw failure("the file is not UTF-8 text; is it another file?")
    }
    return text
  }
}
