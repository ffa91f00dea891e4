import Kernels
import Networks
import Problems

extension Network {
  /// The number of dead neurons: hidden neurons of a ReLU or clipping network that are inactive, A = 0, on the whole
  /// input domain. Their gradients vanish, so that no optimizer whose step is 0 after gradients 0 ever moves them
  /// (Jentzen and Riekert, arXiv:2402.05155). Nil for other activations, whose neurons are never inactive.
  ///
  /// Scalar inputs: of all layers, on the interval of the law, without outer pieces on
  /// which a density is 0. Data sets: of all layers, on the points of a
  /// weight greater than 0. Vector laws: of the
  /// first hidden layer, on the box; a neuron on unbounded inputs is dead only if its weights are 0.
  public func deadNeurons(of problem: Problem) -> Int? { deadNeuronsOfLayers(of: problem)?.reduce(0, +) }

  /// Whether all neurons of a hidden layer are dead: then no parameter in front of them has a gradient, and the network is
  /// constant in its input for ever.
  func isConstantForEver(of problem: Problem) -> Bool {
    deadNeuronsOfLayers(of: problem).map { zip($0, architecture.hidden).contains { $0 == $1 } } ?? false
  }

  /// The number of dead neurons of each hidden layer of a network as it is drawn, from the first layer on as far as they are
  /// counted: of all layers, or, for vector laws, of the first. Nil for activations whose neurons cannot die.
  ///
  /// Pre-activations that are exactly 0 are inactive. Where all biases are 0, that is so at x = 0 for every neuron, and
  /// all have their kink there: found by interpolation it is rounded, and neurons that only touch 0 would pass it in the
  /// last bit. A ReLU network without biases is linear on both sides of 0, and the ends of the interval are enough.
  public func initiallyDeadNeuronsOfLayers(of problem: Problem) -> [Int]? {
    if architecture.activation.kind == .relu, hasNoBiases, case .law(let law) = problem.inputs,
      let interval = law.support
    {
      return deadNeurons(on: [[interval.lower], [interval.upper]])
    }
    return deadNeuronsOfLayers(of: problem)
  }

  /// Whether the biases of all hidden layers are 0.
  private var hasNoBiases: Bool {
    (1...architecture.depth).allSatisfy { layer in
      self[ParameterBlock(layer: layer, kind: .biases)].allSatisfy { $0 == 0 }
    }
  }

  /// From the first hidden layer on, as far as they are counted.
  private func deadNeuronsOfLayers(of problem: Problem) -> [Int]? {
    guard architecture.activation.facts.canDie else { return nil }
    switch problem.inputs {
    case .data(let data):
      return deadNeurons(
        on: (0..<data.count).filter { data.weights?[$0] != 0 }.map {
          Array(data.inputs[$0 * data.dimension..<($0 + 1) * data.dimension])
        })
    case .law(.box(let bounds)): return [deadFirstLayerNeurons(bounds)]
    case .law(.normal(_, _, let dimension)):
      return [
        deadFirstLayerNeurons(
          Array(repeating: InputLaw.Bounds(lower: -.infinity, upper: .infinity), count: dimension))
      ]
    case .law(let law): return law.support.map(deadNeurons)
    }
  }

  private func deadNeurons(on points: [[Double]]) -> [Int] {
    var inputs = points
    return (1...architecture.depth).map { layer in
      let z = inputs.map { preActivations(of: layer, at: $0) }
      inputs = z.map(architecture.activation.values)
      return inactiveNeurons(z, width: architecture.hidden[layer - 1])
    }
  }

  /// Between two neighbouring points the neurons of a layer are lines, once the points contain the kinks of the layers
  /// before: a neuron is inactive everywhere if it is so at the points.
  ///
  /// Not by the breakpoints of ``LinearPieces``: pre-activations there are rounded otherwise than those that are
  /// interpolated here, and where biases are 0 and the interval contains 0, neurons touch 0 without passing it. Of 6000
  /// random networks 119 would get other counts, and stored outcomes hold counts.
  private func deadNeurons(on interval: InputLaw.Bounds) -> [Int] {
    var inputs = [[interval.lower], [interval.upper]]
    // Shallow networks need no kinks.
    guard architecture.depth > 1 else { return deadNeurons(on: inputs) }
    let levels = architecture.activation.facts.kinks
    var dead: [Int] = []
    for layer in 1...architecture.depth {
      let z = inputs.map { preActivations(of: layer, at: $0) }
      dead.append(inactiveNeurons(z, width: architecture.hidden[layer - 1]))
      if layer == architecture.depth { break }
      var points = [z[0]]
      for (left, right) in zip(z, z.dropFirst()) {
        var kinks: [Double] = []
        for (a, b) in zip(left, right) {
          for level in levels where (a < level && b > level) || (a > level && b < level) {
            kinks.append((level - a) / (b - a))
          }
        }
        for share in kinks.sorted() { points.append(zip(left, right).map { $0 + share * ($1 - $0) }) }
        points.append(right)
      }
      inputs = points.map(architecture.activation.values)
    }
    return dead
  }

  /// The neurons of a layer that are inactive at all points, from their pre-activations there.
  private func inactiveNeurons(_ z: [[Double]], width: Int) -> Int {
    (0..<width).count { neuron in z.allSatisfy { $0[neuron] <= 0 } }
  }

  private func deadFirstLayerNeurons(_ bounds: [InputLaw.Bounds]) -> Int {
    let weights = Array(self[ParameterBlock(layer: 1, kind: .weights)])
    let biases = Array(self[ParameterBlock(layer: 1, kind: .biases)])
    return biases.indices.count { neuron in
      var largest = biases[neuron]
      for (k, bound) in bounds.enumerated() {
        let weight = weights[neuron * bounds.count + k]
        if weight != 0 { largest += weight > 0 ? weight * bound.upper : weight * bound.lower }
      }
      return largest <= 0
    }
  }
}
