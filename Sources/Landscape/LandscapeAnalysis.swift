import Kernels
import Networks
import Outcomes
import Problems
import Risk
import Training

/// Finds out where the gradient flow leads the trials of one cell.
public struct LandscapeAnalysis: Sendable {
  private enum Method: Sendable {
    /// Piecewise linear networks with scalar input.
    case flow(FlowPolishing)
    /// Shallow clipping networks of which biases are trained.
    case clipping(ClippingFlow)
    /// Rectified students of rectified teachers, as they are.
    case teacherStudent(GaussianReLURisk)
    /// No flow is followed: the trained network is looked at.
    case trainedNetwork
  }

  private let method: Method
  private let problem: Problem
  private let risk: PopulationRisk
  private let trained: [Range<Int>]
  private let affineTarget: AffineTarget?
  private let rule: VerdictRule
  private let judge: Judge
  private let plan: LimitPlan
  private let levels: RiskLevels?
  /// Whether risks are estimates on an evaluation set.
  private let estimatesRisk: Bool

  /// Levels this much above the smallest risk, in proportion, count as it.
  public static let globalTolerance = 1e-6
  /// A flow that only a certificate is wanted of is left this much below the bound, in proportion: not where it crosses, so
  /// that verdicts hold by a margin.
  private static let certificateMargin = 1e-3

  /// - Parameters:
  ///   - trained: the places of the parameters that training moves.
  ///   - levels: of the problem and activation, where kinds and levels are asked for and there are some.
  ///   - hasClosedForm: whether the risk of the networks is a ``Risk/GaussianReLURisk``.
  public init(
    problem: Problem, architecture: Architecture, trained: [ParameterBlock], risk: PopulationRisk, rule: VerdictRule,
    judge: Judge, plan: LimitPlan, levels: RiskLevels?, hasClosedForm: Bool
  ) {
    self.problem = problem
    self.risk = risk
    self.trained = trained.map(architecture.range)
    self.rule = rule
    self.judge = judge
    self.plan = plan
    self.levels = levels
    estimatesRisk = problem.usesEvaluationSet && !hasClosedForm
    // The theorem is about networks all of whose parameters are trained.
    let isWhole = trained.count == architecture.blocks.count
    affineTarget = isWhole && AffineTarget.covers(architecture.activation) ? AffineTarget(problem) : nil
    let isFollowed =
      Self.unavailability(of: problem, architecture, trained: trained, hasClosedForm: hasClosedForm) == nil
    if let closedForm = risk.closedForm, isFollowed {
      method = .teacherStudent(closedForm)
    } else if isFollowed, architecture.activation.kind == .clipping {
      method = .clipping(
        ClippingFlow(risk: risk, trained: self.trained, flowTime: plan.flowTime, steps: plan.steps))
    } else if isFollowed {
      method = .flow(
        FlowPolishing(risk: risk, architecture: architecture, trained: trained, plan: plan))
    } else {
      method = .trainedNetwork
    }
  }

  /// Why the flow from these networks is not followed, in a sentence that says which are; nil where it is.
  ///
  /// - Parameter hasClosedForm: whether the risk of these networks is a ``Risk/GaussianReLURisk``.
  public static func unavailability(
    of problem: Problem, _ architecture: Architecture, trained: [ParameterBlock], hasClosedForm: Bool
  ) -> String? {
    let isStudent = hasClosedForm && trained == [ParameterBlock(layer: 1, kind: .weights)]
    if isStudent || FlowPolishing.supports(problem, architecture)
      || ClippingFlow.supports(problem, architecture, trained: trained)
    {
      return nil
    }
    return
      "limits are found for relu and leaky-relu networks of any depth and a scalar input, uniform or with a piecewise "
      + "polynomial density, for such clipping networks with one hidden layer and the inner biases trained, or these and "
      + "the outer bias, and for relu networks without biases that learn such a network from normal inputs, with the inner "
      + "weights trained"
  }

  /// What is known of the limit of a trial, and the network to which the flow was followed, where it was.
  ///
  /// - Parameters:
  ///   - start: the network at initialization.
  ///   - end: the trained network; nil where the trial diverged.
  ///   - evaluation: its risk.
  public func analysis(
    of outcome: Outcome, start: Network, end: Network?, _ evaluation: RiskEvaluation?, kernels: KernelTable
  ) -> (analysis: TrialAnalysis, limit: Network?) {
    var analysis = TrialAnalysis()
    var network: Network?
    if plan.classes { analysis.initiallyDeadNeurons = start.initiallyDeadNeuronsOfLayers(of: problem)?.reduce(0, +) }
    guard let end, let evaluation else { return (analysis, nil) }
    // The risk already says all that a verdict needs.
    if !plan.classes && judge.isGoodAtEnd(outcome) == true { return (analysis, nil) }
    analysis.certificate = certificate(end, evaluation)
    if !plan.classes && analysis.certificate != nil { return (analysis, nil) }
    switch method {
    case .flow(let polishing):
      // Nil for numbers that overflow in the Hessian alone.
      let flowEnd = polishing.limit(from: end, until: flowBound, kernels: kernels)
      network = flowEnd?.network
      analysis.limit = flowEnd.map { limit($0, negligibleRisk: polishing.negligibleRisk, kernels) }
    case .clipping(let flow):
      let flowEnd = flow.limit(from: end, until: flowBound, kernels: kernels)
      network = flowEnd?.network
      analysis.limit = flowEnd.map { limit($0, negligibleRisk: flow.negligibleRisk, kernels) }
    case .teacherStudent(let closedForm):
      analysis.limit = TeacherStudentMinimum(end, risk: closedForm)
        .limit(restingGradientNorm: rule.restingGradientNorm)
    case .trainedNetwork:
      if hasNoGradient(end, evaluation) {
        analysis.limit = FlowLimit(
          risk: evaluation.risk, gradientNorm: evaluation.norm(over: trained), flowTime: 0, isAtRest: true,
          kind: .unresolved)
      }
    }
    // The certificate holds for a flow that does not diverge; one along which the risk fell has not.
    if analysis.certificate == .globalMinimum, let limit = analysis.limit, limit.risk > evaluation.risk {
      analysis.certificate = nil
    }
    return (analysis, network)
  }

  // MARK: The trained network

  private func certificate(_ end: Network, _ evaluation: RiskEvaluation) -> Certificate? {
    if affineTarget?.certifiesGlobalMinimum(end, evaluation: evaluation) == true { return .globalMinimum }
    guard !estimatesRisk, end.isConstantForEver(of: problem) else { return nil }
    let outerBias = evaluation.gradient.count - 1
    // The outer bias goes to the mean of the residual's target, exponentially: its derivative is twice the mean of the
    // residual. Where it is not trained, only a network without layers behind the dead one is known to stay.
    if trained.contains(where: { $0.contains(outerBias) }) {
      let mean = 0.5 * evaluation.gradient[outerBias]
      return .constant(risk: max(0, evaluation.risk - mean * mean))
    }
    return end.architecture.depth == 1 ? .constant(risk: evaluation.risk) : nil
  }

  /// Whether nothing moves any more: the gradient over the trained parameters is 0, in the outer bias, where residuals
  /// cancel, up to rounding. Saturated neurons of smooth activations have small gradients and move on, and the derivative
  /// of a threshold is none of the risk's.
  private func hasNoGradient(_ network: Network, _ evaluation: RiskEvaluation) -> Bool {
    guard network.architecture.activation.facts.isPiecewiseLinear else { return false }
    let outerBias = evaluation.gradient.count - 1
    return trained.joined().allSatisfy { index in
      evaluation.gradient[index].magnitude
        <= (index == outerBias ? FlowPoint.gradientRounding * evaluation.risk.squareRoot() : 0)
    }
  }

  // MARK: Limits

  /// Where the flow may be left; nil where it is to be followed to rest.
  private var flowBound: Double? { plan.classes ? nil : (1 - Self.certificateMargin) * judge.bounds.good }

  private func limit(_ end: FlowEnd, negligibleRisk: Double, _ kernels: KernelTable) -> FlowLimit {
    var limit = FlowLimit(
      risk: end.risk, decrease: min(end.decrease, end.risk), gradientNorm: end.gradientNorm, flowTime: end.flowTime,
      steps: end.steps, isAtRest: end.rest != nil, kind: end.kind, negativeEigenvalues: end.negativeEigenvalues,
      smallestEigenvalue: end.smallestEigenvalue, structure: end.structure)
    limit.structure.dyingNeurons = end.dyingNeurons
    guard plan.classes else { return limit }
    let architecture = end.network.architecture
    limit.level =
      architecture.depth == 1
      ? levels?.nearest(to: end.risk, upToWidth: architecture.width)
      : levels?.nearest(to: end.risk, pieces: end.structure.interiorKinks + 1)
    guard limit.isAtRest else { return limit }
    limit.isGlobal = end.risk <= negligibleRisk || levels?.isSmallest(end.risk, architecture) == true
    guard architecture.depth == 1 else { return limit }
    if let classification = affineTarget?.classify(
      end.network, evaluation: risk.evaluate(end.network, kernels: kernels))
    {
      limit.kind = classification.limitKind ?? limit.kind
      limit.level = classification.level ?? limit.level
      limit.isGlobal = limit.isGlobal || classification.pointClass == .globalMinimum
    }
    return limit
  }
}

extension RiskLevels {
  /// Whether a risk is the smallest one of networks of an architecture, up to ``LandscapeAnalysis/globalTolerance``. Beyond
  /// the widths that were searched, and of deep networks, only a lower bound of it is known.
  fileprivate func isSmallest(_ risk: Double, _ architecture: Architecture) -> Bool {
    let bound =
      architecture.depth == 1 ? lowerBound(width: architecture.width) : ladderBound(architecture)?.risk ?? 0
    return risk <= bound * (1 + LandscapeAnalysis.globalTolerance)
  }
}
