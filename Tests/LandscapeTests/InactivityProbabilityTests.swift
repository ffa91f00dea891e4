import Expressions
import Kernels
import Landscape
import Networks
import Problems
import TestSupport
import Testing

/// An initial law of a network on its inputs.
private struct Start: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let initialization: Initialization
  let architecture: Architecture
  let problem: Problem

  init(
    _ name: String, _ laws: [String: InitialLaw], hidden: [Int] = [5], activation: Activation.Kind = .relu,
    on inputs: InputLaw = .uniform(lower: 0, upper: 1)
  ) {
    testDescription = name
    initialization = Initialization(
      laws: Dictionary(uniqueKeysWithValues: laws.map { (BlockName($0.key), $0.value) }))
    architecture = Architecture(
      inputDimension: inputs.dimension, hidden: hidden, activation: Activation(activation))
    problem = Problem(inputs: .law(inputs), target: nil)
  }

  var neuron: Double? { initialization.inactivityProbability(architecture, on: problem) }
  var some: Double? { initialization.probabilityOfADeadNeuron(architecture, on: problem) }

  func draw(_ trials: Int) -> [Network] {
    let resolved = initialization.resolved(architecture)
    return (0..<trials).map {
      Network(
        architecture: architecture, parameters: resolved.draw(studySeed: 17, cellKey: 4, trial: $0, kernels: widest))
    }
  }
}

private func scale(_ text: String) -> Expression { try! Expression(parsing: text, variables: ["h"]) }

private func normal(_ weights: String, _ biases: String) -> [String: InitialLaw] {
  ["weights": .normal(scale(weights)), "biases": .normal(scale(biases))]
}

private func halfNormal(_ weights: String, _ biases: String) -> [String: InitialLaw] {
  ["weights": .halfNormal(scale(weights)), "biases": .normal(scale(biases))]
}

private func uniform(_ weights: Double, _ biases: Double) -> [String: InitialLaw] {
  [
    "weights": .uniform(lower: Expression(constant: -weights), upper: Expression(constant: weights)),
    "biases": .uniform(lower: Expression(constant: -biases), upper: Expression(constant: biases)),
  ]
}

private func withoutBiases(_ rule: VarianceRule, _ shape: VarianceRule.Shape) -> [String: InitialLaw] {
  ["weights": .scaled(rule, shape, gain: scale("1")), "biases": .constant(scale("0"))]
}

private func interval(_ lower: Double, _ upper: Double) -> InputLaw { .uniform(lower: lower, upper: upper) }

private func box(_ bounds: (Double, Double)...) -> InputLaw {
  .box(bounds.map { InputLaw.Bounds(lower: $0.0, upper: $0.1) })
}

private let pytorch: [String: InitialLaw] = [
  "weights": .pytorch(gain: scale("1")), "biases": .pytorch(gain: scale("1")),
]
private let innerBias = halfNormal("h^(-4/15)", "h^(-9/10)")
private let shallowHalfNormal = halfNormal("h^(-1/7)", "h^(-1/2)")
private let clipping = [
  "inner-weights": InitialLaw.halfNormal(scale("h^3")), "inner-biases": .normal(scale("h^3")),
  "outer-weights": .halfNormal(scale("h^(-7/8)")), "outer-bias": .normal(scale("1")),
]

@Suite struct InactivityProbabilityTests {
  // MARK: Values

  // 1e-16: a few roundings of a number below 1/2, by 2^-54 at most each. 1e-15: references of 16 digits, by arc
  // tangents and roots. 1e-14: laws whose scales are powers of the width, which round too.
  private static let values: [(start: Start, p: Double, tolerance: Double)] = [
    (Start("normal", normal("1", "1")), 0.375, 1e-16),
    (Start("normal, symmetric interval", normal("1", "1"), on: interval(-1, 1)), 0.25, 1e-16),
    (Start("normal, wide interval", normal("1", "1"), on: interval(-2, 3)), 0.125, 1e-16),
    (Start("normal, interval away from 0", normal("1", "1"), on: interval(0.5, 1)), 0.44879180882521663, 1e-15),
    (Start("normal, wide weights", normal("sqrt(2)", "1")), 0.3479566380076518, 1e-15),
    (Start("normal, small biases", normal("1", "0.1")), 0.26586275871527676, 1e-15),
    (Start("uniform", uniform(1, 1)), 0.375, 1e-16),
    (Start("uniform, small biases", uniform(1, 0.5)), 0.3125, 1e-16),
    (Start("uniform, small weights", uniform(0.5, 1)), 0.4375, 1e-16),
    (Start("PyTorch", pytorch), 0.375, 1e-16),
    (Start("inner-bias, 5", innerBias, hidden: [5]), 0.11023140928637074, 1e-14),
    (Start("inner-bias, 20", innerBias, hidden: [20]), 0.04738487213353963, 1e-14),
    (Start("inner-bias, 100", innerBias, hidden: [100]), 0.017209174288656152, 1e-14),
    (Start("inner-bias, 150", innerBias, hidden: [150]), 0.013316972783741759, 1e-14),
    (Start("inner-bias, 1000", innerBias, hidden: [1000]), 0.004007072361643443, 1e-14),
    (Start("half-normal, 5", shallowHalfNormal, hidden: [5]), 0.1631754749136946, 1e-14),
    (Start("half-normal, 20", shallowHalfNormal, hidden: [20]), 0.1051893682194971, 1e-14),
    (Start("half-normal, 100", shallowHalfNormal, hidden: [100]), 0.060709043855401865, 1e-14),
    (Start("half-normal, 150", shallowHalfNormal, hidden: [150]), 0.05268455826921621, 1e-14),
    (Start("half-normal, 1000", shallowHalfNormal, hidden: [1000]), 0.026939091107030404, 1e-14),
    (Start("clipping", clipping, activation: .clipping), 0.25, 1e-16),
    (Start("square", normal("1", "1"), on: box((0, 1), (0, 1))), 0.2770433619923482, 1e-15),
    (Start("symmetric square", normal("1", "1"), on: box((-1, 1), (-1, 1))), 0.10817344796939271, 1e-15),
    (Start("He", withoutBiases(.he, .normal)), 0.5, 0),
    (Start("He, below 0", withoutBiases(.he, .uniform), on: interval(-2, -1)), 0.5, 0),
    (Start("He, around 0", withoutBiases(.he, .normal), on: interval(-0.1, 1)), 0, 0),
    (Start("unbounded", normal("1", "1"), on: .normal(mean: 0, standardDeviation: 1, dimension: 1)), 0, 0),
    (Start("first of two layers", normal("1", "1"), hidden: [4, 7]), 0.375, 1e-16),
    (
      Start(
        "support of a density", normal("1", "1"),
        on: .density(PiecewisePolynomial(breaks: [-1, 0, 1, 2], pieces: [[0], [1], [0, 0]]))), 0.375, 1e-16
    ),
  ]

  @Test func closedForms() throws {
    for (start, p, tolerance) in Self.values {
      let value = try #require(start.neuron, "\(start.testDescription)")
      #expect((value - p).magnitude <= tolerance, "\(start.testDescription): \(value)")
    }
  }

  @Test func atLeastOne() throws {
    func some(_ laws: [String: InitialLaw], _ width: Int) throws -> Double {
      try #require(Start("", laws, hidden: [width]).some)
    }
    let standard: [(Int, Double)] = [
      (1, 0.375), (2, 0.609375), (5, 0.904632568359375), (10, 0.9909050529822707), (20, 0.9999172819387447),
      (50, 0.9999999999377699), (100, 1),
    ]
    for (width, probability) in standard {
      // 1 - (1 - p)^h changes with p by h (1 - p)^(h - 1): at most 1.3 times for p = 3/8, and 18 times below, where p
      // is small and so is its rounding.
      #expect((try some(normal("1", "1"), width) - probability).magnitude < 1e-15)
    }
    for (width, probability) in [(5, 0.44231963454618306), (20, 0.6212527574891911), (100, 0.8237580166163961)] {
      #expect((try some(innerBias, width) - probability).magnitude < 1e-14)
    }
    for (width, probability) in [(5, 0.589633407035361), (20, 0.8917014326879573), (150, 0.9997020163139412)] {
      #expect((try some(shallowHalfNormal, width) - probability).magnitude < 1e-14)
    }
    #expect(try some(withoutBiases(.he, .normal), 3) == 0.875)
    #expect(Start("", withoutBiases(.he, .normal), on: interval(-1, 1)).some == 0)
    // A small p keeps its digits: of 3 neurons with weights of order 1 whose biases are almost never so negative.
    let rare = Start("", halfNormal("1e12", "1"), hidden: [3])
    let expected = 3e-12 / Double.pi
    // The reference is the first term, 3 p with p = 1e-12 / pi; the next is p times smaller, 3e-13. Rounded as 1 - (1
    // - p)^3 it would be off by 1e-4.
    #expect((try #require(rare.some) / expected - 1).magnitude < 1e-11)
  }

  @Test func unknown() {
    #expect(Start("", normal("1", "1"), activation: .tanh).neuron == nil)
    #expect(Start("", normal("1", "1"), activation: .leakyReLU).neuron == nil)
    #expect(Start("", normal("1", "1"), on: box((0, 1), (0, 1), (0, 1))).neuron == nil)
    #expect(Start("", uniform(1, 1), on: box((0, 1), (0, 1))).neuron == nil)
    #expect(Start("", ["weights": .normal(scale("1")), "biases": .constant(scale("0.5"))]).neuron == nil)
    #expect(Start("", ["weights": .normal(scale("1")), "biases": .pytorch(gain: scale("1"))]).neuron == nil)
    #expect(Start("", ["weights": .constant(scale("1")), "biases": .normal(scale("1"))]).neuron == nil)
    // Scales 0 are the constant 0.
    #expect(Start("", normal("1", "0")).neuron == 0.5)
    #expect(Start("", uniform(1, 0)).neuron == 0.5)
  }

  // MARK: Counts

  /// Whether k successes of n with probability p deviate by at most 4.417 standard deviations: a false alarm of 1e-5.
  private func agrees(_ count: Int, of n: Int, _ p: Double) -> Bool {
    let mean = Double(n) * p
    return (Double(count) - mean).magnitude <= 4.417 * (mean * (1 - p)).squareRoot()
  }

  private static var drawn: [Start] {
    let small = values.map(\.start).filter { $0.architecture.width <= 20 && $0.architecture.depth == 1 }
    let scaled = VarianceRule.allCases.flatMap { rule in
      VarianceRule.Shape.allCases.map { shape in Start("\(rule) \(shape)", withoutBiases(rule, shape)) }
    }
    return small + scaled + others
  }

  private static let others = [
    Start("PyTorch with gains", ["weights": .pytorch(gain: scale("2")), "biases": .pytorch(gain: scale("0.7"))]),
    Start("uniform, away from 0", uniform(1, 1), on: interval(0.5, 2)),
    Start("uniform, below 0", uniform(0.6, 0.3), on: interval(-1.5, -0.2)),
    Start("uniform, around 0", uniform(1.5, 1), on: interval(-0.4, 1.2)),
    Start("half-normal, below 0", halfNormal("1", "2"), on: interval(-2, -1)),
    Start("half-normal, around 0", halfNormal("1", "0.5"), on: interval(-1, 0.5)),
    Start("rectangle", normal("1.3", "0.8"), on: box((0.2, 1.4), (-0.7, 0.5))),
    Start("clipping, small scale", halfNormal("1", "1"), activation: .clipping),
  ]

  /// 20,000 networks of every law: the share of dead neurons and the share of networks with at least one.
  @Test(arguments: drawn) private func counts(_ start: Start) throws {
    let trials = 20_000
    let p = try #require(start.neuron)
    let counts = start.draw(trials).map { $0.deadNeurons(of: start.problem)! }
    #expect(agrees(counts.reduce(0, +), of: trials * start.architecture.width, p))
    #expect(agrees(counts.count { $0 > 0 }, of: trials, try #require(start.some)))
  }
}
