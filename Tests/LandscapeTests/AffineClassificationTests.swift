import Expressions
import Kernels
import Landscape
import Networks
import Outcomes
import Problems
import Risk
import TestSupport
import Testing

/// A network with one hidden layer, whose risk for an affine target is classified.
private struct Point {
  let target: AffineTarget
  let risk: PopulationRisk
  let activation: Activation

  init(
    slope: Double = 1, constant: Double = 0, lower: Double = 0, upper: Double = 1, activation: Activation = .relu
  ) {
    let problem = Problem(
      inputs: .law(.uniform(lower: lower, upper: upper)), target: .affine(weights: [slope], constant: constant))
    target = AffineTarget(problem)!
    risk = try! PopulationRisk(problem: problem)
    self.activation = activation
  }

  func network(_ w: [Double], _ b: [Double], _ v: [Double], _ c: Double) -> Network {
    Network(activation: activation, innerWeights: w, innerBiases: b, outerWeights: v, outerBias: c)
  }

  func evaluate(_ network: Network) -> RiskEvaluation { risk.evaluate(network, kernels: widest) }

  func classify(_ network: Network, tolerance: Double = 1e-6) throws -> AffineClassification {
    try #require(target.classify(network, evaluation: evaluate(network), tolerance: tolerance))
  }

  func classify(_ w: [Double], _ b: [Double], _ v: [Double], _ c: Double) throws -> AffineClassification {
    try classify(network(w, b, v, c))
  }
}

@Suite struct AffineClassificationTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let w: [Double]
    let b: [Double]
    let v: [Double]
    let c: Double
    let pointClass: AffineClassification.PointClass
    let isStrict: Bool?
    let types: [AffineNeuronType]
    var escape: [Int] = []
    let risk: Double
  }

  /// Of the target x on [0, 1].
  static let examples: [Example] = [
    Example(
      testDescription: "one active neuron", w: [0.5], b: [0.25], v: [2], c: -0.5, pointClass: .globalMinimum,
      isStrict: nil, types: [.type1Active], risk: 0),
    Example(
      testDescription: "two neurons with one kink", w: [1, -1], b: [-0.5, 0.5], v: [1, -1], c: 0.5,
      pointClass: .globalMinimum, isStrict: nil, types: [.type2Active, .type2Active], risk: 0),
    Example(
      testDescription: "inactive", w: [1], b: [-2], v: [1], c: 0.5, pointClass: .localMinimum, isStrict: nil,
      types: [.inactive], risk: 1 / 12.0),
    Example(
      testDescription: "semi-inactive at the upper end", w: [1], b: [-1], v: [-1], c: 0.5, pointClass: .localMinimum,
      isStrict: nil, types: [.semiInactive], risk: 1 / 12.0),
    Example(
      testDescription: "semi-inactive at the lower end", w: [-1], b: [0], v: [1], c: 0.5, pointClass: .localMinimum,
      isStrict: nil, types: [.semiInactive], risk: 1 / 12.0),
    Example(
      testDescription: "semi-inactive, wrong sign", w: [1], b: [-1], v: [1], c: 0.5, pointClass: .saddle(kinks: 0),
      isStrict: false, types: [.semiInactive], escape: [0], risk: 1 / 12.0),
    Example(
      testDescription: "semi-inactive and flat", w: [1], b: [-1], v: [0], c: 0.5, pointClass: .saddle(kinks: 0),
      isStrict: false, types: [.semiInactive], escape: [0], risk: 1 / 12.0),
    Example(
      testDescription: "semi-active and flat", w: [0], b: [1], v: [0], c: 0.5, pointClass: .saddle(kinks: 0),
      isStrict: true, types: [.semiActive], escape: [0], risk: 1 / 12.0),
    Example(
      testDescription: "degenerate and flat", w: [0], b: [0], v: [0], c: 0.5, pointClass: .saddle(kinks: 0),
      isStrict: false, types: [.degenerate], escape: [0], risk: 1 / 12.0),
    Example(
      testDescription: "degenerate and not flat", w: [0], b: [0], v: [1], c: 0.5, pointClass: .notDifferentiable,
      isStrict: nil, types: [.degenerate], risk: 1 / 12.0),
    Example(
      testDescription: "two inactive", w: [1, 0], b: [-2, -1], v: [1, 3], c: 0.5, pointClass: .localMinimum,
      isStrict: nil, types: [.inactive, .inactive], risk: 1 / 12.0),
    Example(
      testDescription: "not critical", w: [1], b: [0], v: [0.5], c: 0, pointClass: .notCritical, isStrict: nil,
      types: [.type1Active], risk: 1 / 12.0),
    Example(
      testDescription: "two kinks", w: [1, -1], b: [-1 / 3.0, 2 / 3.0], v: [2 / 3.0, -2 / 3.0], c: 0.5,
      pointClass: .saddle(kinks: 2), isStrict: true, types: [.type2Active, .type2Active], risk: 1 / 972.0),
    Example(
      testDescription: "four kinks", w: [1, -1, 1, -1], b: [-0.2, 0.4, -0.6, 0.8], v: [0.4, -0.4, 0.4, -0.4],
      c: 0.5, pointClass: .saddle(kinks: 4), isStrict: true,
      types: Array(repeating: .type2Active, count: 4), risk: 1 / 7500.0),
    Example(
      testDescription: "two kinks and an inactive neuron", w: [1, -1, 1], b: [-1 / 3.0, 2 / 3.0, -3],
      v: [2 / 3.0, -2 / 3.0, 1], c: 0.5, pointClass: .saddle(kinks: 2), isStrict: true,
      types: [.type2Active, .type2Active, .inactive], risk: 1 / 972.0),
  ]

  @Test(arguments: examples) func example(_ example: Example) throws {
    let point = Point()
    let network = point.network(example.w, example.b, example.v, example.c)
    let evaluation = point.evaluate(network)
    // Residuals of 1e-2 or more, rounded by a few 2^-53; where they vanish the square of 1e-15. Gradients are sums of
    // a few such residuals: 1e-14.
    #expect((evaluation.risk - example.risk).magnitude <= 1e-12 * example.risk + 1e-30)
    if example.pointClass != .notCritical {
      #expect(evaluation.norm(over: [evaluation.gradient.indices]) < 1e-14)
    } else {
      #expect((evaluation.norm(over: [evaluation.gradient.indices]) - 65.0.squareRoot() / 12).magnitude < 1e-14)
    }
    for tolerance in [1e-6, 1e-8] {
      let result = try point.classify(network, tolerance: tolerance)
      #expect(result.pointClass == example.pointClass)
      #expect(result.isStrict == example.isStrict)
      #expect(result.neurons.map(\.type) == example.types)
      #expect(result.neurons.map(\.isFlat) == example.v.map { $0 == 0 })
      #expect(result.escapeNeurons == example.escape)
    }
  }

  @Test func otherInterval() throws {
    let point = Point(slope: -3, constant: 0.5, lower: -1, upper: 2)
    let network = point.network([1, -1], [0, 1], [-2, 2], -1)
    // The integral over the interval of length 3 is 1/4.
    // A few roundings of numbers of size 1.
    #expect((point.evaluate(network).risk - 1 / 12.0).magnitude < 1e-15)
    #expect(try point.classify(network).pointClass == .saddle(kinks: 2))
    #expect(point.target.variance == 6.75)
  }

  /// The same classes with the signs of a falling target and on the other side of 0: signs decide which semi-inactive
  /// neurons hold, ends which are semi-inactive.
  @Test func signsAndEnds() throws {
    let point = Point(slope: -2, constant: 1, lower: -3, upper: -1)
    let c = 5.0
    // (w, b) with the kink at the upper end, then at the lower end.
    #expect(try point.classify([1], [1], [1], c).pointClass == .localMinimum)
    #expect(try point.classify([1], [1], [-1], c).pointClass == .saddle(kinks: 0))
    #expect(try point.classify([-1], [-3], [-1], c).pointClass == .localMinimum)
    #expect(try point.classify([-1], [-3], [1], c).pointClass == .saddle(kinks: 0))
    // Only some of several neurons lead down.
    let mixed = try point.classify([1, 1, 0, -1, 1], [0.5, 1, 2, -3, 1], [4, 1, 0, 1, -1], c)
    #expect(mixed.pointClass == .saddle(kinks: 0))
    #expect(mixed.escapeNeurons == [2, 3, 4])
    #expect(mixed.isStrict == true)
    // With a degenerate neuron it is not strict.
    let degenerate = try point.classify([0, 0], [2, 0], [0, 0], c)
    #expect(degenerate.escapeNeurons == [0, 1])
    #expect(degenerate.isStrict == false)
  }

  /// Where the class says local minimum no point nearby has a smaller risk, where it says saddle some have.
  @Test(arguments: examples) func descentNearby(_ example: Example) {
    let point = Point()
    let network = point.network(example.w, example.b, example.v, example.c)
    let risk = point.evaluate(network).risk
    var g = SplitMix64(state: 11)
    var lowest = Double.infinity
    for _ in 0..<4000 {
      var near = network
      for k in near.parameters.indices { near.parameters[k] += g.uniform(-1e-3, 1e-3) }
      lowest = min(lowest, point.evaluate(near).risk)
    }
    switch example.pointClass {
    // Rounding of a risk below 1/2. Of saddles points up to 1e-3 away lower it by a multiple of 1e-9 at least, the
    // cube of the distance, of which 1e-12 is a thousandth.
    case .globalMinimum, .localMinimum: #expect(lowest >= risk - 1e-16)
    case .saddle: #expect(lowest < risk - 1e-12)
    default: break
    }
  }

  /// (1) The saddle networks have gradient 0 and the risk of the formula; (2) they are classified; (3) neither splitting a
  /// neuron at its kink, nor reordering, nor idle neurons change the class; (4) a degenerate neuron takes strictness;
  /// (5) with another outer bias it is not critical.
  @Test func saddlesOfRandomTargets() throws {
    var g = SplitMix64(state: 3)
    for round in 0..<40 {
      let lower = g.uniform(-3, 2)
      let slope = g.uniform(0.3, 3) * (round % 2 == 0 ? 1 : -1)
      let activation = round % 4 < 2 ? Activation.relu : Activation(.leakyReLU, parameter: g.uniform(0.02, 0.8))
      let point = Point(
        slope: slope, constant: g.uniform(-1, 1), lower: lower, upper: lower + g.uniform(0.5, 4), activation: activation
      )
      for kinks in 1...6 {
        for first in [KinkOrientation.right, .left] {
          let saddle = point.target.saddle(kinks: kinks, first: first, activation: activation)
          guard activation.kind == .leakyReLU || kinks % 2 == 0 && first == .right else {
            #expect(saddle == nil)
            continue
          }
          let network = try #require(saddle)
          let evaluation = point.evaluate(network)
          let risk = try #require(point.target.saddleRisk(kinks: kinks, first: first, activation: activation))
          // Intervals lie up to 6 from 0, and lines of up to 6 neurons of size `scale` cancel to residuals of 1e-3:
          // 100 roundings of 2^-53 each. Gradients have another factor of that size.
          #expect((evaluation.risk / risk - 1).magnitude < 1e-11)  // (1)
          let scale = network.parameters.reduce(1) { max($0, $1.magnitude) }
          #expect(evaluation.norm(over: [evaluation.gradient.indices]) < 1e-13 * scale * scale)  // (1)
          let result = try point.classify(network, tolerance: 1e-8)
          #expect(result.pointClass == .saddle(kinks: kinks) && result.isStrict == true)  // (2)

          var (w, b) = (Array(network.parameters[..<kinks]), Array(network.parameters[kinks..<2 * kinks]))
          var v = Array(network.parameters[2 * kinks..<3 * kinks])
          let c = network.parameters.last!
          let factor = g.uniform(0.5, 2)
          let share = g.uniform(-1, 1)
          w.append(factor * w[0])
          b.append(factor * b[0])
          v.append((1 - share) * v[0] / factor)
          v[0] *= share
          // Idle neurons: constant and flat ones, and for ReLU inactive ones.
          w.append(0)
          b.append(1.5)
          v.append(0)
          if activation == .relu {
            w.append(1)
            b.append(-1 - point.target.upper)
            v.append(0.7)
          }
          w.reverse()
          b.reverse()
          v.reverse()
          let larger = try point.classify(point.network(w, b, v, c), tolerance: 1e-8)
          #expect(larger.pointClass == .saddle(kinks: kinks) && larger.isStrict == true)  // (3)
          let degenerate = try point.classify(point.network(w + [0], b + [0], v + [0], c), tolerance: 1e-8)
          #expect(degenerate.pointClass == .saddle(kinks: kinks) && degenerate.isStrict == false)  // (4)
          let moved = try point.classify(point.network(w, b, v, c + 1e-3), tolerance: 1e-8)
          #expect(moved.pointClass == .notCritical)  // (5)
        }
      }
    }
  }

  /// Neurons within the tolerance of an end count as semi-inactive where they are still active, but not where they
  /// are already inactive.
  @Test func dyingNeurons() throws {
    let point = Point()
    #expect(try point.classify([1], [-1 + 1e-8], [-1], 0.5).neurons[0].type == .semiInactive)
    #expect(try point.classify([1], [-1 + 1e-8], [-1], 0.5).pointClass == .localMinimum)
    #expect(try point.classify([1], [-1 - 1e-8], [1], 0.5).pointClass == .localMinimum)
    #expect(try point.classify([1], [-1 - 1e-8], [1], 0.5).neurons[0].type == .inactive)
    // Types are those of the scaled neuron.
    #expect(try point.classify([1e-3], [-1e-3 + 1e-11], [-1], 0.5).neurons[0].type == .semiInactive)
    #expect(try point.classify([1e-3], [-1e-3 + 1e-8], [-1], 0.5).neurons[0].type == .type2Active)
    #expect(try point.classify([1e3], [-1e3 + 1e-5], [-1e-3], 0.5).neurons[0].type == .semiInactive)
  }

  /// A neuron with a kink inside whose weights are so small that the gradient is below the tolerance.
  @Test func smallGradientsAreNoProof() throws {
    let result = try Point().classify([1e-5], [-0.5e-5], [0], 0.5)
    #expect(result.pointClass == .unresolved)
    #expect(result.neurons[0].type == .type2Active)
    #expect(try Point().classify([1e-5], [-0.5e-5], [1], 0.5).pointClass == .notCritical)
  }

  /// Gradient descent from standard normal networks: (1) where it comes to rest is a minimum, no saddle; (2) networks whose
  /// neurons are all dead come to rest at the best constant; (3) no other class but a local minimum has risk 1/12 at
  /// rest; (4) what is certified is a global minimum or still moves.
  @Test(arguments: [2, 3]) func gradientDescent(width: Int) throws {
    let point = Point()
    let law = InitialLaw.normal(Expression(constant: 1))
    let start = Initialization(laws: [.weights: law, .biases: law])
      .resolved(Architecture(hidden: [width], activation: .relu))
    var classes: [AffineClassification.PointClass: Int] = [:]
    for trial in 0..<60 {
      var network = point.network(
        Array(repeating: 0, count: width), Array(repeating: 0, count: width), Array(repeating: 0, count: width), 0)
      network.parameters = start.draw(studySeed: 2, cellKey: 1, trial: trial, kernels: widest)
      let isDead = network.deadNeurons(of: Problem(inputs: .law(.uniform(lower: 0, upper: 1)), target: nil)) == width
      func descend() {
        for _ in 0..<4000 {
          let gradient = point.evaluate(network).gradient
          for k in gradient.indices { network.parameters[k] -= 0.05 * gradient[k] }
        }
      }
      descend()
      var pointClass = try point.classify(network).pointClass
      if pointClass == .unresolved {
        // A dying neuron with a small gradient, not yet at its end of the interval.
        descend()
        pointClass = try point.classify(network).pointClass
      }
      let evaluation = point.evaluate(network)
      classes[pointClass, default: 0] += 1
      switch pointClass {
      case .globalMinimum, .localMinimum, .notCritical: break
      default: Issue.record("trial \(trial): \(pointClass)")  // (1)
      }
      if isDead { #expect(pointClass == .localMinimum) }  // (2)
      // After 4000 steps of 0.05 the bias is at its best but for (1 - 0.1)^4000; what is left is a neuron about to
      // die, whose residual counts squared.
      if pointClass == .localMinimum { #expect((12 * evaluation.risk - 1).magnitude < 1e-6) }  // (3)
      if point.target.certifiesGlobalMinimum(network, evaluation: evaluation) {
        #expect(pointClass == .globalMinimum || pointClass == .notCritical)  // (4)
      } else {
        #expect(pointClass != .globalMinimum)  // (4)
      }
    }
    #expect(classes[.globalMinimum, default: 0] >= 20)
    #expect(classes[.localMinimum, default: 0] >= 4)
  }

  /// Leaky neurons are never dead: with the best constant as realization they are flat and lead down, and other such
  /// points are not critical.
  @Test func leakyConstants() throws {
    let point = Point(activation: Activation(.leakyReLU, parameter: 0.1))
    let flat = try point.classify([0, 0], [1, -1], [0, 0], 0.5)
    #expect(flat.pointClass == .saddle(kinks: 0))
    #expect(flat.isStrict == true)
    #expect(flat.escapeNeurons == [0, 1])
    #expect(flat.neurons.map(\.type) == [.semiActive, .inactive])
    let degenerate = try point.classify([0], [0], [0], 0.5)
    #expect(degenerate.pointClass == .saddle(kinks: 0) && degenerate.isStrict == false)
    #expect(try point.classify([0], [0], [1], 0.5).pointClass == .notDifferentiable)
    #expect(try point.classify([1], [-2], [0], 0.5).pointClass == .notCritical)
    #expect(try point.classify([1], [-1], [0], 0.5).pointClass == .notCritical)
  }

  /// With many neurons saddles have risks below the usual tolerance for risk 0.
  @Test func wideSaddles() throws {
    let point = Point()
    let network = try #require(point.target.saddle(kinks: 40))
    #expect(point.evaluate(network).risk / point.target.variance < 1e-6)
    #expect(try point.classify(network, tolerance: 1e-6).pointClass == .saddle(kinks: 40))
  }

  @Test func wordsOfAllStudies() throws {
    let point = Point()
    func result(_ name: String) throws -> AffineClassification {
      let example = Self.examples.first { $0.testDescription == name }!
      return try point.classify(example.w, example.b, example.v, example.c)
    }
    #expect(try result("one active neuron").limitKind == .minimum)
    #expect(try result("one active neuron").level == nil)
    #expect(try result("inactive").limitKind == .minimum)
    #expect(try result("inactive").level == RiskLevel(.optimum, 0))
    #expect(try result("semi-active and flat").limitKind == .saddle)
    #expect(try result("semi-active and flat").level == RiskLevel(.optimum, 0))
    #expect(try result("four kinks").level == RiskLevel(.saddle, 4))
    #expect(try result("not critical").limitKind == nil)
    #expect(try result("degenerate and not flat").limitKind == .unresolved)
  }

  @Test func otherNetworks() {
    let point = Point()
    func classification(_ hidden: [Int], _ activation: Activation) -> AffineClassification? {
      let architecture = Architecture(hidden: hidden, activation: activation)
      let network = Network(
        architecture: architecture, parameters: Array(repeating: 1, count: architecture.parameterCount))
      return point.target.classify(network, evaluation: point.evaluate(network))
    }
    #expect(classification([2, 2], .relu) == nil)
    #expect(classification([2], Activation(.tanh)) == nil)
    #expect(classification([2], Activation(.leakyReLU, parameter: -0.5)) == nil)
    #expect(classification([2], Activation(.leakyReLU, parameter: 1)) == nil)
    #expect(classification([2], Activation(.leakyReLU, parameter: 0)) != nil)
  }
}
