/// The stored form of an analysis: 64 bytes, little-endian.
///
/// | bytes | content |
/// |---|---|
/// | 0 ..< 8 | risk at the limit, IEEE 754 binary64 |
/// | 8 ..< 16 | norm of the population gradient at the limit, binary64 |
/// | 16 ..< 24 | flow time, binary64 |
/// | 24 ..< 32 | smallest eigenvalue, binary64; NaN where there is no Hessian |
/// | 32 ..< 40 | signature, binary64 |
/// | 40 ..< 42 | negative eigenvalues plus 1, unsigned; 0 where there is no Hessian |
/// | 42 ..< 44 | interior kinks, unsigned |
/// | 44 ..< 46 | kinked neurons, unsigned |
/// | 46 ..< 48 | active neurons, unsigned |
/// | 48 ..< 50 | inactive neurons, unsigned |
/// | 50 ..< 53 | dead neurons at initialization plus 1, unsigned; 0 where they were not counted |
/// | 53 | class: 0 global minimum, 1 good non-optimal, 2 bad local minimum, 3 saddle, 4 undecided, 5 not converged |
/// | 54 | kind of the level: 0 none, 1 m_k, 2 D_k, 3 S_k, 4 local D_k |
/// | 55 | flags: 1 has a limit, 2 certified global |
/// | 56 ..< 60 | index of the level, unsigned |
/// | 60 ..< 64 | 0 |
///
/// Numbers that do not fit are stored as the largest that does. Without limit, all bytes that describe one are 0.
extension TrialAnalysis: FixedRecord {
  public static let recordSize = 64

  public func appendRecord(to bytes: inout [UInt8]) {
    let kind = limit?.level?.kind.rawValue ?? 0
    let flags: UInt8 = (limit == nil ? 0 : Self.hasLimit) | (isCertifiedGlobal ? Self.isCertified : 0)
    if let limit {
      for real in [limit.risk, limit.gradientNorm, limit.flowTime] { bytes.append(real) }
      bytes.append(limit.smallestEigenvalue ?? .nan)
      bytes.append(limit.signature)
      bytes.append(Self.short(limit.negativeEigenvalues.map { min($0, Int(UInt16.max) - 1) + 1 } ?? 0), bytes: 2)
      let structure = limit.structure
      for count in [
        structure.interiorKinks, structure.kinkedNeurons, structure.activeNeurons, structure.inactiveNeurons,
      ] {
        bytes.append(Self.short(count), bytes: 2)
      }
    } else {
      bytes += [UInt8](repeating: 0, count: 50)
    }
    bytes.append(DeadNeuronsField.word(initiallyDeadNeurons), bytes: DeadNeuronsField.size)
    bytes += [limit?.pointClass.rawValue ?? 0, kind, flags]
    bytes.append(UInt64(UInt32(clamping: limit?.level?.index ?? 0)), bytes: 4)
    bytes.append(0, bytes: 4)
  }

  public init?(record bytes: [UInt8], at start: Int) {
    let flags = bytes[start + 55]
    guard flags <= Self.hasLimit | Self.isCertified, bytes.word(at: start + 60, bytes: 4) == 0 else { return nil }
    self.init(
      initiallyDeadNeurons: DeadNeuronsField.count(bytes.word(at: start + 50, bytes: DeadNeuronsField.size)),
      isCertifiedGlobal: flags & Self.isCertified != 0)
    if flags & Self.hasLimit != 0 {
      guard let limit = FlowLimit(record: bytes, at: start) else { return nil }
      self.limit = limit
    } else {
      guard bytes[start..<start + 50].allSatisfy({ $0 == 0 }), bytes[start + 53] == 0, bytes[start + 54] == 0,
        bytes.word(at: start + 56, bytes: 4) == 0
      else { return nil }
    }
  }

  private static let hasLimit: UInt8 = 1
  private static let isCertified: UInt8 = 2

  private static func short(_ count: Int) -> UInt64 { UInt64(UInt16(clamping: count)) }
}

extension FlowLimit {
  /// The limit in the record that begins at `start`; nil if it is none.
  fileprivate init?(record bytes: [UInt8], at start: Int) {
    func count(_ place: Int) -> Int { Int(bytes.word(at: start + place, bytes: 2)) }
    guard let pointClass = CriticalPointClass(rawValue: bytes[start + 53]) else { return nil }
    var level: RiskLevel?
    let index = Int(bytes.word(at: start + 56, bytes: 4))
    if let kind = RiskLevel.Kind(rawValue: bytes[start + 54]) {
      level = RiskLevel(kind, index)
    } else if bytes[start + 54] != 0 || index != 0 {
      return nil
    }
    let eigenvalue = bytes.real(at: start + 24)
    self.init(
      pointClass: pointClass, risk: bytes.real(at: start), gradientNorm: bytes.real(at: start + 8),
      flowTime: bytes.real(at: start + 16), negativeEigenvalues: count(40) == 0 ? nil : count(40) - 1,
      smallestEigenvalue: eigenvalue.isNaN ? nil : eigenvalue, level: level,
      structure: LimitStructure(
        interiorKinks: count(42), kinkedNeurons: count(44), activeNeurons: count(46), inactiveNeurons: count(48)),
      signature: bytes.real(at: start + 32))
    // Neither negative nor NaN: what reads analyses may rely on it.
    guard risk >= 0, gradientNorm >= 0, flowTime >= 0, signature.isFinite else { return nil }
    // A negative eigenvalue makes the smallest one negative; a kink is one of some neuron.
    if let negativeEigenvalues, let smallestEigenvalue, negativeEigenvalues > 0, smallestEigenvalue >= 0 { return nil }
    guard structure.interiorKinks <= structure.kinkedNeurons,
      (structure.interiorKinks == 0) == (structure.kinkedNeurons == 0)
    else { return nil }
  }
}
