import Risk
import Testing

@Suite struct QuadratureRuleTests {
  @Test(arguments: 1...60)
  func gaussLegendreIsExact(_ n: Int) {
    let rule = QuadratureRule.gaussLegendre(n)
    #expect(rule.nodes == rule.nodes.sorted())
    for degree in 0..<(2 * n) {
      let sum = zip(rule.nodes, rule.weights).reduce(0) { sum, point in
        sum + point.1 * (0..<degree).reduce(1) { power, _ in power * point.0 }
      }
      let exact = degree % 2 == 0 ? 2 / Double(degree + 1) : 0
      #expect(abs(sum - exact) <= 2e-14)
    }
  }

  @Test func kronrodIsExact() {
    let rule = QuadratureRule.gaussKronrod21
    for degree in 0...31 {
      let powers = rule.nodes.map { x in (0..<degree).reduce(1.0) { power, _ in power * x } }
      let exact = degree % 2 == 0 ? 2 / Double(degree + 1) : 0
      #expect(abs(zip(powers, rule.weights).reduce(0) { $0 + $1.0 * $1.1 } - exact) <= 1e-15)
      if degree <= 19 {
        #expect(abs(zip(powers, rule.lowerOrderWeights!).reduce(0) { $0 + $1.0 * $1.1 } - exact) <= 1e-15)
      }
    }
  }
}
