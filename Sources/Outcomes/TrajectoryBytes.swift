/// Writes the stored forms of trajectories: integers with as many bytes as they need (LEB128: seven bits a byte, the
/// lowest first, the top bit of a byte set where another follows), reals as binary64, little-endian.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ value: UInt128) {
    var rest = value
    while rest > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func write(_ value: Int) { write(UInt128(value)) }

  mutating func write(_ value: Double) {
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

/// Reads what a ``ByteWriter`` wrote; nil for bytes that it cannot have written.
struct ByteReader {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { place == bytes.count }
  /// Bytes not yet read.
  var remaining: Int { bytes.count - place }

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

  mutating func real() -> Double? {
    guard remaining >= 8 else { return nil }
    let word = bytes[place..<place + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    place += 8
    return Double(bitPattern: word)
  }
}
