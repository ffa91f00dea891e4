import Kernels
import Networks
import TestSupport
import Testing

/// The traversal of linear pieces against pre-activations of the forward pass.
@Suite struct LinearPiecesTests {
  private static let interval = -1.0...2
  private static let hidden = [[6], [5, 4], [4, 3, 5]]

  private static func networks(_ activation: Activation) -> [Network] {
    var generator = SplitMix64(state: 8)
    return hidden.flatMap { hidden in
      (0..<4).map { _ in randomNetwork(Architecture(hidden: hidden, activation: activation), &generator) }
    }
  }

  /// The kinks that the pre-activations of a layer are beyond.
  private static func pattern(_ network: Network, layer: Int, at x: Double) -> [Int] {
    let kinks = network.architecture.activation.facts.kinks
    return network.preActivations(at: [x], through: layer).map { z in kinks.count { z > $0 } }
  }

  @Test("patterns on pieces", arguments: piecewiseAffine)
  func patterns(_ activation: Activation) throws {
    for network in Self.networks(activation) {
      let pieces = try #require(LinearPieces(network, on: Self.interval))
      #expect(pieces.layers.map(\.width) == network.architecture.hidden)
      for (index, layer) in pieces.layers.enumerated() {
        #expect(layer.ends.first == -1 && layer.ends.last == 2)
        for piece in 0..<layer.count {
          let (a, b) = (layer.ends[piece], layer.ends[piece + 1])
          // Not nearer to the ends than 1e-12: ends are rounded, see below, and on one side or the other of the kink
          // that they stand for.
          for share in [1e-6, 0.3, 0.5, 0.9, 1 - 1e-6] where b - a > 1e-6 {
            let expected = Self.pattern(network, layer: index + 1, at: a + share * (b - a))
            #expect(layer.pattern(piece).map(Int.init) == expected)
          }
        }
      }
    }
  }

  /// The places where the pattern of a layer changes, by bisection between the points of a grid.
  private static func changes(_ network: Network, layer: Int) -> [Double] {
    let count = 3000
    var found: [Double] = []
    func search(_ a: Double, _ b: Double, _ left: [Int], _ right: [Int]) {
      if left == right { return }
      let middle = a + 0.5 * (b - a)
      // Hundreds of units in the last place of 2; far below what the ends are compared to.
      if b - a < 1e-13 {
        found.append(middle)
        return
      }
      let pattern = pattern(network, layer: layer, at: middle)
      search(a, middle, left, pattern)
      search(middle, b, pattern, right)
    }
    let grid = (0...count).map { interval.lowerBound + 3 * Double($0) / Double(count) }
    let patterns = grid.map { pattern(network, layer: layer, at: $0) }
    for i in 0..<count { search(grid[i], grid[i + 1], patterns[i], patterns[i + 1]) }
    return found
  }

  @Test("breakpoints by brute force", arguments: piecewiseAffine)
  func breakpoints(_ activation: Activation) throws {
    for network in Self.networks(activation) {
      let pieces = try #require(LinearPieces(network, on: Self.interval))
      for layer in 1...network.architecture.depth {
        let found = Self.changes(network, layer: layer)
        let breakpoints = pieces.layers[layer - 1].breakpoints
        // A pre-activation, of numbers up to 10 in a few layers of up to 6 neurons, has an error of about 1e-14, and
        // a kink that error divided by the slope there: 1e-10 suffices for slopes of 1e-4 and more. What is ten times
        // as far away is on the other side.
        for x in found { #expect(breakpoints.contains { abs($0 - x) < 1e-10 }) }
        // Each of those that the layer adds is one of its own.
        for x in pieces.breakpoints(ofLayer: layer) {
          let (left, right) = (x - 1e-9, x + 1e-9)
          #expect(
            Self.pattern(network, layer: layer, at: left) != Self.pattern(network, layer: layer, at: right))
        }
        // All of the layers so far, each once.
        let all = (1...layer).flatMap { pieces.breakpoints(ofLayer: $0) }.sorted()
        #expect(all == Array(breakpoints))
      }
    }
  }

  @Test("values and slopes", arguments: piecewiseAffine)
  func values(_ activation: Activation) throws {
    for network in Self.networks(activation) {
      let pieces = try #require(LinearPieces(network, on: Self.interval))
      for (index, layer) in pieces.layers.enumerated() {
        for piece in 0..<layer.count {
          let middle = layer.middle(piece)
          let step = 0.25 * (layer.ends[piece + 1] - layer.ends[piece])
          func activations(_ x: Double) -> [Double] {
            activation.values(at: network.preActivations(at: [x], through: index + 1))
          }
          let (left, here, right) = (activations(middle - step), activations(middle), activations(middle + step))
          for j in 0..<layer.width {
            let place = piece * layer.width + j
            // Three layers of up to 6 terms of size 10 at most: a few dozen roundings of 2^-50 each at most.
            #expect(abs(layer.values[place] - here[j]) < 1e-13)
            // Quotients of short pieces have few digits.
            #expect(abs(layer.slopes[place] - (right[j] - left[j]) / (2 * step)) < 1e-12 + 1e-15 / step)
          }
        }
      }
    }
  }

  /// The residual 1 on one piece, and 0 elsewhere: the gradient of the network in the middle of that piece.
  @Test("backward pass", arguments: piecewiseAffine)
  func gradient(_ activation: Activation) throws {
    for network in Self.networks(activation) {
      let pieces = try #require(LinearPieces(network, on: Self.interval))
      let zeros = [Double](repeating: 0, count: pieces.last.count)
      for piece in zeros.indices {
        var residuals = zeros
        residuals[piece] = 1
        let gradient = pieces.gradient(residuals: residuals, moments: zeros)
        let middle = pieces.last.middle(piece)
        // With the residual 1/2 and the weight 1.
        let expected = network.reference.gradient(
          inputs: [middle], targets: [network.value(at: middle) - 0.5], weights: [1]
        ).gradient
        // Products of slopes of up to three layers, summed over neurons and rounded as the values above, with the
        // input and the values, up to 10, as factors: ten times their bound.
        #expect(zip(gradient, expected).allSatisfy { abs($0 - $1) < 1e-12 })
      }
    }
  }

  /// Tents: 1 - |2 x - 1| on [0, 1], passed through each other; every layer doubles the pieces.
  @Test("regions of a sawtooth")
  func sawtooth() throws {
    let depth = 5
    var parameters: [Double] = [2, 2, 0, -1]
    for _ in 1..<depth { parameters += [2, -4, 2, -4, 0, -1] }
    parameters += [1, -2, 0]
    let network = Network(
      architecture: Architecture(hidden: Array(repeating: 2, count: depth), activation: .relu),
      parameters: parameters)
    let pieces = try #require(LinearPieces(network, on: 0...1))
    for layer in 1...depth {
      #expect(pieces.layers[layer - 1].count == 1 << layer)
      let step = 1 / Double(1 << layer)
      let odd = stride(from: 1, to: 1 << layer, by: 2)
      #expect(pieces.breakpoints(ofLayer: layer) == odd.map { step * Double($0) })
    }
    #expect(pieces.layers[0].pattern(0) == [1, 0] && pieces.layers[0].pattern(1) == [1, 1])
  }

  @Test("limits")
  func limits() throws {
    var generator = SplitMix64(state: 3)
    // Neurons times pieces of the first layer alone are too many.
    let width = 1 << 11
    let wide = Network(
      innerWeights: Array(repeating: 1, count: width), innerBiases: (0..<width).map { -Double($0) / Double(width) },
      outerWeights: Array(repeating: 1, count: width), outerBias: 0)
    let pieces = LinearPieces(wide, on: Self.interval)
    #expect(pieces == nil)
    // Nothing cuts lines.
    let lines = randomNetwork(Architecture(hidden: [3, 3], activation: Activation(.identity)), &generator)
    #expect(try #require(LinearPieces(lines, on: Self.interval)).last.ends == [-1, 2])
  }
}
