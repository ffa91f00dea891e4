import Foundation
import Kernels
import Networks
import Problems
import Risk
import TestSupport
import Testing

/// Networks with several hidden layers whose risks are known exactly or to 16 digits.
@Suite struct DeepRiskTests {
  /// Layers as (weights [output][input], biases).
  private static func network(_ layers: [([[Double]], [Double])]) -> Network {
    Network(
      architecture: Architecture(hidden: layers.dropLast().map(\.1.count), activation: .relu),
      parameters: layers.flatMap { $0.0.flatMap { $0 } + $0.1 })
  }

  /// 1-2-2-1 with breakpoints 1/4, 7/16, 9/20, 2/3; the risk of x^2 + 2 x in rational arithmetic.
  @Test func fiveSegments() throws {
    let network = Self.network([
      ([[2], [-3]], [-1.0 / 2, 2]), ([[1, -1], [-1, 2]], [1.0 / 4, -1]), ([[1, -1.0 / 2]], [1.0 / 3]),
    ])
    let parabola = try PopulationRisk(problem: Problem("x^2 + 2*x")).evaluate(network, kernels: widest)
    let exact = 210_248_207.0 / 331_776_000.0
    // Risks below 1.1, references with 17 digits: some five units in the last place. The stated error is a bound for
    // two layers, each of which may magnify that of the one before.
    #expect(abs(parabola.risk - exact) <= 1e-15 && parabola.error <= 1e-14)
    let sine = try PopulationRisk(problem: Problem("sin(3*x)")).evaluate(network, kernels: widest)
    #expect(abs(sine.risk - 1.0325263760400612) <= 1e-15)
  }

  /// The tent map k times over has 2^k segments; its risk against 1/2 is 1/12, against x 1/6, for every k.
  @Test(arguments: [1, 3, 6, 10])
  func sawtooth(_ k: Int) throws {
    // Every layer may magnify the rounding errors of the one before it by 8.
    let errorBound = 1e-15 * (0..<k).reduce(1) { power, _ in 8 * power }
    // The tent is relu(2 x) - relu(4 x - 2).
    let inner = Array(repeating: ([[2.0, -2.0], [4.0, -4.0]], [0.0, -2.0]), count: k - 1)
    let network = Self.network([([[2], [4]], [0, -2])] + inner + [([[1, -1]], [0])])
    let half = try PopulationRisk(problem: Problem("0.5")).evaluate(network, kernels: widest)
    // Up to 1024 segments, each with a positive share: 1024 * 2^-53 / 6 = 2e-14 if all roundings agreed.
    #expect(abs(half.risk - 1.0 / 12) <= 1e-14 && half.error <= errorBound)
    let line = try PopulationRisk(problem: Problem("x")).evaluate(network, kernels: widest)
    #expect(abs(line.risk - 1.0 / 6) <= 1e-14 && line.error <= errorBound)
  }

  /// Layer l = 0, 1, ... has the weights sin(1 + i + 2 j + 3 l) and the biases cos(i + l) / 2.
  @Test(arguments: [
    (
      [8, 8],
      [("sin(3*x)", 0.17926440079577197), ("x^2 + 2*x", 0.48293271335722254), ("x^4 * sin(x)", 0.661685767737765)]
    ),
    (
      [6, 6, 6],
      [("sin(3*x)", 1.1343269335652548), ("x^2 + 2*x", 3.755719016543279), ("x^4 * sin(x)", 0.3636840722271919)]
    ),
  ])
  func formulaNetworks(_ hidden: [Int], _ values: [(String, Double)]) throws {
    let widths = [1] + hidden + [1]
    let network = Self.network(
      (0..<hidden.count + 1).map { l in
        (
          (0..<widths[l + 1]).map { i in (0..<widths[l]).map { j in sin(Double(1 + i + 2 * j + 3 * l)) } },
          (0..<widths[l + 1]).map { i in cos(Double(i + l)) / 2 }
        )
      })
    for (target, exact) in values {
      let evaluation = try PopulationRisk(problem: Problem(target)).evaluate(network, kernels: widest)
      // Sums of 8 terms in up to three layers, with numbers of a few units: some 20 roundings of 2^-52, of either
      // sign.
      #expect(abs(evaluation.risk - exact) <= 5e-15 * max(1, exact))
    }
  }

  /// Two implementations: a shallow network, and the same function with a second hidden layer that lets it through.
  @Test(arguments: [Activation(.relu), Activation(.leakyReLU, parameter: 0.3), Activation(.identity)])
  func deepAndShallowAgree(_ activation: Activation) throws {
    for (seed, target) in [(1, "x^2 + 2*x"), (2, "x^4 * sin(x)"), (3, "x^(1/4)")] {
      let risk = try PopulationRisk(problem: Problem(target))
      let network = randomNetwork(width: 15, seed: UInt64(seed), activation: activation)
      let one = risk.evaluate(network, kernels: widest)
      let two = risk.evaluate(deepened(network, shift: 100), kernels: widest)
      // To add 100 and to take it back rounds residuals by 100 * 2^-53 = 1.1e-14, and the risk by that times 2 /
      // |residual|; the rest is for small residuals.
      #expect(abs(one.risk - two.risk) <= 1e-12 * one.risk)
      for (a, b) in zip(one.gradient, two.gradient) { #expect(abs(a - b) <= 1e-12 * max(1, abs(a))) }
    }
  }

  @Test(arguments: [
    Activation(.relu), Activation(.leakyReLU, parameter: 0.2), Activation(.clipping), Activation(.identity),
  ])
  func gradientAgreesWithDifferences(_ activation: Activation) throws {
    for (hidden, target) in [([5, 4], "sin(3*x)"), ([3, 4, 3], "x^2 + 2*x"), ([4, 3], "x^(1/4)")] {
      let risk = try PopulationRisk(problem: Problem(target, on: 0...1.5))
      let network = randomNetwork(Architecture(hidden: hidden, activation: activation), seed: 12)
      let gradient = risk.evaluate(network, kernels: widest).gradient
      for (computed, difference) in zip(gradient, differences(risk, network, step: 1e-6)) {
        // The step is 1e-6: where kinks move, differences are good to O(step); rounding is 2^-51 / (2 step) = 2e-10
        // times the moduli.
        #expect(abs(computed - difference) <= 1e-6)
      }
      #expect(gradient.contains { abs($0) > 1e-2 })
    }
  }

  /// More segments than the exact method takes: quadrature, with an error that says so.
  @Test func tooManySegments() throws {
    let k = 18
    let inner = Array(repeating: ([[2.0, -2.0], [4.0, -4.0]], [0.0, -2.0]), count: k - 1)
    let network = Self.network([([[2], [4]], [0, -2])] + inner + [([[1, -1]], [0])])
    let evaluation = try PopulationRisk(problem: Problem("0.5")).evaluate(network, kernels: widest)
    #expect(abs(evaluation.risk - 1.0 / 12) <= evaluation.error)
    #expect(evaluation.error <= 1)
  }

  /// Kinks that fall together, neurons that are dead on parts of the interval or all of it.
  @Test func degenerateLayers() throws {
    let risk = try PopulationRisk(problem: Problem("x^2"))
    // The first layer is (relu(x), relu(x), 0), the second (relu(x - 1/2), relu(x - 1/2), relu(1/2 - x), 0).
    let network = Self.network([
      ([[1], [1], [1]], [0, 0, -3]),
      ([[1, 0, 5], [0.5, 0.5, -1], [-1, 0, 0], [0, 0, 1]], [-0.5, -0.5, 0.5, 0]),
      ([[1, 1, 1, 7]], [0]),
    ])
    // N = 1/2 - x, then 2 x - 1: int (1/2 - x - x^2)^2 over [0, 1/2] + int (2 x - 1 - x^2)^2 over [1/2, 1].
    let evaluation = risk.evaluate(network, kernels: widest)
    func integral(_ a: Double, _ b: Double, _ p: [Double]) -> Double {
      var sum = 0.0
      for i in 0..<3 {
        for j in 0..<3 {
          let n = Double(i + j + 1)
          sum += p[i] * p[j] * (pow(b, n) - pow(a, n)) / n
        }
      }
      return sum
    }
    let exact = integral(0, 0.5, [0.5, -1, -1]) + integral(0.5, 1, [-1, 2, -1])
    // Risk and formula add a few numbers below 1: roundings of 2^-53 each at most.
    #expect(abs(evaluation.risk - exact) <= 1e-15)
    // The dead neuron of the first layer and what comes from and goes to dead neurons.
    let architecture = network.architecture
    let dead = [2, 3 + 2] + [2, 5, 8, 9, 10, 11].map { architecture.parameterRanges[1].weights.lowerBound + $0 }
    for k in dead { #expect(evaluation.gradient[k] == 0) }
  }
}
