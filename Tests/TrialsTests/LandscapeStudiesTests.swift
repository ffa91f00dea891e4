import Foundation
import Kernels
import Landscape
import Networks
import Outcomes
import Problems
import Risk
import Studies
import TestSupport
import Testing
import Trials

/// What the studies of the landscape find, in small.
@Suite struct LandscapeStudiesTests {
  private func results(_ runner: CellRunner, _ trials: Range<Int>) -> TrialResults {
    runner.results(of: trials, kernels: widest)
  }

  /// Shortened, every cell trains, and all its trials are followed where the study asks for classes.
  @Test(arguments: [
    ("affine-target", "training.steps=30"), ("ladder", "network.hidden=[[2], [4]]"),
    ("non-convergence", "network.hidden=[[3]]"), ("non-convergence-deep", "training.steps=30"),
    ("born-dead", "network.hidden=[[2], [2, 2], [3, 3, 3]]"), ("saddle-escape", "training.steps=20"),
    ("teacher-student", "training.steps=30"), ("flow-inner-bias", "network.hidden=[[5], [20]]"),
    ("flow-clipping", "network.hidden=[[10]]"), ("flow-polynomial", "network.hidden=[[10]]"),
  ])
  func studiesRun(name: String, shortened: String) throws {
    let setting = try Override(argument: shortened)
    let steps = name == "non-convergence" ? [("training.steps", "30")] : []
    let study = try prepare(name, [(setting.key, setting.value)] + steps)
    for runner in study.runners {
      let results = results(runner, 0..<2)
      #expect(results.outcomes.allSatisfy { $0.risk.isFinite && !$0.hasDiverged })
      #expect(results.analyses.count == (runner.cell.limit == nil ? 0 : 2))
      if runner.cell.limit?.classes == true {
        #expect(results.analyses.allSatisfy { $0.limit?.risk.isFinite == true })
      }
    }
  }

  /// One neuron at each of K interior kinks and one active everywhere: the limit is a best fit by K + 1 lines, since the
  /// target is concave. Nothing lies below what networks without the neurons that were dead from the start can reach.
  @Test func limitsLieOnTheLadder() throws {
    let study = try load("ladder", [("network.hidden", "[[5]]")])
    let levels = try levels(of: study)
    let runner = try PreparedStudy(study, levels: levels).runners[0]
    let reference = try #require(levels(runner.cell))
    let results = results(runner, 0..<80)
    var rungs: Set<Int> = []
    for (outcome, analysis) in zip(results.outcomes, results.analyses) {
      let limit = try #require(analysis.limit)
      #expect(limit.risk <= outcome.risk)
      let dead = try #require(analysis.initiallyDeadNeurons)
      // Both are within 1e-11 of exact values in tests of their own (`RiskLevelsTests`, `FlowPolishingTests`).
      #expect(limit.risk >= reference.optimum(width: 5 - dead)! * (1 - 1e-9))
      guard limit.isAtRest, limit.structure.isFreeKnotFit else { continue }
      let pieces = limit.structure.interiorKinks + 1
      let rung = reference.ladder[pieces - 1].risk
      // The tolerance with which limits are given the names of levels.
      #expect(abs(limit.risk - rung) <= 1e-3 * rung)
      #expect(limit.level == RiskLevel(.ladder, pieces))
      rungs.insert(pieces)
    }
    #expect(rungs.isSuperset(of: [1, 2, 3]))
  }

  /// All limits of an affine target are those of the theorem: global minima, or networks whose neurons are all dead; the
  /// share in which all are dead at initialization is (3/8)^2 up to 4.4 standard deviations (1e-5).
  @Test func affineTargets() throws {
    let study = try load("affine-target", [("network.hidden", "[[2]]"), ("training.steps", "500")])
    let levels = try levels(of: study)
    for runner in try PreparedStudy(study, levels: levels).runners {
      let results = results(runner, 0..<200)
      let limits = results.analyses.compactMap(\.limit)
      // No limit has two kinks and the risk 1/972, nor is any other saddle.
      #expect(limits.allSatisfy { $0.level?.kind != .saddle })
      let isLeaky = runner.cell.architecture.activation.kind == .leakyReLU
      let global = limits.count { $0.isGlobal }
      // What rest leaves of 0, against 1/972 and more at other critical points.
      #expect(limits.filter(\.isGlobal).allSatisfy { $0.risk < 1e-9 && $0.kind == .minimum })
      if isLeaky {
        #expect(limits.allSatisfy { $0.isGlobal || $0.kind != .minimum })
        #expect(global >= 150)
        continue
      }
      let allDead = results.analyses.count { $0.initiallyDeadNeurons == 2 }
      let p = 9.0 / 64
      #expect(abs(Double(allDead) - 200 * p) <= 4.42 * (200 * p * (1 - p)).squareRoot())
      for (analysis, limit) in zip(results.analyses, limits) where analysis.initiallyDeadNeurons == 2 {
        // The best constant: rounding of a few terms, and what the flow leaves at rest, 1e-15 of the risk
        // (`FlowPolishing`).
        #expect(limit.kind == .minimum && !limit.isGlobal && abs(limit.risk - 1.0 / 12) < 1e-12)
        guard case .constant(let risk)? = analysis.certificate else {
          Issue.record("all neurons are dead")
          continue
        }
        #expect(abs(risk - 1.0 / 12) < 1e-12)
      }
      // The certificate does not lie.
      for (analysis, limit) in zip(results.analyses, limits) where analysis.certificate == .globalMinimum {
        #expect(limit.isGlobal || !limit.isAtRest)
      }
      #expect(results.analyses.contains { $0.certificate == .globalMinimum })
      #expect(global >= 100)
    }
  }

  /// The flow time to leave a saddle grows like log(1 / distance) / |lambda|: with steps of a rate, the slope is rate /
  /// log(1 + rate |lambda|), lambda the smallest eigenvalue of the Hessian.
  @Test(arguments: [
    ("relu", 2, 0.026686733890778764, "9.259e-4", 0.2), ("relu", 2, 0.026686733890778764, "9.259e-4", 0.1),
    ("{leaky-relu: 0.1}", 1, 0.0, "2.024e-2", 0.2),
  ])
  func escapeTimes(activation: String, kinks: Int, eigenvalue: Double, bound: String, rate: Double) throws {
    var points: [(x: Double, y: Double)] = []
    var lambda = eigenvalue
    for exponent in 2...5 {
      let study = try load(
        "saddle-escape",
        [
          ("vary", "[{training.steps: [50000]}]"), ("network.activation", activation),
          ("network.hidden", "[[\(kinks)]]"), ("network.initial", "{saddle: \(kinks), distance: 1e-\(exponent)}"),
          ("training.until", "{risk-at-most: \(bound)}"), ("verdict.good", "{risk-at-most: \(bound)}"),
          ("training.learning-rate", "\(rate)"), ("training.steps", "50000"),
        ])
      let runner = try PreparedStudy(study).runners[0]
      if lambda == 0 {
        let start = try #require(runner.cell.initialization.start)
        lambda = -(try #require(try smallestEigenvalue(runner.cell, start.point)))
      }
      for outcome in results(runner, 0..<60).outcomes {
        #expect(outcome.steps < 50000 && !outcome.hasDiverged)
        points.append((Double(exponent) * log(10), Double(outcome.steps) * rate))
      }
    }
    let expected = rate / log(1 + rate * lambda)
    let (slope, error) = Self.line(points)
    // The standard error has to be small enough for the test below to mean something; 4.42 of them are a false alarm
    // of 1e-5.
    #expect(error < 0.05 * expected)
    #expect(abs(slope - expected) < 4.42 * error)
  }

  private func smallestEigenvalue(_ cell: Cell, _ point: [Double]) throws -> Double? {
    let levels = try RiskLevels(problem: cell.problem, activation: cell.architecture.activation, largestWidth: 1)
    let network = Network(architecture: cell.architecture, parameters: point)
    let risk = try PopulationRisk(problem: cell.problem)
    let analysis = LandscapeAnalysis(
      problem: cell.problem, architecture: cell.architecture, trained: cell.trained, risk: risk,
      rule: cell.verdictRule, judge: try #require(cell.judge(levels)), plan: LimitPlan(flowTime: 0, classes: true),
      levels: levels, hasClosedForm: false)
    let evaluation = risk.evaluate(network, kernels: widest)
    let outcome = Outcome(risk: evaluation.risk, riskError: 0, gradientNorm: 0, steps: 0)
    return analysis.analysis(of: outcome, start: network, end: network, evaluation, kernels: widest).analysis
      .limit?.smallestEigenvalue
  }

  /// Slope of a least squares line and its standard error.
  private static func line(_ points: [(x: Double, y: Double)]) -> (slope: Double, error: Double) {
    let n = Double(points.count)
    let (x, y) = (points.reduce(0) { $0 + $1.x } / n, points.reduce(0) { $0 + $1.y } / n)
    let xx = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    let slope = points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / xx
    let rest = points.reduce(0) { sum, point in
      let r = point.y - y - slope * (point.x - x)
      return sum + r * r
    }
    return (slope, (rest / (n - 2) / xx).squareRoot())
  }

  /// Neurons that are dead at initialization stay so with every optimizer of the papers, and bound the risk from below.
  @Test func deadNeuronsBoundTheRisk() throws {
    let study = try load("non-convergence", [("network.hidden", "[[4]]"), ("training.steps", "200")])
    let levels = try levels(of: study)
    for runner in try PreparedStudy(study, levels: levels).runners {
      let reference = try #require(levels(runner.cell))
      let results = results(runner, 0..<12)
      for (outcome, analysis) in zip(results.outcomes, results.analyses) {
        let dead = try #require(analysis.initiallyDeadNeurons)
        #expect(try #require(outcome.deadNeurons) >= dead)
        // As in `limitsLieOnTheLadder`.
        #expect(outcome.risk >= reference.optimum(width: 4 - dead)! * (1 - 1e-9))
        #expect(analysis.limit!.risk >= reference.optimum(width: 4 - dead)! * (1 - 1e-9))
      }
    }
  }

  private func limit(_ settings: [(String, String)]) throws -> TrialAnalysis {
    let study = try load("ladder", [("verdict.good", "{risk-at-most: 1e-3}")] + settings)
    let analyses = results(try PreparedStudy(study, levels: levels(of: study)).runners[0], 0..<1).analyses
    return try #require(analyses.first)
  }

  /// A dead neuron with its kink exactly at an end of the interval leads down where v r < 0 there, which no Hessian shows;
  /// with the other sign it does not, nor does one with its kink further outside.
  @Test(arguments: [
    ("[1, -1, 1, 0, 3, 1, -3.1666666666666667]", LimitKind.degenerate),
    ("[1, -1, 1, 0, 3, -1, -3.1666666666666667]", .minimum),
    ("[1, -1, 1, -0.1, 3, 1, -3.1666666666666667]", .minimum),
    ("[1, 0, 1, 0, 3, 1, -3.1666666666666667]", .unresolved),
  ])
  func deadNeuronsAtTheEnds(point: String, expected: LimitKind) throws {
    let analysis = try limit([
      ("problem.target", "x^2 + 2*x"), ("network.hidden", "[[2]]"), ("network.initial", "{point: \(point)}"),
    ])
    let limit = try #require(analysis.limit)
    #expect(limit.kind == expected)
    // The best line.
    // As for the best constant above.
    #expect(abs(limit.risk - 1.0 / 180) < 1e-12)
  }

  /// Where only biases are trained, the theorem about all parameters certifies nothing.
  @Test func partlyTrainedNetworksAreNotCertified() throws {
    let study = try load(
      "affine-target",
      [
        ("network.hidden", "[[4]]"), ("network.activation", "relu"), ("network.trainable", "[inner-biases]"),
        ("training.steps", "300"),
      ])
    let results = results(try PreparedStudy(study, levels: levels(of: study)).runners[0], 0..<40)
    #expect(results.analyses.allSatisfy { $0.certificate != .globalMinimum })
    let resting = results.analyses.compactMap(\.limit).filter(\.isAtRest)
    #expect(resting.count >= 30)
    // What rest leaves of 0.
    #expect(resting.allSatisfy { !$0.isGlobal || $0.risk < 1e-10 })
  }

  /// Targets for which levels are 0, or all is.
  @Test(arguments: ["0", "2", "x"])
  func flatTargets(target: String) throws {
    let analysis = try limit([("problem.target", target), ("network.hidden", "[[3]]")])
    #expect(analysis.limit?.isGlobal == true && analysis.limit?.kind == .minimum)
  }

  /// An analysis does not depend on which trials are beside it.
  @Test func analysesDoNotDependOnBlocks() throws {
    let study = try prepare("ladder", [("network.hidden", "[[4]]")])
    let whole = results(study.runners[0], 0..<9).analyses
    #expect(whole == [0..<2, 2..<7, 7..<9].flatMap { results(study.runners[0], $0).analyses })
  }
}
