import Outcomes
import Testing

@Suite struct OutcomeRecordTests {
  @Test func recordsRoundTrip() {
    let outcomes = [
      Outcome(risk: 1.25e-3, riskError: 0, gradientNorm: 3e-7, steps: 10_000),
      Outcome(risk: 0.1, riskError: 1e-17, gradientNorm: .leastNonzeroMagnitude, steps: 1),
      Outcome(
        risk: .greatestFiniteMagnitude, riskError: 0, gradientNorm: 0, steps: 4_000_000_000),
      Outcome(risk: 0.1, riskError: 0, gradientNorm: 0, steps: 1, deadNeurons: 0),
      Outcome(risk: 0.1, riskError: 0, gradientNorm: 0, steps: 1, deadNeurons: (1 << 24) - 2),
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
      Outcome(risk: 1, riskError: 2, gradientNorm: 0.5, steps: 0x0102_0304),
      Outcome(
        risk: 1, riskError: 2, gradientNorm: 0.5, steps: 0x0102_0304, deadNeurons: 0x0a_0b0b),
    ])
    #expect(
      bytes == [
        0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 4, 3, 2, 1, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 4, 3, 2, 1, 0, 0x0c,
        0x0b, 0x0a,
      ])
  }

  /// Up to schema 3 of the ledger the byte had a verdict about the end of training.
  @Test func divergence() throws {
    var bytes = Outcome.records(of: [Outcome(risk: 1, riskError: 0, gradientNorm: 0, steps: 1)])
    for verdict: UInt8 in 0...2 {
      bytes[28] = verdict
      #expect(try #require(Outcome.values(fromRecords: bytes))[0].hasDiverged == false)
    }
    #expect(Outcome.records(of: [.diverged(at: 3)])[28] == 3)
  }

  @Test func damagedRecordsAreRefused() {
    let bytes = Outcome.records(of: [.diverged(at: 3)])
    #expect(Outcome.values(fromRecords: Array(bytes.dropLast())) == nil)
    var unknownEnd = bytes
    unknownEnd[28] = 4
    #expect(Outcome.values(fromRecords: unknownEnd) == nil)
    for reals in [(-1.0, 0.0, 0.0), (.nan, 0, 0), (0, -1, 0), (0, 0, .nan)] {
      let outcome = Outcome(risk: reals.0, riskError: reals.1, gradientNorm: reals.2, steps: 1)
      #expect(Outcome.values(fromRecords: Outcome.records(of: [outcome])) == nil)
    }
  }

  @Test func moreDeadNeuronsThanFitAreTheMost() {
    let outcome = Outcome(risk: 0, riskError: 0, gradientNorm: 0, steps: 1, deadNeurons: 1 << 30)
    #expect(Outcome.values(fromRecords: Outcome.records(of: [outcome]))?[0].deadNeurons == (1 << 24) - 2)
  }

  @Test func cellKeysAsText() {
    #expect(CellKey(0x00ab).text == "00000000000000ab")
    #expect(CellKey(text: "00000000000000ab") == CellKey(0x00ab))
    #expect(CellKey(text: "ab") == nil)
    #expect(CellKey(text: "00000000000000xy") == nil)
  }

  @Test func verdictTexts() {
    #expect(Verdict.allCases.map(\.text) == ["good", "bad", "undecided", "diverged"])
  }
}
