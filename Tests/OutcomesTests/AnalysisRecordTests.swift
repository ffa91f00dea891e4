import Outcomes
import TestSupport
import Testing

@Suite struct AnalysisRecordTests {
  private let limit = FlowLimit(
    risk: 1, decrease: 0.25, gradientNorm: 2, flowTime: 0.5, steps: 0x0102_0304, isAtRest: true, kind: .saddle,
    negativeEigenvalues: 3, smallestEigenvalue: -4, level: RiskLevel(.ladder, 0x0102),
    structure: LimitStructure(
      interiorKinks: 5, kinkedNeurons: 6, activeNeurons: 7, inactiveNeurons: 0x0809, dyingNeurons: 10),
    signature: -8)

  private func bytes(_ limit: FlowLimit?) -> [UInt8] { TrialAnalysis.records(of: [TrialAnalysis(limit: limit)]) }

  private func isRefused(_ bytes: [UInt8]) -> Bool { TrialAnalysis.values(fromRecords: bytes) == nil }

  // MARK: - What comes back

  @Test func recordsRoundTrip() {
    let analyses = [
      TrialAnalysis(), TrialAnalysis(initiallyDeadNeurons: 0), TrialAnalysis(initiallyDeadNeurons: (1 << 24) - 2),
      TrialAnalysis(certificate: .globalMinimum), TrialAnalysis(certificate: .globalMinimum, limit: limit),
      TrialAnalysis(certificate: .constant(risk: 0)), TrialAnalysis(certificate: .constant(risk: 0.75)),
      TrialAnalysis(
        initiallyDeadNeurons: 3,
        limit: FlowLimit(
          risk: 0, gradientNorm: 0, flowTime: .infinity, isAtRest: true, isGlobal: true, kind: .minimum)),
      TrialAnalysis(
        limit: FlowLimit(
          risk: .greatestFiniteMagnitude, gradientNorm: .leastNonzeroMagnitude, flowTime: 1e6, isAtRest: false,
          negativeEigenvalues: 65534, smallestEigenvalue: -1e-300, level: RiskLevel(.optimum, 0),
          structure: LimitStructure(
            interiorKinks: 65535, kinkedNeurons: 65535, activeNeurons: 65535, inactiveNeurons: 65535,
            dyingNeurons: 65535),
          signature: 1e300)),
    ]
    let bytes = TrialAnalysis.records(of: analyses)
    #expect(bytes.count == analyses.count * TrialAnalysis.recordSize)
    #expect(TrialAnalysis.values(fromRecords: bytes) == analyses)
    #expect(TrialAnalysis.values(fromRecords: []) == [])
  }

  /// (1) What is written is read; (2) equal bytes mean equal analyses.
  @Test func randomRecordsRoundTrip() {
    var random = SplitMix64(state: 3)
    for _ in 0..<2000 {
      let kinks = Int.random(in: 0...9, using: &random)
      let inactive = Int.random(in: 0...9, using: &random)
      let negative = Bool.random(using: &random) ? Int.random(in: 0...9, using: &random) : nil
      let kind = Bool.random(using: &random) ? LimitKind.allCases.randomElement(using: &random)! : nil
      let certificates: [Certificate?] = [nil, .globalMinimum, .constant(risk: .random(in: 0...1, using: &random))]
      let analysis = TrialAnalysis(
        initiallyDeadNeurons: Bool.random(using: &random) ? Int.random(in: 0...99, using: &random) : nil,
        certificate: certificates.randomElement(using: &random)!,
        limit: Int.random(in: 0...3, using: &random) == 0
          ? nil
          : FlowLimit(
            risk: .random(in: 0...1, using: &random), decrease: .random(in: 0...1, using: &random),
            gradientNorm: .random(in: 0...1, using: &random), flowTime: .random(in: 0...1e6, using: &random),
            steps: .random(in: 0...1 << 31, using: &random), isAtRest: kind != nil,
            isGlobal: kind != nil && Bool.random(using: &random), kind: kind, negativeEigenvalues: negative,
            smallestEigenvalue: negative.map { $0 > 0 ? -1 / Double($0) : .random(in: 0...1, using: &random) },
            level: Bool.random(using: &random)
              ? RiskLevel(
                RiskLevel.Kind.allCases.randomElement(using: &random)!, .random(in: 0...1 << 31, using: &random)) : nil,
            structure: LimitStructure(
              interiorKinks: kinks, kinkedNeurons: kinks == 0 ? 0 : kinks + Int.random(in: 0...3, using: &random),
              activeNeurons: .random(in: 0...9, using: &random), inactiveNeurons: inactive,
              dyingNeurons: .random(in: 0...inactive, using: &random)),
            signature: Bool.random(using: &random) ? .random(in: -9...9, using: &random) : 0))
      let bytes = TrialAnalysis.records(of: [analysis])
      let read = TrialAnalysis.values(fromRecords: bytes)
      #expect(read == [analysis], "(1)")
      #expect(read.map(TrialAnalysis.records) == bytes, "(2)")
    }
  }

  @Test func numbersThatDoNotFitAreTheLargest() throws {
    let analysis = TrialAnalysis(
      initiallyDeadNeurons: 1 << 30,
      limit: FlowLimit(
        risk: 0, gradientNorm: 0, flowTime: 0, steps: 1 << 40, isAtRest: false, negativeEigenvalues: 70_000,
        structure: LimitStructure(
          interiorKinks: 1 << 20, kinkedNeurons: 1 << 20, activeNeurons: 65536, inactiveNeurons: 65535)))
    let read = try #require(TrialAnalysis.values(fromRecords: TrialAnalysis.records(of: [analysis]))?.first)
    #expect(read.initiallyDeadNeurons == (1 << 24) - 2)
    #expect(read.limit?.negativeEigenvalues == 65534 && read.limit?.steps == Int(UInt32.max))
    #expect(
      read.limit?.structure
        == LimitStructure(interiorKinks: 65535, kinkedNeurons: 65535, activeNeurons: 65535, inactiveNeurons: 65535))
  }

  // MARK: - Bytes

  /// The layout is a file format: these bytes must never change.
  @Test func layout() {
    #expect(
      TrialAnalysis.records(of: [
        TrialAnalysis(initiallyDeadNeurons: 0x0a_0b0b, certificate: .constant(risk: 1), limit: limit)
      ]) == [
        0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0xd0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0xe0,
        0x3f, 0, 0, 0, 0, 0, 0, 0x10, 0xc0, 0, 0, 0, 0, 0, 0, 0x20, 0xc0, 4, 3, 2, 1, 4, 0, 5, 0, 6, 0, 7, 0, 9, 8, 10,
        0, 2, 1, 0, 0, 2, 3, 3, 2, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x0c, 0x0b, 0x0a, 0, 0, 0, 0, 0,
      ])
    #expect(
      TrialAnalysis.records(of: [TrialAnalysis(initiallyDeadNeurons: 0, certificate: .globalMinimum)])
        == [UInt8](repeating: 0, count: 71) + [1] + [UInt8](repeating: 0, count: 8) + [1]
        + [UInt8](repeating: 0, count: 7))
    var plain = limit
    plain.negativeEigenvalues = nil
    plain.smallestEigenvalue = nil
    plain.level = nil
    plain.isGlobal = true
    let bytes = bytes(plain)
    #expect(bytes[32..<40] == [0, 0, 0, 0, 0, 0, 0xf8, 0x7f])
    #expect(bytes[52..<54] == [0, 0])
    #expect(bytes[64..<72] == [0, 0, 0, 0, 0, 3, 7, 0])
  }

  @Test func impossibleRecordsAreRefused() {
    let sound = bytes(limit)
    #expect(!isRefused(sound))
    #expect(isRefused(Array(sound.dropLast())))
    // Kind of level, kind, flags, certificate, the bytes that are 0.
    for (place, value) in [
      (68, 5), (69, 6), (69, 0), (70, 1), (70, 2), (70, 5), (70, 8), (71, 3), (83, 1), (87, 0x80),
    ] as [(Int, UInt8)] {
      var bytes = sound
      bytes[place] = value
      #expect(isRefused(bytes), "\(place)")
    }
    // No kind of level, but an index; no flag for a limit, but a limit.
    for place in [68, 70] {
      var bytes = sound
      bytes[place] = 0
      #expect(isRefused(bytes), "\(place)")
    }
    // Without limit its bytes are 0.
    for place in 0..<71 where place != 70 {
      var bytes = bytes(nil)
      bytes[place] = 1
      #expect(isRefused(bytes), "\(place)")
    }
    for risk in [-1, .nan, .infinity] {
      #expect(isRefused(TrialAnalysis.records(of: [TrialAnalysis(certificate: .constant(risk: risk))])))
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
      #expect(isRefused(bytes(changed)), "\(number)")
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
      return try #require(AnalysisOfSchema3.values(fromRecords: bytes)?.first).analysis(of: outcome)
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
    #expect(try #require(AnalysisOfSchema3.values(fromRecords: empty)?.first).analysis(of: outcome) == TrialAnalysis())
    #expect(AnalysisOfSchema3.values(fromRecords: bytesOfSchema3(class: 6, inactive: 0)) == nil)
    #expect(AnalysisOfSchema3.values(fromRecords: Array(empty.dropLast() + [1])) == nil)
  }
}
