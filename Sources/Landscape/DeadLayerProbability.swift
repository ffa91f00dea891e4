import Foundation
import Kernels
import Networks
import Problems

/// How often networks are born dead: all neurons of a hidden layer are dead at initialization, so that the network is
/// constant on the input domain, and no optimizer that does not move after gradients 0 changes more than its outer bias
/// and the layers behind (arXiv:1808.04947, arXiv:1903.06733). Comparison values, as ``inactivityProbability(_:on:)`` is.
extension Initialization {
  /// The probability that all neurons of some hidden layer are inactive for all inputs: between these bounds, which are
  /// the same number where there is a closed form. Nil where neither is known here, and for activations whose neurons
  /// cannot die.
  ///
  /// One hidden layer: p^h with p = ``inactivityProbability(_:on:)``. Several, with widths n_1, ..., n_D: for ReLU, an
  /// interval of scalar inputs, biases that are 0 and weights with symmetric laws that have densities.
  ///
  /// Without biases the layers are linear on each of the rays x > 0 and x < 0, and 0 at x = 0: what a layer puts out is
  /// |x| v+ on the one and |x| v- on the other, with vectors v >= 0. Let v be one that is not 0. Then the
  /// pre-activations of the next layer are |x| W v: the entries of W v are independent, symmetric and have a
  /// density, each is inactive on the ray with probability 1/2, and the next v is 0 with probability 2^-n. So all
  /// neurons of one of the layers l, l + 1, ... are inactive on a ray on which those before are not with probability
  /// s_l = 1 - (1 - 2^-n_l) (1 - 2^-n_(l+1)) ... (1 - 2^-n_D).
  ///
  /// - **Inputs of one sign** see one ray: s_1 (arXiv:1808.04947, arXiv:1903.06733).
  /// - **Inputs of both signs.** No neuron of the first layer is dead: each is active on one of the rays. All are so on
  ///   the same ray with probability e = 2^(1 - n_1); then there is only that one left, and the probability is s_2.
  ///   Otherwise v+ and v- have no active neuron in common, the entries of W v+ and W v- are independent, and with two
  ///   layers 4^-n_2 is the probability that all of them are negative. Together e s_2 + (1 - e) s_2^2, for n_1 = n_2 =
  ///   N the 4^-N (3 - 2^(1-N)) of arXiv:1903.06733.
  /// - **Both signs, more layers**: the same number is a lower bound, and s_2 an upper one: that of the
  ///   death on one ray that the first layer has left alive. Lower: both of W v+ and W v- grow with the entries of a row of W, which are independent,
  ///   so a neuron is inactive on both rays with a probability q >= 1/4 (Harris' inequality). Let f be the probability
  ///   of a network that is alive on both rays in front of layer l to be born dead, and f >= s_(l+1)^2 behind it. Then
  ///   f >= Q + 2 (2^-n_l - Q) s_(l+1) + (1 - 2 2^-n_l + Q) s_(l+1)^2 with Q = q^n_l >= 4^-n_l, which grows with Q, as
  ///   1 - 2 s + s^2 is a square, and is s_l^2 for Q = 4^-n_l.
  public func deadLayerProbability(_ architecture: Architecture, on problem: Problem) -> ClosedRange<Double>? {
    guard architecture.activation.facts.canDie else { return nil }
    if architecture.depth == 1 {
      return inactivityProbability(architecture, on: problem).map {
        let all = pow($0, Double(architecture.width))
        return all...all
      }
    }
    guard architecture.activation.kind == .relu, case .law(let inputs) = problem.inputs, let interval = inputs.support,
      (1...architecture.depth).allSatisfy({ layer in
        entryLaws(ofLayer: layer, architecture).map { $0.weights.isSymmetricWithDensity && $0.biases == .zero } ?? false
      })
    else { return nil }
    if interval.lower >= 0 || interval.upper <= 0 {
      let some = Self.deadOnARay(architecture.hidden[...])
      return some...some
    }
    let oneRay = Self.deadOnARay(architecture.hidden.dropFirst())
    let aligned = exp2(Double(1 - architecture.width))
    let independent = oneRay * (aligned + (1 - aligned) * oneRay)
    return architecture.depth == 2 ? independent...independent : min(independent, oneRay)...oneRay
  }

  /// 1 - (1 - 2^-n_1) (1 - 2^-n_2) ... for layers of these widths.
  private static func deadOnARay(_ widths: ArraySlice<Int>) -> Double {
    -expm1(widths.reduce(0) { $0 + log1p(-exp2(-Double($1))) })
  }
}
