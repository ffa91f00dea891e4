/// A value with a stored form of fixed length, its record, that can be read.
public protocol ReadableRecord {
  /// Bytes of a record.
  static var recordSize: Int { get }

  /// The value whose record begins at `start`; nil if the record is not valid.
  ///
  /// - Precondition: `recordSize` bytes are there.
  init?(record bytes: [UInt8], at start: Int)
}

/// One that is written, too.
public protocol FixedRecord: ReadableRecord {
  /// Appends the record of this value to `bytes`.
  func appendRecord(to bytes: inout [UInt8])
}

extension FixedRecord {
  /// The records of `values`, one after the other.
  public static func records(of values: [Self]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * recordSize)
    for value in values { value.appendRecord(to: &bytes) }
    return bytes
  }
}

extension ReadableRecord {
  /// The values in `bytes`; nil if the bytes are not a whole number of valid records.
  public static func values(fromRecords bytes: [UInt8]) -> [Self]? {
    guard bytes.count % recordSize == 0 else { return nil }
    var values: [Self] = []
    values.reserveCapacity(bytes.count / recordSize)
    for start in stride(from: 0, to: bytes.count, by: recordSize) {
      guard let value = Self(record: bytes, at: start) else { return nil }
      values.append(value)
    }
    return values
  }
}
