import Outcomes

/// An analysis as ledgers of schema 4 hold it: 88 bytes, little-endian.
///
/// | bytes | content |
/// |---|---|
/// | 0 ..< 8 | risk where the flow was left, IEEE 754 binary64 |
/// | 8 ..< 16 | decrease that second derivatives promise, binary64 |
/// | 16 ..< 24 | norm of the population gradient, binary64 |
/// | 24 ..< 32 | flow time, binary64 |
/// | 32 ..< 40 | smallest eigenvalue, binary64; NaN where there is no Hessian |
/// | 40 ..< 48 | signature, binary64 |
/// | 48 ..< 52 | steps, unsigned |
/// | 52 ..< 54 | negative eigenvalues plus 1, unsigned; 0 where there is no Hessian |
/// | 54 ..< 64 | interior kinks, kinked, active, inactive and dying neurons, unsigned, two bytes each |
/// | 64 ..< 68 | index of the level, unsigned |
/// | 68 | kind of the level: 0 none, 1 m_k, 2 D_k, 3 S_k, 4 local D_k |
/// | 69 | kind of the limit plus 1; 0 while the flow moves |
/// | 70 | flags: 1 the flow was followed, 2 it is at rest, 4 at the smallest risk there is |
/// | 71 | certificate: 0 none, 1 global minimum, 2 constant for ever |
/// | 72 ..< 80 | risk that a network tends to that is constant for ever, binary64 |
/// | 80 ..< 83 | dead neurons at initialization plus 1, unsigned; 0 where they were not counted |
/// | 83 ..< 88 | 0 |
///
/// Numbers that do not fit are stored as the largest that does. Without limit, all bytes that describe one are 0.
package struct AnalysisOfSchema4: StoredRecord {
  package static let size = 88

  package let analysis: TrialAnalysis

  package init?(record bytes: [UInt8], at start: Int) {
    let flags = bytes[start + 70]
    guard [0, 1, 3, 7].contains(flags), bytes.word(at: start + 83, bytes: 5) == 0 else { return nil }
    let risk = bytes.real(at: start + 72)
    var analysis = TrialAnalysis(
      initiallyDeadNeurons: DeadNeuronsField.count(bytes.word(at: start + 80, bytes: DeadNeuronsField.size)))
    switch bytes[start + 71] {
    case 0: break
    case 1: analysis.certificate = .globalMinimum
    case 2 where risk >= 0 && risk.isFinite: analysis.certificate = .constant(risk: risk)
    default: return nil
    }
    if flags & FlowLimit.flag != 0 {
      guard let limit = FlowLimit(record: bytes, at: start) else { return nil }
      analysis.limit = limit
    } else {
      guard bytes[start..<start + FlowLimit.size].allSatisfy({ $0 == 0 }) else { return nil }
    }
    self.analysis = analysis
  }
}

extension FlowLimit {
  fileprivate static let size = 71
  fileprivate static let flag: UInt8 = 1
  private static let restFlag: UInt8 = 2
  private static let globalFlag: UInt8 = 4

  /// The limit in the record that begins at `start`; nil if it is none.
  fileprivate init?(record bytes: [UInt8], at start: Int) {
    func count(_ place: Int) -> Int { Int(bytes.word(at: start + place, bytes: 2)) }
    var level: RiskLevel?
    let index = Int(bytes.word(at: start + 64, bytes: 4))
    if let kind = RiskLevel.Kind(rawValue: bytes[start + 68]) {
      level = RiskLevel(kind, index)
    } else if bytes[start + 68] != 0 || index != 0 {
      return nil
    }
    let eigenvalue = bytes.real(at: start + 32)
    let kind = bytes[start + 69]
    self.init(
      risk: bytes.real(at: start), decrease: bytes.real(at: start + 8), gradientNorm: bytes.real(at: start + 16),
      flowTime: bytes.real(at: start + 24), steps: Int(bytes.word(at: start + 48, bytes: 4)),
      isAtRest: bytes[start + 70] & Self.restFlag != 0, isGlobal: bytes[start + 70] & Self.globalFlag != 0,
      kind: kind == 0 ? nil : LimitKind(rawValue: kind - 1),
      negativeEigenvalues: count(52) == 0 ? nil : count(52) - 1,
      smallestEigenvalue: eigenvalue.isNaN ? nil : eigenvalue, level: level,
      structure: LimitStructure(
        interiorKinks: count(54), kinkedNeurons: count(56), activeNeurons: count(58), inactiveNeurons: count(60),
        dyingNeurons: count(62)),
      signature: bytes.real(at: start + 40))
    guard (kind != 0) == isAtRest, (self.kind != nil) == isAtRest, isWellFormed else { return nil }
  }
}
