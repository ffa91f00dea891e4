import Estimation

/// How many trials a study has, from which seed, and how sure its bounds are.
public struct SamplingSettings: Sendable, Hashable {
  public let plan: Plan
  /// Numbers of trials at which the cells are looked at, rising; empty where none are planned.
  public let stages: [Int]
  /// The key of all random numbers.
  public let seed: UInt64
  /// The probability with which each interval is to hold, strictly between 0 and 1.
  public let confidence: Double

  /// What decides how many trials a cell has.
  public enum Plan: Sendable, Hashable {
    /// Numbers of 1 ... 2^40 trials: a single one for all cells, or one for each of the hidden widths of a family.
    case trials([Int])
    case until(SamplingRule)
  }

  public init(_ plan: Plan, stages: [Int] = [], seed: UInt64, confidence: Double) {
    self.plan = plan
    self.stages = stages
    self.seed = seed
    self.confidence = confidence
  }

  /// Nil where the trials are planned.
  public var rule: SamplingRule? { if case .until(let rule) = plan { rule } else { nil } }

  /// ``rule`` for the bounds of one cell.
  public var stoppingRule: StoppingRule? {
    rule.map { rule in
      let level = ConfidenceLevel(confidence)
      return stages.isEmpty
        ? StoppingRule(rule.goal, look: rule.look, mostTrials: rule.mostTrials, confidence: level)
        : StoppingRule(rule.goal, stages: stages, confidence: level)
    }
  }
}

/// What the bounds of a cell are to come to before it has trials enough.
public struct SamplingRule: Sendable, Hashable {
  public let goal: StoppingRule.Goal
  public let event: TrialEvent
  /// Trials from one look to the next, where no stages are planned.
  public let look: Int
  /// 1 ... 2^40.
  public let mostTrials: Int

  public static let standardLook = 64

  public init(_ goal: StoppingRule.Goal, of event: TrialEvent, look: Int = standardLook, mostTrials: Int) {
    self.goal = goal
    self.event = event
    self.look = look
    self.mostTrials = mostTrials
  }
}

/// What happens in a trial or does not, and has a probability.
public enum TrialEvent: Sendable, Hashable {
  /// The verdict is good.
  case good
  /// The risk is good when training ends.
  case risk
  /// A measured quantity meets a condition.
  case observable(name: String, Condition)

  public enum Condition: Sendable, Hashable {
    case atMost(Double)
    case atLeast(Double)
    /// Of a quantity that is a word.
    case word(String)
  }
}
