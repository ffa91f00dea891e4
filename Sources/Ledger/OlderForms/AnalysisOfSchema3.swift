import Outcomes

/// An analysis as ledgers of schema 3 hold it: 64 bytes, little-endian.
///
/// | bytes | content |
/// |---|---|
/// | 0 ..< 24 | risk, norm of the gradient, flow time, IEEE 754 binary64 |
/// | 24 ..< 40 | smallest eigenvalue (NaN where there is no Hessian), signature, binary64 |
/// | 40 ..< 50 | negative eigenvalues plus 1, interior kinks, kinked, active and inactive neurons, two bytes each |
/// | 50 ..< 53 | dead neurons at initialization plus 1, unsigned; 0 where they were not counted |
/// | 53 | class: 0 global minimum, 1 and 2 other minima, 3 saddle, 4 undecided, 5 not stationary |
/// | 54 | kind of the level; 0 for none |
/// | 55 | flags: 1 has a limit, 2 certified global |
/// | 56 ..< 60 | index of the level, unsigned |
/// | 60 ..< 64 | 0 |
package struct AnalysisOfSchema3: StoredRecord {
  package static let size = 64

  private let stored: TrialAnalysis

  package init?(record bytes: [UInt8], at start: Int) {
    let flags = bytes[start + 55]
    let pointClass = bytes[start + 53]
    guard flags <= 3, pointClass <= 5, bytes.word(at: start + 60, bytes: 4) == 0 else { return nil }
    var analysis = TrialAnalysis(
      initiallyDeadNeurons: DeadNeuronsField.count(bytes.word(at: start + 50, bytes: DeadNeuronsField.size)),
      certificate: flags & 2 != 0 ? .globalMinimum : nil)
    if flags & 1 != 0 {
      func count(_ place: Int) -> Int { Int(bytes.word(at: start + place, bytes: 2)) }
      let levelKind = RiskLevel.Kind(rawValue: bytes[start + 54])
      guard levelKind != nil || bytes[start + 54] == 0 else { return nil }
      let kinds: [LimitKind?] = [.minimum, .noWayDown, .noWayDown, .saddle, .unresolved, nil]
      let risk = bytes.real(at: start)
      let eigenvalue = bytes.real(at: start + 24)
      let limit = FlowLimit(
        risk: risk, decrease: Self.largestDecrease * risk, gradientNorm: bytes.real(at: start + 8),
        flowTime: bytes.real(at: start + 16), isAtRest: kinds[Int(pointClass)] != nil,
        isGlobal: pointClass == 0, kind: kinds[Int(pointClass)],
        negativeEigenvalues: count(40) == 0 ? nil : count(40) - 1,
        smallestEigenvalue: eigenvalue.isNaN ? nil : eigenvalue,
        level: levelKind.map { RiskLevel($0, Int(bytes.word(at: start + 56, bytes: 4))) },
        structure: LimitStructure(
          interiorKinks: count(42), kinkedNeurons: count(44), activeNeurons: count(46), inactiveNeurons: count(48)),
        signature: bytes.real(at: start + 32))
      guard limit.isWellFormed else { return nil }
      analysis.limit = limit
    } else {
      guard bytes[start..<start + 50].allSatisfy({ $0 == 0 }) else { return nil }
    }
    stored = analysis
  }

  /// The analysis in today's words.
  ///
  /// At that time the flow could step over the death of a neuron, which the exact flow never reaches, and come to rest
  /// above its limit: a limit with more inactive neurons than were dead when training ended does not count as at rest.
  package func analysis(of outcome: Outcome) -> TrialAnalysis {
    var analysis = stored
    if let limit = stored.limit, limit.structure.inactiveNeurons > outcome.deadNeurons ?? 0 {
      analysis.limit?.isAtRest = false
      analysis.limit?.isGlobal = false
      analysis.limit?.kind = nil
    }
    return analysis
  }

  /// A limit counted as stationary up to this share of its risk.
  private static let largestDecrease = 1e-3
}
