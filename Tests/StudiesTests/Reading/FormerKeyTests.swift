import Landscape
import Studies
import Testing

/// Studies with keys of earlier versions.
@Suite struct FormerKeyTests {
  private let text = sampleText.replacing("    stationary: {gradient-norm-at-most: 0.1}\n", with: "")
    .replacing("  stationary: {gradient-norm-at-most: 0.1}\n", with: "")

  private func study(_ addition: String, _ arguments: [String] = []) throws -> Study {
    try parse(text + addition, overrides: arguments.map { try Override(argument: $0) })
  }

  private let landscapeNote = "landscape is read as limit: {classes: true}; write that"
  private let decreaseNote =
    "verdict.stationary.relative-decrease-at-most is dropped: a verdict is about the limit of the gradient flow, not about "
    + "the speed at the end of training"

  @Test func landscape() throws {
    let study = try study("landscape: {limit: {flow-time: 1e6}}\n")
    #expect(study.family.limit == LimitPlan(flowTime: 1e6, classes: true))
    #expect(study.notes == [landscapeNote])
    #expect(study.text.contains("\nlimit: {flow-time: 1e6, steps: 20000, classes: true}\n"))
    // The cells have the keys they always had.
    #expect(study.cells.map(\.key) == (try parse(text).cells.map(\.key)))
    #expect(try parse(study.text).notes == [])
  }

  @Test func landscapeInOverrides() throws {
    let set = try study("", ["landscape.limit.flow-time=100"])
    #expect(set.family.limit == LimitPlan(flowTime: 100, classes: true))
    #expect(
      set.notes == ["landscape.limit.flow-time is read as limit.flow-time, with limit.classes: true; write that"])
    let removed = try study("landscape: {limit: {flow-time: 1e6}}\n", ["landscape=~"])
    #expect(removed.family.limit == LimitPlan())
    // What has not the form it had is no key.
    #expect(failure(text + "landscape: {}\n")?.key == "landscape")
  }

  @Test func relativeDecrease() throws {
    let old = text.replacing(
      "good: {risk-at-most: 1e-3}\n",
      with: "good: {risk-at-most: 1e-3}\n  stationary: {relative-decrease-at-most: 0.1}\n")
    let study = try parse(old)
    #expect(study.notes == [decreaseNote])
    #expect(study.family.verdictRule == VerdictRule(good: .risk(atMost: 1e-3)) && study.family.limit == LimitPlan())
    let set = try self.study("", ["verdict.stationary.relative-decrease-at-most=0.2"])
    #expect(set.notes == [decreaseNote] && set.family.verdictRule == study.family.verdictRule)
  }

  @Test func varied() throws {
    let study = try study(
      """
      vary:
        - {training.steps: [10, 20], landscape.limit.flow-time: [5, 7]}
        - {verdict.stationary.relative-decrease-at-most: [0.1, 0.2]}

      """)
    #expect(study.families.map(\.limit) == [5, 7].map { LimitPlan(flowTime: $0, classes: true) })
    #expect(try parse(study.text) == parse(try parse(study.text).text))
  }

  /// What ledgers of older versions hold.
  @Test func definitionsOfLedgers() throws {
    let definition = text.replacing("    hidden: [[5], [20]]\n", with: "").replacing(
      "  hidden: [[5], [20]]\n", with: ""
    )
    .replacing(
      "good: {risk-at-most: 1e-3}\n",
      with: "good: {risk-at-most: 1e-3}\n  stationary: {relative-decrease-at-most: 0.1}\n")
    let old = try Study.restored(
      definition: definition
        + "landscape: {limit: {flow-time: 1e6}}\nvary: [training.steps, landscape.limit.flow-time]\n",
      cells: "network.hidden: [[5], [20]]\nvary: [{training.steps: [10, 20], landscape.limit.flow-time: [5, 7]}]\n",
      path: "old.landfall")
    #expect(old.families.map(\.training.steps.count) == [10, 20])
    #expect(old.families.map(\.limit) == [5, 7].map { LimitPlan(flowTime: $0, classes: true) })
  }

  @Test func limitOff() throws {
    let study = try study("limit: off\n")
    #expect(study.family.limit == nil && study.text.contains("\nlimit: off\n"))
    #expect(try parse(study.text) == study)
    // Deep networks have a plan that waits for a method.
    let deep = try self.study("", ["network.hidden=[[3, 3]]", "network.initial=pytorch", "network.trainable=~"])
    #expect(deep.family.limit == LimitPlan())
    #expect(try parse(deep.text) == deep)
  }
}
