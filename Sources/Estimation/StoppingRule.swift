/// When a probability is known well enough: a goal for its bounds, which is looked at after planned numbers of trials.
///
/// The bounds hold at all looks together, as those of a confidence sequence or of planned stages do: the first look at
/// which the goal is met may end the sampling.
public struct StoppingRule: Sendable, Hashable {
  public enum Goal: Sendable, Hashable {
    /// Half of the length of the interval is at most this.
    case halfWidth(Double)
    /// The one-sided lower bound is greater than this.
    case lowerBoundAbove(Double)
    /// The interval does not contain this.
    case decided(Double)
  }

  /// Numbers of trials at which the goal is looked at.
  public enum Looks: Sendable, Hashable {
    /// Its multiples, and the most trials.
    case every(Int)
    /// Rising numbers, the last one the most trials.
    case stages([Int])
  }

  public let goal: Goal
  public let looks: Looks
  /// The sampling ends here in any case.
  public let mostTrials: Int
  public let confidence: ConfidenceLevel

  /// - Precondition: `look` and `mostTrials` are at least 1.
  public init(_ goal: Goal, look: Int, mostTrials: Int, confidence: ConfidenceLevel) {
    precondition(look >= 1 && mostTrials >= 1, "a stopping rule looks at trials")
    self.goal = goal
    looks = .every(look)
    self.mostTrials = mostTrials
    self.confidence = confidence
  }

  /// A rule that looks at stages only, which are planned before the first look: its bounds are Clopper and Pearson's, at equal
  /// parts of the error probability.
  ///
  /// - Precondition: at least one stage; they are positive and rise.
  public init(_ goal: Goal, stages: [Int], confidence: ConfidenceLevel) {
    self.goal = goal
    looks = .stages(StagedPlan(stages: stages).stages)
    mostTrials = stages[stages.count - 1]
    self.confidence = confidence
  }

  /// Whether the goal is looked at after so many trials.
  func looks(at trials: Int) -> Bool {
    switch looks {
    case .every(let look): trials % look == 0 || trials == mostTrials
    case .stages(let stages): stages.contains(trials)
    }
  }

  /// Why a goal cannot be met, however many trials there are; at the confidence of the rule.
  public enum Obstacle: Sendable, Hashable {
    /// The trials that stay undecided leave the probability open by more than the goal allows.
    case undecided
    /// The probability is smaller than what it is to exceed.
    case probability
  }

  public func isMet(by estimate: Estimate) -> Bool {
    let interval = estimate.interval
    return switch goal {
    case .halfWidth(let bound): interval.upper - interval.lower <= 2 * bound
    case .lowerBoundAbove(let bound): estimate.lowerBound > bound
    case .decided(let value): !interval.contains(value)
    }
  }

  /// Whether the goal is met by a confidence sequence at these trials.
  func isMet(by counts: BracketedProportion) -> Bool {
    // What takes hundreds of evaluations of the martingale is asked for only where a few do not exclude it.
    mayBeMet(by: counts) && isMet(by: Estimate(counts, under: .anytime, at: confidence))
  }

  /// Necessary for ``isMet(by:)-(BracketedProportion)``.
  private func mayBeMet(by counts: BracketedProportion) -> Bool {
    guard let shares = counts.shares else { return false }
    let (lowest, highest) = (counts.lowest, counts.highest)
    let half = confidence.error / 2
    switch goal {
    case .halfWidth(let bound):
      // The undecided ones take their share of the length, and one of the two ends at most half of what is left.
      let reach = bound - (shares.upperBound - shares.lowerBound) / 2
      return reach > 0
        && (lowest.mayExceed(shares.lowerBound - reach, error: half)
          || highest.mirrored.mayExceed(1 - shares.upperBound - reach, error: half))
    case .lowerBoundAbove(let bound): return lowest.mayExceed(bound, error: confidence.error)
    case .decided(let value):
      return lowest.mayExceed(value, error: half) || highest.mirrored.mayExceed(1 - value, error: half)
    }
  }

  /// What keeps the goal from being met; nil where nothing does, as far as these trials tell.
  func obstacle(for counts: BracketedProportion) -> Obstacle? {
    let (lowest, highest) = (counts.lowest, counts.highest)
    switch goal {
    case .halfWidth(let bound):
      let undecided = Proportion(successes: counts.undecided, trials: counts.trials)
      return undecided.exceeds(2 * bound, at: confidence) ? .undecided : nil
    case .lowerBoundAbove(let bound):
      guard lowest.mirrored.exceeds(1 - bound, at: confidence) else { return nil }
      return highest.mirrored.exceeds(1 - bound, at: confidence) ? .probability : .undecided
    case .decided(let value):
      let half = confidence.simultaneous(over: 2)
      return lowest.mirrored.exceeds(1 - value, at: half) && highest.exceeds(value, at: half) ? .undecided : nil
    }
  }

  /// The first look at which the goal would be met if the shares were always those of `counts`, behind the trials of these
  /// unless they meet it; nil where none up to 2^40 is.
  ///
  /// An outlook, without a promise.
  ///
  /// - Parameter hasPlannedStages: see ``StoppingMonitor/init(_:planned:hasPlannedStages:)``.
  public func likelyTrials(after counts: BracketedProportion, hasPlannedStages: Bool = true) -> Int? {
    guard counts.trials > 0 else { return nil }
    if case .stages(let stages) = looks {
      let plan: SamplingPlan = hasPlannedStages ? .staged(of: stages.count) : .anytime
      return stages.first { stage in
        self.isMet(by: Estimate(counts.scaled(to: stage), under: plan, at: confidence))
      }
    }
    guard case .every(let look) = looks else { return nil }
    func isMet(_ looks: Int) -> Bool { self.isMet(by: counts.scaled(to: looks * look)) }
    var enough = max(1, counts.trials / look)
    var tooFew = self.isMet(by: counts) ? 0 : counts.trials / look
    while !isMet(enough) {
      guard enough * look < 1 << 40 else { return nil }
      enough *= 2
    }
    while enough - tooFew > 1 {
      let middle = tooFew + (enough - tooFew) / 2
      if isMet(middle) { enough = middle } else { tooFew = middle }
    }
    return enough * look
  }
}

extension Proportion {
  /// Failures for successes.
  fileprivate var mirrored: Proportion { Proportion(successes: failures, trials: trials) }

  /// Whether the lower confidence sequence is above `bound`.
  fileprivate func exceeds(_ bound: Double, at level: ConfidenceLevel) -> Bool {
    mayExceed(bound, error: level.error) && confidenceSequenceLower(at: level) > bound
  }

  /// Necessary for a lower confidence sequence of this error probability at `bound` or above: the bound is rejected, but
  /// for rounding errors.
  fileprivate func mayExceed(_ bound: Double, error: Double) -> Bool {
    guard let share, bound < share else { return false }
    if bound <= 0 { return true }
    let mixture = BetaBinomialMixture(self, prior: .jeffreys)
    let probe = bound * (1 - 1e-9)
    return mixture.rejectsTruncated(probe, error: error) || mixture.rejects(probe, error: error)
  }
}

extension BracketedProportion {
  /// The same shares of `count` trials, up to rounding.
  fileprivate func scaled(to count: Int) -> BracketedProportion {
    func share(_ part: Int) -> Int { Int((Double(part) * (Double(count) / Double(trials))).rounded()) }
    let successes = min(share(self.successes), count)
    return BracketedProportion(
      successes: successes, failures: min(share(failures), count - successes), trials: count)
  }
}
