/// A quantity of a trial that is followed through training.
///
/// The raw value is the place of the quantity in stored trajectories.
public enum TrajectoryQuantity: UInt8, Sendable, CaseIterable {
  /// Population risk.
  case risk = 0
  /// Euclidean norm of the population gradient over the trained parameters.
  case gradientNorm = 1
  /// Euclidean norm of the mini-batch gradient over the trained parameters.
  case batchGradientNorm = 2
  /// Euclidean distance to the final iterate; infinite at every checkpoint of a trial that diverges.
  case distanceToEnd = 3
  /// Euclidean norm of the trained parameters.
  case parameterNorm = 4

  /// The word on the command line and in JSON; CSV has underscores in place of the hyphens.
  public var word: String {
    switch self {
    case .risk: "risk"
    case .gradientNorm: "gradient-norm"
    case .batchGradientNorm: "batch-gradient-norm"
    case .distanceToEnd: "distance"
    case .parameterNorm: "parameter-norm"
    }
  }

  /// What headings call it.
  public var text: String {
    switch self {
    case .risk: "risk"
    case .gradientNorm: "population-gradient norm"
    case .batchGradientNorm: "mini-batch gradient norm"
    case .distanceToEnd: "distance to the final iterate"
    case .parameterNorm: "parameter norm"
    }
  }

  public init?(word: String) {
    guard let quantity = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = quantity
  }
}
