import ArgumentParser
import Foundation
import Studies

/// What a shell proposes for words of a command line.
extension CompletionKind {
  /// Files called NAME.landfall.
  static let ledger = CompletionKind.file(extensions: ["landfall"])

  static let builtInStudy = CompletionKind.list(BuiltInStudies.names)

  /// The built-in studies, and YAML files; folders lead to more of them.
  static let study = CompletionKind.custom { _, _, word in
    BuiltInStudies.names.filter { $0.hasPrefix(word) } + studyFiles(beginningLike: word)
  }

  private static func studyFiles(beginningLike word: String) -> [String] {
    let folder = word.lastIndex(of: "/").map { String(word[...$0]) } ?? ""
    let start = word.dropFirst(folder.count)
    // A folder that cannot be read has nothing to propose.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    return names.sorted().compactMap { name in
      guard name.hasPrefix(start), start.hasPrefix(".") || !name.hasPrefix(".") else { return nil }
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: folder + name, isDirectory: &isFolder) else { return nil }
      if isFolder.boolValue { return folder + name + "/" }
      return name.hasSuffix(".yaml") || name.hasSuffix(".yml") ? folder + name : nil
    }
  }
}
