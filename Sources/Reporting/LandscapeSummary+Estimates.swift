import Estimation
import Outcomes

extension LandscapeSummary {
  /// The probability of a class or a level.
  struct Line {
    var name: String
    var estimate: Estimate
    /// Of a level.
    var level: RiskLevel?
    /// Of a level: trials near it whose flow was not stationary.
    var nearby = 0
  }

  /// The lines of a table of classes.
  static let classNames = CriticalPointClass.allCases.map(\.text) + [Verdict.diverged.text]

  /// The classes, and divergence, in a fixed order: their bounds hold together at the confidence.
  func classLines(at confidence: ConfidenceLevel) -> [Line] {
    let counts = CriticalPointClass.allCases.map { classes[$0, default: 0] } + [diverged]
    let single = confidence.simultaneous(over: counts.count)
    return zip(Self.classNames, counts).map { Line(name: $0, estimate: estimate($1, at: single)) }
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
      ("none", atNoLevel), (CriticalPointClass.notConverged.text, classes[.notConverged, default: 0]),
      (Verdict.diverged.text, diverged),
    ] where count > 0 {
      lines.append(Line(name: name, estimate: estimate(count, at: single)))
    }
    return lines
  }

  /// P(the limit is no global minimum); nil where the optimum is not known.
  func aboveOptimum(at confidence: ConfidenceLevel) -> Estimate? {
    optimum == nil || !hasLimits ? nil : estimate(aboveOptimum, at: confidence)
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
