import Numerics
import Outcomes

// The five that trajectories began with.
extension Measurement<MeasuredCheckpoint> {
  static let risk = Self(observable: .riskAlong) { $0.evaluation.risk }

  static let gradientNorm = Self(observable: .gradientNormAlong) { $0.evaluation.norm(over: $0.cell.trainedRanges) }

  static let batchGradientNorm = Self(observable: .batchGradientNorm) { $0.batchGradientNorm }

  static let distanceToEnd = Self(observable: .distanceToEnd) { checkpoint in
    checkpoint.trained.map {
      checkpoint.network.parameters.euclideanDistance(to: $0.parameters, over: checkpoint.cell.trainedRanges)
    } ?? .infinity
  }

  static let parameterNorm = Self(observable: .parameterNorm) {
    $0.network.parameters.euclideanNorm(over: $0.cell.trainedRanges)
  }
}
