import Testing
import Texts

/// Texts of others on their way to a terminal.
@Suite struct ForeignTextTests {
  @Test(arguments: [
    ("plain", "plain"), ("P(good) <= 0.5\n\tindented", "P(good) <= 0.5\n\tindented"), ("", ""),
    ("\u{1B}[31mred\u{1B}[0m", "\\u{1B}[31mred\\u{1B}[0m"), ("a\rb", "a\\u{D}b"), ("a\r\nb", "a\\u{D}\nb"),
    ("\u{0}\u{7}\u{8}\u{7F}", "\\u{0}\\u{7}\\u{8}\\u{7F}"), ("\u{85}\u{9B}31m", "\\u{85}\\u{9B}31m"),
    // Direction, separators of lines, invisible characters, tags, what no text has.
    ("abc\u{202E}fed\u{202C}", "abc\\u{202E}fed\\u{202C}"), ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
    ("\u{200E}\u{200F}\u{61C}", "\\u{200E}\\u{200F}\\u{61C}"), ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"),
    ("\u{FEFF}\u{200B}\u{AD}", "\\u{FEFF}\\u{200B}\\u{AD}"), ("\u{E0041}", "\\u{E0041}"), ("\u{FFFF}", "\\u{FFFF}"),
    // What is to be read stays: accents, other scripts, joined pictures, what replaces bytes that are no UTF-8.
    ("Zoë, Łódź, \u{3B1}, 日本, עברית", "Zoë, Łódź, \u{3B1}, 日本, עברית"),
    ("👩\u{200D}🔬", "👩\u{200D}🔬"), ("\u{FFFD}", "\u{FFFD}"),
    ("e\u{301}\u{1B}", "e\u{301}\\u{1B}"),
  ])
  func escaped(text: String, shown: String) {
    #expect(ForeignText.escaped(text) == shown)
    #expect(ForeignText.escaped(shown) == shown)
  }

  @Test func inLine() {
    #expect(ForeignText.escapedInLine("a\nb\tc") == "a\\u{A}b\\u{9}c")
    #expect(ForeignText.escapedInLine("plain") == "plain")
  }

  /// Nothing below or above the letters of ASCII gets through that moves something.
  @Test func everyControlCharacter() {
    for value in Array(0..<0x20) + Array(0x7F..<0xA0) as [UInt32] where value != 0xA && value != 0x9 {
      let text = "a\(Unicode.Scalar(value)!)b"
      #expect(ForeignText.escaped(text) == "a\\u{\(String(value, radix: 16, uppercase: true))}b")
    }
  }

  @Test func cut() {
    let long = String(repeating: "x", count: 1_000_000)
    #expect(ForeignText.cut(long) == String(repeating: "x", count: 60) + "... (1000000 characters)")
    let hundred = String(repeating: "é", count: 100)
    #expect(ForeignText.cut(hundred) == hundred)
    #expect(ForeignText.cut(hundred + "é") == String(repeating: "é", count: 60) + "... (101 characters)")
  }

  /// Advice behind a long word stays.
  @Test func longWords() {
    let long = String(repeating: "x", count: 5000)
    #expect(
      ForeignText.withoutLongWords("unknown \"\(long)\"  in\n    \(long)\nadvice")
        == "unknown \"\(String(repeating: "x", count: 59))... (5002 characters)  in\n    "
        + "\(String(repeating: "x", count: 60))... (5000 characters)\nadvice")
    let path = "/" + String(repeating: "x", count: 4094)
    #expect(ForeignText.withoutLongWords("\(path): " + path) == "\(path): " + path)
    #expect(ForeignText.withoutLongWords(long + " ") == String(repeating: "x", count: 60) + "... (5000 characters) ")
    #expect(ForeignText.message(" \u{1B} ") == " \\u{1B} ")
  }
}
