import Foundation
import Kernels
import Networks
import Problems

/// Closed forms for the share of neurons of the first hidden layer that are dead at initialization: comparison values for
/// counts of `Network.deadNeurons(of:)`, so no bit of an outcome hangs on them.
///
/// A neuron that is inactive on all inputs has gradient 0, so every optimizer that does not move after gradients 0
/// leaves it where it is, and a network with dead neurons can only realize functions of smaller networks
/// (arXiv:2402.05155, and arXiv:2410.10533 for deep networks and more optimizers).
extension Initialization {
  /// The probability that a neuron of the first hidden layer is inactive, w x + b <= 0, for all inputs x; nil where no
  /// closed form is known here, and for activations other than ReLU and clipping, whose neurons are never inactive.
  ///
  /// On an interval [a, b'] let F(k) be the probability that the bias is at most -k |w|. It is F(b') for weights that are
  /// positive, and (F(b') + F(-a)) / 2 for weights with a symmetric law:
  ///
  /// | weights | biases | F(k) |
  /// |---|---|---|
  /// | normal, half-normal, standard deviation s before the modulus | normal, standard deviation t | atan2(t, k s) / pi |
  /// | uniform on [-A, A] | uniform on [-B, B] | 1/2 - k A / (4 B), for k A > B: B / (4 k A), for k < 0: 1 - F(-k) |
  /// | any of these, also He, Xavier and LeCun | 0 | 1 for k <= 0, otherwise 0 |
  ///
  /// The first is the angle of a sector of the plane, the second the mean over |w| of (1 - k |w| / B) / 2 in [0, 1].
  /// On a rectangle, for normal weights and biases, it is a sum over the quadrants of the weights, on each of which the
  /// event is an orthant of three correlated normal variables, with probability 1/8 plus the sum of the arc sines of
  /// their correlations over 4 pi. On unbounded inputs it is 0 for weights that have a density.
  public func inactivityProbability(_ architecture: Architecture, on problem: Problem) -> Double? {
    guard case .law(let inputs) = problem.inputs, let (weights, biases) = entryLaws(ofLayer: 1, architecture) else {
      return nil
    }
    guard architecture.activation.facts.canDie else { return nil }
    switch inputs {
    case .normal: return weights == .zero ? nil : 0
    case .box(let bounds):
      guard bounds.count == 2, case .normal(let scale) = weights, case .normal(let biasScale) = biases else {
        return nil
      }
      return Self.inactivity(scale: scale, biasScale: biasScale, on: bounds)
    case .uniform, .density:
      guard let interval = inputs.support, let upper = weights.biasBelow(interval.upper, biases) else { return nil }
      if case .halfNormal = weights { return upper }
      return weights.biasBelow(-interval.lower, biases).map { 0.5 * (upper + $0) }
    }
  }

  /// The probability that at least one neuron of the first hidden layer is inactive for all inputs: 1 - (1 - p)^h, h the
  /// width of that layer, however many follow. Nil where p is.
  public func probabilityOfADeadNeuron(_ architecture: Architecture, on problem: Problem) -> Double? {
    inactivityProbability(architecture, on: problem).map { -expm1(Double(architecture.width) * log1p(-$0)) }
  }

  /// A sum over the signs of the two weights.
  private static func inactivity(scale: Double, biasScale: Double, on bounds: [InputLaw.Bounds]) -> Double {
    var sum = 0.0
    for signs in [(1.0, 1.0), (1, -1), (-1, 1), (-1, -1)] {
      // The largest pre-activation is at this corner: it is a normal variable, to be negative.
      let x = signs.0 > 0 ? bounds[0].upper : bounds[0].lower
      let y = signs.1 > 0 ? bounds[1].upper : bounds[1].lower
      let norm = (scale * scale * (x * x + y * y) + biasScale * biasScale).squareRoot()
      let angles = asin(-signs.0 * scale * x / norm) + asin(-signs.1 * scale * y / norm)
      sum += 0.125 + angles / (4 * .pi)
    }
    return sum
  }
}
