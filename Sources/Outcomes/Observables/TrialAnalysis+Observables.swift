extension Observable {
  public static let certificate = Observable(
    "certificate", title: "certificate", .words(["global minimum", "constant"]), at: .limit)
  public static let constantRisk = Observable(
    "constant-risk", title: "risk that a constant network tends to", .nonnegativeReal, at: .limit)
  public static let limitRisk = Observable("limit-risk", title: "risk of the limit", .nonnegativeReal, at: .limit)
  public static let limitDecrease = Observable(
    "limit-decrease", title: "decrease that second derivatives promise", .nonnegativeReal, at: .limit)
  public static let limitGradientNorm = Observable(
    "limit-gradient-norm", title: "population-gradient norm at the limit", .nonnegativeReal, at: .limit)
  public static let limitFlowTime = Observable(
    "limit-flow-time", title: "flow time to the limit", unit: "flow time", .nonnegativeReal, at: .limit)
  public static let limitSteps = Observable(
    "limit-steps", title: "steps of the integration", unit: "steps", .count, at: .limit)
  public static let isAtRest = Observable("at-rest", title: "flow at rest", .falseOrTrue, at: .limit)
  public static let isGlobal = Observable("global", title: "smallest risk of the width", .falseOrTrue, at: .limit)
  public static let kind = Observable(
    "kind", title: "kind of the limit", .words(LimitKind.allCases.map(\.text)), at: .limit)
  public static let negativeEigenvalues = Observable(
    "negative-eigenvalues", title: "negative eigenvalues", unit: "eigenvalues", .count, at: .limit)
  public static let smallestEigenvalue = Observable(
    "smallest-eigenvalue", title: "smallest eigenvalue", .real, at: .limit)
  public static let level = Observable(
    "level", title: "nearest level", .words(RiskLevel.Kind.allCases.map(\.symbol)), at: .limit)
  public static let levelIndex = Observable("level-index", title: "index of the nearest level", .count, at: .limit)
  public static let interiorKinks = Observable(
    "interior-kinks", title: "interior kinks", unit: "kinks", .count, at: .limit)
  public static let kinkedNeurons = Observable(
    "kinked-neurons", title: "neurons with an interior kink", unit: "neurons", .count, at: .limit)
  public static let activeNeurons = Observable(
    "active-neurons", title: "neurons active everywhere", unit: "neurons", .count, at: .limit)
  public static let inactiveNeurons = Observable(
    "inactive-neurons", title: "neurons active nowhere", unit: "neurons", .count, at: .limit)
  public static let dyingNeurons = Observable(
    "dying-neurons", title: "neurons that die along the flow", unit: "neurons", .count, at: .limit)
  public static let initiallyDeadNeurons = Observable(
    "initially-dead", title: "dead neurons at initialization", unit: "neurons", .count, at: .initialization)
  public static let signature = Observable("signature", title: "signature of the minimum", .real, at: .limit)
}

extension TrialAnalysis {
  /// What an analysis consists of.
  public static let observables = fields.observables

  private static let fields = RecordObservables<TrialAnalysis>(entries: [
    (.certificate, { $0.certificate.map { $0 == .globalMinimum ? 0 : 1 } }),
    (.constantRisk, { if case .constant(let risk) = $0.certificate { risk } else { nil } }),
    (.limitRisk, { $0.limit?.risk }),
    (.limitDecrease, { $0.limit?.decrease }),
    (.limitGradientNorm, { $0.limit?.gradientNorm }),
    (.limitFlowTime, { $0.limit?.flowTime }),
    (.limitSteps, { $0.limit.map { Double($0.steps) } }),
    (.isAtRest, { $0.limit.map { $0.isAtRest ? 1 : 0 } }),
    (.isGlobal, { $0.limit.map { $0.isGlobal ? 1 : 0 } }),
    (.kind, { $0.limit?.kind.map { Double($0.rawValue) } }),
    (.negativeEigenvalues, { $0.limit?.negativeEigenvalues.map(Double.init) }),
    (.smallestEigenvalue, { $0.limit?.smallestEigenvalue }),
    (.level, { $0.limit?.level.map { Double($0.kind.rawValue) - 1 } }),
    (.levelIndex, { $0.limit?.level.map { Double($0.index) } }),
    (.interiorKinks, { $0.limit.map { Double($0.structure.interiorKinks) } }),
    (.kinkedNeurons, { $0.limit.map { Double($0.structure.kinkedNeurons) } }),
    (.activeNeurons, { $0.limit.map { Double($0.structure.activeNeurons) } }),
    (.inactiveNeurons, { $0.limit.map { Double($0.structure.inactiveNeurons) } }),
    (.dyingNeurons, { $0.limit.map { Double($0.structure.dyingNeurons) } }),
    (.initiallyDeadNeurons, { $0.initiallyDeadNeurons.map(Double.init) }),
    (.signature, { $0.limit.flatMap { $0.signature == 0 ? nil : $0.signature } }),
  ])

  /// The columns of analyses, in the order of ``observables``.
  public static func columns(of analyses: [TrialAnalysis]) -> [ObservableColumn] { fields.columns(of: analyses) }

  /// The analyses of `count` trials with these columns; nil if they contradict themselves. A column that is missing has no
  /// values.
  public static func analyses(of columns: [ObservableColumn], count: Int) -> [TrialAnalysis]? {
    let columns = AnalysisColumns(ColumnReader(columns))
    var analyses: [TrialAnalysis] = []
    analyses.reserveCapacity(count)
    for place in 0..<count {
      guard let analysis = TrialAnalysis(columns, place) else { return nil }
      analyses.append(analysis)
    }
    return analyses
  }

  private init?(_ columns: AnalysisColumns, _ place: Int) {
    self.init(initiallyDeadNeurons: columns.initiallyDeadNeurons.count(place))
    switch (columns.certificate.count(place), columns.constantRisk.real(place)) {
    case (nil, nil): break
    case (0, nil): certificate = .globalMinimum
    case (1, let risk?) where risk.isFinite: certificate = .constant(risk: risk)
    default: return nil
    }
    guard let risk = columns.limitRisk.real(place) else {
      guard columns.areMissingWithoutLimit(place) else { return nil }
      return
    }
    guard let limit = FlowLimit(risk: risk, columns, place) else { return nil }
    self.limit = limit
  }
}

/// What analyses are read from. A class, so that a trial does not copy its many references.
private final class AnalysisColumns {
  typealias Values = ColumnReader.Values

  let initiallyDeadNeurons, certificate, constantRisk: Values
  let limitRisk, limitDecrease, limitGradientNorm, limitFlowTime, limitSteps, isAtRest, isGlobal: Values
  let kind, negativeEigenvalues, smallestEigenvalue, level, levelIndex, signature: Values
  let interiorKinks, kinkedNeurons, activeNeurons, inactiveNeurons, dyingNeurons: Values

  init(_ reader: ColumnReader) {
    (initiallyDeadNeurons, certificate, constantRisk) = (
      reader[.initiallyDeadNeurons], reader[.certificate], reader[.constantRisk]
    )
    (limitRisk, limitDecrease, limitGradientNorm) = (
      reader[.limitRisk], reader[.limitDecrease], reader[.limitGradientNorm]
    )
    (limitFlowTime, limitSteps) = (reader[.limitFlowTime], reader[.limitSteps])
    (isAtRest, isGlobal, kind) = (reader[.isAtRest], reader[.isGlobal], reader[.kind])
    (negativeEigenvalues, smallestEigenvalue) = (reader[.negativeEigenvalues], reader[.smallestEigenvalue])
    (level, levelIndex, signature) = (reader[.level], reader[.levelIndex], reader[.signature])
    (interiorKinks, kinkedNeurons) = (reader[.interiorKinks], reader[.kinkedNeurons])
    (activeNeurons, inactiveNeurons, dyingNeurons) = (
      reader[.activeNeurons], reader[.inactiveNeurons], reader[.dyingNeurons]
    )
  }

  /// Whether a trial has nothing that only a limit can have.
  func areMissingWithoutLimit(_ place: Int) -> Bool {
    kind.real(place) == nil && negativeEigenvalues.real(place) == nil && smallestEigenvalue.real(place) == nil
      && level.real(place) == nil && levelIndex.real(place) == nil && signature.real(place) == nil
  }
}

extension FlowLimit {
  private static let kinds = LimitKind.allCases
  private static let levelKinds = RiskLevel.Kind.allCases

  fileprivate init?(risk: Double, _ columns: AnalysisColumns, _ place: Int) {
    guard let decrease = columns.limitDecrease.real(place),
      let gradientNorm = columns.limitGradientNorm.real(place),
      let flowTime = columns.limitFlowTime.real(place), let steps = columns.limitSteps.count(place),
      let isAtRest = columns.isAtRest.count(place), let isGlobal = columns.isGlobal.count(place),
      let interiorKinks = columns.interiorKinks.count(place), let kinkedNeurons = columns.kinkedNeurons.count(place),
      let activeNeurons = columns.activeNeurons.count(place),
      let inactiveNeurons = columns.inactiveNeurons.count(place),
      let dyingNeurons = columns.dyingNeurons.count(place)
    else { return nil }
    var level: RiskLevel?
    switch (columns.level.count(place), columns.levelIndex.count(place)) {
    case (nil, nil): break
    case (let kind?, let index?) where Self.levelKinds.indices.contains(kind):
      level = RiskLevel(Self.levelKinds[kind], index)
    default: return nil
    }
    let kind = columns.kind.count(place)
    guard kind.map(Self.kinds.indices.contains) ?? true else { return nil }
    self.init(
      risk: risk, decrease: decrease, gradientNorm: gradientNorm, flowTime: flowTime, steps: steps,
      isAtRest: isAtRest == 1, isGlobal: isGlobal == 1, kind: kind.map { Self.kinds[$0] },
      negativeEigenvalues: columns.negativeEigenvalues.count(place),
      smallestEigenvalue: columns.smallestEigenvalue.real(place), level: level,
      structure: LimitStructure(
        interiorKinks: interiorKinks, kinkedNeurons: kinkedNeurons, activeNeurons: activeNeurons,
        inactiveNeurons: inactiveNeurons, dyingNeurons: dyingNeurons),
      signature: columns.signature.real(place) ?? 0)
    guard (self.kind != nil) == self.isAtRest, !self.isGlobal || self.isAtRest, isWellFormed else { return nil }
  }
}
