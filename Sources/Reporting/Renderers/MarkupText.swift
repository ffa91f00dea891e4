import Texts

/// Text within HTML and SVG.
enum MarkupText {
  /// As content or within quotation marks of an attribute. Characters that no document may have, and those that turn the
  /// direction of what follows, become U+FFFD.
  ///
  /// Scalar by scalar: a quotation mark that an accent follows is another character, but still ends an attribute.
  static func escaped(_ text: some StringProtocol) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      case _ where isRefused(scalar): result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// Escaped; numbers stay in a line with what belongs to them.
  static func paragraph(_ text: String) -> String {
    escaped(text.replacing(" %", with: "\u{A0}%").replacing("<= ", with: "<=\u{A0}"))
  }

  private static func isRefused(_ scalar: Unicode.Scalar) -> Bool {
    scalar != "\t" && scalar != "\n" && ForeignText.isUnsafe(scalar)
  }

  /// In one line.
  static func oneLine(_ text: String) -> String {
    text.contains(where: \.isNewline) ? text.split(whereSeparator: \.isNewline).joined(separator: " ") : text
  }

  /// An upper bound of how wide a text is in the sans-serif fonts of browsers, in units of the font size.
  static func width(_ text: some StringProtocol) -> Double {
    text.unicodeScalars.reduce(0) { $0 + width($1) }
  }

  private static func width(_ scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", " ", "!": 0.36
    case "f", "t", "r", "(", ")", "[", "]", "-", "/", "\\": 0.45
    case "m", "w", "M", "W", "@", "%", "…", "—", "&": 1.02
    case "=", "+", "<", ">", "~", "^", "_", "×", "−": 0.85
    case "A"..."Z": 0.8
    default: isWide(scalar) ? 1.2 : 0.66
    }
  }

  /// Those of East Asia, pictures, and whatever else is not Latin, Greek or Cyrillic.
  private static func isWide(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x590 && scalar.value != 0x2026 }

  /// The text, or its beginning and its end around "…" where it is wider than `width`.
  static func shortened(_ text: String, to width: Double) -> String {
    if self.width(text) <= width { return text }
    let characters = Array(text)
    var kept = characters.count - 1
    while kept > 1 {
      let first = (kept + 1) / 2
      let short = String(characters[..<first]) + "…" + String(characters[(characters.count - kept + first)...])
      if self.width(short) <= width { return short }
      kept -= 1
    }
    return "…"
  }
}
