/// Mean and variance of a stream of numbers, one by one (B. P. Welford, "Note on a method for calculating corrected
/// sums of squares and products", Technometrics 4 (1962)).
public struct Moments: Sendable, Hashable {
  public private(set) var count = 0
  /// 0 without numbers.
  public private(set) var mean = 0.0
  /// The sum of the squares of the distances to the mean.
  private var squares = 0.0

  public init() {}

  public mutating func add(_ value: Double) {
    count += 1
    let distance = value - mean
    mean += distance / Double(count)
    squares += distance * (value - mean)
  }

  /// The standard error of the mean, from the unbiased variance; nil for less than two numbers.
  public var standardError: Double? {
    count < 2 ? nil : (squares / Double(count - 1) / Double(count)).squareRoot()
  }
}
