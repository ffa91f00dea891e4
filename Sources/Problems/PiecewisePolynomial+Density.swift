/// Why a function is no probability density. The description continues a sentence that begins with the function.
public enum DensityError: Error, Sendable, Hashable {
  /// The value at x, which lies in a piece, counted from 1.
  case negative(value: Double, x: Double, piece: Int)
  case integral(Double)
}

extension DensityError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .negative(let value, let x, let piece):
      return "is negative: \(value) at x = \(x), in piece \(piece); a density is at least 0"
    case .integral(let integral):
      let advice =
        integral > 0 && (1 / integral).isFinite ? "; multiply all coefficients by \(1 / integral)" : ""
      return "integrates to \(integral), not to 1\(advice)"
    }
  }
}

extension PiecewisePolynomial {
  /// The function, if it is a probability density: at least 0, up to 1e-12 of the sum of the moduli of its terms, and
  /// with an integral that differs from 1 by at most 1e-12.
  public func density() throws(DensityError) -> PiecewisePolynomial {
    for index in pieces.indices {
      let local = localPiece(index)
      let (left, width) = (breaks[index], breaks[index + 1] - breaks[index])
      let terms = max(
        pieces[index].reversed().reduce(0) { $0 * left.magnitude + $1.magnitude },
        pieces[index].reversed().reduce(0) { $0 * breaks[index + 1].magnitude + $1.magnitude })
      for t in [0, 1] + Self.roots(of: Self.derivative(of: local)) {
        let value = Self.value(of: local, at: t)
        guard value >= -1e-12 * terms else {
          throw .negative(value: value, x: left + width * t, piece: index + 1)
        }
      }
    }
    let integral = pieces.indices.reduce(0) { $0 + self.integral($1) }
    guard (integral - 1).magnitude <= 1e-12 else { throw .integral(integral) }
    return self
  }

  private static func value(of coefficients: [Double], at t: Double) -> Double {
    coefficients.reversed().reduce(0) { $0 * t + $1 }
  }

  private static func derivative(of coefficients: [Double]) -> [Double] {
    coefficients.enumerated().dropFirst().map { Double($0.offset) * $0.element }
  }

  /// The places in (0, 1) where a polynomial changes its sign, by bisection between those of its derivative.
  private static func roots(of coefficients: [Double]) -> [Double] {
    guard coefficients.count > 1 else { return [] }
    let ends = [0] + roots(of: derivative(of: coefficients)) + [1]
    return zip(ends, ends.dropFirst()).compactMap { left, right in
      var (lower, upper) = (left, right)
      let isPositive = value(of: coefficients, at: lower) > 0
      guard (value(of: coefficients, at: upper) > 0) != isPositive else { return nil }
      for _ in 0..<60 {
        let middle = (lower + upper) / 2
        if (value(of: coefficients, at: middle) > 0) == isPositive { lower = middle } else { upper = middle }
      }
      return (lower + upper) / 2
    }
  }
}
