import Estimation

extension StudyDecoder {
  /// - Parameter cells: the number of entries of `network.hidden`; nil if that is wrong.
  mutating func sampling(cells: Int?) -> SamplingSettings {
    let counts = counts("sampling.trials", cells: cells)
    let look = integer("sampling.look")
    let stages = stages()
    let rule = rule(look: look.map(Int.init) ?? SamplingRule.standardLook, last: stages.last)
    if let trials = entry("sampling.trials"), entry("sampling.until") != nil {
      fail(
        "sampling.trials", trials.place,
        "sampling.trials has no place beside sampling.until, which decides on the trials up to its at-most; leave one of "
          + "them out")
    }
    if let look = entry("sampling.look"), entry("sampling.until") == nil {
      fail(
        "sampling.look", look.place,
        "sampling.look has no effect without sampling.until, whose looks it is about; leave it out")
    }
    if let entry = entry("sampling.trials"), let counts, let odd = counts.first(where: { !stages.contains($0) }),
      !stages.isEmpty
    {
      fail(
        "sampling.trials", entry.place,
        "sampling.trials must be one of sampling.stages, \(joined(stages.map(String.init))) (it is \(odd)); or leave the stages "
          + "out")
    }
    let seed = integer("sampling.seed") ?? 0
    let confidence = real("sampling.confidence") ?? 0.95
    return SamplingSettings(
      rule.map { .until($0) } ?? .trials(counts ?? [stages.last ?? 300]), stages: stages, seed: seed,
      confidence: confidence)
  }

  private mutating func stages() -> [Int] {
    let path = "sampling.stages"
    guard case .integers(let range, _) = key(path).form, let stages = integers(path, in: range) else { return [] }
    guard let entry = entry(path), stages.isEmpty else { return stages }
    failExpectation(path, entry)
    return []
  }

  /// - Parameter last: of the stages, if there are some.
  private mutating func rule(look: Int, last: Int?) -> SamplingRule? {
    let path = "sampling.until"
    guard isMapping(path) else {
      if let entry = entry(path) { failExpectation(path, entry) }
      return nil
    }
    let goal = criterion(
      path,
      [
        "half-width": StoppingRule.Goal.halfWidth, "lower-bound-above": StoppingRule.Goal.lowerBoundAbove,
        "decided": StoppingRule.Goal.decided,
      ])
    let event = event("\(path).of") ?? .good
    for key in ["\(path).at-most", "sampling.look"] where last != nil {
      guard let entry = entry(key) else { continue }
      fail(key, entry.place, "\(key) has no effect beside sampling.stages, which are the looks; leave it out")
    }
    if last == nil, entry("\(path).at-most") == nil { failMissing("\(path).at-most", below: path) }
    let most = integer("\(path).at-most") ?? last.map(UInt64.init)
    guard let goal, let most else { return nil }
    return SamplingRule(goal, of: event, look: look, mostTrials: Int(most))
  }

  private mutating func event(_ path: String) -> TrialEvent? {
    guard entry(path) != nil else { return nil }
    guard isMapping(path) else { return word(path).map { $0 == StudyKey.riskEvent ? .risk : .good } }
    let namePath = "\(path).observable"
    if entry(namePath) == nil { failMissing(namePath, below: path, expectation: "the name of an observable") }
    let condition: TrialEvent.Condition? =
      switch chosen(path) {
      case "at-most"?: real("\(path).at-most").map { .atMost($0) }
      case "at-least"?: real("\(path).at-least").map { .atLeast($0) }
      case "is"?: text("\(path).is").map { .word($0) }
      default: nil
      }
    guard let name = text(namePath), let condition else { return nil }
    return .observable(name: name, condition)
  }
}
