import Kernels
import Networks
import Outcomes
import Risk

/// On which side of its kink a neuron max(w x + b, 0) is active.
public enum KinkOrientation: Sendable, Hashable {
  /// w > 0.
  case right
  /// w < 0.
  case left
}

extension AffineTarget {
  /// Whether the critical points of shallow networks with this activation are known: ReLU, and leaky ReLU with a slope
  /// between 0 and 1.
  public static func covers(_ activation: Activation) -> Bool { activation.coveredSlope != nil }

  /// The risk of the saddles whose realization has `kinks` kinks, the first of them of this orientation; nil where
  /// there are none. For 0 kinks the risk of the best constant.
  ///
  /// ReLU: only even numbers n of kinks, the first one active on its right: the variance of the target / (n + 1)^4.
  /// Leaky ReLU of slope g: any n, the variance (1 - g)^2 / D^4 with D the sum of the relative lengths of the cells:
  /// sqrt(1 + g) between kinks; the first cell 1, but sqrt(g) if its kink is active on its left; the last cell 1, but
  /// sqrt(g) if its kink is active on its right.
  package func saddleRisk(
    kinks: Int, first: KinkOrientation = .right, activation: Activation = .relu
  ) -> Double? {
    guard let slope = activation.coveredSlope else { return nil }
    if kinks == 0 { return variance }
    return AffineSaddle(kinks: kinks, first: first, slope: slope).map { $0.relativeRisk * variance }
  }

  /// The positive risks of critical points of networks of this width: the best constant, m_0, and the saddles S_n. The
  /// leaky ReLU has two risks S_n for even n, one for each orientation of the first kink. Empty for other activations.
  public func saddleLevels(width: Int, activation: Activation) -> [(level: RiskLevel, risk: Double)] {
    guard let slope = activation.coveredSlope else { return [] }
    // Reflecting the interval turns the orientations of an odd number of kinks round.
    let saddles = AffineSaddle.all(width: width, slope: slope).filter { $0.kinks % 2 == 0 || $0.first == .right }
    return [(RiskLevel(.optimum, 0), variance)]
      + saddles.map { (RiskLevel(.saddle, $0.kinks), $0.relativeRisk * variance) }
  }

  /// The smallest positive risk of a critical point of networks with this many neurons that are not dead; nil for
  /// activations that are not covered. The risk falls along the gradient flow, and dead neurons stay as they are: where
  /// it is strictly below this number, the flow from there, if it does not diverge, ends at a global minimum.
  ///
  /// ReLU: the variance of the target / (2 floor(N/2) + 1)^4 for N neurons. Leaky ReLU, N > 0:
  /// ``saddleRisk(kinks:first:activation:)`` of N kinks, the first of them active on its right.
  public func certifyingRisk(neurons: Int, activation: Activation) -> Double? {
    precondition(neurons >= 0)
    guard let slope = activation.coveredSlope else { return nil }
    return relativeCertifyingRisk(neurons: neurons, slope: slope) * variance
  }

  /// Whether the risk certifies that the gradient flow from this shallow network, if it does not diverge, ends at a
  /// global minimum: the risk and its error together are below ``certifyingRisk(neurons:activation:)`` of its neurons
  /// that are not dead. False for networks that are not covered.
  public func certifiesGlobalMinimum(_ network: Network, evaluation: RiskEvaluation) -> Bool {
    let architecture = network.architecture
    guard architecture.depth == 1,
      let bound = certifyingRisk(
        neurons: architecture.width - (network.deadNeurons(of: inputs) ?? 0), activation: architecture.activation)
    else { return false }
    return evaluation.risk + evaluation.error < bound
  }

  /// A saddle of width `kinks` with one neuron at each kink, |w| = 1; nil where there is none.
  public func saddle(
    kinks: Int, first: KinkOrientation = .right, activation: Activation = .relu
  ) -> Network? {
    guard let slope = activation.coveredSlope,
      let saddle = AffineSaddle(kinks: kinks, first: first, slope: slope)
    else { return nil }
    let places = saddle.places(on: self)
    let jumps = saddle.slopeJumps(on: self)
    let w = (0..<kinks).map { saddle.orientation($0) == .right ? 1.0 : -1.0 }
    let b = zip(w, places).map { -$0 * $1 }
    let v = jumps.map { $0 / (1 - slope) }
    // The residual has mean 0 on each cell, so it is 0 in the middle of the first one.
    let middle = lower + 0.5 * (places[0] - lower)
    func network(outerBias: Double) -> Network {
      Network(activation: activation, innerWeights: w, innerBiases: b, outerWeights: v, outerBias: outerBias)
    }
    return network(outerBias: -network(outerBias: -value(at: middle)).value(at: middle))
  }

  func relativeCertifyingRisk(neurons: Int, slope: Double) -> Double {
    // The risks fall with the number of kinks; a ReLU saddle has an even number.
    let saddles = [neurons - 1, neurons].compactMap { AffineSaddle(kinks: $0, first: .right, slope: slope) }
    return saddles.map(\.relativeRisk).min() ?? 1
  }
}

extension Activation {
  /// The slope of ReLU or leaky ReLU on z < 0; nil for other activations, and slopes outside [0, 1).
  var coveredSlope: Double? { facts.rectifiedSlope.flatMap { 0 <= $0 && $0 < 1 ? $0 : nil } }
}

/// A family of saddles for an affine target: where the kinks of the realization are and how its slope jumps there.
///
/// Let r be the residual, h(t) the integral of (x - t) r(x) over x > t, and M = h(lower), not 0. The criticality of
/// a neuron with a kink t, active on its right, says h'(t) = 0 and h(t) = -g M / (1 - g); active on its left, h'(t) = 0
/// and h(t) = M / (1 - g). Since h'(lower) = h'(upper) = 0 and h'' = r is affine with mean 0 on each cell between
/// kinks, h is monotone there, so orientations alternate; with slope rho and length d of a cell, h changes by
/// -rho d^3 / 12, and r is continuous only if |rho| d is the same number on all cells. This gives lengths in the ratios of
/// `lengths`; the slope of the realization on the first cell fixes that number.
struct AffineSaddle {
  let kinks: Int
  let first: KinkOrientation
  /// Of the activation on z < 0.
  let slope: Double
  /// Of the kinks + 1 cells, up to a common factor.
  let lengths: [Double]

  /// Nil where there is no such saddle.
  init?(kinks: Int, first: KinkOrientation, slope: Double) {
    guard kinks >= 1 else { return nil }
    self.kinks = kinks
    self.first = first
    self.slope = slope
    let isLastRight = (kinks % 2 == 1) == (first == .right)
    let inner = Array(repeating: (1 + slope).squareRoot(), count: kinks - 1)
    lengths = [first == .right ? 1 : slope.squareRoot()] + inner + [isLastRight ? slope.squareRoot() : 1]
    guard lengths[0] > 0 && lengths[kinks] > 0 else { return nil }
  }

  /// All saddles of networks of this width.
  static func all(width: Int, slope: Double) -> [AffineSaddle] {
    (0...width).flatMap { kinks in
      [.right, .left].compactMap { AffineSaddle(kinks: kinks, first: $0, slope: slope) }
    }
  }

  var total: Double { lengths.reduce(0, +) }

  /// The risk as a share of the variance of the target.
  var relativeRisk: Double {
    let factor = (1 - slope) / (total * total)
    return factor * factor
  }

  func orientation(_ kink: Int) -> KinkOrientation {
    kink % 2 == 0 ? first : (first == .right ? .left : .right)
  }

  /// The kinks, increasing.
  func places(on target: AffineTarget) -> [Double] {
    let total = total
    var sum = 0.0
    return lengths.dropLast().map { length in
      sum += length
      return target.lower + target.length * (sum / total)
    }
  }

  /// How much steeper the realization becomes at each kink.
  func slopeJumps(on target: AffineTarget) -> [Double] {
    let sign = first == .right ? -1.0 : 1.0
    let slopes = lengths.indices.map { cell in
      (cell % 2 == 0 ? sign : -sign) * target.slope * (1 - slope) / (total * lengths[cell])
    }
    return zip(slopes.dropFirst(), slopes).map { $0 - $1 }
  }
}
