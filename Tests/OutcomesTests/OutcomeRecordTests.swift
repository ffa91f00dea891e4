import Outcomes
import Testing

@Suite struct OutcomeRecordTests {
  @Test func recordsRoundTrip() {
    let outcomes = [
      Outcome(verdict: .good, risk: 1.25e-3, riskError: 0, gradientNorm: 3e-7, steps: 10_000),
      Outcome(verdict: .bad, risk: 0.1, riskError: 1e-17, gradientNorm: .leastNonzeroMagnitude, steps: 1),
      Outcome(
        verdict: .notConverged, risk: .greatestFiniteMagnitude, riskError: 0, gradientNorm: 0, steps: 4_000_000_000),
      Outcome(verdict: .good, risk: 0.1, riskError: 0, gradientNorm: 0, steps: 1, deadNeurons: 0),
      Outcome(verdict: .bad, risk: 0.1, riskError: 0, gradientNorm: 0, steps: 1, deadNeurons: (1 << 24) - 2),
      .diverged(at: 17),
    ]
    let bytes = Outcome.records(of: outcomes)
    #expect(bytes.count == outcomes.count * Outcome.recordSize)
    #expect(Outcome.values(fromRecords: bytes) == outcomes)
    #expect(Outcome.values(fromRecords: []) == [])
  }

  /// The layout is a file format: these bytes must never change.
  @Test func layout() {
    let bytes = Outcome.records(of: [
      Outcome(verdict: .notConverged, risk: 1, riskError: 2, gradientNorm: 0.5, steps: 0x0102_0304),
      Outcome(
        verdict: .notConverged, risk: 1, riskError: 2, gradientNorm: 0.5, steps: 0x0102_0304, deadNeurons: 0x0a_0b0b),
    ])
    #expect(
      bytes == [
        0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 4, 3, 2, 1, 2, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 4, 3, 2, 1, 2, 0x0c,
        0x0b, 0x0a,
      ])
  }

  @Test func damagedRecordsAreRefused() {
    let bytes = Outcome.records(of: [.diverged(at: 3)])
    #expect(Outcome.values(fromRecords: Array(bytes.dropLast())) == nil)
    var unknownVerdict = bytes
    unknownVerdict[28] = 4
    #expect(Outcome.values(fromRecords: unknownVerdict) == nil)
    for reals in [(-1.0, 0.0, 0.0), (.nan, 0, 0), (0, -1, 0), (0, 0, .nan)] {
      let outcome = Outcome(verdict: .bad, risk: reals.0, riskError: reals.1, gradientNorm: reals.2, steps: 1)
      #expect(Outcome.values(fromRecords: Outcome.records(of: [outcome])) == nil)
    }
  }

  @Test func moreDeadNeuronsThanFitAreTheMost() {
    let outcome = Outcome(verdict: .good, risk: 0, riskError: 0, gradientNorm: 0, steps: 1, deadNeurons: 1 << 30)
    #expect(Outcome.values(fromRecords: Outcome.records(of: [outcome]))?[0].deadNeurons == (1 << 24) - 2)
  }

  @Test func cellKeysAsText() {
    #expect(CellKey(0x00ab).text == "00000000000000ab")
    #expect(CellKey(text: "00000000000000ab") == CellKey(0x00ab))
    #expect(CellKey(text: "ab") == nil)
    #expect(CellKey(text: "00000000000000xy") == nil)
  }

  @Test func verdictTexts() {
    #expect(Verdict.allCases.map(\.text) == ["good", "bad", "not converged", "diverged"])
  }
}
