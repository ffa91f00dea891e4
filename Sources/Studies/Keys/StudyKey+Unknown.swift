import Expressions

extension StudyKey {
  /// The message about `name`, which is no key below this one.
  ///
  /// - Parameters:
  ///   - path: the dotted path of this key.
  ///   - schema: all keys of the study.
  func unknownKeyMessage(_ name: String, path: String, schema: StudyKey) -> String {
    let subject = "\(shownPath(dotted(path, name))) is not a key here"
    let names = children.map(\.name)
    if case .word(let words) = plainForm, words.contains(name) {
      return "\(subject); \(name) has no settings, write \(self.name): \(name)"
    }
    if case .laws(let blocks, _) = mappingForm, Self.isBlockName(name) {
      return "\(subject); the parameter blocks of these networks are \(joined(abbreviated(blocks.map(\.name))))"
    }
    if let nearest = nearestName(to: name, among: names) { return "\(subject); did you mean \"\(nearest)\"?" }
    var elsewhere: [String] = []
    if case .group = mappingForm {
      // A key of another mapping: most often wrong indentation, or dots in a file.
      elsewhere = schema.places(of: name).filter { !schema.isChoice($0, above: path) }
    }
    if elsewhere == [""] { return "\(subject); it belongs at the left margin, under no other key" }
    if 1...3 ~= elsewhere.count {
      let last = name.split(separator: ".").last ?? ""
      return "\(subject); \"\(last)\" belongs under \(joined(elsewhere.map { "\"\($0)\"" }, "or"))"
    }
    if let suggestion = suggestion(for: name, among: names) { return "\(subject); \(suggestion)" }
    return "\(subject); the \(names.count == 1 ? "key here is" : "keys here are") \(joined(names))"
  }

  /// The dotted paths of the keys that have a key `name` (which may be dotted) below them; of several, those nearest to
  /// the left margin.
  private func places(of name: String) -> [String] {
    let found = paths.filter { $0 == name || $0.hasSuffix(".\(name)") }.map { $0.split(separator: ".") }
    let least = found.map(\.count).min()
    return found.filter { $0.count == least }.map { $0.dropLast().joined(separator: ".") }
  }

  /// Whether `place` has a choice of which `path` is a part: what else could be chosen has no place there.
  private func isChoice(_ place: String, above path: String) -> Bool {
    guard path.hasPrefix(place + ".") else { return false }
    var key: StudyKey? = self
    for name in place.split(separator: ".") { key = key?.child(String(name)) }
    if case .choice? = key?.mappingForm { return true }
    return false
  }

  /// Whether some network has a parameter block of this name.
  private static func isBlockName(_ name: String) -> Bool {
    let parts = name.split(separator: "-")
    if parts.first == "layer" { return parts.count == 3 && ["weights", "biases"].contains(parts[2]) }
    return ["inner-weights", "inner-biases", "outer-weights", "outer-bias"].contains(name)
  }

  /// A dotted key as messages show it: of a wild one, the printable beginning.
  func shownPath(_ path: String) -> String {
    let isPlain = !path.isEmpty && path.count <= 80 && path.unicodeScalars.allSatisfy { 0x21...0x7E ~= $0.value }
    return isPlain ? path : quoted(String(path.prefix(80)))
  }
}
