import Kernels
import Numerics

/// The search for pieces on which the Gauss-Kronrod rule integrates a target to rounding.
///
/// Bisects until the Kronrod and Gauss values of the integrals of f, f^2 and x f agree to rounding on every piece, and
/// joins halves again where one rule does for both.
struct TargetSearch {
  /// Largest number of pieces that the target may need.
  static let maximumPieces = 2048
  /// Largest number of pieces that the search may look at.
  static let maximumMeasurements = 60_000
  /// Bisections that the search makes of the whole interval in any case, so that features narrower than a piece that
  /// looks smooth are seen: with 21 nodes on each of 4096 pieces no gap is wider than 2^-15 of the interval.
  static let minimumDepth = 12
  /// Bisections of the interval before a piece counts as as small as can be.
  static let maximumDepth = 60
  /// What the error estimates of all pieces together may come to, relative to the integral of f^2.
  static let tolerance = 1e-12

  /// A part of the interval with its integrals of f, f^2, x f and 1, and the error estimate of the Kronrod rule.
  private struct Piece {
    let lower: Double
    let upper: Double
    let integrals: SIMD4<Double>
    let error: Double

    var middle: Double { lower + 0.5 * (upper - lower) }
  }

  private let program: Program
  private let density: ScalarDensity
  private let rule = QuadratureRule.gaussKronrod21
  private var scale = 0.0
  private var measurements = 0

  private init(program: Program, density: ScalarDensity) {
    self.program = program
    self.density = density
  }

  /// The inner cutting points, those already known among them.
  static func cuts(_ program: Program, density: ScalarDensity, known: [Double]) throws(RiskError) -> [Double] {
    let (lower, upper) = (density.lower, density.upper)
    let ends = [lower] + known + [upper]
    var search = TargetSearch(program: program, density: density)
    // Pieces between known cuts are bisected less often, together about as often as the whole interval would be.
    let depth = max(minimumDepth - (Int.bitWidth - known.count.leadingZeroBitCount), 3)
    var roots: [Piece] = []
    for (a, b) in zip(ends, ends.dropFirst()) { try roots.append(search.measure(a, b)) }
    // The size of f^2, from points all over the interval.
    let points = (0..<4096).map { lower + (upper - lower) * ((Double($0) + 0.5) / 4096) }
    let squares = zip(program.evaluate(at: points), density.values(at: points)).map { $0 * $0 * $1 }
    search.scale = squares.reduce(0, +) * (upper - lower) / 4096
    var pieces: [Piece] = []
    for root in roots { try pieces += search.refine(root, depth: 0, minimumDepth: depth) }
    let scale = pieces.reduce(0) { $0 + $1.integrals[1] }
    let error = pieces.reduce(0) { $0 + $1.error }
    let worst = pieces.max { $0.error < $1.error }!
    guard error <= tolerance * scale, pieces.count <= maximumPieces else {
      throw .targetNotIntegrable(x: worst.middle)
    }
    return pieces.dropFirst().map(\.lower)
  }

  private mutating func measure(_ a: Double, _ b: Double) throws(RiskError) -> Piece {
    measurements += 1
    let half = 0.5 * (b - a)
    let middle = a + half
    let points = rule.nodes.map { middle + half * $0 }
    let values = program.evaluate(at: points)
    let densities = density.values(at: points)
    if let bad = values.firstNonFinite {
      throw .targetNotFinite(x: points[bad], value: values[bad])
    }
    var integrals = SIMD4<Double>()
    var differences = SIMD4<Double>()
    for (i, f) in values.enumerated() {
      let moments = densities[i] * SIMD4(f, f * f, points[i] * f, 1)
      integrals += (half * rule.weights[i]) * moments
      differences += (half * (rule.weights[i] - rule.lowerOrderWeights![i])) * moments
    }
    return Piece(lower: a, upper: b, integrals: integrals, error: Self.weigh(differences, integrals, a, b))
  }

  /// Errors of the integrals of f and x f count as they would in a product with a residual of the size of f.
  private static func weigh(
    _ differences: SIMD4<Double>, _ integrals: SIMD4<Double>, _ a: Double, _ b: Double
  ) -> Double {
    let size = integrals[3] > 0 ? (max(integrals[1], 0) / integrals[3]).squareRoot() : 0
    let reach = max(abs(a), abs(b), b - a)
    return max(abs(differences[1]), size * max(abs(differences[0]), abs(differences[2]) / reach))
  }

  private mutating func refine(_ piece: Piece, depth: Int, minimumDepth: Int) throws(RiskError) -> [Piece] {
    let threshold = 4e-16 * scale
    if depth >= Self.maximumDepth || (depth >= minimumDepth && piece.error <= threshold) { return [piece] }
    guard measurements < Self.maximumMeasurements else { throw .targetNotIntegrable(x: piece.middle) }
    let left = try refine(measure(piece.lower, piece.middle), depth: depth + 1, minimumDepth: minimumDepth)
    let right = try refine(measure(piece.middle, piece.upper), depth: depth + 1, minimumDepth: minimumDepth)
    if left.count == 1, right.count == 1, piece.error <= threshold {
      let difference = left[0].integrals + right[0].integrals - piece.integrals
      if Self.weigh(difference, piece.integrals, piece.lower, piece.upper) <= threshold { return [piece] }
    }
    return left + right
  }
}
