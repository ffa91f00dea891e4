import Ledger
import Outcomes
import Testing

/// Records of ledgers up to schema 4: the layouts are file formats, and must be read for ever.
@Suite struct OlderFormsTests {
  private let limit = FlowLimit(
    risk: 1, decrease: 0.25, gradientNorm: 2, flowTime: 0.5, steps: 0x0102_0304, isAtRest: true, kind: .saddle,
    negativeEigenvalues: 3, smallestEigenvalue: -4, level: RiskLevel(.ladder, 0x0102),
    structure: LimitStructure(
      interiorKinks: 5, kinkedNeurons: 6, activeNeurons: 7, inactiveNeurons: 0x0809, dyingNeurons: 10),
    signature: -8)

  private func outcomes(_ bytes: [UInt8]) -> [Outcome]? { OutcomeOfSchema4.values(of: bytes)?.map(\.outcome) }

  private func analyses(_ bytes: [UInt8]) -> [TrialAnalysis]? { AnalysisOfSchema4.values(of: bytes)?.map(\.analysis) }

  private func bytes(_ limit: FlowLimit?) -> [UInt8] { RecordsOfSchema4.records(of: [TrialAnalysis(limit: limit)]) }

  // MARK: - Outcomes

  @Test func outcomesOfSchema4() {
    let one: [UInt8] = [
      0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 4, 3, 2, 1, 0, 0, 0, 0,
    ]
    let other = Array(one.dropLast(3) + [0x0c, 0x0b, 0x0a])
    var outcome = Outcome(risk: 1, riskError: 2, gradientNorm: 0.5, steps: 0x0102_0304)
    #expect(outcomes(one) == [outcome])
    outcome.deadNeurons = 0x0a_0b0b
    #expect(outcomes(one + other)?.last == outcome)
    #expect(outcomes(RecordsOfSchema4.records(of: [.diverged(at: 17)])) == [.diverged(at: 17)])
    // Up to schema 3 the byte had a verdict about the end of training.
    for verdict: UInt8 in 0...2 {
      var bytes = one
      bytes[28] = verdict
      #expect(outcomes(bytes)?.first?.hasDiverged == false)
    }
  }

  @Test func impossibleOutcomesAreRefused() {
    let bytes = RecordsOfSchema4.records(of: [.diverged(at: 3)])
    #expect(outcomes(Array(bytes.dropLast())) == nil)
    for end: UInt8 in [0, 4] {
      var other = bytes
      other[28] = end
      #expect(outcomes(other) == nil)
    }
    for reals in [(-1.0, 0.0, 0.0), (.nan, 0, 0), (0, -1, 0), (0, 0, .nan)] {
      let outcome = Outcome(risk: reals.0, riskError: reals.1, gradientNorm: reals.2, steps: 1)
      #expect(outcomes(RecordsOfSchema4.records(of: [outcome])) == nil)
    }
  }

  // MARK: - Analyses

  @Test func analysesOfSchema4() {
    let record: [UInt8] = [
      0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0xd0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0xe0,
      0x3f, 0, 0, 0, 0, 0, 0, 0x10, 0xc0, 0, 0, 0, 0, 0, 0, 0x20, 0xc0, 4, 3, 2, 1, 4, 0, 5, 0, 6, 0, 7, 0, 9, 8, 10,
      0, 2, 1, 0, 0, 2, 3, 3, 2, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x0c, 0x0b, 0x0a, 0, 0, 0, 0, 0,
    ]
    #expect(
      analyses(record)
        == [TrialAnalysis(initiallyDeadNeurons: 0x0a_0b0b, certificate: .constant(risk: 1), limit: limit)])
    #expect(
      analyses(
        [UInt8](repeating: 0, count: 71) + [1] + [UInt8](repeating: 0, count: 8) + [1]
          + [UInt8](repeating: 0, count: 7))
        == [TrialAnalysis(initiallyDeadNeurons: 0, certificate: .globalMinimum)])
    var plain = limit
    plain.negativeEigenvalues = nil
    plain.smallestEigenvalue = nil
    plain.level = nil
    plain.isGlobal = true
    #expect(analyses(bytes(plain)) == [TrialAnalysis(limit: plain)])
  }

  @Test func impossibleRecordsAreRefused() {
    let sound = bytes(limit)
    #expect(analyses(sound) != nil && analyses(Array(sound.dropLast())) == nil)
    // Kind of level, kind, flags, certificate, the bytes that are 0.
    for (place, value) in [
      (68, 5), (69, 6), (69, 0), (70, 1), (70, 2), (70, 5), (70, 8), (71, 3), (83, 1), (87, 0x80),
    ] as [(Int, UInt8)] {
      var bytes = sound
      bytes[place] = value
      #expect(analyses(bytes) == nil, "\(place)")
    }
    // No kind of level, but an index; no flag for a limit, but a limit.
    for place in [68, 70] {
      var bytes = sound
      bytes[place] = 0
      #expect(analyses(bytes) == nil, "\(place)")
    }
    // Without limit its bytes are 0.
    for place in 0..<71 where place != 70 {
      var bytes = bytes(nil)
      bytes[place] = 1
      #expect(analyses(bytes) == nil, "\(place)")
    }
    for risk in [-1, .nan, .infinity] {
      #expect(analyses(RecordsOfSchema4.records(of: [TrialAnalysis(certificate: .constant(risk: risk))])) == nil)
    }
  }

  @Test func impossibleLimitsAreRefused() {
    let changes: [(inout FlowLimit) -> Void] = [
      { $0.risk = -1 }, { $0.risk = .nan }, { $0.gradientNorm = -1 }, { $0.gradientNorm = .nan }, { $0.flowTime = -1 },
      { $0.flowTime = .nan }, { $0.signature = .nan }, { $0.signature = .infinity }, { $0.smallestEigenvalue = 0 },
      { $0.structure.interiorKinks = 7 }, { $0.structure.interiorKinks = 0 }, { $0.decrease = -1 },
      { $0.decrease = .nan }, { $0.structure.dyingNeurons = 0x080a }, { $0.kind = nil }, { $0.isAtRest = false },
    ]
    for (number, change) in changes.enumerated() {
      var changed = limit
      change(&changed)
      #expect(analyses(bytes(changed)) == nil, "\(number)")
    }
  }

  // MARK: - Schema 3

  /// The layout of schema 3: a saddle on D_258 with one interior kink and `inactive` inactive neurons.
  private func bytesOfSchema3(class pointClass: UInt8, inactive: UInt8, certified: Bool = false) -> [UInt8] {
    [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f]
      + [0, 0, 0, 0, 0, 0, 0x10, 0xc0, 0, 0, 0, 0, 0, 0, 0x20, 0xc0, 4, 0, 1, 0, 1, 0, 7, 0, inactive, 0]
      + [3, 0, 0, pointClass, 2, certified ? 3 : 1, 2, 1, 0, 0, 0, 0, 0, 0]
  }

  @Test func analysesOfSchema3() throws {
    let outcome = Outcome(risk: 2, riskError: 0, gradientNorm: 0, steps: 1, deadNeurons: 4)
    func analysis(class pointClass: UInt8, inactive: UInt8 = 4, certified: Bool = false) throws -> TrialAnalysis {
      let bytes = bytesOfSchema3(class: pointClass, inactive: inactive, certified: certified)
      return try #require(AnalysisOfSchema3.values(of: bytes)?.first).analysis(of: outcome)
    }
    #expect(
      try analysis(class: 3, certified: true)
        == TrialAnalysis(
          initiallyDeadNeurons: 2, certificate: .globalMinimum,
          limit: FlowLimit(
            risk: 1, decrease: 1e-3, gradientNorm: 2, flowTime: 0.5, isAtRest: true, kind: .saddle,
            negativeEigenvalues: 3, smallestEigenvalue: -4, level: RiskLevel(.ladder, 258),
            structure: LimitStructure(interiorKinks: 1, kinkedNeurons: 1, activeNeurons: 7, inactiveNeurons: 4),
            signature: -8)))
    let kinds: [LimitKind?] = [.minimum, .noWayDown, .noWayDown, .saddle, .unresolved, nil]
    for (number, kind) in kinds.enumerated() {
      let limit = try #require(try analysis(class: UInt8(number)).limit)
      #expect(limit.kind == kind && limit.isAtRest == (kind != nil) && limit.isGlobal == (number == 0))
      // A neuron that was alive when training ended has died in the flow: no limit of the exact flow.
      let later = try #require(try analysis(class: UInt8(number), inactive: 5).limit)
      #expect(!later.isAtRest && later.kind == nil && !later.isGlobal && later.risk == 1)
    }
    let empty = [UInt8](repeating: 0, count: 64)
    #expect(try #require(AnalysisOfSchema3.values(of: empty)?.first).analysis(of: outcome) == TrialAnalysis())
    #expect(AnalysisOfSchema3.values(of: bytesOfSchema3(class: 6, inactive: 0)) == nil)
    #expect(AnalysisOfSchema3.values(of: Array(empty.dropLast() + [1])) == nil)
  }
}
