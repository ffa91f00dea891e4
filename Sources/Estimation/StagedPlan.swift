/// Numbers of trials at which a proportion is looked at, all chosen before the first look, each with its part of the error
/// probability.
///
/// At stage k the interval is Clopper and Pearson's at the error w_k alpha, with sum w_k = 1: by the union bound those of all
/// stages hold together with the confidence, whatever is decided at a look; and so does the intersection of the ones so far.
/// Stopping at a stage spends nothing of the others. (Boundaries of P. C. O'Brien and T. R. Fleming, Biometrics 35 (1979), and
/// S. J. Pocock, Biometrika 64 (1977), use the dependence between looks, and hold for normal sums.)
public struct StagedPlan: Sendable, Hashable {
  /// Numbers of trials, rising.
  public let stages: [Int]
  /// Of the error probability, for each stage; their sum is 1.
  public let weights: [Double]

  /// The same part for each stage.
  ///
  /// - Precondition: at least one stage; they are positive and rise.
  public init(stages: [Int]) { self.init(stages: stages, weights: Array(repeating: 1, count: stages.count)) }

  /// - Parameter weights: one a stage, positive: parts in proportion to them. Rising ones keep most of the error
  ///   probability for the last stage.
  public init(stages: [Int], weights: [Double]) {
    precondition(
      !stages.isEmpty && stages[0] > 0 && zip(stages, stages.dropFirst()).allSatisfy { $0 < $1 },
      "a staged plan has rising numbers of trials")
    precondition(
      weights.count == stages.count && weights.allSatisfy { $0 > 0 && $0.isFinite }, "a stage has a positive weight")
    self.stages = stages
    let sum = weights.reduce(0, +)
    self.weights = weights.map { $0 / sum }
  }

  /// The level of the interval at a stage.
  public func level(ofStage stage: Int, at level: ConfidenceLevel) -> ConfidenceLevel {
    stages.count == 1 ? level : level.spending(weights[stage])
  }

  /// What is known after the looks so far, whatever the undecided trials are.
  ///
  /// - Parameter proportions: of the first stages, in their order: those that were looked at.
  /// - Precondition: each has the trials of its stage.
  public func interval(_ proportions: [BracketedProportion], at level: ConfidenceLevel) -> Interval {
    precondition(
      proportions.count <= stages.count && zip(proportions, stages).allSatisfy { $0.trials == $1 },
      "a look has the trials of its stage")
    var intersection = RunningIntersection()
    for (stage, proportion) in proportions.enumerated() {
      intersection.add(Estimate(proportion, under: .fixed, at: self.level(ofStage: stage, at: level)).interval)
    }
    return intersection.interval
  }

  /// The one-sided lower bound after the looks so far, at the whole error probability.
  public func lowerBound(_ proportions: [BracketedProportion], at level: ConfidenceLevel) -> Double {
    proportions.enumerated().reduce(0) { bound, look in
      max(bound, look.element.lowest.clopperPearsonLower(at: self.level(ofStage: look.offset, at: level)))
    }
  }
}
