import Expressions

extension StudyKey {
  /// The message about `name`, which is no key below this one.
  ///
  /// - Parameter path: the dotted path of this key.
  func unknownKeyMessage(_ name: String, path: String) -> String {
    let subject = "\(shownPath(dotted(path, name))) is not a key here"
    let names = children.map(\.name)
    if let nearest = nearestName(to: name, among: names) { return "\(subject); did you mean \"\(nearest)\"?" }
    // A key of another mapping: most often wrong indentation, or dots in a file.
    let elsewhere = StudyKey.study.paths.filter { $0 == name || $0.hasSuffix(".\(name)") }
    if elsewhere.count == 1 {
      let words = elsewhere[0].split(separator: ".")
      guard let last = words.last, words.count > 1 else {
        return "\(subject); it belongs at the left margin, under no other key"
      }
      return "\(subject); \"\(last)\" belongs under \"\(words.dropLast().joined(separator: "."))\""
    }
    return "\(subject); the \(names.count == 1 ? "key here is" : "keys here are") \(joined(names))"
  }

  /// A dotted key as messages show it: of a wild one, the printable beginning.
  private func shownPath(_ path: String) -> String {
    let isPlain = !path.isEmpty && path.count <= 80 && path.unicodeScalars.allSatisfy { 0x21...0x7E ~= $0.value }
    return isPlain ? path : quoted(String(path.prefix(80)))
  }
}
