import Estimation
import Studies
import TestSupport
import Testing

/// What decides on the number of trials.
@Suite struct SamplingTests {
  private static let head = """
    study: sampled
    problem: {input: {uniform: [0, 1]}, target: x}
    network: {hidden: [[5], [20], [100]], initial: pytorch}
    training: {learning-rate: 0.1, steps: 10}
    verdict: {good: {risk-at-most: 1e-3}}
    vary: [{training.learning-rate: [0.1, 0.01]}]

    """

  private func study(_ sampling: String, _ overrides: [Override] = []) throws -> Study {
    try parse(Self.head + "sampling: \(sampling)\n", overrides: overrides)
  }

  @Test func numberOfEachCell() throws {
    let study = try study("{trials: [10, 20, 30]}")
    #expect(study.cells.map(study.trials) == [10, 20, 30, 10, 20, 30])
    #expect(study.text.contains("sampling: {trials: [10, 20, 30], seed: 0, confidence: 0.95}"))
    #expect(study.sampling.rule == nil && study.sampling.ruleText == "")
    let all = try self.study("{trials: [10, 20, 30]}", [Override(key: "sampling.trials", value: "7")])
    #expect(all.cells.map(all.trials) == [7, 7, 7, 7, 7, 7])
  }

  @Test(arguments: [
    ("{until: {half-width: 0.005, at-most: 100000}}", "{half-width: 0.005, of: good, at-most: 100000}, look: 64"),
    (
      "{until: {lower-bound-above: 0.999, of: risk, at-most: 5000}, look: 100}",
      "{lower-bound-above: 0.999, of: risk, at-most: 5000}, look: 100"
    ),
    (
      "{until: {decided: 0.99, of: {observable: dead-neurons, at-least: 1}, at-most: 9}}",
      "{decided: 0.99, of: {observable: \"dead-neurons\", at-least: 1}, at-most: 9}, look: 64"
    ),
    (
      "{until: {decided: 0.99, of: {observable: kind, is: saddle}, at-most: 9}}",
      "{decided: 0.99, of: {observable: \"kind\", is: \"saddle\"}, at-most: 9}, look: 64"
    ),
  ])
  func rulesComeBack(sampling: String, text: String) throws {
    let study = try study(sampling)
    #expect(study.text.contains("sampling: {until: \(text), seed: 0, confidence: 0.95}"), "\(study.text)")
    let again = try parse(study.text)
    #expect(again.sampling == study.sampling && again.text == study.text)
    // A ledger keeps the rule, which identifies nothing.
    let restored = try Study.restored(definition: study.definition, cells: study.cellsText, path: "a.landfall")
    #expect(restored.sampling == study.sampling)
    #expect(study.hash == (try self.study("{trials: 5}").hash))
    #expect(study.sampling.ruleText == "{until: \(text), confidence: 0.95}")
    #expect(study.sampling.stoppingRule?.mostTrials == study.trials(of: study.cells[1]))
  }

  @Test func stages() throws {
    let fixed = try study("{stages: [100, 400]}")
    #expect(fixed.sampling.stages == [100, 400] && fixed.cells.map(fixed.trials) == Array(repeating: 400, count: 6))
    #expect(fixed.text.contains("sampling: {trials: 400, stages: [100, 400], seed: 0, confidence: 0.95}"))
    let first = try study("{stages: [100, 400]}", [Override(key: "sampling.trials", value: "100")])
    #expect(first.trials(of: first.cells[0]) == 100)
    #expect(first.definition == fixed.definition && first.hash == fixed.hash)
    let until = try study("{until: {half-width: 0.1}, stages: [100, 400]}")
    #expect(
      until.text.contains(
        "sampling: {until: {half-width: 0.1, of: good}, stages: [100, 400], seed: 0, confidence: 0.95}"))
    #expect(until.sampling.stoppingRule?.looks == .stages([100, 400]) && until.trials(of: until.cells[0]) == 400)
    for study in [fixed, first, until] {
      #expect(try parse(study.text).sampling == study.sampling)
      let restored = try Study.restored(definition: study.definition, cells: study.cellsText, path: "a.landfall")
      #expect(restored.sampling.stages == [100, 400] && restored.sampling.rule == study.sampling.rule)
    }
  }

  @Test func overridesDecideAnew() throws {
    let until = "{half-width: 0.1, at-most: 50}"
    let fixed = try study("{until: \(until), look: 10}", [Override(key: "sampling.trials", value: "30")])
    #expect(fixed.sampling.plan == .trials([30]))
    #expect(
      fixed.notes == [
        "sampling.until is dropped: sampling.trials decides on the trials",
        "sampling.look is dropped: sampling.trials decides on the trials",
      ])
    let ruled = try study("{trials: 30}", [Override(key: "sampling.until", value: until)])
    #expect(ruled.sampling.rule == SamplingRule(.halfWidth(0.1), of: .good, mostTrials: 50))
    #expect(ruled.notes == ["sampling.trials is dropped: sampling.until decides on the trials"])
    let more = try study("{until: \(until)}", [Override(key: "sampling.until.at-most", value: "500")])
    #expect(more.sampling.rule?.mostTrials == 500)
  }

  @Test(arguments: [
    (
      "{trials: [10, 20]}",
      "sampling.trials must have one number for each of the 3 entries of network.hidden (it has 2)"
    ),
    (
      "{trials: [10, 0, 20]}",
      "sampling.trials must be a whole number from 1 to 1099511627776 = 2^40 (it is 0)"
    ),
    (
      "{trials: 10, until: {half-width: 0.1, at-most: 50}}",
      "sampling.trials has no place beside sampling.until, which decides on the trials up to its at-most; leave one of "
        + "them out"
    ),
    (
      "{look: 10}",
      "sampling.look has no effect without sampling.until, whose looks it is about; leave it out"
    ),
    (
      "{until: {half-width: 0.1}}",
      "sampling.until.at-most is missing; it must be a whole number from 1 to 1099511627776 = 2^40"
    ),
    (
      "{until: {half-width: 0, at-most: 50}}",
      "sampling.until.half-width must be a number between 0 and 1, neither included (it is 0)"
    ),
    (
      "{until: {half-widht: 0.1, at-most: 50}}",
      "sampling.until.half-widht is not a key here; did you mean \"half-width\"?"
    ),
    (
      "{until: {half-width: 0.1, decided: 0.5, at-most: 50}}",
      "sampling.until must be a mapping with one of the keys half-width, lower-bound-above or decided, such as "
        + "{half-width: 0.005, at-most: 100000} (it has half-width and decided)"
    ),
    (
      "{until: {half-width: 0.1, of: bad, at-most: 50}}",
      "sampling.until.of must be good or risk, or a mapping with one of the keys at-most, at-least or is, such as "
        + "{observable: dead-neurons, at-most: 0} (it is \"bad\")"
    ),
    (
      "{until: {half-width: 0.1, of: {at-most: 0}, at-most: 50}}",
      "sampling.until.of.observable is missing; it must be the name of an observable"
    ),
    (
      "{trials: 50, stages: [100, 400]}",
      "sampling.trials must be one of sampling.stages, 100 and 400 (it is 50); or leave the stages out"
    ),
    (
      "{until: {half-width: 0.1, at-most: 50}, stages: [100, 400]}",
      "sampling.until.at-most has no effect beside sampling.stages, which are the looks; leave it out"
    ),
    (
      "{stages: [400, 100]}",
      "sampling.stages: the numbers must increase (after 400 comes 100)"
    ),
    (
      "{until: 500}",
      "sampling.until must be a mapping with one of the keys half-width, lower-bound-above or decided, such as "
        + "{half-width: 0.005, at-most: 100000} (it is 500)"
    ),
  ])
  func errors(sampling: String, message: String) {
    do {
      _ = try study(sampling)
      Issue.record("no error: \(sampling)")
    } catch {
      #expect("\(error)".hasSuffix(message), "\(error)")
    }
  }
}
