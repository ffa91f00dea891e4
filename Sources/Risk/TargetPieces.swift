import Expressions
import Kernels
import Problems

/// How the integrals over a piece of the input interval, of a line minus the target, are computed.
enum PieceRule: Sendable {
  /// A quadrature rule at the target's values.
  case quadrature(QuadratureRule)
  /// The antiderivatives of a power sum, from 0 on: where a power is singular.
  case antiderivative
}

/// The input interval, cut so that a quadrature rule integrates the target to rounding on every piece.
///
/// | target | pieces | rule |
/// |---|---|---|
/// | polynomial of degree d | one | Gauss-Legendre with d + 1 nodes: exact |
/// | power sum with real exponents on x >= 0 | the cell at 0 whole, others cut to [a, 2 a] | antiderivatives at 0; Gauss-Legendre with 16 + (largest exponent) nodes, whose error on [a, 2 a] is below 5.8^-32 |
/// | anything else | found by bisection down to 2^-12 of the interval and farther where needed | Gauss-Kronrod 21 with its error estimate |
struct TargetPieces: Sendable {
  enum Form: Sendable {
    case polynomial
    case powerSum(PowerSum, powers: [Program])
    case general
  }

  let form: Form
  let rule: QuadratureRule
  /// Inner cutting points, increasing.
  let cuts: [Double]

  /// Largest number of pieces that the target may need.
  static let maximumPieces = 2048
  /// Largest number of pieces that the search may look at.
  static let maximumMeasurements = 60_000
  /// Bisections that the search always makes, so that features narrower than a piece that looks smooth are seen: with 21
  /// nodes on each of 4096 pieces no gap is wider than 2^-15 of the interval.
  static let minimumDepth = 12
  /// Bisections of the interval before a piece counts as as small as can be.
  static let maximumDepth = 60
  /// What the error estimates of all pieces together may come to, relative to the integral of f^2.
  static let tolerance = 1e-12

  init(problem: Problem, lower: Double, upper: Double) throws(RiskError) {
    let program = problem.targetProgram
    try Self.checkFinite(program, lower: lower, upper: upper)
    if let sum = problem.target.powerSum(in: "x"), sum.degree <= 64 {
      if sum.isPolynomial {
        form = .polynomial
        rule = .gaussLegendre(Int(sum.degree) + 1)
        cuts = []
        return
      }
      if lower >= 0 {
        form = .powerSum(sum, powers: sum.terms.map { Self.power($0.exponent) })
        rule = .gaussLegendre(16 + Int(sum.degree.rounded(.up)))
        cuts = []
        return
      }
    }
    form = .general
    rule = .gaussKronrod21
    cuts = try Self.search(program, lower: lower, upper: upper)
  }

  /// The function x^exponent.
  private static func power(_ exponent: Double) -> Program {
    Program(
      instructions: [
        UInt32(Operation.constant.rawValue) | 1 << 8, UInt32(Operation.power.rawValue) | 1 << 8 | 1 << 24,
      ], constants: [exponent], registerCount: 2, result: 1)
  }

  /// A look at the whole interval, the ends included, where samples can fall.
  private static func checkFinite(_ program: Program, lower: Double, upper: Double) throws(RiskError) {
    let count = 4096
    let points = (0...count).map { lower + (upper - lower) * (Double($0) / Double(count)) }
    let values = program.evaluate(at: points)
    if let bad = values.firstIndex(where: { !$0.isFinite || !($0 * $0).isFinite }) {
      throw .targetNotFinite(x: points[bad], value: values[bad])
    }
  }

  /// A part of the interval with its integrals of f, f^2 and x f, and the error estimate of the Kronrod rule.
  private struct Piece {
    let lower: Double
    let upper: Double
    let integrals: SIMD4<Double>
    let error: Double

    var middle: Double { lower + 0.5 * (upper - lower) }
  }

  /// Bisects until the Kronrod and Gauss values of the integrals of f, f^2 and x f agree to rounding on every piece, and
  /// joins halves again where one rule does for both.
  private static func search(_ program: Program, lower: Double, upper: Double) throws(RiskError) -> [Double] {
    var search = Search(program: program, rule: .gaussKronrod21)
    let root = try search.measure(lower, upper)
    // The size of f^2, from points all over the interval.
    let points = (0..<4096).map { lower + (upper - lower) * ((Double($0) + 0.5) / 4096) }
    search.scale =
      program.evaluate(at: points).reduce(0) { $0 + $1 * $1 } * (upper - lower) / 4096
    let pieces = try search.refine(root, depth: 0)
    let scale = pieces.reduce(0) { $0 + $1.integrals[1] }
    let error = pieces.reduce(0) { $0 + $1.error }
    let worst = pieces.max { $0.error < $1.error }!
    guard error <= tolerance * scale, pieces.count <= maximumPieces else {
      throw .targetNotIntegrable(x: worst.middle)
    }
    return pieces.dropFirst().map(\.lower)
  }

  private struct Search {
    let program: Program
    let rule: QuadratureRule
    var scale = 0.0
    var measurements = 0

    init(program: Program, rule: QuadratureRule) {
      self.program = program
      self.rule = rule
    }

    mutating func measure(_ a: Double, _ b: Double) throws(RiskError) -> Piece {
      measurements += 1
      let half = 0.5 * (b - a)
      let middle = a + half
      let points = rule.nodes.map { middle + half * $0 }
      let values = program.evaluate(at: points)
      if let bad = values.firstIndex(where: { !$0.isFinite || !($0 * $0).isFinite }) {
        throw .targetNotFinite(x: points[bad], value: values[bad])
      }
      var integrals = SIMD4<Double>()
      var differences = SIMD4<Double>()
      for (i, f) in values.enumerated() {
        let moments = SIMD4(f, f * f, points[i] * f, 0)
        integrals += (half * rule.weights[i]) * moments
        differences += (half * (rule.weights[i] - rule.lowerOrderWeights![i])) * moments
      }
      return Piece(lower: a, upper: b, integrals: integrals, error: Self.weigh(differences, integrals, a, b))
    }

    /// Errors of the integrals of f and x f count as they would in a product with a residual of the size of f.
    private static func weigh(
      _ differences: SIMD4<Double>, _ integrals: SIMD4<Double>, _ a: Double, _ b: Double
    ) -> Double {
      let size = (max(integrals[1], 0) / (b - a)).squareRoot()
      let reach = max(abs(a), abs(b), b - a)
      return max(abs(differences[1]), size * max(abs(differences[0]), abs(differences[2]) / reach))
    }

    mutating func refine(_ piece: Piece, depth: Int) throws(RiskError) -> [Piece] {
      let threshold = 4e-16 * scale
      if depth >= maximumDepth || (depth >= minimumDepth && piece.error <= threshold) { return [piece] }
      guard measurements < maximumMeasurements else { throw .targetNotIntegrable(x: piece.middle) }
      let left = try refine(measure(piece.lower, piece.middle), depth: depth + 1)
      let right = try refine(measure(piece.middle, piece.upper), depth: depth + 1)
      if left.count == 1, right.count == 1, piece.error <= threshold {
        let difference = left[0].integrals + right[0].integrals - piece.integrals
        if Self.weigh(difference, piece.integrals, piece.lower, piece.upper) <= threshold { return [piece] }
      }
      return left + right
    }
  }
}
