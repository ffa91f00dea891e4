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
