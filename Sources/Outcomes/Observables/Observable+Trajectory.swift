// Their order is that of the quantities of ledgers up to schema 4.
extension Observable {
  /// What ledgers up to schema 4 keep at every checkpoint.
  public static let trajectory: [Observable] = [
    .riskAlong, .gradientNormAlong, .batchGradientNorm, .distanceToEnd, .parameterNorm,
  ]

  /// Population risk.
  public static let riskAlong = Observable("risk", title: "risk", .nonnegativeReal, at: .checkpoint)
  /// Euclidean norm of the population gradient over the trained parameters.
  public static let gradientNormAlong = Observable(
    "gradient-norm", title: "population-gradient norm", .nonnegativeReal, at: .checkpoint)
  /// Euclidean norm of the mini-batch gradient over the trained parameters.
  public static let batchGradientNorm = Observable(
    "batch-gradient-norm", title: "mini-batch gradient norm", .nonnegativeReal, at: .checkpoint)
  /// Euclidean distance to the final iterate; infinite at every checkpoint of a trial that diverges.
  public static let distanceToEnd = Observable(
    "distance", title: "distance to the final iterate", .nonnegativeReal, at: .checkpoint)
  /// Euclidean norm of the trained parameters.
  public static let parameterNorm = Observable(
    "parameter-norm", title: "parameter norm", .nonnegativeReal, at: .checkpoint)
}
