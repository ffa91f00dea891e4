extension StudyNode {
  /// This study with the value of `override` in place of its own.
  ///
  /// A mapping is replaced whole. A key below a choice (such as a law) replaces the whole choice. Missing mappings on
  /// the way are added. Throws if the key is no key of a study or the value is no YAML.
  func overridden(by override: Override) throws(StudyError) -> StudyNode {
    let path = override.key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    var key = StudyKey.study
    for (index, name) in path.enumerated() {
      guard let child = key.child(name) else {
        let parent = path[..<index].joined(separator: ".")
        let message =
          key.children.isEmpty
          ? "\(override.key) is not a key of a study; \(parent) has no keys below it"
          : key.unknownKeyMessage(name, path: parent)
        throw StudyError(source: override.option, key: override.key, message: message)
      }
      key = child
    }
    let value = try StudyNode(value: override)
    return replacing(path[...], of: .study, with: value, option: override.option)
  }

  private func replacing(
    _ path: ArraySlice<String>, of key: StudyKey, with value: StudyNode, option: String
  ) -> StudyNode {
    guard let name = path.first, let child = key.child(name) else { return value }
    var entries: [Entry]
    switch (content, key.form) {
    case (_, .choice), (.null, _): entries = []
    case (.mapping(let own), _): entries = own
    // Not a mapping, which is an error of the file.
    case (.scalar, _), (.list, _): return self
    }
    let isLast = path.count == 1
    let old = entries.first { $0.name == name }
    var entry = old ?? Entry(name: name, place: StudyPlace(), node: StudyNode(content: .null, place: StudyPlace()))
    entry.node = entry.node.replacing(path.dropFirst(), of: child, with: value, option: option)
    if isLast { entry.place = StudyPlace(option: option) }
    if let index = entries.firstIndex(where: { $0.name == name }) {
      entries[index] = entry
    } else {
      entries.append(entry)
    }
    return StudyNode(content: .mapping(entries), place: place)
  }
}
