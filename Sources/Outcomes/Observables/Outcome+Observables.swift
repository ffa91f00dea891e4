extension Observable {
  public static let risk = Observable("risk", title: "risk", .nonnegativeReal, at: .end)
  public static let gradientNorm = Observable(
    "gradient-norm", title: "population-gradient norm", .nonnegativeReal, at: .end)
  public static let riskError = Observable("risk-error", title: "error of the risk", .nonnegativeReal, at: .end)
  public static let steps = Observable("steps", title: "optimizer steps", unit: "steps", .count, at: .end)
  public static let deadNeurons = Observable(
    "dead-neurons", title: "dead neurons", unit: "neurons", .count, at: .end)
}

extension Outcome {
  /// What an outcome consists of.
  public static let observables = fields.observables

  private static let fields = RecordObservables<Outcome>(entries: [
    (.risk, { $0.hasCrashed ? nil : $0.risk }),
    (.gradientNorm, { $0.hasCrashed ? nil : $0.gradientNorm }),
    (.riskError, { $0.hasCrashed ? nil : $0.riskError }),
    (.steps, { $0.hasCrashed ? nil : Double($0.steps) }),
    (.deadNeurons, { $0.deadNeurons.map(Double.init) }),
  ])

  /// The columns of outcomes, in the order of ``observables``.
  public static func columns(of outcomes: [Outcome]) -> [ObservableColumn] { fields.columns(of: outcomes) }

  /// The outcomes of `count` trials with these columns; nil if a column or a value that an outcome has is missing.
  /// A trial of which all are missing has crashed.
  public static func outcomes(of columns: [ObservableColumn], count: Int) -> [Outcome]? {
    let reader = ColumnReader(columns)
    let (risks, riskErrors, gradientNorms) = (reader[.risk], reader[.riskError], reader[.gradientNorm])
    let (steps, deadNeurons) = (reader[.steps], reader[.deadNeurons])
    var outcomes: [Outcome] = []
    outcomes.reserveCapacity(count)
    for place in 0..<count {
      if risks.real(place) == nil {
        guard riskErrors.real(place) == nil, gradientNorms.real(place) == nil, steps.real(place) == nil,
          deadNeurons.real(place) == nil
        else { return nil }
        outcomes.append(.crashed)
        continue
      }
      guard let risk = risks.real(place), let riskError = riskErrors.real(place),
        let gradientNorm = gradientNorms.real(place), let steps = steps.count(place)
      else { return nil }
      outcomes.append(
        Outcome(
          risk: risk, riskError: riskError, gradientNorm: gradientNorm, steps: steps,
          deadNeurons: deadNeurons.count(place)))
    }
    return outcomes
  }
}
