/// An estimate from above of the largest modulus of the eigenvalues of the Jacobian of f, by the power method with
/// differences of f (Sommeijer, Shampine and Verwer, "RKC: an explicit solver for parabolic PDEs", J. Comput. Appl. Math. 88,
/// 1998, section 3.2). It goes on from the vector that it has found before.
public struct SpectralRadius: Sendable {
  private var vector: [Double]?
  /// Values of f that were asked for.
  public private(set) var evaluations = 0

  public init() {}

  private static let iterations = 50
  /// The power method ends where the estimate changes by less than this share.
  private static let accuracy = 0.01
  /// What it may be too small by.
  private static let safety = 1.2

  /// - Parameters:
  ///   - slope: f at y.
  ///   - slopeAfter: f after an increment of y; nil where it is not finite.
  /// - Returns: nil where f is not finite.
  public mutating func estimate(
    at y: [Double], slope: [Double], slopeAfter: ([Double]) -> [Double]?
  ) -> Double? {
    let size = y.euclideanNorm
    let length = 0x1p-26 * (size > 0 ? size : 1)
    var direction = vector ?? slope
    var radius = 0.0
    for iteration in 0..<Self.iterations {
      let norm = direction.euclideanNorm
      // Nothing moves.
      guard norm > 0 else { return radius }
      evaluations += 1
      guard let after = slopeAfter(direction.map { length / norm * $0 }) else { return nil }
      direction = after.indices.map { after[$0] - slope[$0] }
      let last = radius
      radius = direction.euclideanNorm / length
      vector = direction
      if iteration > 0, (radius - last).magnitude <= Self.accuracy * radius { break }
    }
    return Self.safety * radius
  }
}
