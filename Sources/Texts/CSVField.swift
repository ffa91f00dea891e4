/// Fields of comma-separated text as RFC 4180 has them. What comes from others runs in no spreadsheet.
public enum CSVField {
  /// A text that others wrote: control characters but tab and line breaks are escaped as on a terminal, and one that a
  /// spreadsheet would take for a formula has an apostrophe before it, which makes it a text there. Numbers are none.
  public static func text(_ text: String) -> String { quoted(neutral(ForeignText.escaped(text))) }

  /// In quotation marks where it has a comma, a quotation mark or a line break.
  public static func quoted(_ field: String) -> String {
    // Of the bytes: a carriage return and a line feed are one character.
    let needsQuotes = field.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D].contains($0) }
    return needsQuotes ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
  }

  /// A line with these fields, which are quoted already.
  public static func line(_ fields: some Sequence<String>) -> String { fields.joined(separator: ",") + "\n" }

  private static func neutral(_ text: String) -> String {
    guard let first = text.unicodeScalars.first, formulaStarts.contains(first), !isNumber(text) else { return text }
    return "'" + text
  }

  /// What formulas begin with in spreadsheets, the wide forms of East Asia included, and white space before which they
  /// are looked for.
  private static let formulaStarts: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "\t", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}", "\u{2212}",
  ]

  /// A decimal number: Double reads words and hexadecimal digits too.
  private static func isNumber(_ text: String) -> Bool {
    text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) } && Double(text) != nil
  }
}
