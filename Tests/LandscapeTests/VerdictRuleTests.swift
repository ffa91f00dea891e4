import Landscape
import Outcomes
import Testing

@Suite struct VerdictRuleTests {
  private let rule = VerdictRule(
    good: .risk(atMost: 1e-3), stationary: .relativeDecrease(atMost: 0.1))

  private func verdict(_ risk: Double, margin: Double = 0, norm: Double = 0) -> Verdict {
    rule.verdict(risk: risk, margin: margin, gradientNorm: norm, flowTime: 100)
  }

  @Test func exactRisks() {
    #expect(verdict(1e-3) == .good)
    #expect(verdict(1e-3.nextUp) == .bad)
    #expect(verdict(0) == .good)
  }

  /// tau |G|^2 <= 0.1 L.
  @Test func stationarity() {
    let bound = (0.1 * 1e-4 / 100).squareRoot()
    #expect(verdict(1e-4, norm: 0.999 * bound) == .good)
    #expect(verdict(1e-4, norm: 1.001 * bound) == .notConverged)
    func holdsAtTenthTolerance(_ norm: Double) -> Bool {
      rule.stationary.holds(risk: 1e-4, gradientNorm: norm, flowTime: 100, toleranceFactor: 0.1)
    }
    #expect(!holdsAtTenthTolerance(0.999 * bound))
    #expect(holdsAtTenthTolerance(0.3 * bound))
    let absolute = VerdictRule(good: .risk(atMost: 1), stationary: .gradientNorm(atMost: 1e-3))
    #expect(absolute.verdict(risk: 2, margin: 0, gradientNorm: 1e-3, flowTime: 9) == .bad)
    #expect(absolute.verdict(risk: 2, margin: 0, gradientNorm: 2e-3, flowTime: 9) == .notConverged)
  }

  /// A verdict needs the whole interval on one side of the bound.
  @Test func inexactRisks() {
    #expect(verdict(8e-4, margin: 1e-4) == .good)
    #expect(verdict(8e-4, margin: 3e-4) == .notConverged)
    #expect(verdict(1.2e-3, margin: 3e-4) == .notConverged)
    #expect(verdict(1.2e-3, margin: 1e-4) == .bad)
    #expect(GoodCriterion.risk(atMost: 1).holds(risk: 0.5, margin: 0.5) == true)
    #expect(GoodCriterion.risk(atMost: 1).holds(risk: 1, margin: 0.1) == nil)
    #expect(GoodCriterion.risk(atMost: 1).holds(risk: 2, margin: 0.5) == false)
    // Not stationary goes first, undecided or not.
    #expect(verdict(8e-4, margin: 1e-4, norm: 1) == .notConverged)
  }

  @Test func divergence() {
    #expect(verdict(.infinity) == .diverged)
    #expect(verdict(.nan) == .diverged)
    #expect(verdict(1, norm: .nan) == .diverged)
    #expect(verdict(1, norm: .infinity) == .diverged)
  }
}
