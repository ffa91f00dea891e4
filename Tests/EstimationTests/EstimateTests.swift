import Estimation
import Testing

@Suite("Estimate")
struct EstimateTests {
  let proportion = Proportion(successes: 285, trials: 300)

  @Test("a fixed plan gets Clopper-Pearson")
  func fixed() {
    let estimate = Estimate(proportion, under: .fixed, at: level95)
    #expect(estimate.method == .clopperPearson)
    #expect(estimate.interval == proportion.clopperPearson(at: level95))
    #expect(estimate.lowerBound == proportion.clopperPearsonLower(at: level95))
    #expect(estimate.proportion == proportion)
    #expect(estimate.confidence == level95)
  }

  @Test("everything else gets the confidence sequence")
  func anytime() {
    let estimate = Estimate(proportion, under: .anytime, at: level95)
    #expect(estimate.method == .confidenceSequence)
    #expect(estimate.interval == proportion.confidenceSequence(at: level95))
    #expect(estimate.lowerBound == proportion.confidenceSequenceLower(at: level95))
    #expect(estimate.interval.contains(Estimate(proportion, under: .fixed, at: level95).interval))
  }

  @Test("without trials nothing is known", arguments: plansOfOneSample)
  func empty(plan: SamplingPlan) {
    let estimate = Estimate(Proportion(successes: 0, trials: 0), under: plan, at: level95)
    #expect(estimate.interval == .unit)
    #expect(estimate.lowerBound == 0)
    #expect(estimate.proportion.share == nil)
  }

  @Test("what users read")
  func text() {
    #expect(
      IntervalMethod.allCases.map(\.text) == [
        "Clopper-Pearson", "Clopper-Pearson at planned stages", "confidence sequence",
        "intersection of Clopper-Pearson and confidence sequence",
      ])
    #expect(
      IntervalMethod.allCases.map(\.rawValue) == [
        "clopper-pearson", "clopper-pearson-stages", "confidence-sequence", "planned-and-sequence",
      ])
    #expect(
      IntervalMethod.allCases.map(\.promise) == [
        "exact for the number of trials planned before the first look",
        "exact at the numbers of trials planned before the first look, each at its part of the error probability",
        "valid at every look and for every stopping rule",
        "of the trials planned before the first look and of all trials, at half of the error probability each",
      ])
  }
}
