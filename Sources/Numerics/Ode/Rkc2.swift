/// The Runge-Kutta-Chebyshev method of order 2: explicit, with as many stages as the stiffness asks for. It is stable where
/// the eigenvalues of tau J lie in [-beta, 0], beta about 0.65 s^2 with s stages, J the Jacobian of f: for gradient flows,
/// whose Jacobians are symmetric (Sommeijer, Shampine and Verwer, "RKC: an explicit solver for parabolic PDEs", J. Comput.
/// Appl. Math. 88, 1998, eqs. 2.2 to 2.8).
public enum Rkc2 {
  public static let order = 2
  /// The estimate of the error of a step goes with this power of the step.
  public static let errorOrder = 3
  /// The most stages of a step: rounding goes with their square.
  public static let mostStages = 400

  /// The stages that a step over tau needs where the eigenvalues of J have moduli up to `radius`; at least 2. Above
  /// ``mostStages`` the step is too long.
  public static func stages(_ tau: Double, radius: Double) -> Int {
    let count = 1 + (1.54 * tau * radius + 1).squareRoot()
    return count < 1e9 ? max(2, Int(count)) : .max
  }

  /// - Parameters:
  ///   - stages: at least 2.
  ///   - slope: f at the start.
  ///   - slopeAfter: f after an increment of y; nil where it is not finite.
  /// - Returns: nil where f is not finite.
  public static func step(
    _ tau: Double, stages: Int, slope: [Double], slopeAfter: ([Double]) -> [Double]?
  ) -> OdeStep? {
    precondition(stages >= 2)
    let first = slope.map { tau * $0 }
    var chebyshev = ChebyshevCoefficients(stages: stages)
    // Increments of y to the last two stages.
    var before = [Double](repeating: 0, count: slope.count)
    var current = first.map { chebyshev.firstWeight * $0 }
    for _ in 2...stages {
      guard let slope = slopeAfter(current) else { return nil }
      let c = chebyshev.next()
      for k in before.indices {
        let new = c.mu * current[k] + c.nu * before[k] + c.weight * (tau * slope[k]) + c.weightOfFirst * first[k]
        before[k] = current[k]
        current[k] = new
      }
    }
    guard let slopeAtEnd = slopeAfter(current) else { return nil }
    let last = slopeAtEnd.map { tau * $0 }
    // The cubic through both ends with the slopes there; stages are its slopes and the increment.
    return OdeStep(
      increment: current, error: current.indices.map { 0.4 * (first[$0] + last[$0]) - 0.8 * current[$0] },
      stages: [first, last, current], slopeAtEnd: slopeAtEnd, bends: [[1, 0, -1], [-1, -1, 2]])
  }
}

/// The coefficients of the stages of ``Rkc2``, one after the other, by the recursions of Chebyshev's polynomials and their
/// derivatives at w_0 = 1 + epsilon / s^2, epsilon = 2/13.
private struct ChebyshevCoefficients {
  private let w0: Double
  private let w1: Double
  /// T_j, T_j' and T_j'' at w_0 for the last two stages.
  private var before: SIMD3<Double>
  private var current: SIMD3<Double>
  /// b_j of the last two stages, and a_j = 1 - b_j T_j of the last one.
  private var bBefore: Double
  private var b: Double
  private var a: Double

  /// The coefficient of tau f at the start in the first stage.
  var firstWeight: Double { b * w1 }

  init(stages: Int) {
    w0 = 1 + 2.0 / 13 / Double(stages * stages)
    (before, current) = (SIMD3(1, 0, 0), SIMD3(w0, 1, 0))
    var last = (before, current)
    for _ in 2...stages { last = (last.1, Self.following(last.0, last.1, at: w0)) }
    w1 = last.1[1] / last.1[2]
    let second = Self.following(before, current, at: w0)
    b = second[2] / (second[1] * second[1])
    bBefore = b
    a = 1 - b * w0
  }

  private static func following(
    _ before: SIMD3<Double>, _ current: SIMD3<Double>, at x: Double
  ) -> SIMD3<Double> {
    2 * (x * current + SIMD3(0, current[0], 2 * current[1])) - before
  }

  /// Of the next stage.
  mutating func next() -> (mu: Double, nu: Double, weight: Double, weightOfFirst: Double) {
    (before, current) = (current, Self.following(before, current, at: w0))
    let next = current[2] / (current[1] * current[1])
    let weight = 2 * next * w1 / b
    let coefficients = (mu: 2 * next * w0 / b, nu: -next / bBefore, weight: weight, weightOfFirst: -a * weight)
    (bBefore, b) = (b, next)
    a = 1 - b * current[0]
    return coefficients
  }
}
