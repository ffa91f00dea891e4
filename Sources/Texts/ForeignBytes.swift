/// Bytes that should be a text in UTF-8, such as a name of the file system.
public enum ForeignBytes {
  /// Nil for UTF-8; otherwise the text with the bytes that are none as `\xE9`.
  public static func objection(_ bytes: some Collection<UInt8>) -> String? {
    if String(validating: bytes, as: UTF8.self) != nil { return nil }
    var text = ""
    var rest = bytes[...]
    while !rest.isEmpty {
      // No character has more than four bytes.
      let length = (1...4).first { String(validating: rest.prefix($0), as: UTF8.self)?.unicodeScalars.count == 1 }
      if let length {
        text += String(decoding: rest.prefix(length), as: UTF8.self)
      } else {
        let digits = String(rest[rest.startIndex], radix: 16, uppercase: true)
        text += "\\x\(digits.count == 1 ? "0" : "")\(digits)"
      }
      rest = rest.dropFirst(length ?? 1)
    }
    return text
  }
}
