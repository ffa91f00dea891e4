import Expressions
import Foundation
import Kernels
import Networks
import Problems
import Randomness
import TestSupport
import Testing

@Suite("targets as programs")
struct TargetTests {
  private static func box(_ dimension: Int) -> Problem.Inputs {
    .law(.box(Array(repeating: InputLaw.Bounds(lower: -1, upper: 1), count: dimension)))
  }

  private static func program(_ target: Target, dimension: Int) -> Program {
    Problem(inputs: box(dimension), target: target).targetProgram!
  }

  @Test("expressions: x and x1 with one coordinate, x1, x2, ... with several")
  func expressions() throws {
    let scalar = try expression("x^2 + x1", ["x", "x1"])
    #expect(Self.program(.expression(scalar), dimension: 1).evaluate(at: [3, -1]) == [12, 0])
    let vector = try expression("x3 - x1", ["x1", "x2", "x3"])
    #expect(
      Self.program(.expression(vector), dimension: 3).evaluate(at: [1, 2, 5, 0, 0, -1], dimension: 3) == [4, -1])
  }

  @Test("affine maps: the constant, then the products one by one")
  func affine() {
    let weights = (0..<100).map { 1 / Double($0 + 3) }
    let point = (0..<100).map { Foundation.sin(Double($0)) }
    let expected = zip(weights, point).reduce(0.25) { $0 + $1.0 * $1.1 }
    #expect(
      Self.program(.affine(weights: weights, constant: 0.25), dimension: 100).evaluate(at: point, dimension: 100)
        == [expected])
  }

  // MARK: Teachers

  @Test("the orthonormal teacher: the sum of the positive parts of the coordinates")
  func orthonormalTeacher() {
    for count in [1, 2, 5] {
      let points = (0..<10 * count).map { Foundation.sin(Double($0 * $0)) }
      let expected = (0..<10).map { i in points[i * count..<(i + 1) * count].reduce(0) { $0 + max($1, 0) } }
      let values = Self.program(.teacher(.orthonormal(count)), dimension: count)
        .evaluate(at: points, dimension: count)
      // At most four additions of positive numbers, in any order: 8 * 2^-53 on both sides together.
      for (value, expected) in zip(values, expected) { #expect(abs(value - expected) <= 1e-15 * expected) }
    }
  }

  private static func reference(_ teacher: Teacher) -> DenseNetworkReference {
    DenseNetworkReference(architecture: teacher.architecture, parameters: teacher.network.parameters)
  }

  private static let activations =
    Activation.Kind.allCases.map { Activation($0) } + [
      Activation(.leakyReLU, parameter: -0.3), Activation(.elu, parameter: 2),
    ]

  @Test("teachers of any activation and depth", arguments: activations)
  func teachers(_ activation: Activation) {
    let initialization = Initialization(laws: [
      .weights: .normal(Expression(constant: 0.75)),
      .biases: .uniform(lower: Expression(constant: -1), upper: Expression(constant: 1)),
    ])
    for (dimension, hidden) in [(1, [4]), (2, [1]), (3, [5, 7]), (1, [3, 2, 4, 3]), (10, [20])] {
      let architecture = Architecture(inputDimension: dimension, hidden: hidden, activation: activation)
      let teacher = Teacher(architecture: architecture, parameters: .random(initialization, seed: 3))
      let reference = Self.reference(teacher)
      let points = (0..<(300 * dimension)).map { 3 * Foundation.sin(Double($0 * $0)) }
      let values = Self.program(.teacher(teacher), dimension: dimension).evaluate(at: points, dimension: dimension)
      for i in 0..<300 {
        let expected = reference.value(Array(points[(dimension * i)..<(dimension * (i + 1))]))
        let error = abs(values[i] - expected)
        // Activations are off by a few 2^-53 times max(1, |z|), |z| up to some ten; layers of up to 20 weights of
        // size 0.75 magnify that by ten or so each: 1e-14 and, in three layers more, a few times as much.
        #expect(error <= 1e-13 * max(1, abs(expected)), "\(activation) \(hidden): \(values[i]), not \(expected)")
        // The operations of piecewise linear networks are the same.
        if activation.facts.isPiecewiseAffine { #expect(error == 0) }
      }
    }
  }

  @Test("activations of large arguments", arguments: activations)
  func large(_ activation: Activation) {
    let architecture = Architecture(hidden: [1], activation: activation)
    let teacher = Teacher(architecture: architecture, parameters: .given([1, 0, 1, 0]))
    let points = [-1e5, -800, -40, -1e-9, 0, 1e-9, 40, 800, 1e5]
    let values = Self.program(.teacher(teacher), dimension: 1).evaluate(at: points)
    for (x, value) in zip(points, values) {
      let expected = DenseNetworkReference.value(activation, at: x)
      // `ProgramBuilder.apply` states a few 2^-53 times max(1, |z|): here 3.6 of them.
      #expect(abs(value - expected) <= 4e-16 * max(1, abs(x)), "\(activation) at \(x): \(value), not \(expected)")
    }
  }

  @Test("random parameters are those of the teacher's stream")
  func randomParameters() {
    let architecture = Architecture(inputDimension: 2, hidden: [3, 2], activation: .relu)
    let initialization = Initialization(laws: [
      .weights: .normal(Expression(constant: 2)), .biases: .constant(Expression(constant: 0.5)),
    ])
    let network = Teacher(architecture: architecture, parameters: .random(initialization, seed: 41)).network
    let stream = StreamAddress(studySeed: 41, cellKey: 0, trial: 0, purpose: .teacher)
    func weights(_ count: Int, _ step: UInt32) -> [Double] {
      widest.standardNormals(count, stream: stream, step: step).map { 2 * $0 }
    }
    #expect(
      network.parameters == weights(6, 0) + [0.5, 0.5, 0.5] + weights(6, 2) + [0.5, 0.5] + weights(2, 4) + [0.5])
    let other = Teacher(architecture: architecture, parameters: .random(initialization, seed: 42)).network
    #expect(Set(network.parameters).intersection(other.parameters) == [0.5])
  }

  @Test("a wide deep teacher")
  func wide() {
    let architecture = Architecture(inputDimension: 100, hidden: [300, 300], activation: .relu)
    let initialization = Initialization(laws: [
      .weights: .scaled(.he, .normal, gain: Expression(constant: 1)), .biases: .constant(Expression(constant: 0)),
    ])
    let teacher = Teacher(architecture: architecture, parameters: .random(initialization, seed: 1))
    let point = (0..<100).map { Foundation.sin(Double($0)) }
    let program = Self.program(.teacher(teacher), dimension: 100)
    #expect(program.registerCount < 1000)
    #expect(program.evaluate(at: point, dimension: 100) == [Self.reference(teacher).value(point)])
  }

  @Test("cuts are where neurons of shallow teachers are not smooth")
  func cuts() {
    func cuts(_ kind: Activation.Kind, hidden: [Int] = [3]) -> [Double] {
      let architecture = Architecture(hidden: hidden, activation: Activation(kind))
      // w = 2, -1, 0; b = 1, 1, 5.
      var parameters = [2.0, -1, 0, 1, 1, 5]
      parameters += Array(repeating: 1, count: architecture.parameterCount - parameters.count)
      let target = Target.teacher(Teacher(architecture: architecture, parameters: .given(parameters)))
      return Problem(inputs: Self.box(1), target: target).targetCuts
    }
    for kind in [Activation.Kind.relu, .leakyReLU, .elu, .threshold, .softsign] { #expect(cuts(kind) == [-0.5, 1]) }
    #expect(cuts(.clipping) == [-0.5, 0, 1])
    for kind in [Activation.Kind.identity, .tanh, .sine, .gelu] { #expect(cuts(kind) == []) }
    #expect(cuts(.relu, hidden: [3, 2]) == [])
    #expect(Problem(inputs: Self.box(1), target: .affine(weights: [1], constant: 0)).targetCuts == [])
  }
}
