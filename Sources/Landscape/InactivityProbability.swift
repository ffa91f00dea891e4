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
    guard case .law(let inputs) = problem.inputs, let (weights, biases) = firstLayer(architecture) else { return nil }
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

  /// The probability that at least one neuron of the first hidden layer is inactive for all inputs: 1 - (1 - p)^h.
  /// Nil where p is.
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

// MARK: - Laws

/// What the closed forms need of an initial law.
private enum EntryLaw: Equatable {
  case zero
  case normal(scale: Double)
  /// Positive.
  case halfNormal(scale: Double)
  /// Uniform on [-bound, bound].
  case uniform(bound: Double)
  /// Symmetric with a density.
  case symmetric

  /// Nil for laws that are in no closed form.
  ///
  /// - Parameter fanIn: inputs of a neuron.
  init?(_ law: InitialLaw, values: [Double], fanIn: Int) {
    switch law {
    case .normal: self = .normal(scale: values[0].magnitude)
    case .halfNormal:
      guard values[0] >= 0 else { return nil }
      self = .halfNormal(scale: values[0])
    case .uniform:
      guard values[0] == -values[1] else { return nil }
      self = .uniform(bound: values[1].magnitude)
    // Scalar inputs have fan-in 1; with more of them the bound is not needed.
    case .pytorch: self = fanIn == 1 ? .uniform(bound: values[0].magnitude) : .symmetric
    case .scaled: self = .symmetric
    case .constant, .largeBias: self = .zero
    }
    if values.allSatisfy({ $0 == 0 }) { self = .zero } else if self == .zero { return nil }
  }

  /// The probability that a bias is at most -k |w|, for weights w of this law; nil where it is not known.
  func biasBelow(_ k: Double, _ biases: EntryLaw) -> Double? {
    switch (self, biases) {
    case (.zero, _): nil
    case (_, .zero): k <= 0 ? 1 : 0
    case (.normal(let scale), .normal(let biasScale)), (.halfNormal(let scale), .normal(let biasScale)):
      atan2(biasScale, k * scale) / .pi
    case (.uniform(let bound), .uniform(let biasBound)):
      k < 0 ? 1 - Self.uniformTail(-k * bound, biasBound) : Self.uniformTail(k * bound, biasBound)
    default: nil
    }
  }

  /// The mean of max(1 - u / bound, 0) / 2 over u uniform on [0, reach].
  private static func uniformTail(_ reach: Double, _ bound: Double) -> Double {
    reach <= bound ? 0.5 - reach / (4 * bound) : bound / (4 * reach)
  }
}

extension Initialization {
  private func firstLayer(_ architecture: Architecture) -> (weights: EntryLaw, biases: EntryLaw)? {
    func entries(_ kind: ParameterBlock.Kind) -> EntryLaw? {
      law(ParameterBlock(layer: 1, kind: kind), depth: architecture.depth).flatMap {
        EntryLaw($0, values: Self.values(of: $0, architecture), fanIn: architecture.fanIn(layer: 1))
      }
    }
    guard let weights = entries(.weights), let biases = entries(.biases) else { return nil }
    return (weights, biases)
  }
}
