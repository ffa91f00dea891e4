/// A field of a line of a CSV file: a number, the name of a column, or something else.
struct DataField {
  /// Without white space around it.
  private let text: Substring

  /// The fields of a line. Commas inside double quotes separate nothing.
  static func fields(of line: Substring) -> [DataField] {
    guard line.utf8.contains(UInt8(ascii: "\"")) else {
      return line.split(separator: ",", omittingEmptySubsequences: false).map(DataField.init)
    }
    var isQuoted = false
    return line.split(omittingEmptySubsequences: false) { character in
      if character == "\"" { isQuoted.toggle() }
      return character == "," && !isQuoted
    }.map(DataField.init)
  }

  private init(_ field: Substring) {
    var field = field.drop(while: \.isWhitespace)
    while field.last?.isWhitespace == true { field.removeLast() }
    text = field
  }

  var isEmpty: Bool { text.isEmpty }

  /// As messages show it.
  var shown: Substring { text.prefix(40) }

  /// The number that the field is; nil for other text, infinite if it is too large for binary64.
  var number: Double? {
    // Double also reads words and hexadecimal digits.
    text.allSatisfy { $0.isASCII && $0.isNumber || "+-.eE".contains($0) } ? Double(text) : nil
  }

  // MARK: Names

  /// The name of a column that the field can be: text whose first letter or digit is a letter, and no word for a value.
  var name: String? {
    let bare = unquoted
    guard let first = bare.first(where: { $0.isLetter || $0.isNumber || $0 == "_" }), !first.isNumber,
      !isMissingValue, !Self.truthValues.contains(bare.lowercased())
    else { return nil }
    return bare
  }

  /// Whether it is what programs write where a value is missing, or is no number.
  var isMissingValue: Bool {
    let bare = unquoted.lowercased()
    return Self.missingValues.contains(bare.drop { "+-".contains($0) }.description)
      || !bare.isEmpty && bare.allSatisfy { "?-.*".contains($0) }
  }

  private static let missingValues: Set<String> = [
    "na", "n/a", "n.a.", "#n/a", "#n/a n/a", "#na", "<na>", "nan", "1.#ind", "1.#qnan", "null", "none", "nil",
    "missing",
    "inf", "infinity", "#value!", "#div/0!", "#ref!", "#num!",
  ]
  private static let truthValues: Set<String> = ["true", "false", "yes", "no"]

  private var unquoted: String {
    guard let quote = text.first, quote == "\"" || quote == "'", text.count > 1, text.last == quote else {
      return String(text)
    }
    var bare = ""
    var skips = false
    for character in text.dropFirst().dropLast() {
      // A doubled quote is one.
      skips = character == quote && !skips
      if !skips { bare.append(character) }
    }
    return bare
  }

  // MARK: Separators

  /// What separates numbers in the field, in words; nil if nothing does.
  var otherSeparator: String? {
    let parts = text.split { $0 == ";" || $0.isWhitespace }
    guard parts.count > 1, parts.allSatisfy({ DataField($0).number != nil }) else { return nil }
    return text.contains(";") ? "semicolons" : "white space"
  }
}
