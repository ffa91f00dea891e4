import Outcomes
import TestSupport
import Testing

@Suite struct AnalysisRecordTests {
  private let limit = FlowLimit(
    pointClass: .saddle, risk: 1, gradientNorm: 2, flowTime: 0.5, negativeEigenvalues: 3, smallestEigenvalue: -4,
    level: RiskLevel(.ladder, 0x0102),
    structure: LimitStructure(interiorKinks: 5, kinkedNeurons: 6, activeNeurons: 7, inactiveNeurons: 0x0809),
    signature: -8)

  private func bytes(_ limit: FlowLimit?) -> [UInt8] { TrialAnalysis.records(of: [TrialAnalysis(limit: limit)]) }

  private func isRefused(_ bytes: [UInt8]) -> Bool { TrialAnalysis.values(fromRecords: bytes) == nil }

  // MARK: - What comes back

  @Test func recordsRoundTrip() {
    let analyses = [
      TrialAnalysis(), TrialAnalysis(initiallyDeadNeurons: 0), TrialAnalysis(initiallyDeadNeurons: (1 << 24) - 2),
      TrialAnalysis(isCertifiedGlobal: true), TrialAnalysis(isCertifiedGlobal: true, limit: limit),
      TrialAnalysis(
        initiallyDeadNeurons: 3,
        limit: FlowLimit(pointClass: .globalMinimum, risk: 0, gradientNorm: 0, flowTime: .infinity)),
      TrialAnalysis(
        limit: FlowLimit(
          pointClass: .notConverged, risk: .greatestFiniteMagnitude, gradientNorm: .leastNonzeroMagnitude,
          flowTime: 1e6,
          negativeEigenvalues: 65534, smallestEigenvalue: -1e-300, level: RiskLevel(.optimum, 0),
          structure: LimitStructure(
            interiorKinks: 65535, kinkedNeurons: 65535, activeNeurons: 65535, inactiveNeurons: 65535),
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
      let negative = Bool.random(using: &random) ? Int.random(in: 0...9, using: &random) : nil
      let analysis = TrialAnalysis(
        initiallyDeadNeurons: Bool.random(using: &random) ? Int.random(in: 0...99, using: &random) : nil,
        isCertifiedGlobal: .random(using: &random),
        limit: Int.random(in: 0...3, using: &random) == 0
          ? nil
          : FlowLimit(
            pointClass: CriticalPointClass.allCases.randomElement(using: &random)!,
            risk: .random(in: 0...1, using: &random), gradientNorm: .random(in: 0...1, using: &random),
            flowTime: .random(in: 0...1e6, using: &random), negativeEigenvalues: negative,
            smallestEigenvalue: negative.map { $0 > 0 ? -1 / Double($0) : .random(in: 0...1, using: &random) },
            level: Bool.random(using: &random)
              ? RiskLevel(
                RiskLevel.Kind.allCases.randomElement(using: &random)!, .random(in: 0...1 << 31, using: &random)) : nil,
            structure: LimitStructure(
              interiorKinks: kinks, kinkedNeurons: kinks == 0 ? 0 : kinks + Int.random(in: 0...3, using: &random),
              activeNeurons: .random(in: 0...9, using: &random), inactiveNeurons: .random(in: 0...9, using: &random)),
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
        pointClass: .saddle, risk: 0, gradientNorm: 0, flowTime: 0, negativeEigenvalues: 70_000,
        structure: LimitStructure(
          interiorKinks: 1 << 20, kinkedNeurons: 1 << 20, activeNeurons: 65536, inactiveNeurons: 65535)))
    let read = try #require(TrialAnalysis.values(fromRecords: TrialAnalysis.records(of: [analysis]))?.first)
    #expect(read.initiallyDeadNeurons == (1 << 24) - 2)
    #expect(read.limit?.negativeEigenvalues == 65534)
    #expect(
      read.limit?.structure
        == LimitStructure(interiorKinks: 65535, kinkedNeurons: 65535, activeNeurons: 65535, inactiveNeurons: 65535))
  }

  // MARK: - Bytes

  /// The layout is a file format: these bytes must never change.
  @Test func layout() {
    #expect(
      TrialAnalysis.records(of: [
        TrialAnalysis(initiallyDeadNeurons: 0x0a_0b0b, isCertifiedGlobal: true, limit: limit)
      ]) == [
        0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 0, 0, 0, 0, 0, 0, 0x10,
        0xc0, 0, 0, 0, 0, 0, 0, 0x20, 0xc0, 4, 0, 5, 0, 6, 0, 7, 0, 9, 8, 0x0c, 0x0b, 0x0a, 3, 2, 3, 2, 1, 0, 0, 0, 0,
        0, 0,
      ])
    #expect(
      TrialAnalysis.records(of: [TrialAnalysis(initiallyDeadNeurons: 0)])
        == [UInt8](repeating: 0, count: 50) + [1] + [UInt8](repeating: 0, count: 13))
    var plain = limit
    plain.negativeEigenvalues = nil
    plain.smallestEigenvalue = nil
    plain.level = nil
    let bytes = bytes(plain)
    #expect(bytes[24..<32] == [0, 0, 0, 0, 0, 0, 0xf8, 0x7f])
    #expect(bytes[40..<42] == [0, 0])
    #expect(bytes[54..<60] == [0, 1, 0, 0, 0, 0])
  }

  @Test func impossibleRecordsAreRefused() {
    let sound = bytes(limit)
    #expect(!isRefused(sound))
    #expect(isRefused(Array(sound.dropLast())))
    // Class, kind of level, flags, the four bytes that are 0.
    for (place, value) in [(53, 6), (54, 5), (55, 4), (55, 5), (60, 1), (63, 0x80)] as [(Int, UInt8)] {
      var bytes = sound
      bytes[place] = value
      #expect(isRefused(bytes), "\(place)")
    }
    // No kind of level, but an index; no flag for a limit, but a limit.
    for place in [54, 55] {
      var bytes = sound
      bytes[place] = 0
      #expect(isRefused(bytes), "\(place)")
    }
    // Without limit its bytes are 0, those of dead neurons are not among them.
    for place in 0..<60 where place != 55 {
      var bytes = bytes(nil)
      bytes[place] = 1
      #expect(isRefused(bytes) != (50..<53).contains(place), "\(place)")
    }
  }

  @Test func impossibleLimitsAreRefused() {
    let changes: [(inout FlowLimit) -> Void] = [
      { $0.risk = -1 }, { $0.risk = .nan }, { $0.gradientNorm = -1 }, { $0.gradientNorm = .nan }, { $0.flowTime = -1 },
      { $0.flowTime = .nan }, { $0.signature = .nan }, { $0.signature = .infinity }, { $0.smallestEigenvalue = 0 },
      { $0.structure.interiorKinks = 7 }, { $0.structure.interiorKinks = 0 },
    ]
    for (number, change) in changes.enumerated() {
      var changed = limit
      change(&changed)
      #expect(isRefused(bytes(changed)), "\(number)")
    }
  }
}
