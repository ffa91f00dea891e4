import CSpecialFunctions

/// Student's law.
enum StudentT {
  /// The t with P(|T| > t) = I_x(f / 2, 1/2) = error at x = f / (f + t^2), for f degrees of freedom.
  static func quantile(twoSidedError error: Double, degreesOfFreedom: Double) -> Double {
    let f = degreesOfFreedom
    let x = csf_beta_regularized_inverse(0.5 * f, 0.5, error)
    return (f * (1 - x) / x).squareRoot()
  }
}
