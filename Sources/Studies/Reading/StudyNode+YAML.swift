import Threads
import Yams

extension StudyNode {
  /// Reads the text of a study: one YAML document. An empty text is the value ``Content/null``.
  ///
  /// Throws if the text is no YAML or has two documents, for equal keys in a mapping, keys that are no scalars, and
  /// tags such as `!!str`.
  init(study text: String, origin: StudyOrigin) throws(StudyError) {
    self = try YAMLReader(source: origin.text, override: nil).node(text)
  }

  /// Reads the value of an override, in the same way.
  init(value override: Override) throws(StudyError) {
    self = try YAMLReader(source: override.option, override: override).node(override.value)
  }

  /// The longest text that is read, in bytes.
  static let textLimit = 1 << 20
}

/// Reads YAML with Yams and keeps of it what a study can use.
private struct YAMLReader {
  /// What messages call the text.
  let source: String
  /// The override whose value the text is; nil for the text of a study.
  let override: Override?

  /// The most aliases (`*name`) in a text. Aliases of aliases can stand for exponentially many values.
  private static let aliasLimit = 8
  /// The most bytes of a text that is read on any stack.
  private static let shallowLength = 200
  /// The most commas in a text: a value behind each takes hundreds of bytes while it is read.
  private static let commaLimit = 400_000
  /// The most values, with those that aliases stand for.
  private static let valueLimit = 600_000
  /// Values that are nested deeper than any key of a study are not kept.
  private static let depthLimit = 8

  func node(_ text: String) throws(StudyError) -> StudyNode {
    guard text.utf8.count <= StudyNode.textLimit else {
      throw failure("the text has \(text.utf8.count) bytes; a study has at most \(StudyNode.textLimit)")
    }
    let commas = text.utf8.count { $0 == UInt8(ascii: ",") }
    guard commas <= Self.commaLimit else {
      throw failure(
        "the text has \(commas) commas, and a study has at most \(Self.commaLimit); put points into a CSV file "
          + "(problem.data.csv)")
    }
    guard Self.aliasCount(text) <= Self.aliasLimit else {
      throw failure("more than \(Self.aliasLimit) YAML aliases (*name) are used; write the values instead")
    }
    // A short text nests little. Of a long one each level takes some hundred bytes of stack.
    if text.utf8.count <= Self.shallowLength { return try composed(text) }
    let result: Result<StudyNode, StudyError>
    do throws(ThreadError) {
      result = try StartedThread.run {
        do throws(StudyError) {
          return .success(try composed(text))
        } catch {
          return .failure(error)
        }
      }
    } catch {
      throw failure("the YAML cannot be read: \(error)")
    }
    return try result.get()
  }

  /// On a stack that bears the thousand levels that libyaml reads.
  private func composed(_ text: String) throws(StudyError) -> StudyNode {
    let root: Yams.Node?
    do {
      // A byte order mark is no character of the text.
      root = try Yams.compose(yaml: text.first == "\u{FEFF}" ? String(text.dropFirst()) : text)
    } catch {
      throw failure(error, text: text)
    }
    guard let root else { return StudyNode(content: .null, place: place(nil)) }
    var count = 0
    return try node(root, depth: 0, &count)
  }

  /// - Parameter count: of the values that were read, those of aliases as often as they stand.
  private func node(_ node: Yams.Node, depth: Int, _ count: inout Int) throws(StudyError) -> StudyNode {
    count += 1
    guard count <= Self.valueLimit else {
      throw failure(
        "the text has more than \(Self.valueLimit) values, those of an alias (*name) counted wherever it stands; no study "
          + "needs so many", node.mark)
    }
    let isKept = depth < Self.depthLimit
    let content: StudyNode.Content
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain
      // Yams gives quoted text the tag of text.
      if isPlain || scalar.tag.rawValue != Self.standardTags + "str" { try refuse(scalar.tag, node.mark) }
      content =
        isPlain && Self.nullTexts.contains(scalar.string)
        ? .null : .scalar(StudyScalar(text: scalar.string, isPlain: isPlain))
    case .sequence(let sequence):
      try refuse(sequence.tag, node.mark)
      var items: [StudyNode] = []
      for item in isKept ? Array(sequence) : [] { items.append(try self.node(item, depth: depth + 1, &count)) }
      content = .list(items)
    case .mapping(let mapping):
      try refuse(mapping.tag, node.mark)
      var entries: [StudyNode.Entry] = []
      for (key, value) in isKept ? Array(mapping) : [] {
        guard case .scalar(let name) = key else {
          throw failure(Self.keyMessage, key.mark)
        }
        let node = try self.node(value, depth: depth + 1, &count)
        entries.append(StudyNode.Entry(name: name.string, place: place(key.mark), node: node))
      }
      content = .mapping(entries)
    case .alias:
      // Reading puts the value in place of an alias; Yams has this case for writing.
      content = .null
    }
    return StudyNode(content: content, place: place(node.mark))
  }

  private static let nullTexts: Set<String> = ["", "~", "null", "Null", "NULL"]
  private static let standardTags = "tag:yaml.org,2002:"

  private func refuse(_ tag: Tag, _ mark: Mark?) throws(StudyError) {
    let name = tag.rawValue.replacing(Self.standardTags, with: "!!")
    guard !name.isEmpty else { return }
    throw failure("YAML tags (here \(quoted(name))) are not used in study files; leave the tag out", mark)
  }

  /// The number of places that may be aliases: more than there are, never fewer.
  ///
  /// An alias is a value, so it begins a line or follows one of `: - ? [ { ,`; the `*` of a product does not.
  private static func aliasCount(_ text: String) -> Int {
    var count = 0
    var previous = UInt8(ascii: "\n")
    var isAfterStar = false
    for byte in text.utf8 {
      if isAfterStar, !" \t\r\n,[]{}".utf8.contains(byte) { count += 1 }
      isAfterStar = byte == UInt8(ascii: "*") && "\r\n:-?[{,".utf8.contains(previous)
      if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t") { previous = byte }
    }
    return count
  }
}

// MARK: - Places and errors

extension YAMLReader {
  private func place(_ mark: Mark?) -> StudyPlace {
    // The line of a value on the command line says nothing.
    override.map { StudyPlace(option: $0.option) } ?? StudyPlace(line: mark?.line, column: mark?.column)
  }

  private func failure(_ message: String, _ mark: Mark? = nil, key: String? = nil) -> StudyError {
    failure(message, place(mark), key: key)
  }

  private func failure(_ message: String, _ place: StudyPlace, key: String? = nil) -> StudyError {
    let place = override.map { StudyPlace(option: $0.option) } ?? place
    return StudyError(
      source: source, line: place.line, column: place.column, key: override?.key ?? key, message: message)
  }

  /// What to tell the user about an error of Yams.
  private func failure(_ error: any Error, text: String) -> StudyError {
    let beginning = "the YAML cannot be read: "
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let problem = YAMLProblem(problem, at: mark, context: context, text: text)
      return failure(problem.message, StudyPlace(line: problem.line, column: problem.column))
    case .reader(let problem, let offset, let value, _):
      let character = value > 0 ? " (U+\(hexadecimal(UInt32(value), digits: 4)))" : ""
      let line = override == nil ? offset.map { text.prefix($0).count(where: \.isNewline) + 1 } : nil
      return failure(beginning + problem + character, StudyPlace(line: line))
    case .duplicatedKeysInMapping(let names, let context):
      // Yams has no text for keys that are no scalars.
      guard !names.contains("<uncovertable>") else { return failure(Self.keyMessage, context.mark) }
      let keys = joined(names.map { quoted($0) })
      let subject = names.count == 1 ? "the key \(keys) occurs" : "the keys \(keys) occur"
      return failure(
        "\(subject) more than once in the same mapping; keep one of \(names.count == 1 ? "them" : "each")",
        context.mark, key: names[0])
    default:
      return failure(beginning + "\(error)")
    }
  }

  fileprivate static let keyMessage = "a key is a list or a mapping; it must be one word, such as study"
}
