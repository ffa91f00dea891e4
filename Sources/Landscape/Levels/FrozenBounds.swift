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
  /// A bound of the risk at critical points of inner biases and outer bias of a shallow clipping network with positive
  /// weights whose live windows are disjoint, for a target that does not decrease.
  ///
  /// With V the largest outer weight and zeros x_1 and x_m of r in the first and the last window, |r| <= 2 V between
  /// them: N and f increase, and N rises by at most two outer weights from one window to the next. Before x_1, -V <=
  /// r <= f(x_1) - f(a), and after x_m correspondingly. So L <= 4 V^2 + P(x < x_1) (f(x_1) - f(a) + V)^2 + P(x > x_m)
  /// (f(b) - f(x_m) + V)^2, which grows with x_1 and falls with x_m.
  ///
  /// The first and the last window are taken to lie at the ends of the interval, each as long as the longest of all:
  /// the biases of the network do not matter.
  ///
  /// - Returns: nil where a hypothesis fails: another activation, more layers, a weight that is not positive, or a
  ///   target that decreases somewhere on 4096 steps.
  public static func clipping(_ network: Network, problem: Problem) -> Double? {
    guard let parts = Parts(network, problem, .clipping) else { return nil }
    let fitting = parts.fitting
    let (lower, upper) = (fitting.lower, fitting.upper)
    let values = fitting.targets(at: (0...4096).map { lower + (upper - lower) * (Double($0) / 4096) })
    guard zip(values, values.dropFirst()).allSatisfy({ $0 <= $1 }) else { return nil }
    let length = min(parts.innerWeights.map { 1 / $0 }.max()!, upper - lower)
    let (first, last) = (min(lower + length, upper), max(upper - length, lower))
    let targets = fitting.targets(at: [lower, first, last, upper])
    func mass(_ a: Double, _ b: Double) -> Double {
      a < b ? fitting.bestLines(between: [a, b], targets: [0, 0], passes: 0)[0].mass : 0
    }
    let largest = parts.outerWeights.max()!
    let left = targets[1] - targets[0] + largest
    let right = targets[3] - targets[2] + largest
    return 4 * largest * largest + mass(lower, first) * (left * left) + mass(last, upper) * (right * right)
  }

  /// By how much the neurons that can move raise a clipping network with positive weights: the sum of the outer weights
  /// of those whose windows meet the interval. The others, dead or saturated, add constants for ever. Where this is less
  /// than the range f(b) - f(a) of an increasing target, windows cannot be in place all over the interval, and the risk
  /// stays above ``clipping(_:problem:)``.
  ///
  /// - Returns: nil where that bound is.
  public static func clippingRise(_ network: Network, problem: Problem) -> (rise: Double, range: Double)? {
    guard let fitting = Parts(network, problem, .clipping)?.fitting else { return nil }
    let values = fitting.targets(at: [fitting.lower, fitting.upper])
    guard values[0] <= values[1] else { return nil }
    let neurons = network.shallow.neurons.filter {
      $0.preActivation(at: fitting.lower) < 1 && $0.preActivation(at: fitting.upper) > 0
    }
    return (neurons.reduce(0) { $0 + $1.outerWeight }, values[1] - values[0])
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
    let outerWeights: [Double]

    init?(_ network: Network, _ problem: Problem, _ kind: Activation.Kind) {
      let architecture = network.architecture
      guard architecture.activation.kind == kind else { return nil }
      if case .unavailable = RiskLevels.availability(problem: problem, architecture: architecture) { return nil }
      (innerWeights, outerWeights) = (network.shallow.innerWeights, network.shallow.outerWeights)
      guard (innerWeights + outerWeights).allSatisfy({ $0 > 0 }), let fitting = try? LineFitting(problem) else {
        return nil
      }
      self.fitting = fitting
    }
  }
}
