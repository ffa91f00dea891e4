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
    let shape = network.architecture.shape
    switch method {
    case .scalar(let quadrature):
      if shape.isExactlyIntegrable {
        if shape.hidden.count == 1 && shape.activation.kind.isPiecewiseLinear {
          return ShallowLines(network).evaluate(quadrature)
        }
        if let pieces = AffinePieces(network, lower: quadrature.lower, upper: quadrature.upper) {
          return pieces.evaluate(quadrature)
        }
      }
      return AdaptiveQuadrature(quadrature).evaluate(PointRisk(shape, network.parameters, kernels: kernels))
    case .product(let quadrature):
      return quadrature.evaluate(PointRisk(shape, network.parameters, kernels: kernels))
    case .sample(let sample):
      return sample.evaluate(PointRisk(shape, network.parameters, kernels: kernels))
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

  /// Whether the risk of these networks has a Hessian that is computed: shallow ReLU and leaky ReLU networks with a
  /// scalar input that has a law.
  public static func hasHessian(problem: Problem, architecture: Architecture) -> Bool {
    guard case .law = problem.inputs, problem.dimension == 1, architecture.inputDimension == 1,
      architecture.depth == 1
    else { return false }
    return architecture.activation.kind == .relu || architecture.activation.kind == .leakyReLU
  }

  /// Where the neurons of a network with a Hessian are active, decided by the arithmetic of the risk; nil for others.
  package func activities(_ network: Network) -> [NeuronActivity]? {
    guard case .scalar(let quadrature) = method,
      Self.hasHessian(problem: problem, architecture: network.architecture)
    else { return nil }
    return ShallowLines(network).units(lower: quadrature.lower, upper: quadrature.upper).map { unit in
      if let kink = unit.kink { return .beyond(kink) }
      return unit.activeEverywhere ? .everywhere : .nowhere
    }
  }

  /// The interval of a scalar input on which the risk is integrated; nil for other inputs.
  public var inputInterval: ClosedRange<Double>? {
    guard case .scalar(let quadrature) = method else { return nil }
    return quadrature.lower...quadrature.upper
  }
}

extension NetworkShape {
  /// Whether networks with scalar input are affine between finitely many points.
  fileprivate var isExactlyIntegrable: Bool {
    activation.kind.isPiecewiseLinear || activation.kind == .threshold
  }
}
