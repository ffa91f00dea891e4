import Foundation

/// A closed interval of probabilities.
public struct Interval: Sendable, Hashable {
  public var lower: Double
  public var upper: Double

  /// What is known before the first trial.
  public static let unit = Interval(lower: 0, upper: 1)

  /// Precondition: 0 <= `lower` <= `upper` <= 1.
  public init(lower: Double, upper: Double) {
    precondition(0 <= lower && lower <= upper && upper <= 1, "an interval of probabilities lies in [0, 1]")
    self.lower = lower
    self.upper = upper
  }

  public func contains(_ probability: Double) -> Bool { lower <= probability && probability <= upper }
}

/// The probability with which a statement about an unknown is at least to hold.
public struct ConfidenceLevel: Sendable, Hashable {
  /// The level, for example 0.95.
  public let value: Double

  /// The error probability, 1 - `value`. Kept apart, since 1 - (1 - `error`) loses digits when `error` is small.
  public let error: Double

  /// The level that is written like this: 1 - 0.9999999999 is 1e-10, not the distance of the nearest Float64 to 1, which
  /// differs from it in the eighth digit.
  ///
  /// Precondition: 0 < `value` < 1.
  public init(_ value: Double) {
    precondition(0 < value && value < 1, "a confidence level lies strictly between 0 and 1")
    self.value = value
    let written = Decimal(string: "\(value)").flatMap { Double("\(1 - $0)") }
    error = written.flatMap { 0 < $0 && $0 < 1 ? $0 : nil } ?? 1 - value
  }

  private init(error: Double) {
    self.value = 1 - error
    self.error = error
  }

  /// The level for each of `count` statements that makes them hold all together at this level: 1 - `error` / `count`
  /// (Bonferroni's inequality). Valid however the statements depend on each other.
  ///
  /// Precondition: `count` >= 1.
  public func simultaneous(over count: Int) -> ConfidenceLevel {
    precondition(count >= 1, "simultaneous statements are at least one")
    return count == 1 ? self : ConfidenceLevel(error: error / Double(count))
  }

  /// The level for each of `count` statements about independent samples that makes them hold all together at this level:
  /// 1 - (1 - `error`)^(1 / `count`) is its error (Z. Sidak, Journal of the American Statistical Association 62 (1967)). A
  /// little larger than Bonferroni's; cells are independent, since each has trials of its own.
  ///
  /// Precondition: `count` >= 1.
  public func simultaneousOfIndependent(over count: Int) -> ConfidenceLevel {
    precondition(count >= 1, "simultaneous statements are at least one")
    return count == 1 ? self : ConfidenceLevel(error: -expm1(log1p(-error) / Double(count)))
  }

  /// The level of a statement that takes this part of the error probability.
  ///
  /// Precondition: 0 < `part` <= 1.
  func spending(_ part: Double) -> ConfidenceLevel {
    precondition(0 < part && part <= 1, "a part of an error probability lies in (0, 1]")
    return ConfidenceLevel(error: error * part)
  }
}
