/// The stored form of an outcome: 32 bytes, little-endian.
///
/// | bytes | content |
/// |---|---|
/// | 0 ..< 8 | risk, IEEE 754 binary64 |
/// | 8 ..< 16 | error estimate of the risk, binary64 |
/// | 16 ..< 24 | norm of the population gradient, binary64 |
/// | 24 ..< 28 | optimizer steps done, unsigned |
/// | 28 | verdict: 0 good, 1 bad, 2 not converged, 3 diverged |
/// | 29 ..< 32 | dead neurons plus 1, unsigned; 0 where they were not counted |
extension Outcome {
  public static let recordSize = 32

  /// Appends the record of this outcome to `bytes`.
  public func appendRecord(to bytes: inout [UInt8]) {
    for real in [risk, riskError, gradientNorm] { bytes.append(real) }
    bytes.append(UInt64(UInt32(steps)), bytes: 4)
    bytes.append(verdict.rawValue)
    bytes.append(DeadNeuronsField.word(deadNeurons), bytes: DeadNeuronsField.size)
  }

  /// The records of `outcomes`, one after the other.
  public static func records(of outcomes: [Outcome]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(outcomes.count * recordSize)
    for outcome in outcomes { outcome.appendRecord(to: &bytes) }
    return bytes
  }

  /// The outcomes in `bytes`; nil if the bytes are not a whole number of valid records.
  public static func outcomes(fromRecords bytes: [UInt8]) -> [Outcome]? {
    guard bytes.count % recordSize == 0 else { return nil }
    var outcomes: [Outcome] = []
    outcomes.reserveCapacity(bytes.count / recordSize)
    for start in stride(from: 0, to: bytes.count, by: recordSize) {
      guard let verdict = Verdict(rawValue: bytes[start + 28]) else { return nil }
      let outcome = Outcome(
        verdict: verdict,
        risk: bytes.real(at: start), riskError: bytes.real(at: start + 8), gradientNorm: bytes.real(at: start + 16),
        steps: Int(bytes.word(at: start + 24, bytes: 4)),
        deadNeurons: DeadNeuronsField.count(bytes.word(at: start + 29, bytes: DeadNeuronsField.size)))
      // Neither negative nor NaN: what reads outcomes may rely on it.
      guard outcome.risk >= 0, outcome.riskError >= 0, outcome.gradientNorm >= 0 else { return nil }
      outcomes.append(outcome)
    }
    return outcomes
  }
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
