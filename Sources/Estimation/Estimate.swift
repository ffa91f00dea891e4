/// An unknown probability as far as trials tell: the observed proportion and the bounds that are valid for it.
public struct Estimate: Sendable, Hashable {
  /// What was observed. Undecided trials count as failures here; see ``highest``.
  public let proportion: Proportion
  /// The same with undecided trials as successes; `proportion` if there are none.
  public let highest: Proportion
  public let confidence: ConfidenceLevel
  public let method: IntervalMethod

  /// The two-sided interval: contains the probability with at least the confidence.
  public let interval: Interval

  /// The one-sided lower bound: the probability is at least this with at least the confidence. Not below the lower end
  /// of the interval. The two statements hold at the confidence each, not both together.
  public let lowerBound: Double

  /// The bounds of `proportion` by the method that is valid under `plan`, see ``init(_:first:under:at:)``.
  ///
  /// A confidence sequence mixes over the prior of Jeffreys. For bounds of several estimates that hold together, pass
  /// ``ConfidenceLevel/simultaneous(over:)``.
  public init(
    _ proportion: Proportion, first: Proportion? = nil, under plan: SamplingPlan, at confidence: ConfidenceLevel
  ) {
    switch plan {
    case .fixed:
      self.init(
        proportion, proportion, confidence, .clopperPearson, proportion.clopperPearson(at: confidence),
        lowerBound: proportion.clopperPearsonLower(at: confidence))
    case .staged:
      self.init(BracketedProportion(proportion), under: plan, at: confidence)
    case .anytime:
      self.init(
        proportion, proportion, confidence, .confidenceSequence, proportion.confidenceSequence(at: confidence),
        lowerBound: proportion.confidenceSequenceLower(at: confidence))
    case .extended:
      self.init(at: confidence) { level in
        first.map { Estimate($0, under: .fixed, at: level) }
      } sequence: { level in
        Estimate(proportion, under: .anytime, at: level)
      }
    }
  }

  /// Bounds that hold whatever the undecided trials are, by the method that is valid under `plan`.
  ///
  /// Lower bounds grow with the number of successes and upper ones fall with the number of failures. So the lower end
  /// of the interval for the fewest possible successes is at most the one for the true number, and likewise above: the
  /// interval runs from the lower end for `proportion.lowest` to the upper end for `proportion.highest`, at half of the
  /// error probability each, and the lower bound is that for `proportion.lowest`. Which trials are undecided, and why,
  /// does not matter.
  ///
  /// Confidence sequences take the two one-sided sequences, so that each end is a statement of its own at half of the
  /// error probability, like Clopper and Pearson's. They do so also when every trial is decided, since the choice may not
  /// depend on the data: then this interval is not quite the one of the plain proportion; Clopper and Pearson's is.
  ///
  /// Where a planned number of trials was extended, Clopper and Pearson's interval of the planned ones stays valid, and
  /// so is the confidence sequence over all of them: what leads is the intersection of the two at half of the error
  /// probability each. Which of the two is tighter depends on the data and must not decide.
  ///
  /// - Parameters:
  ///   - first: of the trials planned before the first look, where the plan is ``SamplingPlan/extended(planned:)``; nil
  ///     if they are not known, which leaves the confidence sequence.
  public init(
    _ proportion: BracketedProportion, first: BracketedProportion? = nil, under plan: SamplingPlan,
    at confidence: ConfidenceLevel
  ) {
    let (lowest, highest) = (proportion.lowest, proportion.highest)
    switch plan {
    case .fixed:
      self.init(
        lowest, highest, confidence, .clopperPearson,
        Interval(
          lower: lowest.clopperPearson(at: confidence).lower, upper: highest.clopperPearson(at: confidence).upper),
        lowerBound: lowest.clopperPearsonLower(at: confidence))
    case .staged(let stages):
      // At its part of the error probability, whatever was seen at the others.
      let part = Estimate(proportion, under: .fixed, at: confidence.simultaneous(over: stages))
      self.init(lowest, highest, confidence, .stages, part.interval, lowerBound: part.lowerBound)
    case .anytime:
      let half = confidence.simultaneous(over: 2)
      self.init(
        lowest, highest, confidence, .confidenceSequence,
        Interval(
          lower: lowest.confidenceSequenceLower(at: half), upper: highest.confidenceSequenceUpper(at: half)),
        lowerBound: lowest.confidenceSequenceLower(at: confidence))
    case .extended:
      self.init(at: confidence) { level in
        first.map { Estimate($0, under: .fixed, at: level) }
      } sequence: { level in
        Estimate(proportion, under: .anytime, at: level)
      }
    }
  }

  /// The bounds of a plain proportion of which some trials are not known: from the lower end as if all of them had failed to
  /// the upper one as if all had succeeded. Both ends grow with the successes, so the interval contains that of the
  /// proportion as it is in truth, by the same method; where every trial is known it is that one.
  public init(
    enclosing proportion: BracketedProportion, first: BracketedProportion? = nil, under plan: SamplingPlan,
    at confidence: ConfidenceLevel
  ) {
    let low = Estimate(proportion.lowest, first: first?.lowest, under: plan, at: confidence)
    let high = Estimate(proportion.highest, first: first?.highest, under: plan, at: confidence)
    let (lower, upper) = (low.interval.lower, high.interval.upper)
    self.init(
      proportion.lowest, proportion.highest, confidence, low.method,
      Interval(lower: min(lower, upper), upper: max(lower, upper)), lowerBound: low.lowerBound)
  }

  private init(
    _ proportion: Proportion, _ highest: Proportion, _ confidence: ConfidenceLevel, _ method: IntervalMethod,
    _ interval: Interval, lowerBound: Double
  ) {
    self.proportion = proportion
    self.highest = highest
    self.confidence = confidence
    self.method = method
    self.interval = interval
    self.lowerBound = lowerBound
  }

  /// The intersection of two estimates at half of the error probability each; the sequence alone, at the whole one, where
  /// nothing is known of the planned trials.
  ///
  /// - Parameters:
  ///   - planned: of the trials planned before the first look.
  ///   - sequence: of all.
  private init(
    at confidence: ConfidenceLevel, planned: (ConfidenceLevel) -> Estimate?, sequence: (ConfidenceLevel) -> Estimate
  ) {
    let half = confidence.simultaneous(over: 2)
    guard let planned = planned(half) else {
      self = sequence(confidence)
      return
    }
    let sequence = sequence(half)
    let lower = max(planned.interval.lower, sequence.interval.lower)
    let upper = min(planned.interval.upper, sequence.interval.upper)
    // Of disjoint ones one is wrong; the one over more trials is left.
    let areDisjoint = lower > upper
    self.init(
      sequence.proportion, sequence.highest, confidence, .intersection,
      areDisjoint ? sequence.interval : Interval(lower: lower, upper: upper),
      lowerBound: areDisjoint ? sequence.lowerBound : max(planned.lowerBound, sequence.lowerBound))
  }

  /// The number of trials of which it was not decided whether they succeeded.
  public var undecided: Int { highest.successes - proportion.successes }

  /// The observed share of successes, from that without the undecided trials to that with them; nil without trials.
  public var shares: ClosedRange<Double>? {
    guard let low = proportion.share, let high = highest.share else { return nil }
    return low...high
  }

  /// The one-sided upper bound of the probability of failure, 1 - ``lowerBound``: the same statement. Rounded up.
  public var failureBound: Double { complementRoundedUp(lowerBound) }
}

/// The least Float64 that is at least 1 - `x`, for `x` in [0, 1].
func complementRoundedUp(_ x: Double) -> Double {
  let difference = 1 - x
  // For a difference of at least 1/2, 1 - difference is exact (Sterbenz's lemma); below that the difference is.
  return 1 - difference > x ? difference.nextUp : difference
}
