import Expressions
import Kernels
import Landscape
import Networks
import Problems
import TestSupport
import Testing

/// Layers that are dead at initialization: closed forms, bounds and counts.
@Suite struct DeadLayerTests {
  private static func scale(_ value: Double) -> Expression { Expression(constant: value) }

  private static func laws(_ weights: InitialLaw, biases: InitialLaw = .constant(scale(0))) -> Initialization {
    Initialization(laws: ["weights": weights, "biases": biases].reduce(into: [:]) { $0[BlockName($1.key)] = $1.value })
  }

  private static let he = laws(.scaled(.he, .normal, gain: scale(1)))

  private static func problem(_ lower: Double, _ upper: Double) -> Problem {
    Problem(inputs: .law(.uniform(lower: lower, upper: upper)), target: nil)
  }

  private func bounds(
    _ hidden: [Int], on problem: Problem = problem(0, 1), _ initialization: Initialization = he,
    activation: Activation.Kind = .relu
  ) -> ClosedRange<Double>? {
    initialization.deadLayerProbability(
      Architecture(
        inputDimension: problem.dimension, hidden: hidden, activation: Activation(activation)), on: problem)
  }

  private func value(_ hidden: [Int], _ lower: Double, _ upper: Double) throws -> Double {
    let range = try #require(bounds(hidden, on: Self.problem(lower, upper)))
    #expect(range.lowerBound == range.upperBound)
    return range.lowerBound
  }

  // MARK: - Values

  @Test func knownValues() throws {
    // A logarithm and its inverse: some roundings of numbers of order 1.
    func expectEqual(_ a: Double, _ b: Double) { #expect((a - b).magnitude < 1e-15) }
    expectEqual(try value([1], 0, 1), 0.5)
    expectEqual(try value([3], -2, -1), 0.125)
    expectEqual(try value([1, 1], 0, 1), 0.75)
    expectEqual(try value([5, 5], 0.5, 2), 1 - 31.0 * 31 / (32 * 32))
    expectEqual(try value([2, 3, 4], -1, 0), 1 - 0.75 * 0.875 * 0.9375)
    // Both signs: 0, and 4^-N (3 - 2^(1 - N)).
    #expect(try value([4], -1, 1) == 0)
    expectEqual(try value([1, 1], -1, 1), 0.5)
    expectEqual(try value([2, 2], -1, 3), 2.5 / 16)
    expectEqual(try value([5, 5], -0.1, 1), (3 - 1.0 / 16) / 1024)
    // One neuron in the first layer leaves one ray.
    expectEqual(try value([1, 3, 2], -1, 1), 1 - 0.875 * 0.75)
    // Small ones keep their digits: the first terms, with an error of the square.
    #expect((try value([50, 50], 0, 1) / 0x1p-49 - 1).magnitude < 1e-14)
  }

  /// Biases that are not 0: closed forms for one layer only, 3/8 for a neuron.
  @Test func biases() throws {
    let normal = Self.laws(.normal(Self.scale(1)), biases: .normal(Self.scale(1)))
    let all = try #require(bounds([4], normal))
    #expect(all.lowerBound == all.upperBound && (all.lowerBound - 81.0 / 4096).magnitude < 1e-15)
    #expect(bounds([4, 4], normal) == nil)
    #expect(try #require(bounds([4], Self.he, activation: .clipping)).lowerBound == 0.0625)
  }

  @Test func unknown() {
    #expect(bounds([3, 3], Self.he, activation: .tanh) == nil)
    #expect(bounds([3, 3], Self.he, activation: .leakyReLU) == nil)
    // Clipped neurons are not linear on a ray.
    #expect(bounds([3, 3], Self.he, activation: .clipping) == nil)
    #expect(bounds([3, 3], Self.laws(.halfNormal(Self.scale(1)))) == nil)
    #expect(bounds([3, 3], Self.laws(.uniform(lower: Self.scale(-1), upper: Self.scale(2)))) == nil)
    #expect(bounds([3, 3], Self.laws(.normal(Self.scale(1)), biases: .constant(Self.scale(0.1)))) == nil)
    let unit = InputLaw.Bounds(lower: 0, upper: 1)
    #expect(bounds([3, 3], on: Problem(inputs: .law(.box([unit, unit])), target: nil)) == nil)
  }

  // MARK: - Sign patterns

  /// The share of the sign patterns of a number of variables for which something holds.
  private func share(_ variables: Int, _ holds: ([Bool]) -> Bool) -> Double {
    let patterns = 0..<(1 << variables)
    return Double(patterns.count { pattern in holds((0..<variables).map { pattern >> $0 & 1 == 1 }) })
      / Double(patterns.count)
  }

  /// One ray: the signs of all pre-activations on it are independent and fair, up to the first dead layer.
  @Test(arguments: [[1], [3], [1, 1], [2, 3], [4, 2], [2, 2, 2], [1, 3, 4], [2, 2, 3, 3]])
  func patternsOfOneRay(hidden: [Int]) throws {
    let expected = share(hidden.reduce(0, +)) { signs in
      var rest = signs[...]
      return hidden.contains { width in
        defer { rest = rest.dropFirst(width) }
        return !rest.prefix(width).contains(true)
      }
    }
    #expect((try value(hidden, 0, 2) - expected).magnitude < 1e-15)
  }

  /// Both rays: the signs of the first weights, and those of the second pre-activations on either ray, which the layer
  /// before feeds with different neurons; on a ray without active neurons they are 0.
  @Test(arguments: [[1, 1], [2, 2], [3, 3], [4, 4], [1, 4], [5, 2]])
  func patternsOfBothRays(hidden: [Int]) throws {
    let (first, second) = (hidden[0], hidden[1])
    let expected = share(first + 2 * second) { signs in
      let weights = signs.prefix(first)
      let (right, left) = (signs[first..<first + second], signs[(first + second)...])
      return (!weights.contains(true) || !right.contains(true)) && (!weights.contains(false) || !left.contains(true))
    }
    #expect((try value(hidden, -1, 2) - expected).magnitude < 1e-15)
    if first == second {
      #expect((expected - (3 - 2 / Double(1 << first)) / Double(1 << (2 * first))).magnitude < 1e-15)
    }
  }

  /// Bounds of deeper networks: ordered, and between those of the layers behind the first one.
  @Test func bracket() throws {
    for hidden in [[2, 2, 2], [3, 3, 3, 3], [8, 8, 8], [2, 5, 3], [5, 2, 2, 2, 2, 2]] {
      let range = try #require(bounds(hidden, on: Self.problem(-1, 1)))
      let (behind, oneRay) = (try value(Array(hidden.dropFirst()), 0, 1), try value(hidden, 0, 1))
      #expect(range.lowerBound > behind * behind && range.lowerBound < range.upperBound)
      #expect(range.upperBound == behind && behind < oneRay)
    }
  }

  // MARK: - Counts

  private func draw(_ hidden: [Int], _ initialization: Initialization, _ trials: Int) -> [Network] {
    let architecture = Architecture(hidden: hidden, activation: Activation(.relu))
    let resolved = initialization.resolved(architecture)
    return (0..<trials).map {
      Network(
        architecture: architecture, parameters: resolved.draw(studySeed: 23, cellKey: 9, trial: $0, kernels: widest))
    }
  }

  private func isBornDead(_ network: Network, on problem: Problem) -> Bool {
    zip(network.initiallyDeadNeuronsOfLayers(of: problem)!, network.architecture.hidden).contains { $0 == $1 }
  }

  private static let drawn: [(laws: Initialization, hidden: [Int], lower: Double, upper: Double)] = {
    let starts = [
      he, laws(.scaled(.xavier, .uniform, gain: scale(1))), laws(.uniform(lower: scale(-1), upper: scale(1))),
    ]
    let shapes = [[3], [2, 2], [3, 3], [4, 2], [2, 2, 2], [3, 3, 3, 3]]
    return starts.flatMap { law in
      shapes.flatMap { hidden in [(0, 1), (-1, 1), (-0.3, 0.7)].map { (law, hidden, $0.0, $0.1) } }
    }
  }()

  /// 20,000 networks of each kind: the number of those that are born dead lies within 4.417 standard deviations of the
  /// closed form, or of the bounds: false alarms with probability 1e-5 each, 5.4e-4 for all 54 together. Means are above
  /// 400, where they are not 0.
  @Test func counts() throws {
    let trials = 20_000
    for (laws, hidden, lower, upper) in Self.drawn {
      let problem = Self.problem(lower, upper)
      let range = try #require(bounds(hidden, on: problem, laws))
      let count = Double(draw(hidden, laws, trials).count { isBornDead($0, on: problem) })
      func deviation(_ p: Double) -> Double { 4.417 * (Double(trials) * p * (1 - p)).squareRoot() }
      #expect(
        count >= Double(trials) * range.lowerBound - deviation(range.lowerBound)
          && count <= Double(trials) * range.upperBound + deviation(range.upperBound),
        "\(hidden) on [\(lower), \(upper)]: \(count) of \(trials), \(range)")
    }
  }

  /// Without biases only the signs of the inputs matter. Interpolated, the kinks of all neurons at 0 would be rounded, and
  /// on [-0.3, 0.7] a neuron that touches 0 from below would pass it in the last bit.
  @Test func onlySignsMatterWithoutBiases() {
    for hidden in [[2, 2], [3, 3, 3], [4, 2, 5]] {
      for network in draw(hidden, Self.he, 500) {
        let dead = network.initiallyDeadNeuronsOfLayers(of: Self.problem(-1, 1))
        #expect(network.initiallyDeadNeuronsOfLayers(of: Self.problem(-0.3, 0.7)) == dead)
        #expect(network.initiallyDeadNeuronsOfLayers(of: Self.problem(-1, 64)) == dead)
        #expect(network.deadNeurons(of: Self.problem(-1, 1)) == dead?.reduce(0, +))
      }
    }
  }

  /// With biases they are the dead neurons of any network, layer by layer; of vectors, those of the first layer.
  @Test func countsWithBiases() {
    let normal = Self.laws(.normal(Self.scale(1)), biases: .normal(Self.scale(1)))
    for network in draw([4, 3, 5], normal, 200) {
      let problem = Self.problem(-0.2, 1)
      let dead = network.initiallyDeadNeuronsOfLayers(of: problem)
      #expect(dead?.count == 3 && dead?.reduce(0, +) == network.deadNeurons(of: problem))
    }
    let unit = InputLaw.Bounds(lower: 0, upper: 1)
    let vectors = Problem(inputs: .law(.box([unit, unit])), target: nil)
    let architecture = Architecture(inputDimension: 2, hidden: [2, 2], activation: Activation(.relu))
    let network = Network(
      architecture: architecture, parameters: [-1, -1, 1, -1, 0, 0, -1, -1, -1, 1, 0, 0, 1, 1, 0])
    #expect(network.initiallyDeadNeuronsOfLayers(of: vectors) == [1])
    let smooth = Network(
      architecture: Architecture(hidden: [1], activation: Activation(.tanh)), parameters: [-1, 0, 1, 0])
    #expect(smooth.initiallyDeadNeuronsOfLayers(of: Self.problem(0, 1)) == nil)
  }
}
