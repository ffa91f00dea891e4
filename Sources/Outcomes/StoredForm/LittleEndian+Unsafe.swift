extension [UInt8] {
  /// The integers of 8 bytes, little-endian, that the bytes are; those of an incomplete last one are left out.
  var words: [UInt64] {
    withUnsafeBytes { bytes in
      [UInt64](unsafeUninitializedCapacity: bytes.count / 8) { words, count in
        count = bytes.count / 8
        UnsafeMutableRawBufferPointer(words).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(8 * count)))
        for place in 0..<count { words[place] = UInt64(littleEndian: words[place]) }
      }
    }
  }
}
