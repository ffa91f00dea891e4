/// Mean and variance of a stream of numbers, one by one (B. P. Welford, "Note on a method for calculating corrected
/// sums of squares and products", Technometrics 4 (1962)).
public struct Moments: Sendable, Hashable {
  public private(set) var count = 0
  /// 0 without numbers.
  public private(set) var mean = 0.0
  /// The sum of the squares of the distances to the mean.
  private var squares = 0.0

  public init() {}

  /// - Parameter value: may be infinite; the mean is then, too.
  public mutating func add(_ value: Double) {
    count += 1
    guard value.isFinite && mean.isFinite else {
      mean += value
      return
    }
    let distance = value - mean
    mean += distance / Double(count)
    squares += distance * (value - mean)
  }

  /// Adds numbers one after the other.
  public mutating func add(_ values: [Double]) { for value in values { add(value) } }

  /// The standard error of the mean, from the unbiased variance; nil for less than two numbers, and where one is infinite.
  public var standardError: Double? {
    count < 2 || !mean.isFinite ? nil : (squares / Double(count - 1) / Double(count)).squareRoot()
  }
}
