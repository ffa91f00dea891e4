import Texts

/// Reads the lines of a CSV file one by one.
struct CSVReader {
  private let path: String
  private let isLabelled: Bool
  private let weightColumn: DataFile.Column?
  private(set) var header: DataFile.Header?
  /// Those of the header.
  private var names: [String]?
  private var read = Points()
  /// Columns of every line; nil before the first point.
  private var columns: Int?
  private var firstLine = 0
  private var mayBeHeader = true
  /// From 0; nil without weights, and before the first point.
  private var weightPlace: Int?

  /// What the lines say.
  struct Points {
    var dimension = 0
    /// [point][coordinate].
    var inputs: [Double] = []
    var labels: [Double] = []
    var weights: [Double] = []
  }

  init(path: String, isLabelled: Bool, weightColumn: DataFile.Column?) {
    self.path = path
    self.isLabelled = isLabelled
    self.weightColumn = weightColumn
  }

  mutating func read(_ text: Substring, number line: Int) throws(DataError) {
    let text = line == 1 && text.first == "\u{FEFF}" ? text.dropFirst() : text
    guard !text.allSatisfy(\.isWhitespace) else { return }
    let fields = DataField.fields(of: text)
    if mayBeHeader {
      mayBeHeader = false
      if try readHeader(fields, line) { return }
    }
    if columns == nil { try begin(fields, line) }
    guard fields.count == columns else {
      throw failure(
        "the line has \(counted(fields.count, "column")), and line \(firstLine) has \(columns!); every line needs as "
          + "many", line: line)
    }
    let label = isLabelled ? fields.indices.last { $0 != weightPlace } : nil
    for (index, field) in fields.enumerated() {
      let number = try number(field, line: line, column: index + 1)
      switch index {
      case weightPlace:
        guard number >= 0 else {
          throw failure(
            "column \(index + 1) is the weight of the point, and must be 0 or greater (it is \(field.shown))",
            line: line,
            column: index + 1)
        }
        read.weights.append(number)
      case label: read.labels.append(number)
      default: read.inputs.append(number)
      }
    }
  }

  /// What was read, when there are no more lines.
  func points() throws(DataError) -> Points {
    guard columns != nil else { throw failure("the file has no point; write a line for each") }
    try checkIndexColumn()
    if weightPlace != nil, read.weights.allSatisfy({ $0 == 0 }) {
      throw failure("all weights are 0; at least one point needs a weight greater than 0")
    }
    return read
  }

  // MARK: Header

  /// Whether a line is the header: names in all columns.
  private mutating func readHeader(_ fields: [DataField], _ line: Int) throws(DataError) -> Bool {
    let names = fields.map(\.name)
    guard names.contains(where: { $0 != nil }), zip(fields, names).allSatisfy({ $0.isEmpty || $1 != nil }) else {
      return false
    }
    // Numbers that are separated otherwise look like a header.
    if fields.count == 1 { try checkSeparators(fields[0], line) }
    if let place = names.firstIndex(of: nil) {
      let remedy =
        place == 0
        ? "an index that a spreadsheet or pandas wrote is no coordinate, so leave the column out (to_csv with index=False)"
        : "give it one, or leave the column out"
      throw failure("column \(place + 1) of the header has no name; \(remedy)", line: line, column: place + 1)
    }
    self.names = names.compactMap { $0 }
    header = DataFile.Header(line: line, names: self.names!)
    return true
  }

  /// Takes the columns of the first point for those of all.
  private mutating func begin(_ fields: [DataField], _ line: Int) throws(DataError) {
    let needed = 1 + (isLabelled ? 1 : 0) + (weightColumn == nil ? 0 : 1)
    guard fields.count >= needed else {
      try checkSeparators(fields[0], line)
      throw failure(
        isLabelled && weightColumn == nil
          ? "the line has one column, and without a target the last one is the label; write x, label"
          : "the line has \(counted(fields.count, "column")); write \(isLabelled ? "x, label, weight" : "x, weight")",
        line: line)
    }
    if let header, let names, names.count != fields.count {
      throw failure(
        "the header has \(counted(names.count, "column")) (\(header.columns)), and line \(line) has \(fields.count); "
          + "every line needs as many", line: header.line)
    }
    columns = fields.count
    firstLine = line
    weightPlace = try place(of: weightColumn, among: fields.count)
    read.dimension = fields.count - needed + 1
  }

  private func place(of column: DataFile.Column?, among count: Int) throws(DataError) -> Int? {
    switch column {
    case nil: return nil
    case .number(let number):
      guard 1...count ~= number else {
        throw weightFailure("is column \(number), and the lines of \(path) have \(counted(count, "column"))")
      }
      return number - 1
    case .name(let name):
      let shown = quoted(name)
      guard let header, let names else {
        throw weightFailure("is the column \(shown), and \(path) has no header; write the number of the column, from 1")
      }
      let places = names.indices.filter { names[$0] == name }
      guard let place = places.first, places.count == 1 else {
        throw weightFailure(
          places.isEmpty
            ? "is the column \(shown), which is not in the header of \(path) (\(header.columns))"
            : "is the column \(shown), of which \(path) has \(places.count); write the number of the column, from 1")
      }
      return place
    }
  }

  /// Throws if the first of several coordinates only counts the lines, and is named so.
  private func checkIndexColumn() throws(DataError) {
    let first = weightPlace == 0 ? 1 : 0
    guard read.dimension > 1, let header, let names, Self.indexNames.contains(names[first].lowercased()) else { return }
    let numbers = stride(from: 0, to: read.inputs.count, by: read.dimension).map { read.inputs[$0] }
    guard numbers.count > 1, numbers[0] == 0 || numbers[0] == 1,
      zip(numbers, numbers.dropFirst()).allSatisfy({ $1 == $0 + 1 })
    else { return }
    throw failure(
      "column \(first + 1) (\(escaped(names[first]))) counts the lines; an index is no coordinate, so "
        + "leave the column out, or give it another name if it is one", line: header.line, column: first + 1)
  }

  private static let indexNames: Set<String> = [
    "index", "idx", "id", "row", "row_id", "rowid", "row_names", "rownames", "unnamed: 0", "no", "no.", "nr", "nr.",
    "obs",
    "observation", "line", "number",
  ]

  // MARK: Numbers

  private func number(_ field: DataField, line: Int, column: Int) throws(DataError) -> Double {
    guard let number = field.number else {
      try checkSeparators(field, line)
      if field.isMissingValue {
        throw failure(
          "column \(column) is a missing value (\(quoted(field.shown))); leave the line out, or write a number",
          line: line, column: column)
      }
      let found = field.isEmpty ? "is empty" : "is no number (\(quoted(field.shown)))"
      throw failure("column \(column) \(found); write a decimal number such as 0.5 or 1e-3", line: line, column: column)
    }
    guard Float(number).isFinite else {
      throw failure(
        "column \(column) is not finite in single precision (\(field.shown)); rescale the data", line: line,
        column: column)
    }
    return number + 0  // -0 is 0
  }

  /// Throws if numbers are separated by semicolons or white space.
  private func checkSeparators(_ field: DataField, _ line: Int) throws(DataError) {
    guard let separator = field.otherSeparator else { return }
    throw failure("the columns are separated by \(separator); separate them by commas", line: line)
  }

  // MARK: Errors

  private func failure(_ message: String, line: Int? = nil, column: Int? = nil) -> DataError {
    DataError(path: path, line: line, column: column, message: message)
  }

  private func weightFailure(_ message: String) -> DataError {
    DataError(path: path, line: nil, column: nil, message: message, isOfWeightColumn: true)
  }

  private func escaped(_ text: String) -> String { ForeignText.escapedInLine(text) }

  private func quoted(_ text: some StringProtocol) -> String { "\"\(escaped(String(text)))\"" }
}
