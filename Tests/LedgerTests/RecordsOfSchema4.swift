import Outcomes

/// Writes what ledgers up to schema 4 held.
enum RecordsOfSchema4 {
  static func records(of outcomes: [Outcome]) -> [UInt8] { outcomes.flatMap(record) }

  static func records(of analyses: [TrialAnalysis]) -> [UInt8] { analyses.flatMap(record) }

  private static func word(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func real(_ value: Double) -> [UInt8] { word(Int(bitPattern: UInt(value.bitPattern)), 8) }

  static func record(of outcome: Outcome) -> [UInt8] {
    [outcome.risk, outcome.riskError, outcome.gradientNorm].flatMap(real) + word(outcome.steps, 4)
      + [outcome.hasDiverged ? 3 : 0] + word(outcome.deadNeurons.map { $0 + 1 } ?? 0, 3)
  }

  static func record(of analysis: TrialAnalysis) -> [UInt8] {
    let certificate: [UInt8] =
      switch analysis.certificate {
      case nil: word(0, 9)
      case .globalMinimum: word(1, 9)
      case .constant(let risk): [2] + real(risk)
      }
    return (analysis.limit.map(bytes) ?? word(0, 71)) + certificate
      + word(analysis.initiallyDeadNeurons.map { $0 + 1 } ?? 0, 3) + word(0, 5)
  }

  private static func bytes(of limit: FlowLimit) -> [UInt8] {
    let structure = limit.structure
    return [
      limit.risk, limit.decrease, limit.gradientNorm, limit.flowTime, limit.smallestEigenvalue ?? .nan, limit.signature,
    ].flatMap(real) + word(limit.steps, 4)
      + [
        limit.negativeEigenvalues.map { $0 + 1 } ?? 0, structure.interiorKinks, structure.kinkedNeurons,
        structure.activeNeurons, structure.inactiveNeurons, structure.dyingNeurons,
      ].flatMap { word($0, 2) } + word(limit.level?.index ?? 0, 4)
      + [
        limit.level?.kind.rawValue ?? 0, limit.kind.map { $0.rawValue + 1 } ?? 0,
        1 | (limit.isAtRest ? 2 : 0) | (limit.isGlobal ? 4 : 0),
      ]
  }
}
