import Kernels
import Networks
import Problems
import Risk

/// What critical points reach where only inner biases are trained, and for clipping networks the outer bias: bounds
/// from the frozen parameters, for the settings of Ibragimov, Jentzen and Riekert (arXiv:2212.13111).
///
/// Both rest on zeros of the residual r = N - f: a vanishing gradient makes integrals of r p vanish, and between
/// neighbouring zeros N and f agree at both ends.
public enum FrozenBounds {
  /// Where the outermost live windows of a clipping network are: the intervals where 0 < w x + b < 1.
  public enum Windows: Sendable, Hashable {
    /// At the ends of the interval, each as long as the longest of all. The biases do not matter.
    case atEnds
    /// Where the biases have them.
    case asTheyAre
  }

  /// A bound of the risk at critical points of inner biases and outer bias of a shallow clipping network with positive
  /// weights whose live windows are disjoint, for a target that does not decrease.
  ///
  /// With V the largest outer weight and zeros x_1 and x_m of r in the first and the last window, |r| <= 2 V between
  /// them: N and f increase, and N rises by at most two outer weights from one window to the next. Before x_1, -V <=
  /// r <= f(x_1) - f(a), and after x_m correspondingly. So L <= 4 V^2 + P(x < x_1) (f(x_1) - f(a) + V)^2 + P(x > x_m)
  /// (f(b) - f(x_m) + V)^2, which grows with x_1 and falls with x_m.
  ///
  /// - Returns: nil where a hypothesis fails: another activation, more layers, a weight that is not positive, a
  ///   target that decreases somewhere on 4096 steps, no live window, or windows that overlap.
  public static func clipping(_ network: Network, problem: Problem, windows: Windows = .atEnds) -> Double? {
    guard let parts = Parts(network, problem, .clipping) else { return nil }
    let fitting = parts.fitting
    let (lower, upper) = (fitting.lower, fitting.upper)
    let values = fitting.targets(at: (0...4096).map { lower + (upper - lower) * (Double($0) / 4096) })
    guard zip(values, values.dropFirst()).allSatisfy({ $0 <= $1 }) else { return nil }
    var first: Double
    var last: Double
    switch windows {
    case .atEnds:
      let length = min(parts.innerWeights.map { 1 / $0 }.max()!, upper - lower)
      (first, last) = (lower + length, upper - length)
    case .asTheyAre:
      let live = zip(parts.innerWeights, parts.innerBiases)
        .map { (left: max(-$1 / $0, lower), right: min((1 - $1) / $0, upper)) }
        .filter { $0.left < $0.right }.sorted { $0.left < $1.left }
      guard !live.isEmpty, zip(live, live.dropFirst()).allSatisfy({ $0.right <= $1.left }) else { return nil }
      (first, last) = (live[0].right, live[live.count - 1].left)
    }
    first = min(max(first, lower), upper)
    last = min(max(last, lower), upper)
    let targets = fitting.targets(at: [lower, first, last, upper])
    func mass(_ a: Double, _ b: Double) -> Double {
      a < b ? fitting.bestLines(between: [a, b], targets: [0, 0], passes: 0)[0].mass : 0
    }
    let largest = parts.outerWeights.max()!
    let left = targets[1] - targets[0] + largest
    let right = targets[3] - targets[2] + largest
    return 4 * largest * largest + mass(lower, first) * (left * left) + mass(last, upper) * (right * right)
  }

  /// A bound of r^2 between the first and the last zero of r, at critical points of the inner biases of a shallow
  /// ReLU network with positive weights and different kinks, for a target with kappa <= f'' <= K and kappa > 0.
  ///
  /// With J the largest product of an inner and an outer weight, r is a chord minus f minus a tent between zeros at a
  /// distance Delta: -J Delta / 4 <= r <= K Delta^2 / 8. Mean slopes of f and N over three neighbouring zeros show
  /// Delta <= 4 J / kappa. So |r| <= max(J^2 / kappa, 2 K J^2 / kappa^2). What the frozen outer bias leaves at the
  /// ends of the interval, of the order of its square, is not included.
  ///
  /// - Returns: nil where a hypothesis fails: another activation, more layers, a weight that is not positive, or second
  ///   differences of the target on 4096 steps that are not all above a millionth of the largest.
  public static func rectified(_ network: Network, problem: Problem) -> Double? {
    guard let parts = Parts(network, problem, .relu) else { return nil }
    let curvature = parts.fitting.curvature
    guard curvature.lowerBound > 1e-6 * curvature.upperBound else { return nil }
    let jump = zip(parts.innerWeights, parts.outerWeights).map { $0 * $1 }.max()!
    let square = jump * jump
    let below = square / curvature.lowerBound
    let above = 2 * curvature.upperBound * square / (curvature.lowerBound * curvature.lowerBound)
    let bound = max(below, above)
    return bound * bound
  }

  /// A shallow network with positive weights, and its problem.
  private struct Parts {
    let fitting: LineFitting
    let innerWeights: [Double]
    let innerBiases: [Double]
    let outerWeights: [Double]

    init?(_ network: Network, _ problem: Problem, _ kind: Activation.Kind) {
      let architecture = network.architecture
      guard architecture.activation.kind == kind else { return nil }
      if case .unavailable = RiskLevels.availability(problem: problem, architecture: architecture) { return nil }
      innerWeights = Array(network[ParameterBlock(layer: 1, kind: .weights)])
      innerBiases = Array(network[ParameterBlock(layer: 1, kind: .biases)])
      outerWeights = Array(network[ParameterBlock(layer: 2, kind: .weights)])
      guard (innerWeights + outerWeights).allSatisfy({ $0 > 0 }), let fitting = try? LineFitting(problem) else {
        return nil
      }
      self.fitting = fitting
    }
  }
}
