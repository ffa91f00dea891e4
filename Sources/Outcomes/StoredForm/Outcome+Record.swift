/// The stored form of an outcome: 32 bytes, little-endian.
///
/// | bytes | content |
/// |---|---|
/// | 0 ..< 8 | risk, IEEE 754 binary64 |
/// | 8 ..< 16 | error estimate of the risk, binary64 |
/// | 16 ..< 24 | norm of the population gradient, binary64 |
/// | 24 ..< 28 | optimizer steps done, unsigned |
/// | 28 | 3 for a diverged trial, otherwise 0 (up to schema 3 of the ledger 0, 1 or 2) |
/// | 29 ..< 32 | dead neurons plus 1, unsigned; 0 where they were not counted |
extension Outcome: FixedRecord {
  public static let recordSize = 32

  public func appendRecord(to bytes: inout [UInt8]) {
    for real in [risk, riskError, gradientNorm] { bytes.append(real) }
    bytes.append(UInt64(UInt32(steps)), bytes: 4)
    bytes.append(hasDiverged ? Self.divergedMark : 0)
    bytes.append(DeadNeuronsField.word(deadNeurons), bytes: DeadNeuronsField.size)
  }

  public init?(record bytes: [UInt8], at start: Int) {
    guard bytes[start + 28] <= Self.divergedMark else { return nil }
    self.init(
      risk: bytes.real(at: start), riskError: bytes.real(at: start + 8), gradientNorm: bytes.real(at: start + 16),
      steps: Int(bytes.word(at: start + 24, bytes: 4)),
      deadNeurons: DeadNeuronsField.count(bytes.word(at: start + 29, bytes: DeadNeuronsField.size)))
    hasDiverged = bytes[start + 28] == Self.divergedMark
    // Neither negative nor NaN: what reads outcomes may rely on it.
    guard risk >= 0, riskError >= 0, gradientNorm >= 0 else { return nil }
  }

  /// Up to schema 3 the byte had a verdict about the end of training, of which only this one is still one.
  private static let divergedMark: UInt8 = 3
}

/// How records keep a number of dead neurons that may not have been counted.
enum DeadNeuronsField {
  /// In bytes.
  static let size = 3
  /// More are stored as this many.
  private static let most = (1 << (8 * size)) - 2

  /// The number plus 1; 0 for none.
  static func word(_ count: Int?) -> UInt64 { UInt64(count.map { min($0, most) + 1 } ?? 0) }

  static func count(_ word: UInt64) -> Int? { word == 0 ? nil : Int(word) - 1 }
}
