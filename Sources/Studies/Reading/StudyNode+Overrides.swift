extension StudyNode {
  /// This study with the value of `replacement` in place of its own.
  ///
  /// A mapping is replaced whole. A key below a choice (such as a law) replaces the choice, unless it belongs to what
  /// is chosen already. Missing mappings on the way are added. A removal takes the key out. Throws if the key is no key
  /// of a study.
  ///
  /// - Parameter schema: all keys of the study.
  func replacing(_ replacement: Replacement, schema: StudyKey) throws(StudyError) -> StudyNode {
    let path = replacement.key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    func failure(_ message: String) -> StudyError {
      StudyError(
        source: replacement.source, line: replacement.place.line, column: replacement.place.column,
        key: replacement.key, message: message)
    }
    guard !path.contains("") else {
      throw failure(
        "\(schema.shownPath(replacement.key)) has an empty part; the parts of a key are separated by one dot, such as "
          + "training.steps")
    }
    var key = schema
    for (index, name) in path.enumerated() {
      guard let child = key.child(name) else {
        let parent = path[..<index].joined(separator: ".")
        let message =
          key.children.isEmpty
          ? "\(replacement.key) is not a key of a study; \(parent) has no keys below it"
          : key.unknownKey(name, path: parent, schema: schema, paths: schema.paths, study: self).message
        throw failure(message)
      }
      key = child
    }
    if replacement.isRemoval { return removing(path[...]) }
    return replacing(path[...], of: schema, with: replacement).node
  }

  /// - Returns: the value, and whether nothing of it was there before: it stands where the replacement does.
  private func replacing(
    _ path: ArraySlice<String>, of key: StudyKey, with replacement: Replacement
  ) -> (node: StudyNode, isNew: Bool) {
    guard let name = path.first, let child = key.child(name) else { return (replacement.value, true) }
    var entries: [Entry]
    switch (content, key.mappingForm) {
    case (.mapping(let own), .choice(_, let companions, _)):
      let isCompanion = companions.contains { $0.name == name }
      entries = own.filter { entry in
        isCompanion || entry.name == name || companions.contains { $0.name == entry.name }
      }
    case (_, .choice), (.null, _): entries = []
    case (.mapping(let own), _): entries = own
    case (.scalar, _), (.list, _):
      // Not a mapping: an error of the file, unless the key has another form too.
      guard case .either = key.form else { return (self, false) }
      entries = []
    }
    let isNew = entries.isEmpty
    var newPlace = replacement.place
    newPlace.isOfKeyBelow = path.count > 1
    let index = entries.firstIndex { $0.name == name }
    let old = index.map { entries[$0] }
    let (node, isNewBelow) = (old?.node ?? StudyNode(content: .null, place: newPlace))
      .replacing(path.dropFirst(), of: child, with: replacement)
    let entry = Entry(name: name, place: isNewBelow ? newPlace : old?.place ?? newPlace, node: node)
    if let index { entries[index] = entry } else { entries.append(entry) }
    return (StudyNode(content: .mapping(entries), place: isNew ? newPlace : place), isNew)
  }
}

// MARK: - Keys that no longer apply

extension StudyNode {
  /// Removes what the text of the study says and an override made meaningless.
  ///
  /// What replacements say stays, and is an error where it does not fit.
  ///
  /// - Parameter replacements: overrides, and the values of a combination of entries of factors.
  /// - Returns: a sentence for each key that was removed.
  mutating func dropInapplicable(_ replacements: [Replacement]) -> [String] {
    func isSet(_ path: String) -> Bool { replacements.contains { $0.key == path || $0.key.hasPrefix(path + ".") } }
    func isReplaced(_ path: String) -> Bool { isSet(path) || replacements.contains { path.hasPrefix($0.key + ".") } }
    func isWord(_ path: String, _ word: String) -> Bool {
      guard case .scalar(let scalar)? = descendant(path.split(separator: ".").map(String.init)[...])?.content else {
        return false
      }
      return scalar.text == word
    }
    var notes: [String] = []
    func drop(_ paths: [String], _ reason: String) {
      for path in paths {
        let names = path.split(separator: ".").map(String.init)
        guard entry(names[...]) != nil, !isReplaced(path) else { continue }
        self = removing(names[...])
        notes.append("\(path) is dropped: \(reason)")
      }
    }
    if isSet("training.optimizer"), isWord("training.optimizer", StudyKey.population) {
      drop(["training.batch", "training.kernel"], "the optimizer population draws no mini-batches")
    }
    if isSet("training.optimizer"),
      isWord("training.optimizer", StudyKey.gradientFlow)
        || descendant(["training", "optimizer", StudyKey.gradientFlow][...]) != nil
    {
      drop(
        ["training.batch", "training.kernel", "training.clipping"],
        "the optimizer gradient-flow follows the flow and draws no mini-batches")
      drop(["training.precision"], "the optimizer gradient-flow has double precision")
    }
    if isSet("training.batch.sampling"), isWord("training.batch.sampling", "full") {
      drop(["training.batch.size", "training.batch.stream"], "with sampling: full every step sees all points")
    }
    if isSet("sampling.trials") {
      drop(["sampling.until", "sampling.look"], "sampling.trials decides on the trials")
    } else if isSet("sampling.until") {
      drop(["sampling.trials"], "sampling.until decides on the trials")
    }
    if isSet("sampling.stages") {
      drop(["sampling.until.at-most", "sampling.look", "sampling.trials"], "sampling.stages are the looks")
    } else if isSet("sampling.until.at-most") {
      drop(["sampling.stages"], "sampling.until.at-most is the most trials")
    }
    if isSet("problem.data") {
      drop(["problem.input", "problem.evaluation-points"], "the inputs are the points of problem.data")
    } else if isSet("problem.input") {
      drop(["problem.data", "training.batch.sampling"], "the inputs have the law problem.input")
    }
    return notes
  }

  private func entry(_ path: ArraySlice<String>) -> Entry? {
    path.last.flatMap { descendant(path.dropLast())?.entry($0) }
  }

  /// This study without the key at `path`, and without a mapping in which nothing is left.
  func removing(_ path: ArraySlice<String>) -> StudyNode {
    guard let name = path.first, case .mapping(var entries) = content else { return self }
    if path.count == 1 {
      entries.removeAll { $0.name == name }
    } else if let index = entries.firstIndex(where: { $0.name == name }) {
      entries[index].node = entries[index].node.removing(path.dropFirst())
      if case .mapping(let rest) = entries[index].node.content, rest.isEmpty { entries.remove(at: index) }
    }
    return StudyNode(content: .mapping(entries), place: place)
  }
}
