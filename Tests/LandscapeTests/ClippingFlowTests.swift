import Foundation
import Kernels
import Landscape
import Networks
import Numerics
import Outcomes
import Problems
import Randomness
import Risk
import TestSupport
import Testing

/// The limit of the gradient flow of the biases of clipping networks.
@Suite struct ClippingFlowTests {
  private func risk(_ target: String, _ law: InputLaw = .uniform(lower: 0, upper: 1)) throws -> PopulationRisk {
    try PopulationRisk(problem: Problem(target, law))
  }

  private func flow(_ risk: PopulationRisk, width h: Int, movesOuterBias: Bool = true, flowTime: Double = 1e12)
    -> ClippingFlow
  {
    ClippingFlow(
      risk: risk, trained: [h..<2 * h] + (movesOuterBias ? [3 * h..<3 * h + 1] : []), flowTime: flowTime)
  }

  private func limit(
    _ risk: PopulationRisk, _ network: Network, movesOuterBias: Bool = true, flowTime: Double = 1e12
  ) throws -> FlowEnd {
    let flow = flow(risk, width: network.architecture.width, movesOuterBias: movesOuterBias, flowTime: flowTime)
    return try #require(flow.limit(from: network, kernels: widest))
  }

  private func single(_ w: Double, _ b: Double, _ v: Double, _ c: Double) -> Network {
    Network(
      activation: Activation(.clipping), innerWeights: [w], innerBiases: [b], outerWeights: [v], outerBias: c)
  }

  /// A network as the study `clipping` draws it, with the best outer bias.
  private func start(_ h: Int, _ trial: Int, _ risk: PopulationRisk) -> Network {
    let size = pow(Double(h), 3)
    let normal = widest.standardNormals(
      3 * h, stream: StreamAddress(studySeed: 2, cellKey: UInt64(h), trial: trial, purpose: .initialization), step: 0)
    var network = Network(
      activation: Activation(.clipping), innerWeights: normal[..<h].map { size * abs($0) },
      innerBiases: normal[h..<2 * h].map { size * $0 },
      outerWeights: normal[(2 * h)...].map { pow(Double(h), -0.875) * abs($0) }, outerBias: 0)
    network.parameters[3 * h] = -0.5 * risk.evaluate(network, kernels: widest).gradient[3 * h]
    return network
  }

  // MARK: A second method

  /// The risk for x^(1/4) of a network whose windows are so narrow that it is a staircase, at the critical point with the
  /// same windows inside [0, 1] in the same order: the mean residual of window i is 0 where f(x_i) = B + V_i + v_i / 2,
  /// V_i the sum of the v_j before it, and B, the value on the left, is such that the mean of r over [0, 1] is 0. Where
  /// steps are high there can be several such B: Newton's method takes the one nearby.
  private func staircaseRisk(_ network: Network) -> Double {
    let shallow = network.shallow
    let heights = shallow.neurons.filter { $0.preActivation(at: 1) > 0 && $0.preActivation(at: 0) < 1 }
      .sorted { $0.kink < $1.kink }.map(\.outerWeight)
    func middles(_ base: Double) -> [Double] {
      var value = base
      return heights.map { v in
        value += v
        return value - 0.5 * v
      }
    }
    func places(_ base: Double) -> [Double] { middles(base).map { pow(max(0, min(1, $0)), 4) } }
    var base =
      shallow.outerBias + shallow.neurons.filter { $0.preActivation(at: 0) >= 1 }.reduce(0) { $0 + $1.outerWeight }
    for _ in 0..<20 {
      // f has the mean 4/5.
      let mean = zip(heights, places(base)).reduce(base) { $0 + $1.0 * (1 - $1.1) } - 0.8
      let slope = zip(heights, middles(base)).reduce(1) { $0 - ($1.1 > 0 && $1.1 < 1 ? 4 * $1.0 * pow($1.1, 3) : 0) }
      base -= mean / slope
    }
    // (s - f)^2 over each step.
    func antiderivative(_ s: Double, _ x: Double) -> Double { s * s * x - 1.6 * s * pow(x, 1.25) + pow(x, 1.5) / 1.5 }
    var (risk, last, value) = (0.0, 0.0, base)
    for (v, x) in zip(heights + [0], places(base) + [1]) {
      risk += antiderivative(value, x) - antiderivative(value, last)
      last = x
      value += v
    }
    return risk
  }

  /// The mean residual of each window.
  private func meanResiduals(_ end: FlowEnd, _ risk: PopulationRisk) -> [Double] {
    let shallow = end.network.shallow
    let gradient = risk.evaluate(end.network, kernels: widest).gradient
    return shallow.neurons.enumerated().compactMap { j, neuron in
      let ends = [neuron.preActivation(at: 0), neuron.preActivation(at: 1)].map { max(0, min(1, $0)) }
      let mass = abs(ends[1] - ends[0]) / abs(neuron.innerWeight)
      return mass > 0 ? gradient[shallow.places[j].innerBias] / (2 * neuron.outerWeight * mass) : nil
    }
  }

  /// A ramp of length l in place of a step has a risk that is smaller by v^2 l / 6 - f' v l^2 / 12 + ..., and to first
  /// order it has the same place. The second term is some hundredths of the first for lengths of 1e-6 and 1e-9 but for a
  /// factor, and up to half of it for 1e-3; longer windows and such at the steep end 0 do not count. Mean residuals are
  /// those of places rounded to 2^-48, and of sums, 1e-16, divided by masses that go down to those of windows of which
  /// little is inside.
  @Test(arguments: [(10, 100, 0.5), (100, 100, 0.02), (1000, 4, 0.02)])
  func limitsOfTheStudy(width: Int, trials: Int, tolerance: Double) throws {
    let risk = try risk("x^(1/4)")
    let flow = flow(risk, width: width)
    var risks: [Double] = []
    var (moved, compared) = (0, 0)
    for trial in 0..<trials {
      let start = start(width, trial, risk)
      let before = risk.evaluate(start, kernels: widest).risk
      let end = try #require(flow.limit(from: start, kernels: widest))
      #expect(end.rest == .secondOrder && end.kind == .minimum, "trial \(trial)")
      #expect(end.negativeEigenvalues == 0 && end.decrease <= 1e-15 && end.risk <= before)
      #expect(end.structure.kinkedNeurons + end.structure.activeNeurons + end.structure.inactiveNeurons == width)
      let residuals = meanResiduals(end, risk).map(abs)
      #expect(residuals.allSatisfy { $0 <= (width < 1000 ? 3e-10 : 4.5e-7) }, "trial \(trial): \(residuals.max()!)")
      risks.append(end.risk)
      let windows = end.network.shallow.neurons.filter { $0.preActivation(at: 1) > 0 && $0.preActivation(at: 0) < 1 }
      if windows.allSatisfy({ $0.innerWeight > 200 && $0.kink > 0.01 }) {
        let staircase = staircaseRisk(end.network)
        let ramps = windows.reduce(0) { $0 + $1.outerWeight * $1.outerWeight / (6 * $1.innerWeight) }
        // Rounding: hundreds of terms.
        let bound = tolerance * ramps + 1e-13 * staircase
        #expect(abs(end.risk - (staircase - ramps)) <= bound, "trial \(trial): \(end.risk), \(staircase), \(ramps)")
        compared += 1
      }
      // Gradients of the slow windows are below 1e-20 at the start: these are no reasons to stay there.
      if end.risk < 0.9 * before { moved += 1 }
    }
    #expect(moved >= trials * 9 / 10 || width == 10)
    #expect(compared >= trials / 2)
    guard trials == 100 else { return }
    // An independent program found 0.07 and 0.52 in 100 other trials, and the medians 8.4e-3 and 2.87e-3, below which
    // half of these should lie: four standard errors of a difference.
    func share(_ bound: Double) -> Double { Double(risks.count { $0 <= bound }) / 100 }
    #expect(abs(share(3e-3) - (width == 10 ? 0.07 : 0.52)) <= (width == 10 ? 0.15 : 0.28))
    #expect(abs(share(width == 10 ? 8.4e-3 : 2.87e-3) - 0.5) <= 0.28)
  }

  // MARK: The flow

  private let density = InputLaw.density(PiecewisePolynomial(breaks: [0, 0.5, 1], pieces: [[0.5, 1], [1.25]]))

  /// Windows of a tenth to a third of the interval, of both orientations, that overlap.
  private func wide(_ trial: Int, width h: Int = 6) -> Network {
    let normal = widest.standardNormals(
      3 * h, stream: StreamAddress(studySeed: 3, cellKey: UInt64(h), trial: trial, purpose: .initialization), step: 0)
    let weights = (0..<h).map { (3 + 2 * abs(normal[$0])) * ($0 % 3 == 2 ? -1 : 1) }
    return Network(
      activation: Activation(.clipping), innerWeights: weights,
      innerBiases: (0..<h).map { 0.5 - weights[$0] * (Double($0) + 0.5) / Double(h) },
      outerWeights: (0..<h).map { 0.2 * normal[h + $0] }, outerBias: 0.1 * normal[2 * h])
  }

  /// After a short time a plain midpoint rule with tiny steps is at the same place.
  @Test func followsTheFlow() throws {
    for (trial, law) in [InputLaw.uniform(lower: 0, upper: 1), density].enumerated() {
      let risk = try risk("x^2 + 2*x", law)
      let start = wide(trial)
      let end = try limit(risk, start, flowTime: 1e-3)
      #expect(end.rest == nil && end.kind == nil && end.flowTime > 0)
      let moving = Array(6..<12) + [18]
      var theta = start.parameters
      let count = 4000
      let step = end.flowTime / Double(count)
      func ahead(_ by: Double) -> [Double] {
        let gradient = risk.evaluate(Network(architecture: start.architecture, parameters: theta), kernels: widest)
          .gradient
        var next = theta
        for place in moving { next[place] -= by * gradient[place] }
        return next
      }
      for _ in 0..<count {
        let before = theta
        theta = ahead(step / 2)
        let middle = ahead(step)
        theta = zip(zip(before, theta), middle).map { $0.0 + ($1 - $0.1) }
      }
      let distance = zip(theta, end.network.parameters).reduce(0) { max($0, abs($1.0 - $1.1)) }
      // Errors of 1e-3 of the interval in each of some steps, times slopes up to 8.
      #expect(distance < 2e-2, "\(distance)")
      #expect(zip(theta, start.parameters).contains { abs($0 - $1) > 0.1 })
    }
  }

  /// The smallest eigenvalue in units of windows, against differences of gradients.
  @Test func hessian() throws {
    for (trial, law) in [InputLaw.uniform(lower: 0, upper: 1), density].enumerated() {
      let risk = try risk("x^2 + 2*x", law)
      let end = try limit(risk, wide(trial, width: 5), flowTime: 1e-3)
      let network = end.network
      let inside = network.shallow.neurons.indices.filter {
        let neuron = network.shallow[$0]
        let values = [neuron.preActivation(at: 0), neuron.preActivation(at: 1)]
        return values.max()! > 0 && values.min()! < 1
      }
      let places = inside.map { 5 + $0 } + [15]
      let units = inside.map { abs(network.shallow[$0].innerWeight) } + [1]
      func gradient(_ place: Int, _ by: Double) -> [Double] {
        var moved = network
        moved.parameters[place] += by
        return risk.evaluate(moved, kernels: widest).gradient
      }
      var elements: [Double] = []
      for (row, place) in places.enumerated() {
        let (above, below) = (gradient(place, 1e-5), gradient(place, -1e-5))
        elements += places.indices.map { units[row] * units[$0] * (above[places[$0]] - below[places[$0]]) / 2e-5 }
      }
      let eigen = SymmetricEigen(SymmetricMatrix(order: places.count, lowerTriangleOf: elements))
      // Differences have an error of the order of 1e-10 times a third derivative, and of 1e-16 / 1e-5 by rounding.
      let smallest = try #require(end.smallestEigenvalue)
      #expect(abs(eigen.values[0] - smallest) <= 1e-6, "\(eigen.values[0]), \(smallest)")
    }
  }

  /// N(x) and f(x) mirrored in the middle of the interval, and negated.
  @Test func mirrorImages() throws {
    let (risk, mirrored, negated) = (try risk("x^(1/4)"), try risk("(1-x)^(1/4)"), try risk("-(x^(1/4))"))
    for trial in 0..<20 {
      let start = start(10, trial, risk)
      var (image, negative) = (start, start)
      for j in 0..<10 {
        image.parameters[10 + j] += start.parameters[j]
        image.parameters[j] *= -1
        negative.parameters[20 + j] *= -1
      }
      negative.parameters[30] *= -1
      let end = try limit(risk, start)
      for other in [try limit(mirrored, image), try limit(negated, negative)] {
        // Residuals are rounded otherwise, and the mirrored target is integrated by adaptive quadrature.
        #expect(abs(other.risk - end.risk) <= 1e-9 * end.risk, "trial \(trial): \(other.risk), \(end.risk)")
        #expect(other.kind == end.kind && other.structure == end.structure)
      }
    }
  }

  @Test func densities() throws {
    let risk = try risk("x^2 + 2*x", density)
    for trial in 0..<10 {
      let start = wide(trial)
      let end = try limit(risk, start)
      #expect(end.isStationary && end.gradientNorm <= 1e-9, "trial \(trial)")
      #expect(end.risk < risk.evaluate(start, kernels: widest).risk)
    }
  }

  @Test func endsAtTheBound() throws {
    let risk = try risk("x^(1/4)")
    let start = start(100, 0, risk)
    let whole = try limit(risk, start)
    let bound = 0.5 * (whole.risk + risk.evaluate(start, kernels: widest).risk)
    let early = try #require(flow(risk, width: 100).limit(from: start, until: bound, kernels: widest))
    #expect(early.risk <= bound && early.risk > whole.risk && early.steps < whole.steps && early.kind == nil)
    // At once.
    #expect(flow(risk, width: 100).limit(from: start, until: 1, kernels: widest)?.steps == 0)
  }

  // MARK: Ends of the interval

  /// The neuron raises N = 2 where it is too large already: the window leaves at the upper end, and the neuron dies.
  /// Negated twice, N = -4 + 3 is reached at the lower end, and the neuron is saturated.
  @Test func windowsLeave() throws {
    let risk = try risk("x")
    let dying = try limit(risk, single(10, -8, 1, 2), movesOuterBias: false)
    #expect(dying.kind == .minimum && dying.dyingNeurons == 1 && dying.structure.inactiveNeurons == 1)
    // E (2 - x)^2 = 7/3; what is left of the bump counts less than rounding.
    #expect(agree(dying.risk, 7.0 / 3, 1e-12))
    let saturated = try limit(risk, single(10, -8, 3, -4), movesOuterBias: false)
    #expect(saturated.kind == .minimum && saturated.dyingNeurons == 0 && saturated.structure.activeNeurons == 1)
    #expect(agree(saturated.risk, 7.0 / 3, 1e-12))
  }

  /// A window that leaves while the outer bias is far too large comes back, and ends where it would have without.
  @Test func windowsComeBack() throws {
    let risk = try risk("x")
    let near = try limit(risk, single(10, -8, 3, 0.5))
    let far = try limit(risk, single(10, -8, 3, 20))
    #expect(near.isStationary && far.isStationary && far.structure.kinkedNeurons == 1)
    #expect(abs(near.risk - far.risk) <= 1e-9 * near.risk, "\(near.risk), \(far.risk)")
    #expect(near.risk < 1.0 / 12)
  }

  @Test func deadNeurons() throws {
    let risk = try risk("x")
    let ends: [(Network, LimitKind)] = [
      // At a distance.
      (single(10, -20, 1, 2), .minimum),
      // At the upper end, where f is larger than 1/2: v = 1 leads down, v = -1 does not.
      (single(1, -1, 1, 0.5), .degenerate), (single(1, -1, -1, 0.5), .minimum),
      // Saturated, at the lower end, where f is smaller than 1/2.
      (single(1, 1, 1, -0.5), .degenerate), (single(1, 1, -1, 1.5), .minimum),
    ]
    for (start, kind) in ends {
      let end = try limit(risk, start)
      #expect(end.kind == kind, "\(start.parameters)")
      #expect(agree(end.risk, 1.0 / 12, 1e-12) && end.structure.kinkedNeurons == 0)
    }
  }

  /// A window in the middle, by symmetry, that rises while the target falls.
  @Test func saddle() throws {
    let risk = try risk("1 - x")
    let end = try limit(risk, single(10, -4.5, 0.1, 0.45))
    #expect(end.kind == .saddle && end.negativeEigenvalues == 1 && end.flowTime == 0)
    // Anywhere else the window leaves.
    let left = try limit(risk, single(10, -4.4, 0.1, 0.45))
    #expect(left.isStationary && left.kind != .saddle && left.risk < end.risk)
  }

  @Test func scope() throws {
    let problem = try Problem("x")
    let (inner, outer) = (ParameterBlock(layer: 1, kind: .biases), ParameterBlock(layer: 2, kind: .biases))
    let shallow = Architecture(hidden: [3], activation: Activation(.clipping))
    #expect(ClippingFlow.supports(problem, shallow, trained: [inner]))
    #expect(ClippingFlow.supports(problem, shallow, trained: [inner, outer]))
    #expect(!ClippingFlow.supports(problem, shallow, trained: shallow.blocks))
    #expect(!ClippingFlow.supports(problem, shallow, trained: [outer]))
    let deep = Architecture(hidden: [3, 3], activation: Activation(.clipping))
    #expect(!ClippingFlow.supports(problem, deep, trained: [inner]))
    #expect(!ClippingFlow.supports(problem, Architecture(hidden: [3], activation: .relu), trained: [inner]))
    let normal = try Problem("x", .normal(mean: 0, standardDeviation: 1, dimension: 1))
    #expect(!ClippingFlow.supports(normal, shallow, trained: [inner]))
  }
}
