import Kernels
import Networks
import Numerics
import Risk

/// A network on its way along the gradient flow, with what is known of the risk there.
package struct FlowPoint {
  package let network: Network
  package let evaluation: RiskEvaluation
  /// Where the neurons of the first layer are active.
  package let activities: [NeuronActivity]
  private let form: Form

  private enum Form {
    case chain(ShallowHessian)
    case lines(LineCurvature)
  }

  /// Nil where something overflows, and for networks of too many pieces.
  init?(_ network: Network, flow: RectifiedFlow) {
    guard network.isFinite else { return nil }
    if network.architecture.depth == 1 {
      guard let curvature = flow.risk.chainCurvature(network, trained: flow.isTrained) else { return nil }
      evaluation = curvature.evaluation
      form = .chain(curvature.hessian)
    } else {
      guard let curvature = flow.risk.lineCurvature(network, trained: flow.blocks) else { return nil }
      evaluation = curvature.evaluation
      form = .lines(curvature)
    }
    guard evaluation.risk.isFinite, evaluation.gradient.allSatisfy(\.isFinite) else { return nil }
    self.network = network
    activities = network.firstLayerActivities(on: flow.interval)
  }

  package var risk: Double { evaluation.risk }
  package var isRectified: Bool { network.architecture.activation.facts.canDie }

  /// The Hessian for steps.
  package var hessian: FlowHessian {
    switch form {
    case .chain(let hessian): .chain(hessian)
    case .lines(let curvature): .lines(LineHessian(curvature))
    }
  }

  /// The Hessian without what can make it indefinite.
  func convexHessian(_ flow: RectifiedFlow) -> FlowHessian? {
    switch form {
    case .chain: flow.risk.chainCurvature(network, trained: flow.isTrained, convex: true).map { .chain($0.hessian) }
    case .lines(let curvature): .lines(LineHessian(curvature, convex: true))
    }
  }

  /// The lines of the network; nil for networks of too many pieces.
  package func lines(_ flow: RectifiedFlow) -> LineCurvature? {
    switch form {
    case .chain: flow.risk.lineCurvature(network, trained: flow.blocks)
    case .lines(let curvature): curvature
    }
  }

  /// The dead neurons of the first layer: none where they are leaky.
  package var dead: Set<Int> { isRectified ? Set(activities.indices.filter { activities[$0] == .nowhere }) : [] }

  /// Whether w and b of a neuron of the first layer are 0 but for the last step: the flow can bring a neuron there in
  /// finite time, for example where its bias stays 0, and leaves it there (arXiv:2108.08106).
  package func isDegenerate(_ neuron: Int) -> Bool {
    max(network.firstLayerWeight(neuron).magnitude, network.firstLayerBias(neuron).magnitude) <= 1e-8
  }

  /// For each parameter a bound of the derivatives of the network by it: for the outer and inner parameters of a shallow
  /// network |w| X + |b|, 1, |v| X and |v|, X the largest input in modulus, at least 1.
  private func derivativeScales(on interval: ClosedRange<Double>) -> [Double] {
    if case .lines(let curvature) = form { return curvature.derivativeScales() }
    let shallow = network.shallow
    let reach = max(interval.lowerBound.magnitude, interval.upperBound.magnitude, 1)
    var scales = [Double](repeating: 1, count: network.parameters.count)
    for j in 0..<shallow.width {
      let (neuron, at) = (shallow[j], shallow.places[j])
      scales[at.innerWeight] = neuron.outerWeight.magnitude * reach
      scales[at.innerBias] = neuron.outerWeight.magnitude
      scales[at.outerWeight] = neuron.innerWeight.magnitude * reach + neuron.innerBias.magnitude
    }
    return scales
  }

  /// Whether the gradient over these parameters is 0 but for rounding: every component by its own scale, a bound of the
  /// derivative of the network by the parameter, or small networks that are leaving the saddle 0 would count as at rest.
  package func hasNoGradient(_ indices: [Int], on interval: ClosedRange<Double>) -> Bool {
    let rounding = Self.gradientRounding * risk.squareRoot()
    let scales = derivativeScales(on: interval)
    return indices.allSatisfy { evaluation.gradient[$0].magnitude <= rounding * scales[$0] }
  }

  package static let gradientRounding = 0x1p-44
}
