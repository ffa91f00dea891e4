import Kernels
import Networks
import Problems

/// Population risk and gradient in double precision.
///
/// | inputs | network | method |
/// |---|---|---|
/// | scalar | piecewise linear or threshold | exact between kinks, see `ScalarQuadrature` |
/// | scalar | smooth | adaptive Gauss-Kronrod quadrature |
/// | centred normal in 2 or more dimensions, bias-free ReLU teacher | bias-free ReLU | closed, see `GaussianReLURisk` |
/// | law in 2 or 3 dimensions | any | product Gauss quadrature |
/// | law in more dimensions | any | mean over a fixed evaluation set, with its standard error |
/// | data set | any | mean over the data |
///
/// Product quadrature is refined until its refinements agree or 2^16 (in 3 dimensions 2^18) nodes are used up. Kinks
/// and jumps of the network make it slow to converge: `error` shows it.
///
/// The exact methods are pure arithmetic, no library function: the bits are the same on every machine. The others use
/// the dense kernel in double precision: the bits are the same at all kernel levels with fused multiply-add.
public struct PopulationRisk: Sendable {
  public let problem: Problem
  /// The closed form for shallow ReLU networks without biases; nil where the problem has none.
  public let closedForm: GaussianReLURisk?
  /// For the other networks; nil where there are none.
  private let method: Method?

  private enum Method: Sendable {
    case scalar(ScalarQuadrature)
    case product(ProductQuadrature)
    case sample(PointSample)
  }

  /// - Parameters:
  ///   - seed: of the evaluation set, where there is one; the study's, so that all its trials share the set.
  ///   - scope: without meaning for problems without a closed form.
  /// - Throws: when the target is not finite on the inputs, or the quadrature of a scalar target does not reach 1e-12.
  public init(problem: Problem, seed: UInt64 = 0, scope: Scope = .everyNetwork) throws(RiskError) {
    self.problem = problem
    closedForm = GaussianReLURisk(problem)
    if closedForm != nil, scope == .closedFormOnly {
      method = nil
      return
    }
    switch problem.inputs {
    case .data(let data):
      method = .sample(try PointSample(data, target: problem.targetProgram))
    case .law(let law):
      guard let target = problem.targetProgram else { preconditionFailure("a problem with a law has a target") }
      switch law.dimension {
      case 1: method = .scalar(try ScalarQuadrature(problem: problem, law: law, target: target))
      case 2...Problem.largestQuadratureDimension: method = .product(try ProductQuadrature(law, target: target))
      default:
        method = .sample(try PointSample(law, target: target, count: problem.evaluationPoints, seed: seed))
      }
    }
  }

  /// Risk and gradient at finite parameters. Where the risk overflows, it is not finite.
  public func evaluate(_ network: Network, kernels: KernelTable) -> RiskEvaluation {
    precondition(network.architecture.inputDimension == problem.dimension)
    if let closedForm, GaussianReLURisk.covers(network) { return closedForm.evaluate(network) }
    guard let method else { preconditionFailure("only networks with a closed form were to be evaluated") }
    let architecture = network.architecture
    switch method {
    case .scalar(let quadrature):
      let facts = architecture.activation.facts
      if architecture.depth == 1 && facts.isPiecewiseLinear { return ShallowLines(network).evaluate(quadrature) }
      if facts.isPiecewiseAffine, let pieces = LinearPieces(network, on: quadrature.interval) {
        return pieces.evaluate(quadrature)
      }
      return AdaptiveQuadrature(quadrature).evaluate(PointRisk(architecture, network.parameters, kernels: kernels))
    case .product(let quadrature):
      return quadrature.evaluate(PointRisk(architecture, network.parameters, kernels: kernels))
    case .sample(let sample):
      return sample.evaluate(PointRisk(architecture, network.parameters, kernels: kernels))
    }
  }

  /// Risk, gradient and the exact Hessian of the risk over all parameters, in their order; nil where there is no
  /// Hessian: see ``hasHessian(problem:architecture:)``. Risk and gradient have the bits of ``evaluate(_:kernels:)``.
  /// O(h^2).
  ///
  /// - Precondition: The parameters are finite.
  public func curvature(_ network: Network) -> RiskCurvature? {
    guard case .scalar(let quadrature) = method,
      Self.hasHessian(problem: problem, architecture: network.architecture)
    else { return nil }
    return ShallowLines(network).curvature(quadrature)
  }

  /// Risk, gradient and what is needed for products with the Hessian over the trained parameters; nil where there is no
  /// such thing, and where the network has too many pieces: see ``hasLineCurvature(problem:architecture:)``. Risk and
  /// gradient have the bits of ``evaluate(_:kernels:)``.
  ///
  /// - Precondition: The parameters are finite.
  public func lineCurvature(_ network: Network, trained: Set<ParameterBlock>) -> LineCurvature? {
    guard case .scalar(let quadrature) = method,
      Self.hasLineCurvature(problem: problem, architecture: network.architecture)
    else { return nil }
    return LineCurvature(network, trained: trained, quadrature)
  }

  /// Risk, gradient and the exact Hessian over some of the parameters in a form that takes O(h); nil where
  /// ``hasHessian(problem:architecture:)`` says that there is none. Risk and gradient have the bits of
  /// ``evaluate(_:kernels:)``.
  ///
  /// - Parameters:
  ///   - trained: for each parameter whether it moves.
  ///   - convex: whether what can make the Hessian indefinite is left out.
  /// - Precondition: The parameters are finite.
  public func chainCurvature(
    _ network: Network, trained: [Bool], convex: Bool = false
  ) -> (evaluation: RiskEvaluation, hessian: ShallowHessian)? {
    guard case .scalar(let quadrature) = method,
      Self.hasHessian(problem: problem, architecture: network.architecture)
    else { return nil }
    return ShallowLines(network).chainCurvature(quadrature, trained: trained, convex: convex)
  }

  /// Whether the lines of these networks carry the Hessian of the risk: continuous piecewise linear networks of any depth
  /// with a scalar input that has a law.
  public static func hasLineCurvature(problem: Problem, architecture: Architecture) -> Bool {
    guard case .law = problem.inputs, problem.dimension == 1, architecture.inputDimension == 1 else { return false }
    return architecture.activation.facts.isPiecewiseLinear
  }

  /// Whether the risk of these networks has a Hessian that is computed: shallow ReLU and leaky ReLU networks with a
  /// scalar input that has a law.
  public static func hasHessian(problem: Problem, architecture: Architecture) -> Bool {
    guard case .law = problem.inputs, problem.dimension == 1, architecture.inputDimension == 1,
      architecture.depth == 1
    else { return false }
    return architecture.activation.facts.rectifiedSlope != nil
  }

  /// The interval of a scalar input on which the risk is integrated; nil for other inputs.
  public var inputInterval: ClosedRange<Double>? {
    guard case .scalar(let quadrature) = method else { return nil }
    return quadrature.interval
  }
}

// MARK: - Closed forms

extension PopulationRisk {
  /// Which networks are going to be evaluated.
  public enum Scope: Sendable {
    case everyNetwork
    /// Only such as ``hasClosedForm(_:architecture:initialization:trained:)`` names: no evaluation set is drawn and no
    /// quadrature set up.
    case closedFormOnly
  }

  /// Whether the risk of every network that trials of a cell meet is a closed form: a shallow ReLU network whose biases
  /// start at 0 and are not trained, on a problem with a ``GaussianReLURisk``. Its error is that of rounding.
  public static func hasClosedForm(
    _ problem: Problem, architecture: Architecture, initialization: Initialization, trained: [ParameterBlock]
  ) -> Bool {
    architecture.depth == 1 && architecture.activation.kind == .relu
      && architecture.blocks.filter { $0.kind == .biases }.allSatisfy { block in
        guard !trained.contains(block), let law = initialization.law(block, depth: 1), case .constant = law else {
          return false
        }
        return Initialization.values(of: law, architecture) == [0]
      }
      && GaussianReLURisk(problem) != nil
  }
}

// MARK: - What can be told apart

extension PopulationRisk {
  /// Half the width of the interval around a risk within which it is not decided, in units of ``RiskEvaluation/error``: 0
  /// where risks are exact, 3.2905, a 99.9 % interval, where a fixed evaluation set estimates them, 1 otherwise. Deep
  /// networks count as otherwise, because quadrature takes over from the exact method where they have too many pieces.
  ///
  /// - Parameter hasClosedForm: see ``hasClosedForm(_:architecture:initialization:trained:)``.
  public static func marginInErrors(
    of problem: Problem, _ architecture: Architecture, hasClosedForm: Bool
  ) -> Double {
    if hasClosedForm { return 0 }
    guard case .law(let law) = problem.inputs else { return 0 }
    if law.dimension == 1 {
      return architecture.depth == 1 && architecture.activation.facts.isPiecewiseLinear ? 0 : 1
    }
    return problem.usesEvaluationSet ? PointSample.marginInStandardErrors : 1
  }

  /// What is known of the risk of the networks that are 0 everywhere: the least risk that can be told from 0.
  public struct Resolution: Sendable, Hashable {
    /// Risks up to this one count as 0: 1e-12 of the variance of the target, or of its mean square where it is constant.
    public let negligibleRisk: Double
    /// The error estimate of the risk of the constant 0, or ``negligibleRisk`` where that is larger: criteria below ask for
    /// more than risks can tell. On an evaluation set the error is one of sampling, which falls with the risk, and does not
    /// count.
    public let smallestBound: Double
  }

  /// - Parameter architecture: of networks that have a risk.
  public func resolution(of architecture: Architecture) -> Resolution {
    // The derivative in the outer bias is minus twice the mean of the target.
    let zero = Network(
      architecture: architecture, parameters: Array(repeating: 0, count: architecture.parameterCount))
    let evaluation = evaluate(zero, kernels: KernelTable(.baseline))
    let mean = -0.5 * evaluation.gradient[evaluation.gradient.count - 1]
    let variance = evaluation.risk - mean * mean
    let scale = variance > 0x1p-40 * evaluation.risk ? variance : evaluation.risk
    let negligible = 1e-12 * (scale > 0 ? scale : 1)
    return Resolution(
      negligibleRisk: negligible,
      smallestBound: max(negligible, problem.usesEvaluationSet && closedForm == nil ? 0 : evaluation.error))
  }
}
