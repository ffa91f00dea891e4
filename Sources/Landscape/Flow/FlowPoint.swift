import Networks
import Risk

extension Network {
  /// The largest modulus of a parameter, at least 1.
  var largestParameter: Double { parameters.reduce(1) { max($0, $1.magnitude) } }
}

/// A network on its way along the gradient flow, with what is known of the risk there.
struct FlowPoint {
  let network: Network
  let curvature: RiskCurvature
  let pattern: KinkPattern

  /// Neurons with a kink within this share of the interval from one of its ends are frozen for the test of
  /// stationarity.
  private static let frozenShare = 1e-8

  /// Nil where something overflows.
  init?(_ network: Network, risk: PopulationRisk) {
    guard network.isFinite, let interval = risk.inputInterval, let curvature = risk.curvature(network),
      curvature.evaluation.risk.isFinite, curvature.evaluation.gradient.allSatisfy(\.isFinite)
    else { return nil }
    self.network = network
    self.curvature = curvature
    pattern = KinkPattern(network, on: interval)
  }

  var shallow: ShallowNetwork { network.shallow }

  var risk: Double { curvature.evaluation.risk }
  var isRectified: Bool { network.architecture.activation.facts.canDie }

  func parameters(_ indices: [Int]) -> [Double] { indices.map { network.parameters[$0] } }

  func gradient(_ indices: [Int]) -> [Double] { indices.map { curvature.evaluation.gradient[$0] } }

  /// The network with an increment to some of its parameters.
  func moved(_ indices: [Int], by increment: [Double]) -> Network {
    var network = network
    for (i, d) in zip(indices, increment) { network.parameters[i] += d }
    return network
  }

  /// The dead neurons: none where they are leaky.
  var dead: Set<Int> {
    isRectified ? Set(pattern.activities.indices.filter { pattern.activities[$0] == .nowhere }) : []
  }

  /// Whether w and b of a neuron are 0 but for the last step: the flow can bring a neuron there in finite time, for example
  /// where its bias stays 0, and leaves it there (arXiv:2108.08106).
  func isDegenerate(_ neuron: Int) -> Bool {
    let neuron = shallow[neuron]
    return max(neuron.innerWeight.magnitude, neuron.innerBias.magnitude) <= 1e-8
  }

  /// Those of the trained parameters that are not of dead neurons.
  func movable(_ trained: [Int]) -> [Int] {
    guard isRectified else { return trained }
    let places = shallow.places
    return trained.filter { place in places.neuron(of: place).map { pattern.activities[$0] != .nowhere } ?? true }
  }

  /// Those of the trained parameters on which the risk has second derivatives, maybe one-sided ones: not those of dead
  /// and degenerate neurons, whose gradients are 0. A neuron with its kink at an end counts as what it is, active
  /// everywhere or kinked inside.
  func smooth(_ trained: [Int]) -> [Int] {
    let isRectified = isRectified
    let isSmooth = zip(shallow.neurons, pattern.activities).map { neuron, activity in
      (neuron.innerWeight != 0 || neuron.innerBias != 0) && !(isRectified && activity == .nowhere)
    }
    let places = shallow.places
    return trained.filter { place in places.neuron(of: place).map { isSmooth[$0] } ?? true }
  }

  /// Whether the gradient over these parameters is 0 but for rounding: every component by its own scale, or small
  /// networks that are leaving the saddle 0 would count as at rest. The scales are those of the derivatives of the
  /// network: |v| and |v| X for inner biases and weights, |w| X + |b| for outer weights, 1 for the outer bias, X the
  /// largest input in modulus, at least 1.
  func hasNoGradient(_ indices: [Int], on interval: ClosedRange<Double>) -> Bool {
    let shallow = shallow
    let reach = max(interval.lowerBound.magnitude, interval.upperBound.magnitude, 1)
    let rounding = Self.gradientRounding * risk.squareRoot()
    return indices.allSatisfy { index in
      let scale: Double
      if let j = shallow.places.neuron(of: index) {
        let (neuron, at) = (shallow[j], shallow.places[j])
        switch index {
        case at.innerWeight: scale = neuron.outerWeight.magnitude * reach
        case at.innerBias: scale = neuron.outerWeight.magnitude
        default: scale = neuron.innerWeight.magnitude * reach + neuron.innerBias.magnitude
        }
      } else {
        scale = 1
      }
      return curvature.evaluation.gradient[index].magnitude <= rounding * scale
    }
  }

  static let gradientRounding = 0x1p-44
}
