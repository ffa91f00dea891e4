import Numerics
import Outcomes

extension Measurement<MeasuredTrial> {
  /// How far training has moved the trained parameters from where they began.
  static let distance = Self(
    observable: Observable(
      "distance", title: "distance from the initialization", .nonnegativeReal, at: .end)
  ) { trial in
    trial.trained.map {
      $0.parameters.euclideanDistance(to: trial.initial.parameters, over: trial.cell.trainedRanges)
    }
  }
}
