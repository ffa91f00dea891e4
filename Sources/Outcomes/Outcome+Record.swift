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
  /// More are stored as this many.
  private static let mostDeadNeurons = (1 << 24) - 2

  /// Appends the record of this outcome to `bytes`.
  public func appendRecord(to bytes: inout [UInt8]) {
    for real in [risk, riskError, gradientNorm] {
      withUnsafeBytes(of: real.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    withUnsafeBytes(of: UInt32(steps).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(verdict.rawValue)
    let dead = deadNeurons.map { min($0, Self.mostDeadNeurons) + 1 } ?? 0
    withUnsafeBytes(of: UInt32(dead).littleEndian) { bytes.append(contentsOf: $0.prefix(3)) }
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
      func word(_ offset: Int, _ count: Int) -> UInt64 {
        bytes[start + offset..<start + offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
      }
      guard let verdict = Verdict(rawValue: bytes[start + 28]) else { return nil }
      let outcome = Outcome(
        verdict: verdict,
        risk: Double(bitPattern: word(0, 8)), riskError: Double(bitPattern: word(8, 8)),
        gradientNorm: Double(bitPattern: word(16, 8)), steps: Int(word(24, 4)),
        deadNeurons: word(29, 3) == 0 ? nil : Int(word(29, 3)) - 1)
      // Neither negative nor NaN: what reads outcomes may rely on it.
      guard outcome.risk >= 0, outcome.riskError >= 0, outcome.gradientNorm >= 0 else { return nil }
      outcomes.append(outcome)
    }
    return outcomes
  }
}
