extension StudyKey {
  /// This key, for which people write the value of one of these keys below it alone, such as `batch: 256`.
  func withShorthands(_ names: String...) -> StudyKey {
    var key = self
    key.shorthands = names
    return key
  }

  /// The mapping that is meant by a value that is none: `{size: 256}` for a `batch` of 256; nil if there is none.
  func shorthand(for node: StudyNode) -> String? {
    if case .mapping = node.content { return nil }
    if let entry = entryWithoutSpace(node) { return entry }
    for name in shorthands {
      guard let child = child(name) else { continue }
      if child.plainForm.accepts(node) { return "{\(name): \(node.flowText)}" }
      if let inner = child.shorthand(for: node) { return "{\(name): \(inner)}" }
    }
    return nil
  }
}

extension StudyKey {
  /// `{size: 256}` for `size:256`, which is a text without a space behind the colon.
  private func entryWithoutSpace(_ node: StudyNode) -> String? {
    guard case .scalar(let scalar) = node.content, scalar.isPlain else { return nil }
    let parts = scalar.text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, child(String(parts[0])) != nil, parts[1].first?.isWhitespace == false else { return nil }
    return "\(parts[0]): \(parts[1]), with a space after the colon"
  }
}

extension StudyKey.Form {
  /// Whether `node` has the look of a short value of this form.
  fileprivate func accepts(_ node: StudyNode) -> Bool {
    switch (self, node.content) {
    case (.integer(let range), .scalar(let scalar)), (.counts(let range, _), .scalar(let scalar)):
      return scalar.number?.unsigned.map(range.contains) ?? false
    case (.real(let range), .scalar(let scalar)): return scalar.number.map { range.contains($0.real) } ?? false
    case (.word(let words), .scalar(let scalar)): return words.contains(scalar.text)
    case (.integersOrWord(let word, _, _), .scalar(let scalar)): return scalar.text == word
    case (.expression, .scalar(let scalar)): return scalar.number != nil
    case (.path, .scalar(let scalar)): return scalar.number == nil && !scalar.isTruthValue
    case (.bounds, .list(let items)): return items.count == 2 && items.allSatisfy { $0.number != nil }
    case (.numbers, .list(let items)), (.integersOrWord, .list(let items)):
      return !items.isEmpty && items.count <= 10 && items.allSatisfy { $0.number != nil }
    case (.numberLists, .list(let items)), (.box, .list(let items)):
      return !items.isEmpty && items.count <= 5
        && items.allSatisfy { item in
          if case .list(let numbers) = item.content {
            !numbers.isEmpty && numbers.count <= 5 && numbers.allSatisfy { $0.number != nil }
          } else {
            false
          }
        }
    default: return false
    }
  }
}

extension StudyNode {
  fileprivate var number: DecimalNumber? { if case .scalar(let scalar) = content { scalar.number } else { nil } }
}
