/// A sum of products in twice the working precision (Ogita, Rump and Oishi, "Accurate sum and dot product", 2005).
struct TwofoldSum {
  var high: Double
  var low = 0.0

  init(_ value: Double) { high = value }

  var value: Double { high + low }

  mutating func add(_ term: Double) { add(term, error: 0) }

  mutating func addProduct(_ a: Double, _ b: Double) {
    let term = a * b
    add(term, error: (-term).addingProduct(a, b))
  }

  private mutating func add(_ term: Double, error termError: Double) {
    let sum = high + term
    let part = sum - high
    low += ((high - (sum - part)) + (term - part)) + termError
    high = sum
  }

  /// The difference of two sums, each in twice the working precision.
  static func - (left: TwofoldSum, right: TwofoldSum) -> TwofoldSum {
    var difference = left
    difference.add(-right.high)
    difference.add(-right.low)
    return difference
  }

  /// self + slope x, the leading product without rounding error.
  func valueOfLine(slope: TwofoldSum, at x: Double) -> Double {
    let product = slope.high * x
    let productError = (-product).addingProduct(slope.high, x)
    let sum = high + product
    let part = sum - high
    let sumError = (high - (sum - part)) + (product - part)
    return sum + (sumError + productError + low + slope.low * x)
  }
}
