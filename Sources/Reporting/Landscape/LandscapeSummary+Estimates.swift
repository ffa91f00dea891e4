import Estimation
import Landscape
import Outcomes

extension LandscapeSummary {
  /// The probability of a quality, a kind or a level.
  struct Line {
    var name: String
    var estimate: Estimate
    /// Of a level.
    var level: RiskLevel?
    /// Of a level: trials near it whose flow was still moving.
    var nearby = 0
  }

  /// What tables call flows that were still moving when their budget was over.
  static let movingText = "not at rest"
  /// What tables call trials whose verdict needs no limit.
  static let notFollowedText = "not followed"

  /// The qualities of limits, and the other trials, in a fixed order: their bounds hold together at the confidence.
  func qualityLines(at confidence: ConfidenceLevel) -> [Line] {
    let between = kinds.values.reduce(0, +) - qualities.values.reduce(0, +)
    return lines(
      LimitQuality.allCases.map { ($0.text, qualities[$0, default: 0]) } + [("undecided", between)], at: confidence)
  }

  /// The kinds of limits, and the other trials, in a fixed order: their bounds hold together at the confidence.
  func kindLines(at confidence: ConfidenceLevel) -> [Line] {
    lines(LimitKind.allCases.map { ($0.text, kinds[$0, default: 0]) }, at: confidence)
  }

  private func lines(_ limits: [(name: String, count: Int)], at confidence: ConfidenceLevel) -> [Line] {
    let all =
      limits + [
        (Self.movingText, moving), (Self.notFollowedText, withoutLimit), (Verdict.diverged.text, diverged),
      ]
    let single = confidence.simultaneous(over: all.count)
    return all.map { Line(name: $0.name, estimate: estimate($0.count, at: single)) }
  }

  /// Every level that occurs, ascending by kind and index, and where the other trials are. The list is chosen by the
  /// data: for their bounds to hold together they are corrected for all lines that there can be.
  func levelLines(at confidence: ConfidenceLevel) -> [Line] {
    let single = confidence.simultaneous(over: possibleLevelLines)
    var lines = levels.sorted { ($0.key.kind.rawValue, $0.key.index) < ($1.key.kind.rawValue, $1.key.index) }.map {
      Line(
        name: $0.key.name, estimate: estimate($0.value.limits, at: single), level: $0.key, nearby: $0.value.nearby)
    }
    if otherLevels != LevelCount() {
      lines.append(
        Line(name: "other", estimate: estimate(otherLevels.limits, at: single), nearby: otherLevels.nearby))
    }
    for (name, count) in [
      ("none", atNoLevel), (Self.movingText, moving), (Self.notFollowedText, withoutLimit),
      (Verdict.diverged.text, diverged),
    ] where count > 0 {
      lines.append(Line(name: name, estimate: estimate(count, at: single)))
    }
    return lines
  }

  /// P(the limit is above the optimum), whatever the limits that are not known are; nil where the optimum is not known.
  func aboveOptimum(at confidence: ConfidenceLevel) -> Estimate? {
    if optimum == nil || !hasLimits { return nil }
    return Estimate(
      BracketedProportion(successes: aboveOptimum, failures: atOptimum, trials: trials), under: plan, at: confidence)
  }

  /// P(at least one neuron is dead at initialization); nil if they were not counted.
  func anyDead(at confidence: ConfidenceLevel) -> Estimate? { initiallyDead(\.any, at: confidence) }

  /// P(all neurons are dead at initialization); nil if they were not counted.
  func allDead(at confidence: ConfidenceLevel) -> Estimate? { initiallyDead(\.all, at: confidence) }

  private func initiallyDead(_ count: KeyPath<InitiallyDead, Int>, at confidence: ConfidenceLevel) -> Estimate? {
    guard initiallyDead.trials > 0 else { return nil }
    return Estimate(
      Proportion(successes: initiallyDead[keyPath: count], trials: initiallyDead.trials), under: plan, at: confidence)
  }

  private func estimate(_ count: Int, at confidence: ConfidenceLevel) -> Estimate {
    Estimate(Proportion(successes: count, trials: trials), under: plan, at: confidence)
  }
}
