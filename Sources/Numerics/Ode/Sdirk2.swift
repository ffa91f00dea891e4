/// The diagonally implicit Runge-Kutta method with two stages of order 2, L-stable and stiffly accurate, gamma = 1 - 1 /
/// sqrt 2 (Alexander, "Diagonally implicit Runge-Kutta methods for stiff O.D.E.'s", SIAM J. Numer. Anal. 14, 1977): U_1
/// = y + gamma tau f(U_1), U_2 = y + (1 - gamma) tau f(U_1) + gamma tau f(U_2), and U_2 is the end.
///
/// The embedded method, of order 1, is y + tau f(U_1): the estimate of the error is gamma tau (f(U_2) - f(U_1)). How the
/// equations of the stages are solved is left to the caller.
public enum Sdirk2 {
  public static let gamma = 1 - 0.5.squareRoot()
  public static let order = 2
  /// The estimate of the error of a step goes with this power of the step.
  public static let errorOrder = 2

  /// Slopes are taken from the equations of the stages, f(U) = (U - centre) / (gamma tau): errors of U count once there,
  /// and times the Lipschitz constant in f itself (Hairer and Wanner, Solving Ordinary Differential Equations II, IV.8).
  ///
  /// - Parameters:
  ///   - solveStage: U = centre + gamma tau f(U); nil where it is not found.
  /// - Returns: nil where a stage is not found; stages are the increments of y to U_1 and U_2.
  public static func step(
    _ tau: Double, from y: [Double], solveStage: (_ centre: [Double], _ step: Double) -> [Double]?
  ) -> OdeStep? {
    let step = gamma * tau
    guard let first = solveStage(y, step) else { return nil }
    let increment = y.indices.map { first[$0] - y[$0] }
    let centre = y.indices.map { y[$0] + (1 - gamma) / gamma * increment[$0] }
    guard let second = solveStage(centre, step) else { return nil }
    let end = y.indices.map { second[$0] - y[$0] }
    // gamma tau f(U_2)
    let last = y.indices.map { second[$0] - centre[$0] }
    return OdeStep(
      increment: end, error: y.indices.map { last[$0] - increment[$0] }, stages: [increment, end],
      slopeAtEnd: last.map { $0 / step }, bends: [])
  }
}
