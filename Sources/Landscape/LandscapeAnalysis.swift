import Kernels
import Networks
import Outcomes
import Problems
import Risk

/// Finds out what kind of critical point the trials of one cell come to.
public struct LandscapeAnalysis: Sendable {
  private enum Method: Sendable {
    /// Shallow piecewise linear networks with scalar input.
    case flow(FlowPolishing)
    /// Rectified students of rectified teachers, as they are.
    case teacherStudent(GaussianReLURisk)
  }

  private let method: Method
  private let problem: Problem
  private let risk: PopulationRisk
  private let affineTarget: AffineTarget?
  private let rule: VerdictRule
  private let levels: RiskLevels?

  /// Levels this much above the smallest risk, in proportion, count as it.
  public static let globalTolerance = 1e-6

  /// - Parameters:
  ///   - trained: the places of the parameters that training moves.
  ///   - rule: with its criterion as a bound on the risk.
  ///   - levels: of the problem and activation, where there are some.
  /// - Precondition: ``unavailability(of:_:trained:hasClosedForm:)`` is nil.
  public init(
    problem: Problem, architecture: Architecture, trained: [Range<Int>], risk: PopulationRisk, rule: VerdictRule,
    plan: LandscapePlan, levels: RiskLevels?
  ) {
    self.problem = problem
    self.risk = risk
    self.rule = rule
    self.levels = levels
    // The theorem is about networks all of whose parameters are trained.
    let isWhole = trained.reduce(0) { $0 + $1.count } == architecture.shape.parameterCount
    affineTarget =
      isWhole && AffineTarget.covers(architecture.activation) ? AffineTarget(problem) : nil
    method =
      risk.closedForm.map { .teacherStudent($0) }
      ?? .flow(FlowPolishing(risk: risk, trained: trained, flowTime: plan.flowTime))
  }

  /// Why the critical points of these networks are not analysed, in a sentence that says which are; nil where they are.
  ///
  /// - Parameter hasClosedForm: whether the risk of these networks is a ``Risk/GaussianReLURisk``.
  public static func unavailability(
    of problem: Problem, _ architecture: Architecture, trained: [ParameterBlock], hasClosedForm: Bool
  ) -> String? {
    let isStudent = hasClosedForm && trained == [ParameterBlock(layer: 1, kind: .weights)]
    if isStudent || FlowPolishing.supports(problem, architecture) && architecture.width <= largestWidth { return nil }
    return
      "critical points are analysed for relu and leaky-relu networks with one hidden layer of at most \(largestWidth) neurons "
      + "and a scalar input, uniform or with a piecewise polynomial density, and for relu networks without biases that "
      + "learn such a network from normal inputs, with the inner weights trained"
  }

  /// The Hessian of a wider network would not fit where many trials run side by side.
  public static let largestWidth = 1000

  /// What the landscape is like where a trial ended.
  ///
  /// - Parameters:
  ///   - start: the network at initialization.
  ///   - end: the trained network; nil where the trial diverged.
  ///   - evaluation: its risk.
  ///   - flowTime: the flow time of its training.
  public func analysis(
    start: Network, end: Network?, _ evaluation: RiskEvaluation?, flowTime: Double, kernels: KernelTable
  ) -> TrialAnalysis {
    let dead = start.deadNeurons(of: problem)
    guard let end, let evaluation else { return TrialAnalysis(initiallyDeadNeurons: dead) }
    let limit: FlowLimit
    switch method {
    case .flow(let polishing):
      // Numbers that overflow in the Hessian alone.
      guard let end = polishing.limit(from: end, kernels: kernels) else {
        return TrialAnalysis(initiallyDeadNeurons: dead)
      }
      limit = classified(end, negligibleRisk: polishing.negligibleRisk, kernels)
    case .teacherStudent(let closedForm):
      let minimum = TeacherStudentMinimum(end, risk: closedForm)
      let isStationary = rule.stationary.holds(
        risk: minimum.risk, gradientNorm: minimum.gradientNorm, flowTime: flowTime)
      limit = minimum.limit(good: rule.good, isStationary: isStationary)
    }
    // The certificate holds for a flow that does not diverge; one along which the risk fell has not.
    let isCertified =
      affineTarget?.certifiesGlobalMinimum(end, evaluation: evaluation) == true && limit.risk <= evaluation.risk
    return TrialAnalysis(initiallyDeadNeurons: dead, isCertifiedGlobal: isCertified, limit: limit)
  }

  private func classified(_ end: FlowEnd, negligibleRisk: Double, _ kernels: KernelTable) -> FlowLimit {
    let width = end.network.architecture.width
    var limit = FlowLimit(
      pointClass: .notConverged, risk: end.risk, gradientNorm: end.gradientNorm, flowTime: end.flowTime,
      negativeEigenvalues: end.negativeEigenvalues, smallestEigenvalue: end.smallestEigenvalue,
      level: levels?.nearest(to: end.risk, upToWidth: width), structure: end.structure)
    guard end.isStationary else { return limit }
    if let classification = affineTarget?.classify(
      end.network, evaluation: risk.evaluate(end.network, kernels: kernels))
    {
      limit.pointClass = classification.criticalPointClass
      limit.level = classification.level ?? limit.level
      return limit
    }
    limit.pointClass = pointClass(end, width: width, negligibleRisk: negligibleRisk)
    return limit
  }

  private func pointClass(_ end: FlowEnd, width: Int, negligibleRisk: Double) -> CriticalPointClass {
    let risk = end.risk
    if risk <= negligibleRisk { return .globalMinimum }
    if end.negativeEigenvalues > 0 || end.escape == .down { return .saddle }
    if let levels {
      if let optimum = levels.optimum(width: width) {
        if risk <= optimum * (1 + Self.globalTolerance) { return .globalMinimum }
      } else {
        // Between the bounds of the smallest risk nobody knows.
        let (lower, upper) = levels.bracket(width: width)
        if risk <= lower * (1 + Self.globalTolerance) { return .globalMinimum }
        if risk <= upper ?? .infinity { return .undecided }
      }
    }
    if end.escape == .unknown { return .undecided }
    return rule.good.holds(risk: risk) ? .goodMinimum : .badMinimum
  }
}
