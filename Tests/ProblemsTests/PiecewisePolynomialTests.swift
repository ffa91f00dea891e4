import Foundation
import Kernels
import Problems
import TestSupport
import Testing

@Suite("piecewise polynomials")
struct PiecewisePolynomialTests {
  // MARK: Targets

  private static let target = PiecewisePolynomial(
    breaks: [-1, 0.1, 0.7, 2], pieces: [[1], [0.3, -2, 0, 1.7], [-4, 0, 0.25]])

  private static func value(_ x: Double) -> Double {
    x < 0.1 ? 1 : x < 0.7 ? ((1.7 * x + 0) * x - 2) * x + 0.3 : (0.25 * x + 0) * x - 4
  }

  @Test(
    "each piece to the last bit, its left break included, and continued at both ends", arguments: KernelLevel.supported)
  func target(_ level: KernelLevel) {
    let edges = [-1, 0.1, 0.7, 2].flatMap { [$0.nextDown, $0, $0.nextUp] }
    let points = edges + (-400...400).map { Double($0) / 100 } + [-1e6, 1e6]
    let problem = Problem(inputs: .law(.uniform(lower: -1, upper: 2)), target: .piecewisePolynomial(Self.target))
    let program = problem.targetProgram!
    #expect(program.evaluate(at: points, kernels: KernelTable(level)) == points.map(Self.value))
    #expect(problem.targetCuts == [0.1, 0.7])
  }

  @Test("one piece, and constant pieces")
  func simple() {
    func values(_ polynomial: PiecewisePolynomial, _ points: [Double]) -> [Double] {
      Problem(inputs: .law(.uniform(lower: 0, upper: 1)), target: .piecewisePolynomial(polynomial)).targetProgram!
        .evaluate(at: points)
    }
    #expect(values(PiecewisePolynomial(breaks: [0, 1], pieces: [[0, 2]]), [-1, 0.5, 3]) == [-2, 1, 6])
    #expect(values(PiecewisePolynomial(breaks: [0, 1], pieces: [[5]]), [-1, 0.5, 3]) == [5, 5, 5])
    #expect(
      values(PiecewisePolynomial(breaks: [0, 1, 2, 3], pieces: [[5], [0], [-1]]), [-1, 1, 1.5, 2, 9])
        == [5, 0, 0, -1, -1])
  }

  // MARK: Densities

  @Test(
    "densities are recognized",
    arguments: [
      PiecewisePolynomial(breaks: [0, 1], pieces: [[1]]),
      PiecewisePolynomial(breaks: [0, 1], pieces: [[0, 6, -6]]),
      // 3/4 (1 - (x - 2)^2) touches 0 at both ends, up to rounding.
      PiecewisePolynomial(breaks: [1, 3], pieces: [[-2.25, 3, -0.75]]),
      // A gap; 12 (x - 1/2)^2 touches 0 inside; decimals.
      PiecewisePolynomial(breaks: [0, 1, 2, 3], pieces: [[0.5], [0], [0.5]]),
      PiecewisePolynomial(breaks: [0, 1], pieces: [[3, -12, 12]]),
      PiecewisePolynomial(breaks: [0, 3], pieces: [[0.333333333333333]]),
    ])
  func densities(_ polynomial: PiecewisePolynomial) throws { #expect(try polynomial.density() == polynomial) }

  @Test("what is no density, and why")
  func noDensities() {
    func text(_ breaks: [Double], _ pieces: [[Double]]) -> String? {
      do throws(DensityError) {
        _ = try PiecewisePolynomial(breaks: breaks, pieces: pieces).density()
        return nil
      } catch {
        return error.description
      }
    }
    #expect(text([0, 1], [[0.5]]) == "integrates to 0.5, not to 1; multiply all coefficients by 2.0")
    #expect(text([0, 1], [[0]]) == "integrates to 0.0, not to 1")
    #expect(text([0, 1], [[1 + 2e-12]])?.hasPrefix("integrates to 1.000000000002") == true)
    #expect(
      text([0, 1, 2], [[1], [-0.5]]) == "is negative: -0.5 at x = 1.0, in piece 2; a density is at least 0")
    #expect(text([0, 1], [[2, -4, 3]]) == nil)
    // Negative only inside, at 1/2.
    #expect(
      text([0, 1], [[2, -9, 9]]) == "is negative: -0.25 at x = 0.5, in piece 1; a density is at least 0")
    // A polynomial of degree 4 that is negative in two places.
    #expect(text([-2, 2], [[1, 0, -2.1, 0, 1]])?.hasPrefix("is negative: -0.1") == true)
  }

  /// Quantiles by closed form, and for the second law of SciPy's beta(2, 2). Bisection ends within 2^-27 of a piece.
  @Test("quantiles", arguments: KernelLevel.supported)
  func quantiles(_ level: KernelLevel) throws {
    func quantiles(_ density: PiecewisePolynomial, _ u: [Double]) throws -> [Double] {
      let law = InputLaw.density(try density.density()).scalarLaw!
      return law.quantile!.evaluate(at: u, kernels: KernelTable(level))
    }
    let u = [1e-7, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999, 1 - 1e-9]
    let triangle = try quantiles(PiecewisePolynomial(breaks: [0, 1], pieces: [[0, 2]]), u)
    for (u, x) in zip(u, triangle) { #expect(abs(x - u.squareRoot()) <= 0x1p-26) }
    let beta = try quantiles(PiecewisePolynomial(breaks: [0, 1], pieces: [[0, 6, -6]]), u)
    let scipy = [
      0.00018258529863699748, 0.058903135778195254, 0.19580010565909173, 0.3263518223330697, 0.5, 0.6736481776669303,
      0.8041998943409083, 0.9816297461411884, 0.9999817424705618,
    ]
    for (x, expected) in zip(beta, scipy) { #expect(abs(x - expected) <= 0x1p-26) }
    // Constant pieces with a gap: no bisection.
    let gap = try quantiles(PiecewisePolynomial(breaks: [0, 1, 2, 4], pieces: [[0.5], [0], [0.25]]), u)
    // A few roundings of numbers up to 4, by 2^-52 at most each.
    for (u, x) in zip(u, gap) { #expect(abs(x - (u < 0.5 ? 2 * u : 2 + 4 * (u - 0.5))) <= 1e-14) }
  }

  /// Three pieces of different degrees, one without probability. False-alarm rate: 1e-6.
  @Test("mini-batches have the density", arguments: [1, 64, 1024])
  func batches(_ size: Int) throws {
    let density = try PiecewisePolynomial(
      breaks: [-1, 0, 0.5, 1, 3], pieces: [[0.5, 0.5], [0.5], [0], [-1.125, 1.5, -0.375]]
    ).density()
    let source = Problem(inputs: .law(.density(density)), target: .affine(weights: [2], constant: 1)).sampleSource()
    let (points, targets) = samples(source, size: size, steps: UInt32(100_000 / size))
    #expect(zip(points, targets).allSatisfy { x, y in y == Double(Float(2 * x + 1)) })
    let distance = kolmogorovSmirnov(points) { x in
      if x < 0 { return 0.25 * (x + 1) * (x + 1) }
      if x < 1 { return 0.25 + 0.5 * min(x, 0.5) }
      return 0.5 - 1.125 * (x - 1) + 0.75 * (x * x - 1) - 0.125 * (x * x * x - 1)
    }
    #expect(distance < Critical.kolmogorovSmirnov)
    #expect(points.allSatisfy { -1 <= $0 && $0 <= 3 && !(0.5 < $0 && $0 < 1) })
  }
}
