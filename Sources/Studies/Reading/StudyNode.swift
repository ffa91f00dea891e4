/// A value of a study file and where it stands: what YAML gives, before it is known to be of the right type.
struct StudyNode: Sendable {
  enum Content: Sendable {
    /// No value: nothing, `~` or `null`.
    case null
    case scalar(StudyScalar)
    case list([StudyNode])
    case mapping([Entry])
  }

  struct Entry: Sendable {
    var name: String
    /// The place of the key.
    var place: StudyPlace
    var node: StudyNode
  }

  var content: Content
  var place: StudyPlace

  var isNull: Bool {
    if case .null = content { true } else { false }
  }

  /// Bytes of all names and values.
  var textSize: Int {
    switch content {
    case .null: 0
    case .scalar(let scalar): scalar.text.utf8.count
    case .list(let items): items.reduce(items.count) { $0 + $1.textSize }
    case .mapping(let entries): entries.reduce(0) { $0 + $1.name.utf8.count + $1.node.textSize }
    }
  }

  /// The entry with this name, if the value is a mapping that has one.
  func entry(_ name: String) -> Entry? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { $0.name == name }
  }
}

/// Where something stands: in the study's text (or nowhere, with neither line nor column), or in an override.
struct StudyPlace: Sendable {
  var line: Int?
  var column: Int?
  /// The option of the override that the value comes from; nil for the study's text.
  var option: String?
  /// Whether it is the place of a key below, for which a mapping was added on the way.
  var isOfKeyBelow = false
}

/// A value that is neither list nor mapping.
struct StudyScalar: Sendable {
  let text: String
  /// Whether it is written without quotes.
  let isPlain: Bool

  /// The number that it is, if it is one and without quotes.
  var number: DecimalNumber? { isPlain ? DecimalNumber(text) : nil }

  /// Whether YAML 1.1 readers take the unquoted text for true or false.
  var isTruthValue: Bool { isPlain && Self.truthValues.contains(text.lowercased()) }

  private static let truthValues: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false"]
}

// MARK: - In messages

extension StudyNode {
  private static let shownLength = 60

  /// What a message says the value is: `-5`, `"many"`, `the text "300"`, `[5, 20]`, `a mapping`.
  var shown: String {
    switch content {
    case .null: return "empty"
    case .mapping: return "a mapping"
    case .list: return shortened(flowText)
    case .scalar(let scalar):
      if scalar.number != nil { return shortened(scalar.text) }
      if scalar.isTruthValue { return "the YAML value \(scalar.text)" }
      return (scalar.isPlain ? "" : "the text ") + quoted(shortened(scalar.text))
    }
  }

  /// The value as YAML in one line, as far as a message can show it.
  var flowText: String {
    switch content {
    case .null: return "~"
    case .mapping: return "{...}"
    case .list(let items):
      let texts = items.prefix(Self.shownLength).map(\.flowText) + (items.count > Self.shownLength ? ["..."] : [])
      return "[\(texts.joined(separator: ", "))]"
    case .scalar(let scalar):
      let isWord = scalar.text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-+_.".contains($0)) }
      return scalar.isPlain && isWord ? scalar.text : quoted(scalar.text)
    }
  }

  private func shortened(_ text: String) -> String {
    text.count <= Self.shownLength ? text : text.prefix(Self.shownLength - 3) + "..."
  }
}
