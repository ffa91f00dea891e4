/// Values that differ between families although no factor has them: schedules that end with the steps, mini-batches that
/// hang on the optimizer or the data, evaluation sets that hang on the input, files whose path begins at the study.
///
/// The text of a study says what its first family has. Where the others would be read from it wrongly, the factors get
/// these values as derived keys.
extension Study {
  /// - Parameter place: of `vary`.
  mutating func nameDependentValues(_ origin: StudyOrigin, _ place: StudyPlace) throws(StudyError) {
    // A ledger has them already.
    if case .ledger = origin { return }
    func failure(_ message: String) -> StudyError {
      StudyError(
        source: origin.text, line: place.line, column: place.column, key: StudyVariation.key,
        message: "\(StudyVariation.key): \(message)")
    }
    if text.utf8.count <= StudyNode.textLimit {
      if familyOtherInText == nil { return }
      if let key = addDependentValues() {
        throw failure(
          "\(key) of a cell hangs on several factors; make them one factor, with an entry for each combination")
      }
    }
    let length = text.utf8.count
    guard length <= StudyNode.textLimit else {
      throw failure(
        "the study with all values of its cells has \(length) bytes, and at most \(StudyNode.textLimit) are possible; "
          + "make several studies of it")
    }
    if let family = familyOtherInText {
      throw failure(
        "what the cells \(family.label) have does not follow from the keys of the factors; write more of it there")
    }
  }

  /// A family that is another one when the text is read, wherever it is; nil if the text reads as this study.
  private var familyOtherInText: Family? {
    // Where there can be no files but those with an absolute path.
    let nowhere = StudyOrigin.file("/dev/null/study")
    let again = (try? Study.reading(StudyTree(text: text, origin: nowhere, overrides: [])))?.families ?? []
    return zip(families, again).first { $0 != $1 }?.0 ?? (again.count == families.count ? nil : families[0])
  }

  /// - Returns: a key that no single factor decides.
  private mutating func addDependentValues() -> String? {
    let studies = families.indices.map(only)
    let texts = studies.map { StudyNode(ownText: $0.text) }
    let storedTexts = studies.map { StudyNode(ownText: $0.definition) }
    for key in dependentKeys(texts) {
      let path = key.split(separator: ".").map(String.init)
      func values(_ nodes: [StudyNode]) -> [String] {
        nodes.map { $0.descendant(path[...])?.canonicalText ?? Self.leftOut }
      }
      let own = values(texts)
      guard Set(own).count > 1 else { continue }
      guard
        let factor = factors.indices.first(where: { entries(own, of: $0) != nil })
          ?? factors.indices.first(where: { Set(entries(own, of: $0, leftOutCounts: false) ?? []).count > 1 })
      else { return key }
      // What a ledger keeps differs in the form of data sets only, so the same factor decides it.
      factors[factor].keys.append(
        VariedFactor.Key(
          name: key, isDerived: true, values: entries(own, of: factor, leftOutCounts: false)!,
          storedValues: entries(values(storedTexts), of: factor, leftOutCounts: false)!))
    }
    return nil
  }

  /// Keys that may differ between families and are no factor's, nor part of what a factor's key has.
  private func dependentKeys(_ texts: [StudyNode]) -> [String] {
    let varied = factors.flatMap { $0.keys.map(\.name) }
    var keys: [String] = []
    for section in StudyVariation.sections {
      // A section that is a mapping in some families only is taken whole.
      let isWhole = texts.contains { $0.entry(section)?.node.isMapping == false }
      for text in texts {
        for name in isWhole ? [""] : text.entry(section)?.node.names ?? [] {
          let key = isWhole ? section : "\(section).\(name)"
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

  private static let leftOut = "~"

  /// The values of the entries of a factor, from those of the families; nil if other factors have a part in them.
  ///
  /// - Parameter leftOutCounts: whether a key that a family leaves out is a value of its own. A key without meaning in
  ///   the family may stand there all the same.
  private func entries(_ values: [String], of factor: Int, leftOutCounts: Bool = true) -> [String]? {
    let stride = factors[(factor + 1)...].reduce(1) { $0 * $1.labels.count }
    var entries: [String?] = Array(repeating: nil, count: factors[factor].labels.count)
    for (family, value) in values.enumerated() {
      let entry = family / stride % entries.count
      switch entries[entry] {
      case nil: entries[entry] = value
      case value?: break
      case Self.leftOut? where !leftOutCounts: entries[entry] = value
      default: if leftOutCounts || value != Self.leftOut { return nil }
      }
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

  fileprivate var isMapping: Bool { if case .mapping = content { true } else { false } }

  /// Of the entries of a mapping.
  fileprivate var names: [String] {
    if case .mapping(let entries) = content { entries.map(\.name) } else { [] }
  }
}
