/// A sum of numbers and products in twice the working precision (Ogita, Rump and Oishi, "Accurate sum and dot product",
/// SIAM J. Sci. Comput. 26, 2005).
///
/// After n additions to a start value, with s the exact sum, S the sum of the moduli of its terms, eps = 2^-53 and
/// g(n) = n eps / (1 - n eps),
///
///     |value - s| <= eps |s| + g(n + 1)^2 S,
///
/// as if computed with 106 bits and rounded once (their propositions 4.5 and 5.5), barring overflow and, in products,
/// underflow.
public struct TwofoldSum: Sendable {
  /// The sum of the terms, rounded after each.
  @usableFromInline var high: Double
  /// The sum of the rounding errors of `high` and of products, itself rounded.
  @usableFromInline var low = 0.0

  @inlinable public init(_ value: Double) { high = value }

  @inlinable public var value: Double { high + low }

  @inlinable public mutating func add(_ term: Double) { add(term, error: 0) }

  @inlinable public mutating func addProduct(_ a: Double, _ b: Double) {
    let term = a * b
    add(term, error: (-term).addingProduct(a, b))
  }

  @inlinable mutating func add(_ term: Double, error termError: Double) {
    let sum = high + term
    let part = sum - high
    low += ((high - (sum - part)) + (term - part)) + termError
    high = sum
  }

  /// The difference of two sums, each in twice the working precision: two more additions.
  @inlinable public static func - (left: TwofoldSum, right: TwofoldSum) -> TwofoldSum {
    var difference = left
    difference.add(-right.high)
    difference.add(-right.low)
    return difference
  }

  /// self + slope x, the leading product without rounding error.
  ///
  /// With n the additions to both sums, S the moduli of the terms of self plus |x| times those of the slope, and s the
  /// exact result, the error is at most eps |s| + g(n + 5)^2 S: to what the sums lose come a sum and a product without
  /// error, and three additions and a product of numbers of the size of `low`.
  @inlinable public func valueOfLine(slope: TwofoldSum, at x: Double) -> Double {
    let product = slope.high * x
    let productError = (-product).addingProduct(slope.high, x)
    let sum = high + product
    let part = sum - high
    let sumError = (high - (sum - part)) + (product - part)
    return sum + (sumError + productError + low + slope.low * x)
  }
}
