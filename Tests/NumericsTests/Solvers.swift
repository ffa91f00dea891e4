import Numerics

/// A system of two equations, by Cramer's rule.
struct TwoByTwo: LinearSolver {
  private let matrix: (Double, Double, Double, Double)

  /// Row by row.
  init(_ a: Double, _ b: Double, _ c: Double, _ d: Double) { matrix = (a, b, c, d) }

  func solve(_ rightSide: [Double]) -> [Double] {
    let (a, b, c, d) = matrix
    let determinant = a * d - b * c
    return [
      (d * rightSide[0] - b * rightSide[1]) / determinant, (a * rightSide[1] - c * rightSide[0]) / determinant,
    ]
  }
}

struct Scalar: LinearSolver {
  private let value: Double

  init(_ value: Double) { self.value = value }

  func solve(_ rightSide: [Double]) -> [Double] { rightSide.map { $0 / value } }
}
