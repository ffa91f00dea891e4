import Expressions
import Kernels
import Numerics
import Problems

/// The law of a scalar input as a density on an interval.
struct ScalarDensity: Sendable {
  private enum Form: Sendable {
    case uniform
    case piecewisePolynomial(PiecewisePolynomial)
    case normal(Program, factor: Double)
  }

  private let form: Form
  let lower: Double
  let upper: Double
  /// The density is this constant times `values(at:)`.
  let constant: Double
  /// Points inside the interval between which a Gauss rule integrates the density times a polynomial.
  let cuts: [Double]
  /// Nodes that the density costs a Gauss rule.
  let extraNodes: Int
  /// Integrates the density times a quadratic function between neighbouring cuts.
  private let momentRule: QuadratureRule

  /// Standard deviations to either side of the mean where a normal density is cut off: 2.3e-19 of its mass are beyond.
  static let normalReach = 9.0

  var isUniform: Bool { if case .uniform = form { true } else { false } }
  var isNormal: Bool { if case .normal = form { true } else { false } }

  /// - Precondition: `law` is scalar.
  init(_ law: InputLaw) {
    switch law {
    case .uniform(let lower, let upper): self = Self(InputLaw.Bounds(lower: lower, upper: upper))
    case .box(let bounds): self = Self(bounds[0])
    case .density(let density):
      self = Self(
        form: .piecewisePolynomial(density), lower: density.breaks.first!, upper: density.breaks.last!, constant: 1,
        cuts: Array(density.breaks.dropFirst().dropLast()),
        // A rule with n nodes is exact up to the degree 2 n - 1.
        extraNodes: density.pieces.map(\.count).max()! / 2)
    case .normal(let mean, let standardDeviation, _):
      let lower = mean - Self.normalReach * standardDeviation
      let upper = mean + Self.normalReach * standardDeviation
      let panels = Int(2 * Self.normalReach)
      self = Self(
        form: .normal(
          Self.bell(mean: mean, standardDeviation: standardDeviation),
          factor: 1 / (standardDeviation * (2 * Double.pi).squareRoot())),
        lower: lower, upper: upper, constant: 1,
        cuts: (1..<panels).map { lower + (upper - lower) * (Double($0) / Double(panels)) },
        // On one standard deviation 12 more nodes integrate the density times a polynomial to rounding.
        extraNodes: 12)
    }
  }

  private init(
    form: Form, lower: Double, upper: Double, constant: Double, cuts: [Double], extraNodes: Int
  ) {
    self.form = form
    self.lower = lower
    self.upper = upper
    self.constant = constant
    self.cuts = cuts
    self.extraNodes = extraNodes
    momentRule = .gaussLegendre(2 + extraNodes)
  }

  /// Uniform, with the bounds rounded to single precision, as samples are drawn.
  private init(_ bounds: InputLaw.Bounds) {
    let bounds = bounds.rounded
    self.init(
      form: .uniform, lower: bounds.lower, upper: bounds.upper, constant: 1 / (bounds.upper - bounds.lower), cuts: [],
      extraNodes: 0)
  }

  /// exp(-((x - mean) / standardDeviation)^2 / 2).
  static func bell(mean: Double, standardDeviation: Double) -> Program {
    let bell = try! Expression(parsing: "exp(-0.5 * ((x - m) / s)^2)", variables: ["x", "m", "s"])
    return bell.substituting("m", mean).substituting("s", standardDeviation).program(of: "x")
  }

  /// The density at points of the interval, divided by `constant`.
  func values(at points: [Double]) -> [Double] {
    switch form {
    case .uniform: Array(repeating: 1, count: points.count)
    case .piecewisePolynomial(let density): points.map { density.value(at: $0) }
    case .normal(let program, let factor): program.evaluate(at: points).map { factor * $0 }
    }
  }
}

extension ScalarDensity {
  /// The integrals of p, x p and x^2 p from the lower end to each of the points, which increase from it. Exact up to
  /// rounding.
  func moments(upTo points: [Double]) -> [SIMD4<Double>] {
    var sum = SIMD4<Double>.zero
    var sums = [sum]
    sums.reserveCapacity(points.count)
    var next = 0
    for (left, right) in zip(points, points.dropFirst()) {
      if isUniform {
        let half = 0.5 * (right - left)
        let middle = left + half
        sum += 2 * half * constant * SIMD4(1, middle, middle * middle + half * half / 3, 0)
      } else {
        var start = left
        while next < cuts.count && cuts[next] <= left { next += 1 }
        while next < cuts.count && cuts[next] < right {
          sum += moments(from: start, to: cuts[next])
          start = cuts[next]
          next += 1
        }
        sum += moments(from: start, to: right)
      }
      sums.append(sum)
    }
    return sums
  }

  /// The integrals of p, (x - m) p and (x - m)^2 p between two points.
  func moments(from left: Double, to right: Double, about m: Double) -> SIMD4<Double> {
    let ends = [left] + cuts.filter { $0 > left && $0 < right } + [right]
    return zip(ends, ends.dropFirst()).reduce(.zero) { $0 + moments(from: $1.0, to: $1.1, origin: m) }
  }

  /// Between two points without a cut in between.
  private func moments(from left: Double, to right: Double, origin: Double = 0) -> SIMD4<Double> {
    guard left < right else { return .zero }
    let half = 0.5 * (right - left)
    let points = momentRule.nodes.map { left + half + half * $0 }
    var sum = SIMD4<Double>.zero
    for ((point, p), weight) in zip(zip(points, values(at: points)), momentRule.weights) {
      let x = point - origin
      sum += weight * p * SIMD4(1, x, x * x, 0)
    }
    return half * constant * sum
  }
}

extension PiecewisePolynomial {
  /// The value of the piece that begins at x or before it; outermost pieces go on.
  func value(at x: Double) -> Double {
    var piece = 0
    while piece + 1 < pieces.count && breaks[piece + 1] <= x { piece += 1 }
    return pieces[piece].reversed().reduce(0) { $0 * x + $1 }
  }
}
