import Yams

extension StudyNode {
  /// The longest text that is read, in bytes.
  static let textLimit = 1 << 20
  /// The most aliases (`*name`) in a text. Aliases of aliases can stand for exponentially many values.
  static let aliasLimit = 8
  /// Values that are nested deeper than any key of a study are not kept.
  private static let depthLimit = 8

  /// Reads one YAML document.
  ///
  /// Throws if the text is no YAML, if it has two documents or equal keys in a mapping, and if it uses tags such as
  /// `!!str`. An empty text is the value ``Content/null``.
  ///
  /// - Parameters:
  ///   - source: what messages call the text.
  ///   - option: the override whose value the text is; nil for the text of a study.
  init(yaml text: String, source: String, option: String? = nil) throws(StudyError) {
    func failure(_ message: String, at place: StudyPlace = StudyPlace(), key: String? = nil) -> StudyError {
      // The line of a value on the command line says nothing.
      StudyError(
        source: source, line: option == nil ? place.line : nil, column: option == nil ? place.column : nil, key: key,
        message: message)
    }
    guard text.utf8.count <= Self.textLimit else {
      throw failure("the text has \(text.utf8.count) bytes; a study has at most \(Self.textLimit)")
    }
    guard Self.aliasCount(text) <= Self.aliasLimit else {
      throw failure("more than \(Self.aliasLimit) YAML aliases (*name) are used; write the values instead")
    }
    let root: Yams.Node?
    do {
      // A byte order mark is no character of the text.
      root = try Yams.compose(yaml: text.first == "\u{FEFF}" ? String(text.dropFirst()) : text)
    } catch {
      let (message, place, key) = Self.reading(error, text: text)
      throw failure(message, at: place, key: key)
    }
    guard let root else {
      self.init(content: .null, place: StudyPlace(option: option))
      return
    }
    try self.init(root, option: option, depth: 0) { failure($0, at: $1) }
  }

  private init(
    _ node: Yams.Node, option: String?, depth: Int, failure: (String, StudyPlace) -> StudyError
  ) throws(StudyError) {
    func place(_ mark: Mark?) -> StudyPlace {
      option == nil ? StudyPlace(mark) : StudyPlace(option: option)
    }
    let isKept = depth < Self.depthLimit
    let tag: Tag
    switch node {
    case .scalar(let scalar):
      tag = scalar.tag
      let isPlain = scalar.style == .plain
      content =
        isPlain && Self.nullTexts.contains(scalar.string)
        ? .null : .scalar(StudyScalar(text: scalar.string, isPlain: isPlain))
      // Yams gives quoted text the tag of text.
      if isPlain || tag.rawValue != Self.textTag { try Self.refuse(tag, place: place(node.mark), failure: failure) }
    case .sequence(let sequence):
      tag = sequence.tag
      try Self.refuse(tag, place: place(node.mark), failure: failure)
      var items: [StudyNode] = []
      for item in isKept ? Array(sequence) : [] {
        items.append(try StudyNode(item, option: option, depth: depth + 1, failure: failure))
      }
      content = .list(items)
    case .mapping(let mapping):
      tag = mapping.tag
      try Self.refuse(tag, place: place(node.mark), failure: failure)
      var entries: [Entry] = []
      for (key, value) in isKept ? Array(mapping) : [] {
        guard case .scalar(let name) = key else {
          throw failure("a key is a list or a mapping; a key is one word, such as study", place(key.mark))
        }
        let node = try StudyNode(value, option: option, depth: depth + 1, failure: failure)
        entries.append(Entry(name: name.string, place: place(key.mark), node: node))
      }
      content = .mapping(entries)
    case .alias:
      // Yams puts the value in place of an alias when it reads; this case is for writing.
      content = .null
    }
    self.place = place(node.mark)
  }

  private static let nullTexts: Set<String> = ["", "~", "null", "Null", "NULL"]
  private static let textTag = "tag:yaml.org,2002:str"

  private static func refuse(
    _ tag: Tag, place: StudyPlace, failure: (String, StudyPlace) -> StudyError
  ) throws(StudyError) {
    guard !tag.rawValue.isEmpty else { return }
    throw failure(
      "YAML tags (here \(quoted(tag.rawValue.replacing("tag:yaml.org,2002:", with: "!!")))) are not used in study files; leave the tag out",
      place)
  }

  /// The number of places that may be aliases: more than there are, never fewer.
  private static func aliasCount(_ text: String) -> Int {
    var count = 0
    var previous = UInt8(ascii: "\n")
    var isAfterStar = false
    for byte in text.utf8 {
      if isAfterStar, isAliasCharacter(byte) { count += 1 }
      isAfterStar = byte == UInt8(ascii: "*") && !isAliasCharacter(previous)
      previous = byte
    }
    return count
  }

  private static func isAliasCharacter(_ byte: UInt8) -> Bool {
    let character = Character(Unicode.Scalar(byte))
    return byte < 0x80 && (character.isLetter || character.isNumber || character == "_" || character == "-")
  }
}

// MARK: - Errors of Yams

extension StudyNode {
  /// What to tell the user about an error of Yams: a sentence, the place, and the key if one is to blame.
  private static func reading(_ error: any Error, text: String) -> (message: String, place: StudyPlace, key: String?) {
    func unreadable(_ problem: String, _ context: YamlError.Context?, _ mark: Mark) -> String {
      if problem.contains("nesting level") {
        return "lists or mappings are nested more than a thousand levels deep; no key of a study needs more than three"
      }
      var message = "the YAML cannot be read: "
      if let context { message += context.text + ", " }
      message += "\(problem) in column \(mark.column)"
      let line = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).dropFirst(mark.line - 1)
        .first
      if line?.prefix(while: \.isWhitespace).contains("\t") == true {
        message += "; the line starts with a tab, indent it with spaces"
      }
      return message
    }
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
      return (unreadable(problem, context, mark), StudyPlace(mark), nil)
    case .composer(let context, let problem, let mark, _):
      if problem.contains("another document") {
        return ("a second YAML document starts here; a study file holds one study", StudyPlace(mark), nil)
      }
      return (unreadable(problem, context, mark), StudyPlace(mark), nil)
    case .reader(let problem, let offset, let value, _):
      let line = offset.map { text.prefix($0).count(where: \.isNewline) + 1 }
      let character = value > 0 ? " (U+\(hexadecimal(UInt32(value), digits: 4)))" : ""
      return (
        "the YAML cannot be read: \(problem)\(character)", StudyPlace(line: line), nil
      )
    case .duplicatedKeysInMapping(let names, let context):
      let name = names.first ?? ""
      return (
        "the key \(quoted(name)) occurs more than once in the same mapping; keep one of them", StudyPlace(context.mark),
        name
      )
    default:
      return ("the YAML cannot be read: \(error)", StudyPlace(), nil)
    }
  }
}

extension StudyPlace {
  fileprivate init(_ mark: Mark?) { self.init(line: mark?.line, column: mark?.column) }
}
