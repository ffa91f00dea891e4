/// The place of a trial in its cell: 0, 1, 2, ... Those of trials lie below ``TrialIndex/limit``, which itself ends a cell
/// that is full.
///
/// A trial is named by (cell, trial index); its random numbers depend on nothing else but the study seed.
public struct TrialIndex: Sendable, Hashable, Comparable {
  /// The number of trials a cell can hold: 2^40, the room that a stream address gives to the trial.
  public static let limit = 1 << 40

  public var value: Int

  /// - Precondition: 0 <= value <= ``limit``.
  public init(_ value: Int) {
    precondition(0 <= value && value <= Self.limit, "a trial index lies in 0 ... 2^40")
    self.value = value
  }

  public static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}

/// The hash that names a cell: 64 bits of SHA-256 over the resolved problem, network and training of the cell.
///
/// It does not depend on the place of the cell in its study, on its verdict or on the number of trials, so adding a
/// cell to a study changes no other trial.
public struct CellKey: Sendable, Hashable {
  public var value: UInt64

  public init(_ value: UInt64) { self.value = value }

  /// Sixteen hexadecimal digits.
  public var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  public init?(text: String) {
    guard text.count == 16, let value = UInt64(text, radix: 16) else { return nil }
    self.value = value
  }
}
