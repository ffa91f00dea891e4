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
/// | anything else | found by bisection | Gauss-Kronrod 21 with its error estimate |
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

  /// Largest number of pieces that the search may use.
  static let maximumPieces = 2048
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

  /// A coarse look at the whole interval, the ends included, where samples can fall.
  private static func checkFinite(_ program: Program, lower: Double, upper: Double) throws(RiskError) {
    let count = 4096
    let points = (0...count).map { lower + (upper - lower) * (Double($0) / Double(count)) }
    let values = program.evaluate(at: points)
    if let bad = values.firstIndex(where: { !$0.isFinite }) {
      throw .targetNotFinite(x: points[bad], value: values[bad])
    }
  }

  /// Bisects until the Kronrod and Gauss values of the integrals of f, f^2 and x f agree to rounding on every piece.
  private static func search(_ program: Program, lower: Double, upper: Double) throws(RiskError) -> [Double] {
    let rule = QuadratureRule.gaussKronrod21
    struct Piece {
      let lower: Double
      let upper: Double
      let depth: Int
      let square: Double
      let error: Double
    }
    func measure(_ a: Double, _ b: Double, depth: Int) throws(RiskError) -> Piece {
      let half = 0.5 * (b - a)
      let middle = a + half
      let points = rule.nodes.map { middle + half * $0 }
      let values = program.evaluate(at: points)
      if let bad = values.firstIndex(where: { !$0.isFinite }) {
        throw .targetNotFinite(x: points[bad], value: values[bad])
      }
      var integrals = SIMD4<Double>()
      var differences = SIMD4<Double>()
      for (i, f) in values.enumerated() {
        let moments = SIMD4(f, f * f, rule.nodes[i] * f, 0)
        integrals += rule.weights[i] * moments
        differences += (rule.weights[i] - rule.lowerOrderWeights![i]) * moments
      }
      // Errors of f and x f weigh as products with a residual of the size of f.
      let size = (0.5 * max(integrals[1], 0)).squareRoot()
      let error = half * max(abs(differences[1]), size * max(abs(differences[0]), abs(differences[2])))
      return Piece(lower: a, upper: b, depth: depth, square: half * integrals[1], error: error)
    }
    var pieces = [try measure(lower, upper, depth: 0)]
    var done: [Piece] = []
    while let piece = pieces.popLast() {
      let scale = pieces.reduce(done.reduce(piece.square) { $0 + $1.square }) { $0 + $1.square }
      if piece.error <= 4e-16 * scale || piece.depth >= maximumDepth {
        done.append(piece)
        continue
      }
      guard pieces.count + done.count < maximumPieces else {
        throw .targetNotIntegrable(x: piece.lower + 0.5 * (piece.upper - piece.lower))
      }
      let middle = piece.lower + 0.5 * (piece.upper - piece.lower)
      pieces.append(try measure(middle, piece.upper, depth: piece.depth + 1))
      pieces.append(try measure(piece.lower, middle, depth: piece.depth + 1))
    }
    let scale = done.reduce(0) { $0 + $1.square }
    let error = done.reduce(0) { $0 + $1.error }
    guard error <= tolerance * scale else {
      let worst = done.max { $0.error < $1.error }!
      throw .targetNotIntegrable(x: worst.lower + 0.5 * (worst.upper - worst.lower))
    }
    // The pieces were finished from left to right.
    return done.dropFirst().map(\.lower)
  }
}
