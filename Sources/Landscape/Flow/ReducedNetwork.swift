import Networks

/// A shallow ReLU or leaky ReLU network by what moves its realization: one neuron with |w| = 1 for each place of a
/// kink, which carries the whole jump, and one neuron that is active everywhere for the rest, a line.
///
/// With J_a = v_a |w_a| the jump (over 1 - g for a leaky slope g), t_a the kink and o_a = sign w_a,
/// v A(w x + b) = J A(o (x - t)), and A(-z) = A(z) - (1 + g) z.
struct ReducedNetwork {
  struct Knot {
    /// The kinks of its neurons, within the tolerance of each other; their mean with weights J_a, if the jump is not 0.
    let place: Double
    let orientation: Double
    /// J_a.
    let jumps: [Double]
    /// Whether there are neurons of both orientations.
    let isMixed: Bool

    var jump: Double { jumps.reduce(0, +) }
  }

  /// A neuron that has its kink at an end of the interval.
  struct EndNeuron {
    let outer: Double
    let end: Double
    /// Whether the kink is there up to rounding, and not only within the tolerance.
    let isExact: Bool
  }

  let knots: [Knot]
  let endNeurons: [EndNeuron]
  /// (v, w) of the neurons that are lines on the whole interval, but not 0.
  let lines: [(outer: Double, weight: Double)]
  let network: Network

  /// Kinks at an end up to rounding, a share of the interval.
  private static let rounding = 1e-8

  /// Nil where a neuron has w = b = 0, and for other activations.
  init?(_ full: Network, activities: [NeuronActivity], interval: ClosedRange<Double>, tolerance: Double) {
    let activation = full.architecture.activation
    guard let slope = activation.facts.rectifiedSlope else { return nil }
    let shallow = full.shallow
    let rounding = Self.rounding * (interval.upperBound - interval.lowerBound)
    var kinked: [(kink: Double, jump: Double, orientation: Double)] = []
    var lines: [(Double, Double)] = []
    var endNeurons: [EndNeuron] = []
    var line = (slope: 0.0, value: shallow.outerBias)
    for (neuron, activity) in zip(shallow.neurons, activities) {
      let (w, b, v) = (neuron.innerWeight, neuron.innerBias, neuron.outerWeight)
      if w == 0 && b == 0 { return nil }
      let kink = neuron.kink
      let end =
        (kink - interval.lowerBound).magnitude < (kink - interval.upperBound).magnitude
        ? interval.lowerBound : interval.upperBound
      let distance = w == 0 ? .infinity : (kink - end).magnitude
      let isActive: Bool
      switch activity {
      case .beyond where distance > tolerance:
        kinked.append((kink, v * w.magnitude, w > 0 ? 1 : -1))
        continue
      case .beyond:
        endNeurons.append(EndNeuron(outer: v, end: end, isExact: distance <= rounding))
        isActive = (w > 0) == (end == interval.lowerBound)
      case .everywhere, .nowhere:
        if distance <= rounding { endNeurons.append(EndNeuron(outer: v, end: end, isExact: true)) }
        isActive = activity == .everywhere
      }
      let factor = isActive ? v : slope * v
      line.slope += factor * w
      line.value += factor * b
      if isActive || slope != 0 { lines.append((v, w)) }
    }

    kinked.sort { $0.kink < $1.kink }
    var knots: [Knot] = []
    var first = 0
    for i in kinked.indices where i + 1 == kinked.count || kinked[i + 1].kink - kinked[i].kink > tolerance {
      let group = kinked[first...i]
      first = i + 1
      let jump = group.reduce(0) { $0 + $1.jump }
      let largest = group.reduce(0) { max($0, $1.jump.magnitude) }
      let place =
        group.count > 1 && jump.magnitude > 1e-9 * largest
        ? group.reduce(0) { $0 + $1.jump * ($1.kink - group.first!.kink) } / jump + group.first!.kink
        : group.first!.kink
      let orientation = group.first!.orientation
      for neuron in group where neuron.orientation != orientation {
        let part = -(1 + slope) * orientation * neuron.jump
        line.slope += part
        line.value -= part * neuron.kink
      }
      knots.append(
        Knot(
          place: place, orientation: orientation, jumps: group.map(\.jump),
          isMixed: group.contains { $0.orientation != orientation }))
    }

    // The line as that of a neuron that is at least 1 on the interval.
    let bias = 1 - interval.lowerBound
    network = Network(
      activation: activation, innerWeights: knots.map(\.orientation) + [1],
      innerBiases: knots.map { -$0.orientation * $0.place } + [bias],
      outerWeights: knots.map(\.jump) + [line.slope], outerBias: line.value - line.slope * bias)
    self.knots = knots
    self.endNeurons = endNeurons
    self.lines = lines
  }

  /// The parameters of the reduced network on which the realization depends when parameters of the full one move; nil
  /// where that is not known.
  ///
  /// All: the knots and their jumps, the constant, and the slope of the line if it is free of the jumps: if there is a
  /// neuron with (v, w) not 0 that is a line, or a knot with both orientations. Inner biases: the knots, and the
  /// constant if it is trained or moved by a line or by a knot with both orientations.
  func coordinates(_ trained: TrainedPart) -> [Int]? {
    let at = network.shallow.places
    let places = knots.indices.map { at[$0].innerBias }
    let hasMixedKnot = knots.contains(where: \.isMixed)
    switch trained {
    case .all:
      let jumps = knots.indices.map { at[$0].outerWeight }
      if hasMixedKnot || lines.contains(where: { $0.outer != 0 || $0.weight != 0 }) {
        return places + jumps + [at[knots.count].outerWeight, at.outerBias]
      }
      return lines.isEmpty ? places + jumps + [at.outerBias] : nil
    case .innerBiases(let isConstantTrained):
      let isFree = isConstantTrained || hasMixedKnot || lines.contains { $0.outer != 0 }
      return isFree ? places + [at.outerBias] : places
    case .other: return nil
    }
  }
}

/// Which parameters of a shallow network move, as far as it matters for what its critical points are.
enum TrainedPart: Equatable {
  case all
  /// With or without the outer bias.
  case innerBiases(outer: Bool)
  case other

  init(_ trained: [Int], _ places: ShallowPlaces) {
    let moved = Set(trained)
    let biases = Set(places.innerBiases)
    if moved.count == places.count {
      self = .all
    } else if moved == biases {
      self = .innerBiases(outer: false)
    } else if moved == biases.union([places.outerBias]) {
      self = .innerBiases(outer: true)
    } else {
      self = .other
    }
  }
}
