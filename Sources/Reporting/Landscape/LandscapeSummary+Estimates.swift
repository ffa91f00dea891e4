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
    lines(
      LimitQuality.allCases.map { quality in (quality.text, { $0.qualities[quality, default: 0] }) } + [
        ("undecided", { $0.kinds.values.reduce(0, +) - $0.qualities.values.reduce(0, +) })
      ], at: confidence)
  }

  /// The kinds of limits, and the other trials, in a fixed order: their bounds hold together at the confidence.
  func kindLines(at confidence: ConfidenceLevel) -> [Line] {
    lines(LimitKind.allCases.map { kind in (kind.text, { $0.kinds[kind, default: 0] }) }, at: confidence)
  }

  private typealias NamedCount = (name: String, count: (LandscapeSummary) -> Int)

  /// Trials without a limit at rest.
  private static var others: [NamedCount] {
    [(movingText, \.moving), (notFollowedText, \.withoutLimit), (Verdict.diverged.text, \.diverged)]
  }

  private func lines(_ limits: [NamedCount], at confidence: ConfidenceLevel) -> [Line] {
    let all = limits + Self.others
    let single = confidence.simultaneous(over: all.count)
    return all.map { Line(name: $0.name, estimate: estimate(at: single, $0.count)) }
  }

  /// Every level that occurs, ascending by kind and index, and where the other trials are. The list is chosen by the
  /// data: for their bounds to hold together they are corrected for all lines that there can be.
  func levelLines(at confidence: ConfidenceLevel) -> [Line] {
    let single = confidence.simultaneous(over: possibleLevelLines)
    var lines = levels.sorted { ($0.key.kind.rawValue, $0.key.index) < ($1.key.kind.rawValue, $1.key.index) }.map {
      level, count in
      Line(
        name: level.name, estimate: estimate(at: single) { $0.levels[level]?.limits ?? 0 }, level: level,
        nearby: count.nearby)
    }
    if otherLevels != LevelCount() {
      lines.append(
        Line(name: "other", estimate: estimate(at: single, \.otherLevels.limits), nearby: otherLevels.nearby))
    }
    for (name, count) in [("none", \.atNoLevel)] + Self.others where count(self) > 0 {
      lines.append(Line(name: name, estimate: estimate(at: single, count)))
    }
    return lines
  }

  /// P(the limit is above the optimum), whatever the limits that are not known are; nil where the optimum is not known.
  func aboveOptimum(at confidence: ConfidenceLevel) -> Estimate? {
    if optimum == nil || !hasLimits { return nil }
    func proportion(_ summary: LandscapeSummary) -> BracketedProportion {
      BracketedProportion(successes: summary.aboveOptimum, failures: summary.atOptimum, trials: summary.trials)
    }
    return Estimate(proportion(self), first: first.map(proportion), under: plan, at: confidence)
  }

  /// P(at least one neuron is dead at initialization); nil if they were not counted.
  func anyDead(at confidence: ConfidenceLevel) -> Estimate? { initiallyDead(\.any, at: confidence) }

  /// P(all neurons are dead at initialization); nil if they were not counted.
  func allDead(at confidence: ConfidenceLevel) -> Estimate? { initiallyDead(\.all, at: confidence) }

  private func initiallyDead(_ count: KeyPath<InitiallyDead, Int>, at confidence: ConfidenceLevel) -> Estimate? {
    guard initiallyDead.trials > 0 else { return nil }
    func proportion(_ summary: LandscapeSummary) -> BracketedProportion {
      let (dead, counted) = (summary.initiallyDead[keyPath: count], summary.initiallyDead.trials)
      return BracketedProportion(successes: dead, failures: counted - dead, trials: counted + summary.crashed)
    }
    return Estimate(enclosing: proportion(self), first: first.map(proportion), under: plan, at: confidence)
  }

  /// Of crashed trials nothing is known: bounds hold whatever they are.
  private func estimate(at confidence: ConfidenceLevel, _ count: (LandscapeSummary) -> Int) -> Estimate {
    func proportion(_ summary: LandscapeSummary) -> BracketedProportion {
      let number = count(summary)
      return BracketedProportion(
        successes: number, failures: summary.trials - summary.crashed - number, trials: summary.trials)
    }
    return Estimate(enclosing: proportion(self), first: first.map(proportion), under: plan, at: confidence)
  }
}
