extension DataSet {
  /// Reads a CSV file: a line for each point with its coordinates and, if the points are labelled, the label last,
  /// separated by commas.
  ///
  /// The first line is a header, and skipped, if none of its columns is a number. White space around numbers, empty
  /// lines, a byte order mark and line ends of any system are allowed. Numbers are decimal and finite in single
  /// precision, and read as the nearest binary64.
  ///
  /// - Parameters:
  ///   - path: the name of the file, for messages and the origin.
  ///   - digest: the SHA-256 of its bytes.
  public init(csv text: String, path: String, digest: String, isLabelled: Bool) throws(DataError) {
    var reader = CSVReader(path: path, isLabelled: isLabelled)
    // Line ends "\r\n" are one character.
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    for (index, line) in lines.enumerated() { try reader.read(line, number: index + 1) }
    guard let columns = reader.columns else { throw reader.failure("the file has no point; write a line for each") }
    self.init(
      origin: .file(path: path, digest: digest), dimension: isLabelled ? columns - 1 : columns, inputs: reader.inputs,
      labels: isLabelled ? reader.labels : nil)
  }
}

private struct CSVReader {
  let path: String
  let isLabelled: Bool
  private(set) var inputs: [Double] = []
  private(set) var labels: [Double] = []
  /// Columns of every line; nil before the first point.
  private(set) var columns: Int?
  private var firstLine = 0
  private var mayBeHeader = true

  init(path: String, isLabelled: Bool) {
    self.path = path
    self.isLabelled = isLabelled
  }

  func failure(_ message: String, line: Int? = nil, column: Int? = nil) -> DataError {
    DataError(path: path, line: line, column: column, message: message)
  }

  mutating func read(_ text: Substring, number line: Int) throws(DataError) {
    let text = line == 1 && text.first == "\u{FEFF}" ? text.dropFirst() : text
    guard !text.allSatisfy(\.isWhitespace) else { return }
    let fields = text.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
    if mayBeHeader {
      mayBeHeader = false
      if fields.allSatisfy({ decimal($0) == nil }) && fields.contains(where: { !$0.isEmpty && !isNearlyNumber($0) }) {
        // Numbers that are separated otherwise look like a header.
        if fields.count == 1 { try checkSeparators(fields[0], line) }
        return
      }
    }
    if let columns, fields.count != columns {
      throw failure(
        "the line has \(counted(fields.count, "column")), and line \(firstLine) has \(columns); every line needs as "
          + "many", line: line)
    }
    if columns == nil {
      guard fields.count > (isLabelled ? 1 : 0) else {
        try checkSeparators(fields[0], line)
        throw failure(
          "the line has one column, and without a target the last one is the label; write x, label", line: line)
      }
      columns = fields.count
      firstLine = line
    }
    for (index, field) in fields.enumerated() {
      let number = try number(field, line: line, column: index + 1)
      if isLabelled && index == fields.count - 1 { labels.append(number) } else { inputs.append(number) }
    }
  }

  /// Whether a field is meant as a number, though not written as one: it is no name of a column.
  private func isNearlyNumber(_ field: Substring) -> Bool {
    let bare = field.filter { $0 != "\"" && $0 != "'" }
    return decimal(bare[...]) != nil
      || ["nan", "inf", "infinity"].contains(bare.drop { "+-".contains($0) }.lowercased())
  }

  private func number(_ field: Substring, line: Int, column: Int) throws(DataError) -> Double {
    guard let number = decimal(field) else {
      try checkSeparators(field, line)
      let found = field.isEmpty ? "is empty" : "is no number (\(quoted(field.prefix(40))))"
      throw failure("column \(column) \(found); write a decimal number such as 0.5 or 1e-3", line: line, column: column)
    }
    guard Float(number).isFinite else {
      throw failure(
        "column \(column) is not finite in single precision (\(field.prefix(40))); rescale the data", line: line,
        column: column)
    }
    return number + 0  // -0 is 0
  }

  /// Throws if numbers are separated by semicolons or white space.
  private func checkSeparators(_ field: Substring, _ line: Int) throws(DataError) {
    let parts = field.split { $0 == ";" || $0.isWhitespace }
    guard parts.count > 1, parts.allSatisfy({ decimal($0) != nil }) else { return }
    let separator = field.contains(";") ? "semicolons" : "white space"
    throw failure("the columns are separated by \(separator); separate them by commas", line: line)
  }

  /// The number that a field is; nil for other text, infinite if it is too large for binary64.
  private func decimal(_ field: Substring) -> Double? {
    // Double also reads words and hexadecimal digits.
    field.allSatisfy { $0.isASCII && $0.isNumber || "+-.eE".contains($0) } ? Double(field) : nil
  }

  private func trimmed(_ field: Substring) -> Substring {
    var field = field.drop(while: \.isWhitespace)
    while field.last?.isWhitespace == true { field.removeLast() }
    return field
  }

  /// The text in quotes, its control and invisible characters as `\u{...}`.
  private func quoted(_ text: Substring) -> String {
    let characters = text.unicodeScalars.map { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: "\\u{\(String(scalar.value, radix: 16))}"
      default: String(scalar)
      }
    }
    return "\"\(characters.joined())\""
  }

  private func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }
}

// MARK: - Errors

/// Why the text of a CSV file is no data set.
public struct DataError: Error, Sendable, Hashable {
  public let path: String
  /// From 1; nil for an error of the whole file.
  public let line: Int?
  /// The number of the field in its line, from 1; nil for an error of the whole line.
  public let column: Int?
  /// What is wrong, and what would be right.
  public let message: String
}

extension DataError: CustomStringConvertible {
  /// `points.csv:3: column 2 is no number ("abc"); write ...`
  public var description: String { "\(path)\(line.map { ":\($0)" } ?? ""): \(message)" }
}
