import Texts
import Yams

/// Why a text is no YAML, in the words of somebody who writes studies.
struct YAMLProblem {
  /// The line that is to blame, from 1.
  let line: Int
  /// From 1.
  let column: Int
  let message: String

  private typealias Finding = (place: (line: Int, column: Int), message: String)

  /// - Parameters:
  ///   - problem: what the YAML library says.
  ///   - mark: where it noticed.
  ///   - context: what it was reading, and since where.
  init(_ problem: String, at mark: Mark, context: YamlError.Context?, text: String) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    let found = YAMLLine(lines, mark.line, column: mark.column)
    let start = context.map { YAMLLine(lines, $0.mark.line, column: $0.mark.column) }
    let during = context?.text ?? ""
    let finding =
      Self.missingSpace(problem, found, during.contains("flow") ? nil : start)
      ?? Self.missingColon(problem, found, start, lines)
      ?? Self.opening(problem, found, start, during, lines)
      ?? Self.indentation(problem, found)
      ?? Self.value(problem, found, start, during)
      ?? (
        found.place,
        "the YAML cannot be read: \(during.isEmpty ? "" : during + ", ")\(problem) in column \(mark.column)"
      )
    (line, column, message) = (finding.place.line, finding.place.column, finding.message)
  }

  /// White space where it has a meaning.
  private static func missingSpace(_ problem: String, _ found: YAMLLine, _ start: YAMLLine?) -> Finding? {
    if found.isIndentedByTab { return (found.place, "the line starts with a tab; indent it with spaces") }
    for line in [found, start].compactMap(\.self) {
      if let key = line.keyWithoutSpace { return (line.place, "a space is missing after the colon of \(key)") }
    }
    guard problem.contains("found unexpected ':'") else { return nil }
    return (found.place, "a space is missing after the colon in column \(found.place.column)")
  }

  private static func missingColon(
    _ problem: String, _ found: YAMLLine, _ start: YAMLLine?, _ lines: [String]
  ) -> Finding? {
    let isSure = problem.contains("could not find expected ':'")
    let mayBe = problem.contains("mapping values are not allowed")
    let line = isSure ? start : mayBe ? YAMLLine.lineWithoutColon(lines, above: found) : nil
    return line.map { ($0.place, "\($0.shown) has no colon; write KEY: VALUE") }
  }

  /// Quotation marks, brackets and braces without partner.
  private static func opening(
    _ problem: String, _ found: YAMLLine, _ start: YAMLLine?, _ during: String, _ lines: [String]
  ) -> Finding? {
    if problem.contains("unexpected end of stream"), let start, during.contains("quoted") {
      return (start.place, "the quotation mark in column \(start.place.column) has no partner")
    }
    if problem.contains("did not find expected ',' or"), let start {
      let (name, closing) = problem.contains("']'") ? ("list", "bracket ]") : ("mapping", "brace }")
      return (
        found.place,
        "the \(name) that begins in line \(start.place.line), column \(start.place.column) has no end; a comma is missing in "
          + "it, or the closing \(closing)"
      )
    }
    guard problem.contains("did not find expected key"), !during.contains("flow"),
      let quotation = YAMLLine.openQuotation(lines, before: found.place.line)
    else { return nil }
    return (quotation, "the quotation mark in column \(quotation.column) has no partner in its line")
  }

  private static func indentation(_ problem: String, _ found: YAMLLine) -> Finding? {
    let column = found.place.column
    if problem.contains("mapping values are not allowed"), column > found.indentation + 1 {
      return (
        found.place,
        found.startsEntry(before: column)
          ? "the line is indented deeper than its key allows: the key above it has a value already; indent it like the "
            + "other keys of its mapping, or take the value of that key away"
          : "there is a second colon in the line, in column \(column); put a text with a colon in quotes"
      )
    }
    guard problem.contains("did not find expected key") || problem.contains("did not find expected '-'") else {
      return nil
    }
    return (
      found.place,
      column == found.indentation + 1
        ? "the line is indented by \(counted(found.indentation, "space")), like none of the lines that it could belong to; "
          + "indent all keys of a mapping by the same number of spaces"
        : "there is something after the end of a value in column \(column), or a quotation mark too many"
    )
  }

  /// Values that YAML does not take as they are.
  private static func value(
    _ problem: String, _ found: YAMLLine, _ start: YAMLLine?, _ during: String
  ) -> Finding? {
    let column = found.place.column
    if problem.contains("cannot start any token"), let character = found.character(column) {
      let shown = quoted(String(character))
      return (found.place, "\(shown) in column \(column) cannot begin a value; put the value in quotes")
    }
    if problem.contains("alphabetic or numeric"), let character = found.character(column - 1) {
      let shown = quoted(String(character))
      return (found.place, "\(shown) in column \(column - 1) begins no value; put the whole value in quotes")
    }
    if during.contains("block scalar"), let start, let character = start.character(start.place.column) {
      return (
        start.place,
        "a value that begins with \(character) is a text of several lines; put the value in quotes, and write an absolute "
          + "value abs(...)"
      )
    }
    let messages = [
      "another document": "a second YAML document starts here; a study file holds one study",
      "document start":
        "there is something after the end of the document (\"...\"); a study file holds one study",
      "nesting level": "the YAML cannot be read: lists or mappings are nested too deep; no study needs that",
      "expected node content":
        "a value is missing in column \(column), or there is a comma, bracket or brace too many",
      "block sequence entries": "a list with \"-\" begins in a line of its own; or write [A, B]",
      "undefined alias":
        "a value that begins with * in column \(column) is an alias of nothing; put the value in quotes",
      "unknown escape character":
        "a backslash in double quotes begins an escape that does not exist; write two of them, or take single quotes",
    ]
    return messages.first { problem.contains($0.key) }.map { (found.place, $0.value) }
  }
}

/// A line of a text that is no YAML.
private struct YAMLLine {
  private let text: String
  /// Both from 1.
  let place: (line: Int, column: Int)

  /// - Parameter number: from 1.
  init(_ lines: [String], _ number: Int, column: Int = 1) {
    place = (number, column)
    text = lines.indices.contains(number - 1) ? lines[number - 1] : ""
  }

  /// The last quotation mark of the nearest line that has an odd number of them, at most ten lines above `number`.
  static func openQuotation(_ lines: [String], before number: Int) -> (line: Int, column: Int)? {
    for line in stride(from: min(number - 1, lines.count), to: max(number - 11, 0), by: -1) {
      let marks = lines[line - 1].unicodeScalars.enumerated().filter { $0.element == "\"" }
      if let last = marks.last, !marks.count.isMultiple(of: 2) { return (line, last.offset + 1) }
    }
    return nil
  }

  /// The line above that began at the same column and is no key with a value, if the next line above is one.
  static func lineWithoutColon(_ lines: [String], above line: YAMLLine) -> YAMLLine? {
    for number in stride(from: line.place.line - 1, to: 0, by: -1) {
      let above = YAMLLine(lines, number)
      let content = above.text.drop(while: \.isWhitespace)
      if content.isEmpty || content.hasPrefix("#") { continue }
      let isWord = content.first?.isLetter == true && !content.contains(":")
      return isWord && above.indentation == line.indentation ? above : nil
    }
    return nil
  }

  var indentation: Int { text.prefix { $0 == " " }.count }

  var isIndentedByTab: Bool { text.prefix(while: \.isWhitespace).contains("\t") }

  var shown: String { quoted(ForeignText.cut(String(text.drop(while: \.isWhitespace)))) }

  /// The key of a line such as `steps:500`.
  var keyWithoutSpace: String? {
    let content = text.drop(while: \.isWhitespace)
    let key = content.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    let rest = content.dropFirst(key.count)
    guard !key.isEmpty, rest.first == ":", let next = rest.dropFirst().first, !next.isWhitespace else { return nil }
    return String(key)
  }

  /// Whether nothing but a key stands before the colon in `column`, from 1.
  func startsEntry(before column: Int) -> Bool {
    !text.prefix(max(column - 1, 0)).contains(":")
  }

  /// Columns count from 1, in Unicode scalars.
  func character(_ column: Int) -> Unicode.Scalar? {
    text.unicodeScalars.dropFirst(max(column - 1, 0)).first
  }
}
