import Foundation

/// A folder that goes away with its owner.
package final class TemporaryFolder {
  package let url: URL

  package init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "landfall-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
  }

  deinit {
    // A test may have made it read-only.
    chmod(path, 0o755)
    try? FileManager.default.removeItem(at: url)
  }

  package var path: String { url.path }

  /// The path of a file in the folder.
  package func file(_ name: String = "a.landfall") -> String { url.appending(path: name).path }

  package func write(_ text: String, to name: String) throws {
    try text.write(toFile: file(name), atomically: true, encoding: .utf8)
  }
}

/// Calls `body` with a folder that goes away afterwards.
package func withTemporaryFolder(_ body: (TemporaryFolder) throws -> Void) throws {
  let folder = try TemporaryFolder()
  try withExtendedLifetime(folder) { try body(folder) }
}
