/// An unknown probability as far as trials tell: the observed proportion and the bounds that are valid for it.
public struct Estimate: Sendable, Hashable {
  public let proportion: Proportion
  public let confidence: ConfidenceLevel
  public let method: IntervalMethod

  /// The two-sided interval: contains the probability with at least the confidence.
  public let interval: Interval

  /// The one-sided lower bound: the probability is at least this with at least the confidence. Not below the lower end
  /// of the interval. The two statements hold at the confidence each, not both together.
  public let lowerBound: Double

  /// The bounds of `proportion` by the method that is valid under `plan`.
  ///
  /// A confidence sequence mixes over the prior of Jeffreys. For bounds of several estimates that hold together, pass
  /// ``ConfidenceLevel/simultaneous(over:)``.
  public init(_ proportion: Proportion, under plan: SamplingPlan, at confidence: ConfidenceLevel) {
    self.proportion = proportion
    self.confidence = confidence
    method = plan.method
    switch method {
    case .clopperPearson:
      interval = proportion.clopperPearson(at: confidence)
      lowerBound = proportion.clopperPearsonLower(at: confidence)
    case .confidenceSequence:
      interval = proportion.confidenceSequence(at: confidence)
      lowerBound = proportion.confidenceSequenceLower(at: confidence)
    }
  }
}
