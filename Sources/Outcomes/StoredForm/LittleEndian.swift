/// Numbers of fixed length in stored forms: unsigned integers of some bytes, and IEEE 754 binary64, little-endian.
extension [UInt8] {
  /// Appends the lowest `count` bytes of `word`.
  package mutating func append(_ word: UInt64, bytes count: Int) {
    for byte in 0..<count { append(UInt8(truncatingIfNeeded: word >> UInt64(8 * byte))) }
  }

  package mutating func append(_ real: Double) { append(real.bitPattern, bytes: 8) }

  /// The integer in the `count` bytes from `place` on.
  package func word(at place: Int, bytes count: Int) -> UInt64 {
    var word: UInt64 = 0
    for byte in (place..<place + count).reversed() { word = word << 8 | UInt64(self[byte]) }
    return word
  }

  package func real(at place: Int) -> Double { Double(bitPattern: word(at: place, bytes: 8)) }
}
