import Foundation
import Kernels
import Networks
import Problems
import Risk
import TestSupport
import Testing

/// Teacher-student networks without biases on normal inputs.
@Suite struct GaussianReLURiskTests {
  /// The published non-global minimum of k = n = 7, entries to 10 digits; the published risk is half of ours.
  @Test func publishedMinimum() throws {
    let k = 7
    var weights = [Double](repeating: -0.0350801559, count: k * k)
    weights[0] = -0.6327039049
    for i in 1..<k {
      weights[i] = 0.1859910463
      weights[i * k] = 0.2616910758
      weights[i * k + i] = 0.9969227988
    }
    let risk = try #require(GaussianReLURisk(orthonormalProblem(k)))
    let evaluation = risk.evaluate(student(k, weights))
    // Entries are rounded by 5e-11: 49 of them move the gradient by 3.5e-10 times an eigenvalue of order 1, and the
    // risk, at a minimum, by the square of that; it is printed with 13 decimals.
    #expect(abs(evaluation.risk / 2 - 0.0232027149136) <= 1e-12)
    #expect(evaluation.norm(over: [0..<k * k]) / 2 < 1e-9)
    #expect(evaluation.error <= 1e-12)
  }

  /// On a plane the networks are homogeneous: L = s^2 / pi times the integral of (N - f)^2 over the unit circle, which
  /// is smooth between the angles where a neuron switches. The plane may lie in any dimension.
  @Test(arguments: [2, 5]) func riskAndGradientByQuadrature(dimension: Int) throws {
    var g = SplitMix64(state: 11)
    let axes = plane(dimension)
    for deviation in [1, 0.3, 2.5] {
      let teacher = (0..<2).map { _ in [g.uniform(-1, 1), g.uniform(-1, 1)] }
      let teacherWeights = (0..<2).map { _ in g.uniform(-2, 2) }
      let inner = (0..<3).map { _ in [g.uniform(-1, 1), g.uniform(-1, 1)] }
      let outer = (0..<3).map { _ in g.uniform(-2, 2) }
      let problem = Problem(
        inputs: .law(.normal(mean: 0, standardDeviation: deviation, dimension: dimension)),
        target: .teacher(
          Teacher(
            architecture: Architecture(inputDimension: dimension, hidden: [2], activation: .relu),
            parameters: .given(embedded(teacher, axes) + [0, 0] + teacherWeights + [0]))))
      let risk = try #require(GaussianReLURisk(problem))
      let network = student(dimension, embedded(inner, axes), outer: outer)
      let evaluation = risk.evaluate(network)

      let neurons = zip(inner, outer).map { ($0, $1) } + zip(teacher, teacherWeights).map { ($0, -$1) }
      func dot(_ w: [Double], _ x: [Double]) -> Double { w[0] * x[0] + w[1] * x[1] }
      func residual(_ x: [Double]) -> Double { neurons.reduce(0) { $0 + $1.1 * max(dot($1.0, x), 0) } }
      let switches = neurons.flatMap { neuron in
        [0.5, 1.5].map { (atan2(neuron.0[1], neuron.0[0]) + $0 * .pi).truncatingRemainder(dividingBy: 2 * .pi) }
      }
      func mean(_ f: ([Double]) -> Double) -> Double { circleIntegral(switches, f) / (2 * .pi) }

      let square = 2 * deviation * deviation
      let length = deviation * (Double.pi / 2).squareRoot()
      let exact = square * mean { residual($0) * residual($0) }
      // The Gauss rule of five nodes on panels of at most 0.32 has an error of (0.32)^11 5!^4 / (11 10!^3) = 1.4e-18
      // times the tenth derivative, 2^10 for a square of cosines. What remains is rounding of dozens of terms, some
      // of which cancel.
      #expect(abs(evaluation.risk - exact) <= 1e-12 * exact)
      var expected: [Double] = []
      for (w, a) in zip(inner, outer) {
        let slope = (0..<2).map { k in 2 * a * square * mean { dot(w, $0) > 0 ? residual($0) * $0[k] : 0 } }
        for k in 0..<dimension { expected.append(slope[0] * axes[0][k] + slope[1] * axes[1][k]) }
      }
      for (w, a) in zip(inner, outer) { expected.append(2 * a * length * mean { dot(w, $0) > 0 ? residual($0) : 0 }) }
      for w in inner { expected.append(2 * square * mean { residual($0) * max(dot(w, $0), 0) }) }
      expected.append(2 * length * mean(residual))
      let scale = expected.map(\.magnitude).max()!
      for (computed, value) in zip(evaluation.gradient, expected) { #expect(abs(computed - value) <= 1e-12 * scale) }
    }
  }

  @Test func gradientAndHessianByDifferences() throws {
    for (k, width) in [(2, 3), (4, 4), (5, 2)] {
      let risk = try #require(GaussianReLURisk(orthonormalProblem(k)))
      var g = SplitMix64(state: UInt64(k))
      let network = student(
        k, (0..<k * width).map { _ in g.uniform(-1, 1) }, outer: (0..<width).map { _ in g.uniform(-1.5, 1.5) })
      let order = k * width
      let gradient = risk.evaluate(network).gradient
      let hessian = try #require(risk.hessian(network))
      for i in 0..<order {
        var up = network
        up.parameters[i] += 1e-5
        var down = network
        down.parameters[i] -= 1e-5
        // step^2 = 1e-10 times a third derivative, some ten and a sixth of it; rounding is 2^-51 / 2e-5 = 2e-11 times
        // the moduli, up to 20.
        let (above, below) = (risk.evaluate(up), risk.evaluate(down))
        #expect(abs((above.risk - below.risk) / 2e-5 - gradient[i]) <= 1e-8)
        for j in 0..<order {
          #expect(abs((above.gradient[j] - below.gradient[j]) / 2e-5 - hessian[i * order + j]) <= 1e-8)
          #expect(abs(hessian[i * order + j] - hessian[j * order + i]) <= 1e-14)
        }
      }
    }
  }

  /// v + t e against v, and its opposite, for unit vectors v and e at a right angle. With the angle a = atan t, the
  /// expectation of the product is (t + pi - a) / (2 pi), or (t - a) / (2 pi).
  @Test(arguments: [1e-3, 1e-6, 1e-9, 0]) func smallAngles(t: Double) throws {
    let v = [0.6, 0.8]
    let problem = Problem(
      inputs: .law(.normal(mean: 0, standardDeviation: 1, dimension: 2)),
      target: .teacher(
        Teacher(
          architecture: Architecture(inputDimension: 2, hidden: [1], activation: .relu),
          parameters: .given(v + [0, 1, 0]))))
    let risk = try #require(GaussianReLURisk(problem))
    let near = [v[0] - 0.8 * t, v[1] + 0.6 * t]
    // The next term of the series is t^5 / 5 = 2e-16 at most. Below 1e-15 are a few roundings of numbers up to pi,
    // divided by pi.
    let angle = t - t * t * t / 3
    let parallel = risk.evaluate(student(2, near))
    let opposite = risk.evaluate(student(2, near.map { -$0 }))
    #expect(abs(parallel.risk - (t * t / 2 - (t - angle) / .pi)) <= 1e-15)
    #expect(abs(opposite.risk - (1 + t * t / 2 - (t - angle) / .pi)) <= 1e-15)
    for k in 0..<2 {
      let own = near[k] * t / (1 + t * t)
      #expect(abs(parallel.gradient[k] - (near[k] - (own + (.pi - angle) * v[k]) / .pi)) <= 1e-15)
      #expect(abs(opposite.gradient[k] - (-near[k] - (-own + angle * v[k]) / .pi)) <= 1e-15)
    }
  }

  @Test func theTeacherItselfHasRiskZero() throws {
    for k in [2, 7, 20] {
      let problem = orthonormalProblem(k)
      let risk = try #require(GaussianReLURisk(problem))
      guard case .teacher(let teacher) = problem.target else { return }
      let evaluation = risk.evaluate(teacher.network)
      // The terms of the student and of the teacher are the same numbers: their sums differ by far less than the
      // stated error, 2^-51 times some 300 for 20 neurons.
      #expect(evaluation.risk <= 1e-14 && evaluation.risk >= 0)
      #expect(evaluation.gradient.allSatisfy { abs($0) <= 1e-14 })
    }
  }

  /// The derivative of relu at 0 is 0.
  @Test func neuronsWithoutWeights() throws {
    let risk = try #require(GaussianReLURisk(orthonormalProblem(3)))
    let network = student(3, [0, 0, 0, 0.5, -0.2, 0.1])
    let evaluation = risk.evaluate(network)
    #expect(evaluation.gradient[0..<3].allSatisfy { $0 == 0 } && evaluation.gradient[6] == 0)
    #expect(evaluation.gradient.allSatisfy { $0.isFinite })
    #expect(evaluation.risk == risk.evaluate(student(3, [0.5, -0.2, 0.1])).risk)
    #expect(risk.hessian(network) == nil)
  }

  @Test func whereItApplies() throws {
    let problem = orthonormalProblem(4)
    let population = try PopulationRisk(problem: problem, scope: .closedFormOnly)
    let network = student(4, (0..<8).map { Double($0) / 7 - 0.4 })
    let closed = try #require(population.closedForm).evaluate(network)
    #expect(population.evaluate(network, kernels: widest) == closed)
    // With biases the evaluation set takes over: its risk is close, and says how close.
    var biased = network
    biased.parameters[8] = 1e-9
    let estimate = try PopulationRisk(problem: problem).evaluate(biased, kernels: widest)
    // Five standard errors: a false alarm in 1.7 million seeds.
    #expect(estimate.error > 0 && abs(estimate.risk - closed.risk) <= 5 * estimate.error)

    func normal(_ mean: Double) -> Problem.Inputs { .law(.normal(mean: mean, standardDeviation: 1, dimension: 2)) }
    #expect(GaussianReLURisk(Problem(inputs: normal(0), target: .teacher(.orthonormal(2)))) != nil)
    #expect(GaussianReLURisk(Problem(inputs: normal(0.1), target: .teacher(.orthonormal(2)))) == nil)
    #expect(GaussianReLURisk(Problem(inputs: normal(0), target: .affine(weights: [1, 1], constant: 0))) == nil)
    for (activation, bias) in [(Activation.relu, 0.1), (Activation(.tanh), 0)] {
      let teacher = Teacher(
        architecture: Architecture(inputDimension: 2, hidden: [1], activation: activation),
        parameters: .given([1, 1, bias, 1, 0]))
      #expect(GaussianReLURisk(Problem(inputs: normal(0), target: .teacher(teacher))) == nil)
    }
  }

  @Test func cellsWithAClosedForm() throws {
    func laws(_ biases: String) throws -> Initialization {
      Initialization(laws: [
        .weights: .normal(try .init(parsing: "1/sqrt(d)", variables: ["h", "d"])),
        .biases: .constant(try .init(parsing: biases, variables: ["h", "d"])),
      ])
    }
    let weights = [1, 2].map { ParameterBlock(layer: $0, kind: .weights) }
    func has(
      _ hidden: [Int] = [5], _ activation: Activation = .relu, biases: String = "0", trained: [ParameterBlock],
      dimension: Int = 4
    ) throws -> Bool {
      PopulationRisk.hasClosedForm(
        orthonormalProblem(dimension),
        architecture: Architecture(inputDimension: dimension, hidden: hidden, activation: activation),
        initialization: try laws(biases), trained: trained)
    }
    #expect(try has(trained: weights))
    #expect(try has(biases: "h - 5", trained: weights))
    #expect(try !has(biases: "h - 4", trained: weights))
    #expect(try !has(trained: weights + [ParameterBlock(layer: 2, kind: .biases)]))
    #expect(try !has([5, 5], trained: weights))
    #expect(try !has([5], Activation(.tanh), trained: weights))
    #expect(try !has(trained: weights, dimension: 1))
  }
}

/// Two orthonormal vectors.
private func plane(_ dimension: Int) -> [[Double]] {
  if dimension == 2 { return [[1, 0], [0, 1]] }
  return [[0.5, -0.5, 0.5, 0, -0.5], [0.5, 0.5, 0.5, 0, 0.5]]
}

private func embedded(_ vectors: [[Double]], _ axes: [[Double]]) -> [Double] {
  vectors.flatMap { v in axes[0].indices.map { v[0] * axes[0][$0] + v[1] * axes[1][$0] } }
}

/// The integral over the unit circle of a function that is smooth between these angles: ten panels of a Gauss rule of
/// five nodes on each piece.
private func circleIntegral(_ angles: [Double], _ f: ([Double]) -> Double) -> Double {
  let nodes = [
    (0, 128.0 / 225), (1.0 / 3 * (5 - 2 * (10.0 / 7).squareRoot()).squareRoot(), (322 + 13 * 70.0.squareRoot()) / 900),
    (1.0 / 3 * (5 + 2 * (10.0 / 7).squareRoot()).squareRoot(), (322 - 13 * 70.0.squareRoot()) / 900),
  ]
  let cuts = ([0, 2 * .pi] + angles.map { $0 < 0 ? $0 + 2 * .pi : $0 }).sorted()
  var sum = 0.0
  for (left, right) in zip(cuts, cuts.dropFirst()) {
    let half = (right - left) / 20
    for panel in 0..<10 {
      let middle = left + half * Double(2 * panel + 1)
      for (node, weight) in nodes {
        for sign in node == 0 ? [1.0] : [-1, 1] {
          let angle = middle + half * sign * node
          sum += half * weight * f([cos(angle), sin(angle)])
        }
      }
    }
  }
  return sum
}
