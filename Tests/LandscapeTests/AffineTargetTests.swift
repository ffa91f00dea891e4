import Kernels
import Landscape
import Networks
import Outcomes
import Problems
import Risk
import TestSupport
import Testing

@Suite struct AffineTargetTests {
  private static let unit = AffineTarget(slope: 1, constant: 0, lower: 0, upper: 1)

  // MARK: Recognizing

  private func target(_ text: String, lower: Double = 0, upper: Double = 1) throws -> AffineTarget? {
    AffineTarget(try Problem(text, .uniform(lower: lower, upper: upper)))
  }

  @Test func expressions() throws {
    #expect(try target("x") == Self.unit)
    #expect(
      try target("3 - (4*x - 1)/2", lower: -1) == AffineTarget(slope: -2, constant: 3.5, lower: -1, upper: 1))
    #expect(try target("x^2 + 2*x - x*x") == AffineTarget(slope: 2, constant: 0, lower: 0, upper: 1))
    // |x| is x on x >= 0 only.
    #expect(try target("abs(x)") == Self.unit)
    #expect(try target("abs(x)", lower: -1) == nil)
    for text in ["x^2", "sin(x)", "sqrt(x)", "7", "x - x", "max(x, 0)"] { #expect(try target(text) == nil) }
  }

  @Test func otherTargets() {
    func affine(_ target: Target, _ inputs: Problem.Inputs = .law(.uniform(lower: 0, upper: 1))) -> AffineTarget? {
      AffineTarget(Problem(inputs: inputs, target: target))
    }
    let line = Target.affine(weights: [2], constant: 1)
    #expect(affine(line) == AffineTarget(slope: 2, constant: 1, lower: 0, upper: 1))
    #expect(affine(.affine(weights: [0], constant: 1)) == nil)
    #expect(affine(line, .law(.normal(mean: 0, standardDeviation: 1, dimension: 1))) == nil)
    #expect(
      affine(line, .law(.density(PiecewisePolynomial(breaks: [0, 1], pieces: [[0, 2]])))) == nil)
    #expect(affine(line, .data(DataSet(origin: .inline, dimension: 1, inputs: [0, 1], labels: [0, 1]))) == nil)
    // Only pieces that meet [0, 1] count; the outermost ones continue.
    func piecewise(_ breaks: [Double], _ pieces: [[Double]]) -> AffineTarget? {
      affine(.piecewisePolynomial(PiecewisePolynomial(breaks: breaks, pieces: pieces)))
    }
    #expect(piecewise([0.2, 0.3], [[0, 1]]) == Self.unit)
    #expect(piecewise([-1, 0, 0.5, 1, 2], [[5], [0, 1], [0, 1, 0], [0, 0, 1]]) == Self.unit)
    #expect(piecewise([0, 0.5, 1], [[0, 1], [0, 2]]) == nil)
    #expect(piecewise([0, 0.5, 0.9], [[0, 1], [0, 0, 1]]) == nil)
    #expect(piecewise([-2, -1, 0.5], [[5], [0, 1]]) == Self.unit)
  }

  // MARK: Levels

  @Test func levelsOfReLU() {
    for (kinks, denominator) in [(0, 12.0), (2, 972), (4, 7500), (6, 28812), (8, 78732), (10, 175692)] {
      let risk = Self.unit.saddleRisk(kinks: kinks)
      // Powers, products and a quotient: some ten roundings of 2^-53, and a third of them below. Printed values have
      // 15 or 16 digits.
      #expect(risk.map { ($0 * denominator - 1).magnitude < 1e-14 } == true)
    }
    #expect(Self.unit.saddleRisk(kinks: 3) == nil)
    #expect(Self.unit.saddleRisk(kinks: 2, first: .left) == nil)
    let levels = Self.unit.saddleLevels(width: 5, activation: .relu)
    #expect(levels.map(\.level) == [RiskLevel(.optimum, 0), RiskLevel(.saddle, 2), RiskLevel(.saddle, 4)])
    #expect(levels.map(\.risk) == [0, 2, 4].map { Self.unit.saddleRisk(kinks: $0)! })
    #expect(Self.unit.saddleLevels(width: 5, activation: Activation(.tanh)).isEmpty)
    // slope^2 length^3 / (12 (n + 1)^4), divided by the length.
    let other = AffineTarget(slope: -3, constant: 0.5, lower: -1, upper: 2)
    #expect((other.saddleRisk(kinks: 2)! - 0.25 / 3).magnitude < 1e-16)
  }

  @Test func certifyingRisks() {
    let values = [
      0.08333333333333333, 0.08333333333333333, 0.00102880658436214, 0.00102880658436214, 0.00013333333333333334,
      0.00013333333333333334, 3.470776065528252e-05, 3.470776065528252e-05, 1.2701315856322714e-05,
      1.2701315856322714e-05, 5.691778794708923e-06,
    ]
    for (neurons, value) in values.enumerated() {
      let risk = Self.unit.certifyingRisk(neurons: neurons, activation: .relu)!
      #expect((risk / value - 1).magnitude < 1e-13)
    }
    #expect(Self.unit.certifyingRisk(neurons: 2, activation: Activation(.tanh)) == nil)
    // The smallest of all levels, both orientations included.
    for slope in [0.001, 0.01, 0.1, 0.5, 0.9, 0.999] {
      let activation = Activation(.leakyReLU, parameter: slope)
      for neurons in 0...9 {
        let lowest = Self.unit.saddleLevels(width: neurons, activation: activation).map(\.risk).min()
        #expect(Self.unit.certifyingRisk(neurons: neurons, activation: activation) == lowest)
      }
    }
  }

  /// With dead neurons the bound is that of the others.
  @Test func certificates() throws {
    let network = Network(
      innerWeights: [1, -1, 1, 1], innerBiases: [-0.3, 0.6, -2, -1], outerWeights: [1, -1, 1, -1], outerBias: 0)
    let problem = Problem(inputs: .law(.uniform(lower: 0, upper: 1)), target: .affine(weights: [1], constant: 0))
    let exact = try PopulationRisk(problem: problem)
    func certifies(_ network: Network, _ risk: Double, error: Double = 0) -> Bool {
      var evaluation = exact.evaluate(network, kernels: widest)
      evaluation.risk = risk
      evaluation.error = error
      return Self.unit.certifiesGlobalMinimum(network, evaluation: evaluation)
    }
    #expect(certifies(network, 0.00102))
    #expect(!certifies(network, 0.00103))
    #expect(!certifies(network, 0.00102, error: 1e-5))
    let leaky = Network(
      activation: Activation(.leakyReLU, parameter: 0.1), innerWeights: [1, -1, 1, 1], innerBiases: [0, 0, 0, 0],
      outerWeights: [1, 1, 1, 1], outerBias: 0)
    #expect(certifies(leaky, 9.62e-5))
    #expect(!certifies(leaky, 9.63e-5))
    let architecture = Architecture(hidden: [1, 1], activation: .relu)
    #expect(!certifies(Network(architecture: architecture, parameters: [1, 1, 1, 1, 1, 1]), 0))
  }

  // MARK: Saddles

  struct LeakyPoint: Sendable {
    let slope: Double
    let b: [Double]
    let v: [Double]
    let c: Double
    let risk: Double
  }

  /// Of the target x on [0, 1], w = 1, -1, 1, ...
  static let leakyPoints: [LeakyPoint] = [
    LeakyPoint(
      slope: 0.01, b: [-0.9090909090909091], v: [9.999999999999998], c: 0.49999999999999994, risk: 0.05578512396694224),
    LeakyPoint(
      slope: 0.01, b: [-0.3327800795611742, 0.6672199204388257], v: [0.6639086348855816, -0.6639086348855816],
      c: 0.4999999999999999, risk: 0.0010016556108423064),
    LeakyPoint(
      slope: 0.01, b: [-0.32154598029122894, 0.6446956911310529, -0.9678454019708769],
      v: [0.64149618904353, -0.6399004175046021, 3.535410011664591], c: 0.4999999999999999, risk: 0.0008730949618633401),
    LeakyPoint(
      slope: 0.01, b: [-0.19940327825859863, 0.3998010927528662, -0.6001989072471338, 0.8005967217414013],
      v: [0.3978169559756952, -0.3968273554341932, 0.3968273554341932, -0.3978169559756952], c: 0.4999999999999999,
      risk: 0.00012912737400181727),
    LeakyPoint(slope: 0.1, b: [-0.7597469266479578], v: [3.162277660168379], c: 0.5, risk: 0.02248948863435323),
    LeakyPoint(
      slope: 0.1, b: [-0.3279969489068443, 0.6720030510931557], v: [0.6407297690762183, -0.6407297690762183],
      c: 0.49999999999999994, risk: 0.0007812373319713484),
    LeakyPoint(
      slope: 0.1, b: [-0.29292480020742795, 0.6001469225134523, -0.9073690448194766],
      v: [0.5722176386674499, -0.558585676920044, 1.2056023902652573], c: 0.49999999999999994,
      risk: 0.0004969679051786077),
    LeakyPoint(
      slope: 0.1, b: [-0.1943095838153313, 0.39810319460511046, -0.6018968053948897, 0.8056904161846689],
      v: [0.37957650271513055, -0.3705338377995984, 0.3705338377995984, -0.37957650271513055], c: 0.5000000000000001,
      risk: 9.622339130156118e-05),
    LeakyPoint(slope: 0.5, b: [-0.585786437626905], v: [1.414213562373095], c: 0.5, risk: 0.0024531042935716217),
    LeakyPoint(
      slope: 0.5, b: [-0.3101020514433644, 0.6898979485566357], v: [0.5632993161855452, -0.5632993161855452],
      c: 0.5000000000000001, risk: 0.0001926536846773772),
    LeakyPoint(
      slope: 0.5, b: [-0.24058144547668475, 0.5352323369762295, -0.8298832284757743],
      v: [0.43701537314304806, -0.39286785533272656, 0.5366674707148141], c: 0.49999999999999983,
      risk: 6.979226329067542e-05),
    LeakyPoint(
      slope: 0.5, b: [-0.17623522254471236, 0.39207840751490414, -0.6079215924850959, 0.8237647774552876],
      v: [0.3201306791915068, -0.287790913293589, 0.287790913293589, -0.3201306791915068], c: 0.49999999999999994,
      risk: 2.0096924812661617e-05),
  ]

  @Test(arguments: leakyPoints) func leakySaddles(_ point: LeakyPoint) throws {
    let activation = Activation(.leakyReLU, parameter: point.slope)
    let network = try #require(Self.unit.saddle(kinks: point.b.count, activation: activation))
    let w = point.b.indices.map { $0 % 2 == 0 ? 1.0 : -1.0 }
    for (x, y) in zip(network.parameters, w + point.b + point.v + [point.c]) {
      // References of 16 digits; roots, powers and quotients in some dozens of roundings. The risk, with residuals of
      // 5e-3 or more, is rounded by 2 * 2^-53 / 5e-3 = 4e-14 a term, the gradient by 2^-53 times weights up to 10 a
      // term.
      #expect((x - y).magnitude < 1e-14 * max(1, y.magnitude))
    }
    #expect(
      (Self.unit.saddleRisk(kinks: point.b.count, activation: activation)! / point.risk - 1).magnitude < 1e-12)
    let risk = try PopulationRisk(problem: Problem("x"))
    let given = Network(
      activation: activation, innerWeights: w, innerBiases: point.b, outerWeights: point.v, outerBias: point.c)
    let evaluation = risk.evaluate(given, kernels: widest)
    #expect((evaluation.risk / point.risk - 1).magnitude < 1e-12)
    #expect(evaluation.norm(over: [evaluation.gradient.indices]) < 1e-13)
    let result = try #require(Self.unit.classify(given, evaluation: evaluation))
    #expect(result.pointClass == .saddle(kinks: point.b.count))
    #expect(result.isStrict == true)
  }

  /// The saddles of ReLU are the limits of the leaky ones.
  @Test func limitOfSmallSlopes() throws {
    for kinks in [2, 4, 6] {
      let relu = try #require(Self.unit.saddle(kinks: kinks))
      let leaky = try #require(
        Self.unit.saddle(kinks: kinks, activation: Activation(.leakyReLU, parameter: 1e-9)))
      // Ten times the slope, 1e-9, in which parameters are smooth.
      for (x, y) in zip(relu.parameters, leaky.parameters) { #expect((x - y).magnitude < 1e-8) }
    }
    let saddle = try #require(Self.unit.saddle(kinks: 2))
    for (x, y) in zip(saddle.parameters, [1, -1, -1 / 3.0, 2 / 3.0, 2 / 3.0, -2 / 3.0, 0.5]) {
      #expect((x - y).magnitude < 1e-15)
    }
  }
}
