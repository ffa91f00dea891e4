/// Values that differ between variants although no factor has them: schedules that end with the steps, mini-batches that
/// hang on the optimizer or the data, evaluation sets that hang on the input, files whose path begins at the study.
///
/// The text of a study says what its first variant has. Where the other variants would be read from it wrongly, the
/// factors get these values too.
extension Study {
  /// - Parameter place: of `vary`.
  mutating func nameDependentValues(_ origin: StudyOrigin, _ place: StudyPlace) throws(StudyError) {
    // A ledger has them already.
    if case .ledger = origin { return }
    if isReadFromText { return }
    let ambiguous = addDependentValues()
    guard ambiguous == nil, isReadFromText else {
      throw StudyError(
        source: origin.text, line: place.line, column: place.column, key: StudyVariation.key,
        message: "\(StudyVariation.key): \(ambiguous ?? "a value") of a cell hangs on several factors; make them one "
          + "factor, with an entry for each combination")
    }
  }

  /// Whether the text reads as this study, wherever it is.
  private var isReadFromText: Bool {
    // Where there can be no files but those with an absolute path.
    let nowhere = StudyOrigin.file("/dev/null/study")
    let again = try? Study.reading(StudyTree(text: text, origin: nowhere, overrides: []))
    return again?.variants == variants
  }

  /// - Returns: a key that no single factor decides.
  private mutating func addDependentValues() -> String? {
    let texts = variants.map { StudyNode(ownText: $0.study.text) }
    let storedTexts = variants.map { StudyNode(ownText: $0.study.definition) }
    for key in dependentKeys(texts) {
      let path = key.split(separator: ".").map(String.init)
      func values(_ nodes: [StudyNode]) -> [String] {
        nodes.map { $0.descendant(path[...])?.canonicalText ?? "~" }
      }
      let values = values(texts)
      guard Set(values).count > 1 else { continue }
      guard let factor = factors.indices.first(where: { entries(values, of: $0) != nil }) else { return key }
      factors[factor].keys.append(
        VariedFactor.Key(
          name: key, values: entries(values, of: factor)!,
          storedValues: entries(storedTexts.map { $0.descendant(path[...])?.canonicalText ?? "~" }, of: factor)!))
    }
    return nil
  }

  /// Keys that may differ between variants and are no factor's, nor part of what a factor's key has.
  private func dependentKeys(_ texts: [StudyNode]) -> [String] {
    let varied = factors.flatMap { $0.keys.map(\.name) }
    var keys: [String] = []
    for section in StudyVariation.sections {
      for text in texts {
        for name in text.entry(section)?.node.names ?? [] {
          let key = "\(section).\(name)"
          if !keys.contains(key), !varied.contains(where: { $0 == key || $0 == section }) { keys.append(key) }
        }
      }
    }
    // The key of the data is taken; its path in the study stays what names the cell.
    if varied.contains("problem") || varied.contains("problem.data") {
      keys += ["problem.data.csv", "problem.data.sha256"]
    }
    return keys
  }

  /// The values of the entries of a factor, from those of the variants; nil if other factors have a part in them.
  private func entries(_ values: [String], of factor: Int) -> [String]? {
    let stride = factors[(factor + 1)...].reduce(1) { $0 * $1.labels.count }
    var entries: [String?] = Array(repeating: nil, count: factors[factor].labels.count)
    for (variant, value) in values.enumerated() {
      let entry = variant / stride % entries.count
      guard entries[entry] ?? value == value else { return nil }
      entries[entry] = value
    }
    return entries.map { $0! }
  }
}

extension StudyNode {
  /// A text that the program has written itself.
  fileprivate init(ownText text: String) {
    do {
      self = try StudyNode(study: text, origin: .file(""))
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// Of the entries of a mapping.
  fileprivate var names: [String] {
    if case .mapping(let entries) = content { entries.map(\.name) } else { [] }
  }
}
