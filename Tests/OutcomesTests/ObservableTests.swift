import Outcomes
import TestSupport
import Testing

@Suite struct ObservableTests {
  private let count = Observable("n", title: "number", .count, at: .end)

  // MARK: - Descriptions

  @Test func domainsAsText() {
    let domains: [Observable.Domain] = [.nonnegativeReal, .real, .count, .share, .words(["no way down", "saddle"])]
    #expect(
      domains.map(\.text) == ["nonnegative real", "real", "count", "share", "words: no way down, saddle"])
    for domain in domains { #expect(Observable.Domain(text: domain.text) == domain) }
    for text in ["", "integer", "words: ", "words: a, ", "count "] { #expect(Observable.Domain(text: text) == nil) }
  }

  @Test func domainsContain() {
    let inside: [(Observable.Domain, [Double])] = [
      (.nonnegativeReal, [0, 1e-300, .infinity]), (.real, [-.infinity, -1, 0, 2.5]), (.count, [0, 1, 1e15]),
      (.share, [0, 0.5, 1]), (.words(["a", "b"]), [0, 1]),
    ]
    let outside: [(Observable.Domain, [Double])] = [
      (.nonnegativeReal, [-1e-300, -.infinity]), (.count, [-1, 0.5, .infinity, 0x1p53]), (.share, [-0.1, 1.5]),
      (.words(["a", "b"]), [-1, 0.5, 2, .infinity]),
    ]
    for (domain, values) in inside { for value in values { #expect(domain.contains(value), "\(domain) \(value)") } }
    for (domain, values) in outside { for value in values { #expect(!domain.contains(value), "\(domain) \(value)") } }
    for (domain, _) in inside { #expect(!domain.contains(.nan)) }
  }

  @Test func wordsMayBeAdded() {
    #expect(Observable.Domain.words(["a"]).isContained(in: .words(["a", "b"])))
    #expect(!Observable.Domain.words(["b"]).isContained(in: .words(["a", "b"])))
    #expect(!Observable.Domain.count.isContained(in: .real))
    #expect(Observable.Domain.count.isContained(in: .count))
  }

  /// Names are those of columns and keys, and are stored.
  @Test func namesAreUniqueAndPlain() {
    let all = Outcome.observables + TrialAnalysis.observables
    #expect(Set(all).count == all.count)
    #expect(Set(all.map(\.name)).count == all.count)
    for observable in all {
      #expect(observable.name.allSatisfy { $0.isLowercase || $0 == "-" }, "\(observable.name)")
      #expect(!observable.title.isEmpty)
    }
    #expect(Observable.gradientNorm.columnName == "gradient_norm")
    #expect(
      Outcome.observables.map(\.name) == ["risk", "gradient-norm", "risk-error", "steps", "dead-neurons"])
  }

  // MARK: - Columns

  /// The layout is a file format: these bytes must never change.
  @Test func layoutOfColumns() {
    let missing = [UInt8](repeating: 0xff, count: 8)
    let one: [UInt8] = [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]
    #expect(ObservableColumn(count, [1, nil, 1]).bytes == one + missing + one)
    #expect(ObservableColumn(count, [1, 1, 1]).bytes == one, "a column of one value")
    #expect(ObservableColumn(count, [nil, nil]).bytes == missing)
    #expect(ObservableColumn(count, [1]).bytes == one)
    #expect(ObservableColumn(count, [] as [Double?]).bytes == [])
  }

  @Test func columnsRoundTrip() throws {
    var random = SplitMix64(state: 7)
    for _ in 0..<500 {
      let values = (0..<Int.random(in: 1...5, using: &random)).map { _ -> Double? in
        [nil, 0, 1, 7].randomElement(using: &random)!
      }
      let column = ObservableColumn(count, values)
      #expect(column.values == values && column.count == values.count)
      #expect(column.isMissing == values.allSatisfy { $0 == nil })
      let read = try #require(ObservableColumn(count, count: values.count, bytes: column.bytes))
      #expect(read == column && read.bytes == column.bytes)
    }
    #expect(ObservableColumn(count, missing: 3) == ObservableColumn(count, [nil, nil, nil]))
  }

  @Test func impossibleBytesAreRefused() {
    let bytes = ObservableColumn(count, [1, 2, 3]).bytes
    for wrong in [[], Array(bytes.dropLast()), bytes + [0], Array(bytes.prefix(16))] {
      #expect(ObservableColumn(count, count: 3, bytes: wrong) == nil)
    }
    // -1, 0.5, and NaN other than that of a missing value.
    for real in [-1.0, 0.5, .nan] {
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: real.bitPattern >> UInt64(8 * $0)) }
      #expect(ObservableColumn(count, count: 3, bytes: bytes) == nil)
    }
  }

  // MARK: - Records

  @Test func outcomesRoundTrip() {
    let outcomes = [
      Outcome(risk: 1.25e-3, riskError: 0, gradientNorm: 3e-7, steps: 10_000),
      Outcome(risk: 0.1, riskError: 1e-17, gradientNorm: .leastNonzeroMagnitude, steps: 1, deadNeurons: 0),
      Outcome(risk: .greatestFiniteMagnitude, riskError: 0, gradientNorm: 0, steps: 1 << 40, deadNeurons: 1 << 30),
      .diverged(at: 17),
    ]
    let columns = Outcome.columns(of: outcomes)
    #expect(columns.map(\.observable) == Outcome.observables)
    #expect(Outcome.outcomes(of: columns.reversed(), count: 4) == outcomes, "in whatever order")
    for observable in Outcome.observables where observable != .deadNeurons {
      #expect(Outcome.outcomes(of: columns.filter { $0.observable != observable }, count: 4) == nil)
    }
  }

  private let limit = FlowLimit(
    risk: 1, decrease: 0.25, gradientNorm: 2, flowTime: 0.5, steps: 1 << 40, isAtRest: true, kind: .saddle,
    negativeEigenvalues: 3, smallestEigenvalue: -4, level: RiskLevel(.ladder, 0),
    structure: LimitStructure(
      interiorKinks: 5, kinkedNeurons: 6, activeNeurons: 7, inactiveNeurons: 1 << 20, dyingNeurons: 10),
    signature: -8)

  @Test func analysesRoundTrip() {
    var random = SplitMix64(state: 3)
    let analyses =
      [
        TrialAnalysis(), TrialAnalysis(initiallyDeadNeurons: 0), TrialAnalysis(certificate: .globalMinimum),
        TrialAnalysis(initiallyDeadNeurons: 3, certificate: .constant(risk: 0.75), limit: limit),
        TrialAnalysis(
          limit: FlowLimit(
            risk: 0, gradientNorm: 0, flowTime: .infinity, isAtRest: true, isGlobal: true, kind: .minimum)),
      ] + (0..<500).map { _ in self.random(&random) }
    let columns = TrialAnalysis.columns(of: analyses)
    #expect(columns.map(\.observable) == TrialAnalysis.observables)
    #expect(TrialAnalysis.analyses(of: columns, count: analyses.count) == analyses)
    #expect(
      TrialAnalysis.analyses(of: columns.filter { !$0.isMissing }, count: analyses.count) == analyses,
      "a column that is not there has no values")
    #expect(TrialAnalysis.analyses(of: [], count: 2) == [TrialAnalysis(), TrialAnalysis()])
  }

  private func random(_ random: inout SplitMix64) -> TrialAnalysis {
    let kinks = Int.random(in: 0...9, using: &random)
    let inactive = Int.random(in: 0...9, using: &random)
    let negative = Bool.random(using: &random) ? Int.random(in: 0...9, using: &random) : nil
    let kind = Bool.random(using: &random) ? LimitKind.allCases.randomElement(using: &random)! : nil
    let level =
      Bool.random(using: &random)
      ? RiskLevel(RiskLevel.Kind.allCases.randomElement(using: &random)!, .random(in: 0...99, using: &random)) : nil
    return TrialAnalysis(
      limit: FlowLimit(
        risk: .random(in: 0...1, using: &random), decrease: .random(in: 0...1, using: &random),
        gradientNorm: .random(in: 0...1, using: &random), flowTime: .random(in: 0...1e6, using: &random),
        steps: .random(in: 0...99, using: &random), isAtRest: kind != nil,
        isGlobal: kind != nil && Bool.random(using: &random), kind: kind, negativeEigenvalues: negative,
        smallestEigenvalue: negative.map { $0 > 0 ? -1 / Double($0) : .random(in: 0...1, using: &random) },
        level: level,
        structure: LimitStructure(
          interiorKinks: kinks, kinkedNeurons: kinks == 0 ? 0 : kinks + Int.random(in: 0...3, using: &random),
          activeNeurons: .random(in: 0...9, using: &random), inactiveNeurons: inactive,
          dyingNeurons: .random(in: 0...inactive, using: &random)),
        signature: Bool.random(using: &random) ? .random(in: -9...9, using: &random) : 0))
  }

  /// Columns that are right each by itself, and contradict each other.
  @Test func contradictionsAreRefused() {
    let sound = TrialAnalysis.columns(of: [TrialAnalysis(certificate: .constant(risk: 1), limit: limit)])
    func isRefused(_ changed: Observable, _ value: Double?) -> Bool {
      let columns = sound.map { $0.observable == changed ? ObservableColumn(changed, [value]) : $0 }
      return TrialAnalysis.analyses(of: columns, count: 1) == nil
    }
    #expect(!isRefused(.limitRisk, 2))
    let changes: [(Observable, Double?)] = [
      (.certificate, nil), (.certificate, 0), (.constantRisk, nil), (.constantRisk, .infinity), (.limitRisk, nil),
      (.limitSteps, nil), (.isAtRest, 0), (.isAtRest, nil), (.kind, nil), (.level, nil), (.levelIndex, nil),
      (.smallestEigenvalue, 0), (.interiorKinks, 7), (.interiorKinks, 0), (.dyingNeurons, 0x1p21),
      (.signature, .infinity), (.limitDecrease, nil), (.inactiveNeurons, nil),
    ]
    for (observable, value) in changes { #expect(isRefused(observable, value), "\(observable.name)") }
    var moving = limit
    (moving.isAtRest, moving.kind, moving.isGlobal) = (false, nil, true)
    #expect(TrialAnalysis.analyses(of: TrialAnalysis.columns(of: [TrialAnalysis(limit: moving)]), count: 1) == nil)
  }
}
