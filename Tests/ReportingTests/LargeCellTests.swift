import Estimation
import Foundation
import Ledger
import Outcomes
import Reporting
import TestSupport
import Testing

/// Cells with more values than are kept.
@Suite struct LargeCellTests {
  /// A permutation of the trials orders the risks; every eighth trial is at rest.
  @Test func quantilesOfManyTrials() throws {
    let (trials, size) = (160_000, 10_000)
    func risk(_ trial: Int) -> Double { exp(Double(trial * 77_773 % trials) / 10_000 - 8) }
    func limit(_ trial: Int) -> FlowLimit {
      let isAtRest = trial % 8 == 0
      return FlowLimit(
        risk: risk(trial) / 2, decrease: 1e-3 * risk(trial), gradientNorm: risk(trial) / 3, flowTime: Double(trial),
        steps: trial % 1000, isAtRest: isAtRest, kind: isAtRest ? .noWayDown : nil, smallestEigenvalue: -risk(trial),
        structure: LimitStructure(interiorKinks: 1, kinkedNeurons: 2, activeNeurons: 3))
    }
    try withLedger(hidden: "[[5]]", trials: trials, kernels: [""], limit: "{classes: true}") { writer, study in
      for first in stride(from: 0, to: trials, by: size) {
        let range = first..<first + size
        try writer.commit(
          BlockRecord(
            cell: study.cells[0].key, first: TrialIndex(first),
            outcomes: range.map {
              Outcome(risk: risk($0), riskError: 0, gradientNorm: 1e-5, steps: $0 % 5 == 0 ? 9_999 : 10_000)
            }, analyses: range.map { TrialAnalysis(limit: limit($0)) }, seconds: 1))
      }
    } _: { ledger in
      let cell = try StudyReport(ledger).cells[0]
      // Otherwise this test is about nothing.
      let values = cell.observables.reduce(0) { $0 + ($1.spread?.trials ?? 0) }
      #expect(values > QuantileStreams.standardBudget)
      func check(_ spread: QuantitySpread?, _ values: [Double]) {
        let sorted = values.sorted()
        let expected = [0.05, 0.5, 0.95].map { sorted[QuantileStreams.rank(ofShare: $0, count: sorted.count) - 1] }
        #expect(spread?.trials == values.count && spread?.quantiles == expected)
      }
      func spread(_ observable: Observable) -> QuantitySpread? {
        cell.observables.first { $0.observable == observable }?.spread
      }
      let all = 0..<trials
      check(cell.risk, all.map(risk))
      check(spread(.limitRisk), all.map { risk($0) / 2 })
      check(spread(.smallestEigenvalue), all.map { -risk($0) })
      check(spread(.limitSteps), all.map { Double($0 % 1000) })
      check(spread(.gradientNorm), all.map { _ in 1e-5 })
      check(cell.limitRisk, all.filter { $0 % 8 == 0 }.map { risk($0) / 2 })
      check(cell.earlyEnds?.steps, all.filter { $0 % 5 == 0 }.map { _ in 9_999 })
    }
  }

  /// Against text, which is what it replaces: all magnitudes, ties, and numbers next to ties.
  @Test func roundingToDigits() {
    var generator = SplitMix64(state: 7)
    var numbers: [Double] = [
      0, 1, 0.1, 9.9999999e-5, 99999999.5, 123456785, 1e22, 1e-14, 1e-15, .infinity, .leastNonzeroMagnitude,
    ]
    for _ in 0..<4_000 {
      let exponent = Double.random(in: -20...24, using: &generator)
      numbers.append(pow(10, exponent))
      // Ties of eight and of six digits, and their neighbours.
      let tie =
        (Double(Int.random(in: 10_000_000..<100_000_000, using: &generator)) + 0.5)
        * pow(10, Double(Int.random(in: -12...4, using: &generator)))
      numbers += [tie, tie.nextUp, tie.nextDown, (tie / 100).rounded() + 0.5]
    }
    for number in numbers.flatMap({ [$0, -$0] }) {
      for digits in [6, 8] {
        let expected = Double(String(format: "%.\(digits - 1)e", number))!
        #expect(number.rounded(digits: digits).bitPattern == expected.bitPattern, "\(number) \(digits)")
      }
    }
  }
}
