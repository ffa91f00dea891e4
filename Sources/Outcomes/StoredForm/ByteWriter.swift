/// Writes stored forms and messages of any length: words of 64 bits and reals as binary64, both little-endian, and
/// integers with as many bytes as they need (LEB128: seven bits a byte, the lowest first, the top bit of a byte set
/// where another follows).
package struct ByteWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func write(word: UInt64) { bytes.append(word, bytes: 8) }

  package mutating func write(_ value: Double) { bytes.append(value) }

  /// As they are, without their number.
  package mutating func write(bytes more: [UInt8]) { bytes += more }

  /// In LEB128.
  mutating func write(_ value: UInt128) {
    var rest = value
    while rest > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// In LEB128.
  mutating func write(_ value: Int) { write(UInt128(value)) }
}

/// Reads what a ``ByteWriter`` wrote; nil for bytes that it cannot have written.
package struct ByteReader {
  private let bytes: [UInt8]
  private var place = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Bytes not yet read.
  package var remaining: Int { bytes.count - place }
  var isAtEnd: Bool { place == bytes.count }

  package mutating func word() -> UInt64? {
    guard remaining >= 8 else { return nil }
    defer { place += 8 }
    return bytes.word(at: place, bytes: 8)
  }

  package mutating func real() -> Double? { word().map(Double.init(bitPattern:)) }

  /// The next `count` bytes.
  package mutating func bytes(_ count: Int) -> [UInt8]? {
    guard 0 <= count, count <= remaining else { return nil }
    defer { place += count }
    return Array(bytes[place..<place + count])
  }

  /// An integer in its shortest form; longer ones are refused, so that equal values have equal bytes.
  mutating func unsigned() -> UInt128? {
    var value: UInt128 = 0
    for shift in stride(from: 0, to: 128, by: 7) {
      guard place < bytes.count else { return nil }
      let byte = bytes[place]
      place += 1
      // Of the last byte only the bits that still fit.
      if shift > 121, byte >> (128 - shift) != 0 { return nil }
      value |= UInt128(byte & 0x7f) << shift
      if byte < 0x80 { return byte == 0 && shift > 0 ? nil : value }
    }
    return nil
  }

  /// An integer of 0 ... `limit`.
  mutating func integer(atMost limit: Int) -> Int? {
    guard let value = unsigned(), value <= UInt128(limit) else { return nil }
    return Int(value)
  }
}
