import Training

/// At which steps the law over trials of risk, gradient norms, distance to the final iterate and parameter norm is kept.
public struct TrajectoryPlan: Sendable, Hashable {
  /// Increasing numbers of steps done, from 0 to the steps of the plan.
  public let checkpoints: [Int]
  /// Trials whose values are kept one by one; increasing.
  public let trials: [Int]

  public init(checkpoints: [Int], trials: [Int] = []) {
    self.checkpoints = checkpoints
    self.trials = trials
  }

  /// The checkpoints of a study that names none: on a logarithmic grid, or all steps along a flow, whose times are a grid of
  /// their own.
  public static func standard(_ clock: TrainingClock) -> [Int] {
    switch clock {
    case .flow(let steps) where steps < mostCheckpoints: Array(0...steps)
    case .flow(let steps), .steps(let steps): logarithmic(steps: steps)
    }
  }

  /// Each has histograms in the ledger.
  static let mostCheckpoints = 1000

  /// 0, 1, then 8 a decade, and the last step.
  public static func logarithmic(steps: Int) -> [Int] {
    // Powers by repeated square roots and products only: the same numbers everywhere.
    let eighth = 10.0.squareRoot().squareRoot().squareRoot()
    var checkpoints = [0]
    var value = 1.0
    while Int(value.rounded()) < steps {
      if Int(value.rounded()) > checkpoints.last! { checkpoints.append(Int(value.rounded())) }
      value *= eighth
    }
    return checkpoints + [steps]
  }
}
