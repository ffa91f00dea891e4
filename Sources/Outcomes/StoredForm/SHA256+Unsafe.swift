import CCrypto

/// The hash that names cells and studies, and that checks what is stored: SHA-256, from the system's libcrypto.
public enum SHA256 {
  /// The digest of bytes, 32 bytes long.
  public static func digest(of bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
      landfall_sha256(bytes, bytes.count, digest.baseAddress!)
      count = 32
    }
  }

  /// The digest of a text in UTF-8.
  public static func digest(of text: String) -> [UInt8] { digest(of: Array(text.utf8)) }

  /// The same as 64 hexadecimal digits.
  public static func hexadecimalDigest(of text: String) -> String {
    digest(of: text).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }
}
