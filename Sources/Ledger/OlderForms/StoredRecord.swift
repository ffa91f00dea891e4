/// What ledgers up to schema 4 kept of a trial in a record of fixed length.
package protocol StoredRecord {
  /// Bytes of a record.
  static var size: Int { get }

  /// The value whose record begins at `start`; nil if the record is not valid.
  ///
  /// - Precondition: `size` bytes are there.
  init?(record bytes: [UInt8], at start: Int)
}

extension StoredRecord {
  /// The values in `bytes`; nil if the bytes are not a whole number of valid records.
  package static func values(of bytes: [UInt8]) -> [Self]? {
    guard bytes.count % size == 0 else { return nil }
    var values: [Self] = []
    values.reserveCapacity(bytes.count / size)
    for start in stride(from: 0, to: bytes.count, by: size) {
      guard let value = Self(record: bytes, at: start) else { return nil }
      values.append(value)
    }
    return values
  }
}
