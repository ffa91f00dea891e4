/// The law of a scalar input, as sorted mini-batches are drawn from it.
public struct ScalarLaw: Sendable, Hashable {
  /// Samples are in [lower, upper].
  public let lower: Float
  public let upper: Float
  /// The quantile function on (0, 1), whose values are rounded to single precision and brought into [lower, upper]; nil
  /// for the uniform law on [lower, upper].
  public let quantile: Program?

  /// - Precondition: lower < upper, their difference is finite, and the quantile is a function of one variable.
  public init(lower: Float, upper: Float, quantile: Program? = nil) {
    precondition(lower < upper && (upper - lower).isFinite)
    precondition(quantile == nil || quantile!.variableCount == 1)
    self.lower = lower
    self.upper = upper
    self.quantile = quantile
  }

  /// Standard deviations within which normal samples are.
  public static let normalReach = 8.0

  /// The normal law. Samples beyond ``normalReach`` standard deviations, whose probability is 1.3e-15, are moved to
  /// that bound.
  public static func normal(mean: Double, standardDeviation: Double) -> ScalarLaw {
    var builder = ProgramBuilder(variableCount: 1)
    let standard = builder.value(.normalQuantile, 0)
    let value = builder.variable(startingAt: mean)
    builder.add(standardDeviation, times: standard, to: value)
    return ScalarLaw(
      lower: Float(mean - normalReach * standardDeviation), upper: Float(mean + normalReach * standardDeviation),
      quantile: builder.program(result: value))
  }
}
