import Outcomes

/// An outcome as ledgers up to schema 4 hold it: 32 bytes, little-endian.
///
/// | bytes | content |
/// |---|---|
/// | 0 ..< 8 | risk, IEEE 754 binary64 |
/// | 8 ..< 16 | error estimate of the risk, binary64 |
/// | 16 ..< 24 | norm of the population gradient, binary64 |
/// | 24 ..< 28 | optimizer steps done, unsigned |
/// | 28 | 3 for a diverged trial, otherwise 0 (up to schema 3 of the ledger 0, 1 or 2) |
/// | 29 ..< 32 | dead neurons plus 1, unsigned; 0 where they were not counted |
package struct OutcomeOfSchema4: StoredRecord {
  package static let size = 32

  package let outcome: Outcome

  package init?(record bytes: [UInt8], at start: Int) {
    let (risk, error, norm) = (bytes.real(at: start), bytes.real(at: start + 8), bytes.real(at: start + 16))
    // Neither negative nor NaN: what reads outcomes may rely on it.
    guard risk >= 0, error >= 0, norm >= 0, bytes[start + 28] <= Self.divergedMark,
      (bytes[start + 28] == Self.divergedMark) == (risk == .infinity)
    else { return nil }
    outcome = Outcome(
      risk: risk, riskError: error, gradientNorm: norm, steps: Int(bytes.word(at: start + 24, bytes: 4)),
      deadNeurons: DeadNeuronsField.count(bytes.word(at: start + 29, bytes: DeadNeuronsField.size)))
  }

  /// Up to schema 3 the byte had a verdict about the end of training, of which only this one is still one.
  private static let divergedMark: UInt8 = 3
}

/// How records keep a number of dead neurons that may not have been counted: the number plus 1; 0 for none.
enum DeadNeuronsField {
  /// In bytes.
  static let size = 3

  static func count(_ word: UInt64) -> Int? { word == 0 ? nil : Int(word) - 1 }
}
