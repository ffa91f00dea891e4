import Texts
import Yams

/// Why a text is no YAML, in the words of somebody who writes studies.
struct YAMLProblem {
  /// The line that is to blame, from 1.
  let line: Int
  /// From 1.
  let column: Int
  let message: String

  /// - Parameters:
  ///   - problem: what the YAML library says.
  ///   - mark: where it noticed.
  ///   - context: what it was reading there.
  init(_ problem: String, at mark: Mark, context: YamlError.Context?, text: String) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    let found = YAMLLine(lines, mark.line)
    let start = context.map { YAMLLine(lines, $0.mark.line, column: $0.mark.column) }
    let isFlow = context?.text.contains("flow") ?? false
    var place = (line: mark.line, column: mark.column)
    var message: String?
    if problem.contains("another document") {
      message = "a second YAML document starts here; a study file holds one study"
    } else if problem.contains("nesting level") {
      message = "the YAML cannot be read: lists or mappings are nested too deep; no study needs that"
    } else if found.isIndentedByTab {
      message = "the line starts with a tab; indent it with spaces"
    } else if let key = found.keyWithoutSpace {
      message = "a space is missing after the colon of \(key)"
    } else if let start, let key = start.keyWithoutSpace, !isFlow {
      place = start.place
      message = "a space is missing after the colon of \(key)"
    } else if problem.contains("found unexpected ':'") {
      message = "a space is missing after the colon in column \(mark.column)"
    } else if problem.contains("could not find expected ':'"), let start {
      place = start.place
      message = "\(start.shown) has no colon; write KEY: VALUE"
    } else if problem.contains("mapping values are not allowed"),
      let above = YAMLLine.lineWithoutColon(lines, above: found)
    {
      place = above.place
      message = "\(above.shown) has no colon; write KEY: VALUE"
    } else if problem.contains("mapping values are not allowed"), mark.column > found.indentation + 1 {
      message =
        found.startsEntry(before: mark.column)
        ? "the line is indented deeper than its key allows: the key above it has a value already; indent it like the "
          + "other keys of its mapping, or take the value of that key away"
        : "there is a second colon in the line, in column \(mark.column); put a text with a colon in quotes"
    } else if let quotation = YAMLLine.openQuotation(lines, before: mark.line), !isFlow {
      place = quotation
      message = "the quotation mark in column \(quotation.column) has no partner in its line"
    } else if problem.contains("did not find expected key") || problem.contains("did not find expected '-'"), !isFlow {
      message =
        mark.column == found.indentation + 1
        ? "the line is indented by \(counted(found.indentation, "space")), like none of the lines that it could belong "
          + "to; indent all keys of a mapping by the same number of spaces"
        : "there is something after the end of a value in column \(mark.column), or a quotation mark too many"
    } else if isFlow, problem.contains("did not find expected ',' or") {
      let isList = problem.contains("']'")
      let opening = context.map { " that begins in line \($0.mark.line), column \($0.mark.column)" } ?? ""
      message =
        "the \(isList ? "list" : "mapping")\(opening) has no end; a comma is missing in it, or the closing "
        + "\(isList ? "bracket ]" : "brace }")"
    } else if problem.contains("unexpected end of stream"), let context, context.text.contains("quoted") {
      place = (context.mark.line, context.mark.column)
      message = "the quotation mark in column \(context.mark.column) has no partner"
    } else if problem.contains("cannot start any token"), let character = found.character(mark.column) {
      message = "\(quoted(String(character))) in column \(mark.column) cannot begin a value; put the value in quotes"
    } else if problem.contains("alphabetic or numeric"), let character = found.character(mark.column - 1) {
      message =
        "\(quoted(String(character))) in column \(mark.column - 1) begins no value; put the whole value in quotes"
    } else if context?.text.contains("block scalar") == true, let start,
      let character = start.character(start.place.column)
    {
      place = start.place
      message =
        "a value that begins with \(character) is a text of several lines; put the value in quotes, and write an absolute value "
        + "abs(...)"
    } else if problem.contains("expected node content") {
      message = "a value is missing in column \(mark.column), or there is a comma, bracket or brace too many"
    } else if problem.contains("block sequence entries") {
      message = "a list with \"-\" begins in a line of its own; or write [A, B]"
    } else if problem.contains("document start") {
      message = "there is something after the end of the document (\"...\"); a study file holds one study"
    } else if problem.contains("undefined alias") {
      message = "a value that begins with * in column \(mark.column) is an alias of nothing; put the value in quotes"
    } else if problem.contains("unknown escape character") {
      message =
        "a backslash in double quotes begins an escape that does not exist; write two of them, or take single quotes"
    }
    line = place.line
    column = place.column
    let during = context.map { $0.text + ", " } ?? ""
    self.message = message ?? "the YAML cannot be read: \(during)\(problem) in column \(mark.column)"
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
