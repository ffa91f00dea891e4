import Kernels
import Networks
import Problems

/// Population risk and gradient in double precision.
///
/// | inputs | network | method |
/// |---|---|---|
/// | scalar | piecewise linear or threshold | exact between kinks, see `ScalarQuadrature` |
/// | scalar | smooth | adaptive Gauss-Kronrod quadrature |
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
  private let method: Method

  private enum Method: Sendable {
    case scalar(ScalarQuadrature)
    case product(ProductQuadrature)
    case sample(PointSample)
  }

  /// - Parameter seed: of the evaluation set, where there is one; the study's, so that all its trials share the set.
  /// - Throws: when the target is not finite on the inputs, or the quadrature of a scalar target does not reach 1e-12.
  public init(problem: Problem, seed: UInt64 = 0) throws(RiskError) {
    self.problem = problem
    switch problem.inputs {
    case .data(let data):
      method = .sample(try PointSample(data, target: problem.targetProgram))
    case .law(let law):
      guard let target = problem.targetProgram else { preconditionFailure("a problem with a law has a target") }
      switch law.dimension {
      case 1: method = .scalar(try ScalarQuadrature(problem: problem, law: law, target: target))
      case 2, 3: method = .product(try ProductQuadrature(law, target: target))
      default:
        method = .sample(try PointSample(law, target: target, count: problem.evaluationPoints, seed: seed))
      }
    }
  }

  /// Risk and gradient at finite parameters. Where the risk overflows, it is not finite.
  public func evaluate(_ network: Network, kernels: KernelTable) -> RiskEvaluation {
    precondition(network.architecture.inputDimension == problem.dimension)
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
}

extension NetworkShape {
  /// Whether networks with scalar input are affine between finitely many points.
  fileprivate var isExactlyIntegrable: Bool {
    activation.kind.isPiecewiseLinear || activation.kind == .threshold
  }
}
