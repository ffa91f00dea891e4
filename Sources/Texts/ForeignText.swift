/// Text that others wrote, such as names in a ledger or parts of a study file, on its way to a terminal or a message.
public enum ForeignText {
  /// The text as it may go to a terminal: what would move the cursor, colour, hide or reverse something stands there as
  /// `\u{1B}`. Line feeds and tabs stay.
  public static func escaped(_ text: String) -> String { escaped(text, keepingLines: true) }

  /// The same in one line: line feeds and tabs are escaped too.
  public static func escapedInLine(_ text: String) -> String { escaped(text, keepingLines: false) }

  private static func escaped(_ text: String, keepingLines: Bool) -> String {
    func isKept(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "\n" || scalar == "\t" ? keepingLines : !isUnsafe(scalar)
    }
    // Most texts are plain: only their bytes are looked at.
    if text.utf8.allSatisfy({ 0x20...0x7E ~= $0 || $0 == 0x0A && keepingLines }) { return text }
    if text.unicodeScalars.allSatisfy(isKept) { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isKept(scalar) {
        result.append(scalar)
      } else {
        result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
      }
    }
    return String(result)
  }

  /// Whether a character does something else than to appear: control characters, line feed and tab included, those that
  /// turn the direction of what follows, separators of lines, and invisible ones. The joiners of scripts and emoji are
  /// safe.
  public static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E: false
    case 0x200C, 0x200D: false
    default:
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: true
      // Characters that no text has.
      case .unassigned: scalar.value & 0xFFFE == 0xFFFE || 0xFDD0...0xFDEF ~= scalar.value
      default: false
      }
    }
  }

  // MARK: - Long texts

  /// The most characters of a text that a message quotes.
  public static let quotedLength = 100
  /// The most characters of a word, without white space, that a message has: paths are shorter.
  public static let longestWord = 4096
  private static let beginning = 60

  /// The text, or of a long one the beginning: `xxxx... (1000000 characters)`.
  public static func cut(_ text: some StringProtocol, to length: Int = quotedLength) -> String {
    // No text has more characters than bytes.
    if text.utf8.count <= length { return String(text) }
    let count = text.count
    return count <= length ? String(text) : "\(text.prefix(beginning))... (\(count) characters)"
  }

  /// A message in which no word is longer than ``longestWord``.
  public static func withoutLongWords(_ message: String) -> String {
    if message.utf8.count <= longestWord { return message }
    var result = ""
    var word = message.startIndex
    func isBlank(_ character: Character) -> Bool { character == " " || character == "\n" }
    while word < message.endIndex {
      let end = message[word...].firstIndex(where: isBlank) ?? message.endIndex
      result += cut(message[word..<end], to: longestWord)
      let next = message[end...].firstIndex { !isBlank($0) } ?? message.endIndex
      result += message[end..<next]
      word = next
    }
    return result
  }

  /// A message as it may go to a terminal: escaped, and without very long words.
  public static func message(_ text: String) -> String { escaped(withoutLongWords(text)) }
}
