/// A function that is a polynomial on each of several neighbouring intervals.
public struct PiecewisePolynomial: Sendable, Hashable {
  /// Increasing; one more than pieces.
  public let breaks: [Double]
  /// For each piece the coefficients of 1, x, x^2, ... (of x itself, not of the distance to the break).
  public let pieces: [[Double]]

  /// - Precondition: there is one more break than pieces, breaks increase, and every piece has a coefficient.
  public init(breaks: [Double], pieces: [[Double]]) {
    precondition(breaks.count == pieces.count + 1 && zip(breaks, breaks.dropFirst()).allSatisfy { $0 < $1 })
    precondition(!pieces.isEmpty && pieces.allSatisfy { !$0.isEmpty })
    self.breaks = breaks
    self.pieces = pieces
  }

  /// The coefficients of 1, t, t^2, ... of a piece, where t goes from 0 at its left break to 1 at its right one.
  func localPiece(_ index: Int) -> [Double] {
    var coefficients = pieces[index]
    // Repeated division by x - left gives the coefficients in x - left.
    let left = breaks[index]
    for first in 0..<coefficients.count {
      for k in stride(from: coefficients.count - 2, through: first, by: -1) {
        coefficients[k] += left * coefficients[k + 1]
      }
    }
    let width = breaks[index + 1] - left
    var power = 1.0
    for k in coefficients.indices {
      coefficients[k] *= power
      power *= width
    }
    return coefficients
  }

  /// The integral over a piece.
  func integral(_ index: Int) -> Double {
    let sum = localPiece(index).enumerated().reduce(0) { $0 + $1.element / Double($1.offset + 1) }
    return (breaks[index + 1] - breaks[index]) * sum
  }

  /// The integral between two points, the first of which is not the larger one; the function is 0 outside of its pieces.
  public func integral(from lower: Double, to upper: Double) -> Double {
    var sum = 0.0
    for index in pieces.indices {
      let (left, right) = (max(lower, breaks[index]), min(upper, breaks[index + 1]))
      if left >= right { continue }
      let width = breaks[index + 1] - breaks[index]
      let (s, t) = ((left - breaks[index]) / width, (right - breaks[index]) / width)
      var antiderivative = (0.0, 0.0)
      for (power, coefficient) in localPiece(index).enumerated().reversed() {
        let share = coefficient / Double(power + 1)
        antiderivative = (antiderivative.0 * s + share, antiderivative.1 * t + share)
      }
      sum += width * (antiderivative.1 * t - antiderivative.0 * s)
    }
    return sum
  }
}
