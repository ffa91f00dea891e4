import Expressions
import Kernels
import Numerics
import Problems

/// How integrals over a scalar input of a piecewise linear function minus the target are computed.
///
/// | target | pieces | rule |
/// |---|---|---|
/// | piecewise polynomial of degree d | between its breaks | Gauss-Legendre with max(d, 1) + 1 nodes: exact |
/// | power sum with real exponents | [a, 2 a], the cell at 0 whole | Gauss-Legendre, antiderivatives at 0 |
/// | anything else | found by `TargetSearch` | Gauss-Kronrod 21 with its error estimate |
///
/// Power sums are those on x >= 0 with uniform inputs; 16 + (largest exponent) nodes have an error below 5.8^-32 on
/// [a, 2 a]. A density that is no constant is part of the integrand: a polynomial piece of degree q costs a Gauss rule
/// q / 2 nodes, a normal density cuts the line into standard deviations and costs 12.
struct ScalarQuadrature: Sendable {
  enum Form: Sendable {
    case polynomial
    case powerSum(PowerSum, powers: [Program])
    case general
  }

  let form: Form
  let rule: QuadratureRule
  let density: ScalarDensity
  let target: Program
  /// Inner cutting points, increasing.
  let cuts: [Double]

  var lower: Double { density.lower }
  var upper: Double { density.upper }
  var interval: ClosedRange<Double> { lower...upper }

  /// - Throws: when the target is not finite on the interval or its quadrature does not reach 1e-12.
  init(problem: Problem, law: InputLaw, target: Program) throws(RiskError) {
    density = ScalarDensity(law)
    self.target = target
    try Self.checkFinite(target, lower: density.lower, upper: density.upper)
    let (lower, upper) = (density.lower, density.upper)
    let known = Set(density.cuts + problem.targetCuts).filter { $0 > lower && $0 < upper }.sorted()
    if let degree = problem.polynomialDegree {
      form = .polynomial
      rule = .gaussLegendre(max(degree, 1) + 1 + density.extraNodes)
      cuts = known
    } else if density.isUniform, lower >= 0, known.isEmpty, let sum = problem.powerSum {
      form = .powerSum(sum, powers: sum.terms.map { Self.power($0.exponent) })
      rule = .gaussLegendre(16 + Int(sum.degree.rounded(.up)))
      cuts = []
    } else {
      form = .general
      rule = .gaussKronrod21
      cuts = try TargetSearch.cuts(target, density: density, known: known)
    }
    if density.isNormal { try checkTails() }
  }

  /// The function x^exponent.
  private static func power(_ exponent: Double) -> Program {
    try! Expression(parsing: "x^p", variables: ["x", "p"]).substituting("p", exponent).program(of: "x")
  }

  /// A look at the whole interval, the ends included, where samples can fall.
  private static func checkFinite(_ program: Program, lower: Double, upper: Double) throws(RiskError) {
    let count = 4096
    let points = (0...count).map { lower + (upper - lower) * (Double($0) / Double(count)) }
    let values = program.evaluate(at: points)
    if let bad = values.firstNonFinite {
      throw .targetNotFinite(x: points[bad], value: values[bad])
    }
  }

  /// Whether f^2 times the density has died away where a normal density is cut off.
  private func checkTails() throws(RiskError) {
    let count = 1024
    let points = (0...count).map { lower + (upper - lower) * (Double($0) / Double(count)) }
    let weights = density.values(at: points)
    let sizes = zip(target.evaluate(at: points), weights).map { $0 * $0 * $1 }
    for (end, x) in [(sizes[0], lower), (sizes[count], upper)] where end > 1e-13 * sizes.max()! {
      throw .targetGrowsTooFast(x: x)
    }
  }
}

extension Problem {
  /// The degree of the polynomials that the target consists of between the points of `targetCuts`; nil if it does not.
  fileprivate var polynomialDegree: Int? {
    switch target {
    case .expression: powerSum.flatMap { $0.isPolynomial ? Int($0.degree) : nil }
    case .piecewisePolynomial(let polynomial): polynomial.pieces.map(\.count).max()! - 1
    case .affine: 1
    case .teacher(let teacher):
      switch teacher.architecture.activation.facts {
      case let facts where facts.isPiecewiseAffine:
        // The kinks of a deep teacher are not known beforehand.
        teacher.architecture.depth == 1 || facts.kinks.isEmpty ? 1 : nil
      default: nil
      }
    case nil: nil
    }
  }

  /// The target as a sum of powers of x with exponents up to 64, if it is one.
  fileprivate var powerSum: PowerSum? {
    guard case .expression(let expression) = target,
      let sum = expression.renaming("x1", to: "x").powerSum(in: "x"), sum.degree <= 64
    else { return nil }
    return sum
  }
}
