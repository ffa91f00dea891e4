import Texts

/// What is said about a key that is none where it stands.
struct UnknownKey {
  let message: String
  /// The dotted keys of the study that it may be meant to be; those next to it come alone.
  var meant: [String] = []
}

extension StudyKey {
  /// What is said about `name`, which is no key below this one.
  ///
  /// - Parameters:
  ///   - path: the dotted path of this key.
  ///   - schema: all keys of the study.
  ///   - paths: those of the schema.
  ///   - study: the study, whose choices decide which other places make sense.
  func unknownKey(
    _ name: String, path: String, schema: StudyKey, paths: [String], study: StudyNode
  ) -> UnknownKey {
    let subject = "\(shownPath(dotted(path, name))) is not a key here"
    let names = children.map(\.name)
    if case .word(let words) = plainForm, words.contains(name) {
      return UnknownKey(message: "\(subject); \(name) has no settings, write \(self.name): \(name)")
    }
    if case .laws(let blocks, _) = mappingForm, Self.isBlockName(name) {
      return UnknownKey(
        message: "\(subject); the parameter blocks of these networks are \(joined(abbreviated(blocks.map(\.name))))")
    }
    if let nearest = nearestName(to: name, among: names) {
      return UnknownKey(message: "\(subject); did you mean \"\(nearest)\"?", meant: [dotted(path, nearest)])
    }
    if let foreign = ForeignKey(name, below: path) {
      guard let key = foreign.key else { return UnknownKey(message: "\(subject); \(foreign.explanation)") }
      return UnknownKey(message: "\(subject); \(foreign.explanation)", meant: [key])
    }
    var elsewhere: [String] = []
    if case .group = mappingForm {
      // A key of another mapping: most often wrong indentation, or dots in a file.
      elsewhere = Self.places(of: name, among: paths).filter {
        !schema.isChoice($0, above: path) && schema.isChosen($0, in: study)
      }
    }
    let last = name.split(separator: ".").last.map(String.init) ?? ""
    let meant = elsewhere.map { dotted($0, last) }
    if elsewhere == [""] {
      return UnknownKey(message: "\(subject); it belongs at the left margin, under no other key", meant: meant)
    }
    if 1...3 ~= elsewhere.count {
      let parents = joined(elsewhere.map { "\"\($0)\"" }, "or")
      return UnknownKey(message: "\(subject); \"\(last)\" belongs under \(parents)", meant: meant)
    }
    if let suggestion = suggestion(for: name, among: names) {
      return UnknownKey(
        message: "\(subject); \(suggestion)", meant: meantWords(by: name, among: names).map { dotted(path, $0) })
    }
    return UnknownKey(
      message: "\(subject); the \(names.count == 1 ? "key here is" : "keys here are") \(joined(names))")
  }

  /// The dotted paths of the keys that have a key `name` (which may be dotted) below them; of several, those nearest to
  /// the left margin.
  private static func places(of name: String, among paths: [String]) -> [String] {
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

  /// Whether the study makes all the choices on the way to `place`: a key below another alternative, such as another
  /// optimizer, has another meaning.
  private func isChosen(_ place: String, in study: StudyNode) -> Bool {
    var key = self
    let names = place.split(separator: ".").map(String.init)
    for (index, name) in names.enumerated() {
      if case .choice(let alternatives, _, _) = key.mappingForm, alternatives.contains(where: { $0.name == name }),
        study.descendant(names[...index]) == nil
      {
        return false
      }
      guard let child = key.child(name) else { return false }
      key = child
    }
    return true
  }

  /// Whether some network has a parameter block of this name.
  static func isBlockName(_ name: String) -> Bool {
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
