import Foundation
import Kernels
import Networks
import Problems
import Risk
import TestSupport
import Testing

/// Networks with scalar input and activations other than ReLU.
@Suite struct ActivationRiskTests {
  /// N(x) = 0.3 + 0.7 A(1.2 x + 0.1) - 1.1 A(-4 x + 1.5), f = sin(3 x), x uniform on [-1, 1]; by SciPy.
  @Test(arguments: [
    (Activation(.relu), 5.148483056028338), (Activation(.leakyReLU, parameter: 0.25), 5.619552539481359),
    (Activation(.clipping), 0.19564353275441407), (Activation(.identity), 7.691517760673754),
    (Activation(.logistic), 0.18002271512644383), (Activation(.tanh), 0.534051130684396),
    (Activation(.softplus), 4.46217203679227), (Activation(.gelu), 5.381402546611784),
    (Activation(.silu), 5.2449264584684965), (Activation(.elu, parameter: 0.5), 5.725427630900668),
    (Activation(.softsign), 0.21002265844846396), (Activation(.sine), 1.0669126194593037),
    (Activation(.threshold), 0.15323650566431518),
  ])
  func risksAreThoseOfSciPy(_ activation: Activation, _ exact: Double) throws {
    let network = Network(
      activation: activation, innerWeights: [1.2, -4], innerBiases: [0.1, 1.5], outerWeights: [0.7, -1.1],
      outerBias: 0.3)
    let evaluation = try PopulationRisk(problem: Problem("sin(3*x)", on: -1...1)).evaluate(network, kernels: widest)
    // `AdaptiveQuadrature.tolerance`, 1e-12, bounds the difference of two rules, of which the better one is used: its
    // error is far smaller, and what is left is rounding here and in SciPy's rule. The stated error is that tolerance
    // and rounding.
    #expect(abs(evaluation.risk - exact) <= 4e-14 * max(exact, 1))
    #expect(evaluation.error <= 2e-12 * exact)
  }

  @Test(arguments: Activation.Kind.allCases.filter { $0 != .threshold })
  func gradientAgreesWithDifferences(_ kind: Activation.Kind) throws {
    for hidden in [[4], [3, 4]] {
      let risk = try PopulationRisk(problem: Problem("sin(3*x)", on: -1...1))
      let network = randomNetwork(Architecture(hidden: hidden, activation: Activation(kind)), seed: 3)
      let gradient = risk.evaluate(network, kernels: widest).gradient
      for (computed, difference) in zip(gradient, differences(risk, network, step: 1e-6)) {
        // Risks are known to 1e-12 of themselves (`AdaptiveQuadrature.tolerance`), which the step of 1e-6 magnifies
        // to 1e-6. Where kinks move, differences are good to O(step), too.
        #expect(abs(computed - difference) <= 1e-6)
      }
      #expect(gradient.contains { abs($0) > 1e-2 })
    }
  }

  /// Steep activations are integrated by refinement where they are steep.
  @Test func steepTransition() throws {
    // int (tanh(k (x - 0.3)) / 2 + 1/2)^2 with k = 2000: s = logistic(2 k (x - 0.3)), int s^2 = int s - int s (1 - s).
    let network = Network(
      activation: Activation(.tanh), innerWeights: [2000], innerBiases: [-600], outerWeights: [0.5], outerBias: 0.5)
    let evaluation = try PopulationRisk(problem: Problem("0")).evaluate(network, kernels: widest)
    let exact = 0.7 - 1.0 / 4000
    // Rounding, as the tolerance is that of the worse of two rules: see `risksAreThoseOfSciPy`. What is stated adds
    // up over the panels where it is steep.
    #expect(abs(evaluation.risk - exact) <= 1e-14)
    #expect(evaluation.error <= 1e-11)
  }

  /// A clipped neuron is relu(z) - relu(z - 1): the gradient by the ReLU network of twice the width.
  @Test(arguments: ["x^2 + 2*x", "sin(3*x)", "x^(1/4)"])
  func clippingIsADifferenceOfReLUs(_ target: String) throws {
    let risk = try PopulationRisk(problem: Problem(target))
    let width = 20
    let network = randomNetwork(width: width, seed: 4, activation: Activation(.clipping))
    let blocks = network.architecture.blocks
    let (w, b, v) = (Array(network[blocks[0]]), Array(network[blocks[1]]), Array(network[blocks[2]]))
    let pair = Network(
      innerWeights: w + w, innerBiases: b + b.map { $0 - 1 }, outerWeights: v + v.map { -$0 },
      outerBias: network.parameters.last!)
    let one = risk.evaluate(network, kernels: widest)
    let two = risk.evaluate(pair, kernels: widest)
    // Lines of 40 terms on as many cells, summed in different orders: 80 * 2^-53 = 1e-14 of their moduli, which
    // exceed the risk where terms cancel.
    #expect(abs(one.risk - two.risk) <= 1e-13 * one.risk)
    for j in 0..<width {
      for (block, sign) in [(0, 1.0), (1, 1.0), (2, -1.0)] {
        let first = two.gradient[2 * width * block + j]
        let second = two.gradient[2 * width * block + width + j]
        #expect(abs(one.gradient[width * block + j] - (first + sign * second)) <= 1e-13)
      }
    }
    #expect(abs(one.gradient.last! - two.gradient.last!) <= 1e-13)
  }

  /// Weights as large as h^3 put the two kinks of a neuron 1e-9 apart; values by rational arithmetic, f = x^2 + 2 x.
  @Test(arguments: [
    (
      [1e9, 2.5e9, -3e9, 7e8], [-0.3e9 - 0.25, -0.55e9, 2.1e9 + 0.5, -0.31e9], [0.5, 1.25, -0.75, 0.3],
      0.2125366955194466,
      [
        7.799999965166667e-11, -9.094800014837333e-11, 5.2499999895833336e-12, 1.0179258583469387e-10, 2.5999999805e-10,
        -4.13400000488e-10, 7.5e-12, 2.2985422563848395e-10, -0.004380953741190471, 0.013517712855836195,
        -0.22438095397619046, -0.09509037974897959, -0.3323809540595238,
      ]
    ),
    // Transitions at the same place.
    (
      [1e9, 2e9], [-0.5e9, -1e9 + 0.25], [0.5, 1.25], 0.2754166663806315,
      [
        1.3710937449469401e-10, -2.2167968771370442e-10, 2.742187485e-10, -4.4335937546875e-10, -0.1333333342439453,
        -0.13333333410924478, -0.5166666674791667,
      ]
    ),
    (
      [2.0, -3, 0.5, 4], [-0.5, 2.25, 0.125, -3.5], [0.5, 1.25, -0.75, 0.3125], 1.7898207676263502,
      [
        -0.10836226851851852, -0.35011574074074076, 0.8301459418402778, -0.17406463623046875, -0.109375,
        -0.5169753086419753, 0.5634765625, -0.18534342447916666, -1.4008969907407407, 0.6488233024691358,
        -0.6473433883101852, -0.15218098958333334, -0.7513020833333334,
      ]
    ),
  ])
  func steepClipping(
    _ w: [Double], _ b: [Double], _ v: [Double], _ exact: Double, _ gradient: [Double]
  ) throws {
    let network = Network(
      activation: Activation(.clipping), innerWeights: w, innerBiases: b, outerWeights: v,
      outerBias: w[0] == 2 ? 0.25 : 0.2)
    let evaluation = try PopulationRisk(problem: Problem("x^2 + 2*x")).evaluate(network, kernels: widest)
    // As for rational arithmetic in `ShallowRiskTests`.
    #expect(abs(evaluation.risk - exact) <= 1e-14 * exact)
    // Neurons that saturate within 1e-9 have gradients as small as that, and those relatively exact too.
    // Kinks are rounded by 2^-53, 1e-7 of a distance of 1e-9.
    for (computed, exact) in zip(evaluation.gradient, gradient) {
      #expect(abs(computed - exact) <= 1e-6 * max(abs(exact), 1e-10), "\(computed) \(exact)")
      #expect(abs(computed - exact) <= 1e-14)
    }
    // The layer-by-layer method finds the same.
    let deep = try PopulationRisk(problem: Problem("x^2 + 2*x"))
      .evaluate(Self.passedOn(network), kernels: widest)
    // The second layer divides by 32 and multiplies by it again, about 1/2: roundings of 32 * 2^-53.
    #expect(abs(deep.risk - exact) <= 1e-13)
    for (k, exact) in gradient.enumerated() {
      let scale = k < 2 * w.count ? 1.0 : 32
      #expect(abs(deep.gradient[k] / scale - exact) <= 1e-13)
    }
  }

  /// A second layer clip(N / 32 + 1/2), which is not clipped here.
  private static func passedOn(_ network: Network) -> Network {
    let h = network.architecture.width
    var parameters = network.parameters
    for k in 2 * h..<3 * h + 1 { parameters[k] /= 32 }
    parameters[3 * h] += 0.5
    return Network(
      architecture: Architecture(hidden: [h, 1], activation: network.architecture.activation),
      parameters: parameters + [32, -16])
  }

  /// A leaky neuron is relu(z) - g relu(-z).
  @Test func leakyIsADifferenceOfReLUs() throws {
    let risk = try PopulationRisk(problem: Problem("x^4 * sin(x)"))
    let (width, g) = (12, 0.3)
    let network = randomNetwork(width: width, seed: 5, activation: Activation(.leakyReLU, parameter: g))
    let blocks = network.architecture.blocks
    let (w, b, v) = (Array(network[blocks[0]]), Array(network[blocks[1]]), Array(network[blocks[2]]))
    let pair = Network(
      innerWeights: w + w.map { -$0 }, innerBiases: b + b.map { -$0 }, outerWeights: v + v.map { -g * $0 },
      outerBias: network.parameters.last!)
    let one = risk.evaluate(network, kernels: widest)
    let two = risk.evaluate(pair, kernels: widest)
    // Lines of 24 terms, summed in different orders, as for clipping.
    #expect(abs(one.risk - two.risk) <= 1e-13 * one.risk)
    for j in 0..<width {
      for (block, factor) in [(0, -1.0), (1, -1.0), (2, -g)] {
        let first = two.gradient[2 * width * block + j]
        let second = two.gradient[2 * width * block + width + j]
        #expect(abs(one.gradient[width * block + j] - (first + factor * second)) <= 1e-13)
      }
    }
  }

  /// The straight-through gradient of c + v 1{w x + b > 0} against f = 0: as if the step had the slope 1.
  @Test func straightThroughGradient() throws {
    let (w, b, v, c) = (2.0, -0.5, 3.0, 1.0)
    let network = Network(
      activation: Activation(.threshold), innerWeights: [w], innerBiases: [b], outerWeights: [v], outerBias: c)
    let evaluation = try PopulationRisk(problem: Problem("0")).evaluate(network, kernels: widest)
    // r = 1 on [0, 1/4], 4 on [1/4, 1].
    // 2^-51 times the risk, which has no terms that cancel, is 5e-15; the gradients, up to 20, have more factors.
    #expect(abs(evaluation.risk - (0.25 + 16 * 0.75)) <= 1e-14)
    let (r, xr) = (0.25 + 4 * 0.75, 1.0 / 32 + 4 * (0.5 - 1.0 / 32))
    for (computed, exact) in zip(evaluation.gradient, [2 * v * xr, 2 * v * r, 2 * 4 * 0.75, 2 * r]) {
      #expect(abs(computed - exact) <= 1e-13)
    }
  }

  /// Deep threshold networks: pieces on which all layers are constant.
  @Test func deepThreshold() throws {
    // First layer (1{x > 1/4}, 1{x > 3/4}), second 1{first - second > 1/2}, so N = 1 + 2 * 1{1/4 < x <= 3/4}.
    let network = Network(
      architecture: Architecture(hidden: [2, 1], activation: Activation(.threshold)),
      parameters: [1, 1, -0.25, -0.75, 1, -1, -0.5, 2, 1])
    let evaluation = try PopulationRisk(problem: Problem("x")).evaluate(network, kernels: widest)
    // int (1 - x)^2 over the outer quarters, int (3 - x)^2 over the middle.
    let outer = (1 - 0.75 * 0.75 * 0.75) / 3 + (0.25 * 0.25 * 0.25) / 3
    let middle = (2.75 * 2.75 * 2.75 - 2.25 * 2.25 * 2.25) / 3
    // Risk and gradient are sums of a few numbers up to 3 and 10: roundings of 2^-52 and 2^-50 each at most.
    #expect(abs(evaluation.risk - (outer + middle)) <= 1e-15)
    let (outerR, middleR) = ((1 - 0.5625) / 2 + 0.0625 / 2, (2.75 * 2.75 - 2.25 * 2.25) / 2)
    let r = outerR + middleR
    // Output bias; its weight; second layer's bias and weights, straight through: 2 * v * E r (first layer).
    let last = evaluation.gradient.suffix(5)
    let above = 0.0625 / 2
    for (computed, exact) in zip(last, [4 * (middleR + above), 4 * above, 4 * r, 2 * middleR, 2 * r]) {
      #expect(abs(computed - exact) <= 1e-14)
    }
    // First layer's biases: +-2 * v * E r.
    #expect(abs(evaluation.gradient[2] - 4 * r) <= 1e-14 && abs(evaluation.gradient[3] + 4 * r) <= 1e-14)
  }
}
