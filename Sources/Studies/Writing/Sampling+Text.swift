import Estimation
import Expressions

extension SamplingSettings {
  /// What decides on the trials, as study files have it.
  var planText: String {
    if case .trials(let counts) = plan { planText(trials: counts) } else { planText(trials: []) }
  }

  /// The same with these planned trials; without the key for none.
  func planText(trials counts: [Int]) -> String {
    let stagesText = "stages: \(listText(stages.map(String.init)))"
    switch plan {
    case .trials:
      let text = "trials: \(counts.count == 1 ? "\(counts[0])" : listText(counts.map(String.init)))"
      return ((counts.isEmpty ? [] : [text]) + (stages.isEmpty ? [] : [stagesText])).joined(separator: ", ")
    case .until(let rule):
      return stages.isEmpty
        ? "until: \(rule.text(hasStages: false)), look: \(rule.look)"
        : "until: \(rule.text(hasStages: true)), \(stagesText)"
    }
  }

  /// The same without numbers of trials that may be extended: what a ledger keeps; empty for nothing else.
  var definitionText: String {
    if rule != nil { return "\(planText), " }
    return stages.isEmpty ? "" : "stages: \(listText(stages.map(String.init))), "
  }

  /// By which rule a ledger has its trials, in a text that is compared; empty where they are planned.
  public var ruleText: String {
    rule == nil ? "" : "{\(planText), confidence: \(shortestText(confidence))}"
  }
}

extension SamplingRule {
  fileprivate func text(hasStages: Bool) -> String {
    let goal =
      switch goal {
      case .halfWidth(let bound): "half-width: \(shortestText(bound))"
      case .lowerBoundAbove(let bound): "lower-bound-above: \(shortestText(bound))"
      case .decided(let value): "decided: \(shortestText(value))"
      }
    return "{\(goal), of: \(event.text)\(hasStages ? "" : ", at-most: \(mostTrials)")}"
  }
}

extension TrialEvent {
  fileprivate var text: String {
    switch self {
    case .good: StudyKey.goodEvent
    case .risk: StudyKey.riskEvent
    case .observable(let name, let condition): "{observable: \(quoted(name)), \(condition.text)}"
    }
  }
}

extension TrialEvent.Condition {
  fileprivate var text: String {
    switch self {
    case .atMost(let bound): "at-most: \(shortestText(bound))"
    case .atLeast(let bound): "at-least: \(shortestText(bound))"
    case .word(let word): "is: \(quoted(word))"
    }
  }
}
