import Expressions
import Problems

/// The problem of an affine target f(x) = slope x + constant, slope != 0, with inputs that are uniform on an interval.
///
/// All critical points of shallow ReLU and leaky ReLU networks are known for it when all parameters are trained
/// (Cheridito, Jentzen and Rossmannek, arXiv:2103.10922; the gradient descent results are in arXiv:2208.02083). Those
/// papers integrate over the interval; risks here are means over it, theirs divided by its length.
public struct AffineTarget: Sendable, Hashable {
  public let slope: Double
  public let constant: Double
  public let lower: Double
  public let upper: Double

  /// - Precondition: all numbers are finite, the slope is not 0, and `lower` < `upper`.
  public init(slope: Double, constant: Double, lower: Double, upper: Double) {
    precondition(slope.isFinite && slope != 0 && constant.isFinite && lower.isFinite && upper.isFinite)
    precondition(lower < upper)
    self.slope = slope
    self.constant = constant
    self.lower = lower
    self.upper = upper
  }

  /// Nil where inputs are not uniform on an interval, and where the target is not recognized as affine there, or is
  /// constant. Recognized are targets given as affine, expressions that expand into a constant and a multiple of x, and
  /// piecewise polynomials with the same line on all pieces that meet the interval.
  ///
  /// The ends of the interval are rounded to single precision, as those of the population risk are.
  public init?(_ problem: Problem) {
    guard case .law(let law) = problem.inputs, case .uniform = law, let exact = law.support else { return nil }
    let (lower, upper) = (exact.rounded.lower, exact.rounded.upper)
    guard lower < upper,
      let line = problem.target?.line(on: lower, upper), line.slope.isFinite, line.slope != 0,
      line.constant.isFinite
    else { return nil }
    self.init(slope: line.slope, constant: line.constant, lower: lower, upper: upper)
  }

  /// The length of the interval.
  var length: Double { upper - lower }

  var middle: Double { lower + 0.5 * length }

  /// The risk of the best constant: slope^2 length^2 / 12.
  public var variance: Double { slope * slope * length * length / 12 }

  func value(at x: Double) -> Double { slope * x + constant }

  /// The inputs without the target.
  var inputs: Problem { Problem(inputs: .law(.uniform(lower: lower, upper: upper)), target: nil) }
}

extension Target {
  fileprivate func line(on lower: Double, _ upper: Double) -> (slope: Double, constant: Double)? {
    switch self {
    case .affine(let weights, let constant):
      return weights.count == 1 ? (weights[0], constant) : nil
    case .expression(let expression):
      guard let sum = expression.powerSum(in: "x"), sum.domain == .allReals || lower >= 0,
        sum.terms.allSatisfy({ $0.exponent == 0 || $0.exponent == 1 })
      else { return nil }
      func coefficient(_ exponent: Double) -> Double {
        sum.terms.first { $0.exponent == exponent }?.coefficient ?? 0
      }
      return (coefficient(1), coefficient(0))
    case .piecewisePolynomial(let polynomial):
      // The outermost pieces have no end outside.
      let last = polynomial.pieces.count - 1
      let pieces = (0...last).filter {
        ($0 == 0 || polynomial.breaks[$0] < upper) && ($0 == last || polynomial.breaks[$0 + 1] > lower)
      }.map { polynomial.pieces[$0] }
      func line(_ piece: [Double]) -> SIMD2<Double>? {
        piece.dropFirst(2).allSatisfy { $0 == 0 } ? SIMD2(piece.count > 1 ? piece[1] : 0, piece[0]) : nil
      }
      guard let first = line(pieces[0]), pieces.allSatisfy({ line($0) == first }) else { return nil }
      return (first[0], first[1])
    case .teacher: return nil
    }
  }
}
