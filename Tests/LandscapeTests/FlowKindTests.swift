import Kernels
import Landscape
import Networks
import Outcomes
import Problems
import Randomness
import Risk
import TestSupport
import Testing

/// What kind of critical point the limit of the flow is.
@Suite struct FlowKindTests {
  private func end(
    _ target: String, _ network: Network, law: InputLaw = .uniform(lower: 0, upper: 1), trained: [Range<Int>]? = nil,
    flowTime: Double = 1e12
  ) throws -> FlowEnd {
    let polishing = FlowPolishing(
      risk: try PopulationRisk(problem: Problem(target, law)), width: network.architecture.width, trained: trained,
      flowTime: flowTime)
    return try #require(polishing.limit(from: network, kernels: widest))
  }

  /// The best fit of x^2 + 2 x by K + 1 lines, which join: the one on the cell [a, b] is (2 + a + b) x - (a^2 + 4 a b +
  /// b^2) / 6. Neurons with these kinks and jumps, and one more that is active everywhere.
  private func bestLines(
    _ knots: [(place: Double, jump: Double)], activation: Activation = .relu, firstKnot: Double
  ) -> Network {
    let slope = activation.parameter
    // Leaky neurons jump by (1 - g) v |w| and give slope before their kinks too.
    let jumps = knots.map { $0.jump / (1 - slope) }
    let line = 2 + firstKnot - slope * jumps.reduce(0, +)
    let constant = -firstKnot * firstKnot / 6 + slope * zip(knots, jumps).reduce(0) { $0 + $1.0.place * $1.1 }
    return Network(
      activation: activation, innerWeights: knots.map { _ in 1 } + [1], innerBiases: knots.map { -$0.place } + [1],
      outerWeights: jumps + [line], outerBias: constant - line)
  }

  @Test(arguments: 1...6)
  func singleKnots(count: Int) throws {
    let cell = 1 / Double(count + 1)
    let knots = (1...count).map { (place: Double($0) * cell, jump: 2 * cell) }
    let end = try end("x^2 + 2*x", bestLines(knots, firstKnot: cell))
    #expect(end.kind == .minimum && end.rest == .secondOrder && end.negativeEigenvalues == 0)
    let level = 1 / (180 * Double(count + 1) * Double(count + 1) * Double(count + 1) * Double(count + 1))
    // Residuals of a thousandth or more, rounded by a few 2^-53: 2e-13 of the risk for each.
    #expect(abs(end.risk - level) < 1e-12 * level)
  }

  /// At the knot of D_2 the residual is -1/24 and the jump 1.
  @Test(arguments: [
    ([0.5, 0.5], LimitKind.saddle), ([1.5, -0.5], .minimum), ([2, -0.5, -0.5], .minimum), ([1, 1, -1], .saddle),
    ([1], .minimum),
  ])
  func mergedKnots(jumps: [Double], kind: LimitKind) throws {
    for activation in [Activation.relu, Activation(.leakyReLU, parameter: 0.25)] {
      let network = bestLines(jumps.map { (0.5, $0) }, activation: activation, firstKnot: 0.5)
      let end = try end("x^2 + 2*x", network)
      // 3e-12 of the risk: as above.
      #expect(abs(end.risk - 1.0 / 2880) < 1e-15)
      #expect(end.kind == kind, "\(end)")
      #expect(end.structure.kinkedNeurons == jumps.count && end.structure.interiorKinks == 1)
      // Of a saddle the flow would not have to stop here.
      let lowest = lowestRisk(around: end, target: "x^2 + 2*x")
      // 1e-12: rounding. Points as far as 1e-4 lower a saddle's risk by 1e-8 times an eigenvalue, or by their cube:
      // 3e-9 of a risk of 3e-4.
      #expect((lowest < end.risk * (1 - 1e-12)) == (kind == .saddle), "\(lowest)")
    }
  }

  @Test func saddlesOfAffineTargets() throws {
    let saddle = Network(
      innerWeights: [1, -1], innerBiases: [-1.0 / 3, 2.0 / 3], outerWeights: [2.0 / 3, -2.0 / 3], outerBias: 0.5)
    let end = try end("x", saddle)
    #expect(end.rest == .gradient && end.kind == .saddle && end.negativeEigenvalues == 2)
  }

  @Test func deadAndDegenerateNeurons() throws {
    // All dead at a distance, with the best constant: a minimum.
    let dead = Network(
      innerWeights: [1, -1], innerBiases: [-2, -0.5], outerWeights: [1, 1], outerBias: 4.0 / 3)
    let flat = try end("x^2 + 2*x", dead)
    #expect(flat.kind == .minimum && flat.dyingNeurons == 0 && flat.structure.inactiveNeurons == 2)
    // Exactly at the end 1, r = 4/3 - 3: v > 0 leads down.
    var degenerate = dead
    degenerate.parameters[2] = -1
    #expect(try end("x^2 + 2*x", degenerate).kind == .degenerate)
    degenerate.parameters[4] = -1
    #expect(try end("x^2 + 2*x", degenerate).kind == .minimum)
    degenerate.parameters[0] = 0
    degenerate.parameters[2] = 0
    #expect(try end("x^2 + 2*x", degenerate).kind == .unresolved)
    // Risk 0.
    let exact = Network(innerWeights: [1, 0], innerBiases: [1, 0], outerWeights: [1, 1], outerBias: -1)
    let zero = try end("x", exact)
    #expect(zero.kind == .minimum && zero.rest == .secondOrder)
  }

  /// An active neuron with its kink exactly at the end 0, where the best line has r = -1/6: v < 0 is a minimum, and for
  /// v > 0 the risk falls when the kink moves inside.
  @Test(arguments: [(-1.0, LimitKind.minimum), (1.0, .saddle)])
  func activeNeuronsAtAnEnd(outer: Double, kind: LimitKind) throws {
    let network = Network(
      innerWeights: [1, 1], innerBiases: [0, 1], outerWeights: [outer, 3 - outer],
      outerBias: -1.0 / 6 - (3 - outer))
    let end = try end("x^2 + 2*x", network)
    // Rounding as above: 2e-13 of the risk, and 1e-12 for the lowest one.
    #expect(abs(end.risk - 1.0 / 180) < 1e-15)
    #expect(end.kind == kind)
    let lowest = lowestRisk(around: end, target: "x^2 + 2*x")
    #expect((lowest < end.risk * (1 - 1e-12)) == (kind == .saddle))
  }

  enum Part: CaseIterable {
    case all
    case biases
    case innerBiases

    func ranges(_ width: Int) -> [Range<Int>] {
      switch self {
      case .all: [0..<3 * width + 1]
      case .biases: [width..<2 * width, 3 * width..<3 * width + 1]
      case .innerBiases: [width..<2 * width]
      }
    }
  }

  /// Around minima no risk is lower, whatever their structure: tied to the jumps, with merged kinks, with dying
  /// neurons.
  @Test(arguments: [Activation.relu, Activation(.leakyReLU, parameter: 0.1)], Part.allCases)
  func nothingIsLowerAroundMinima(activation: Activation, part: Part) throws {
    var minima = 0
    var merged = 0
    var tied = 0
    var resting = 0
    let laws: [InputLaw] = [
      .uniform(lower: 0, upper: 1), .density(PiecewisePolynomial(breaks: [0, 0.5, 1], pieces: [[0, 4], [4, -4]])),
    ]
    for (law, width) in [(laws[0], 5), (laws[0], 12), (laws[1], 6)] {
      let trained = part.ranges(width)
      for trial in 0..<20 {
        let start = standardNormal(width, trial, activation)
        let end = try end("x^2 + 2*x", start, law: law, trained: trained, flowTime: 1e9)
        #expect((end.rest == nil) == (end.kind == nil))
        guard end.rest != nil else { continue }
        resting += 1
        guard end.kind == .minimum else { continue }
        minima += 1
        if end.structure.kinkedNeurons > end.structure.interiorKinks { merged += 1 }
        if end.structure.activeNeurons == 0 && end.structure.interiorKinks > 0 { tied += 1 }
        let lowest = lowestRisk(around: end, target: "x^2 + 2*x", law: law, trained: trained)
        // Rounding of the risk, and of numbers of size 1 where the risk is all but 0.
        #expect(lowest >= end.risk * (1 - 1e-12) - 1e-16, "trial \(trial): \(lowest), \(end.risk)")
      }
    }
    #expect(minima >= 30, "\(minima) of \(resting), \(merged) merged, \(tied) tied")
    if activation == .relu { #expect(merged > 0 && tied > 0, "\(merged) merged, \(tied) tied") }
  }

  /// No theorem is known for other parts of the parameters.
  @Test func otherParts() throws {
    let start = standardNormal(5, 2)
    let end = try end("sin(3*x)", start, trained: [10..<16])
    #expect(end.rest == .secondOrder && end.kind == .noWayDown)
  }

  /// The lowest of many risks at random points around, also with the dying neurons inside.
  private func lowestRisk(
    around end: FlowEnd, target: String, law: InputLaw = .uniform(lower: 0, upper: 1), trained: [Range<Int>]? = nil
  ) -> Double {
    let risk = try! PopulationRisk(problem: Problem(target, law))
    let trained = (trained ?? [0..<end.network.parameters.count]).flatMap { Array($0) }
    var random = SplitMix64(state: 7)
    var lowest = Double.infinity
    for trial in 0..<600 {
      var network = end.network
      let size = [1e-6, 1e-5, 1e-4][trial % 3]
      for index in trained { network.parameters[index] += random.uniform(-size, size) }
      lowest = min(lowest, risk.evaluate(network, kernels: widest).risk)
    }
    return lowest
  }
}
