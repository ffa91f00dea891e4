import Networks
import Outcomes
import Risk

extension LimitStructure {
  /// Kinks nearer to each other than this share of the interval count as one.
  package static let mergingTolerance = 1e-6
  /// Kinks nearer than this share of the interval to one of its ends count as there.
  static let endTolerance = 1e-4

  /// The structure of a network of any depth: of its pieces, those longer than ``FlowPolishing/shortPiece`` count; of
  /// the neurons those of all layers that have no kink inside.
  init(_ curvature: LineCurvature, interval: ClosedRange<Double>) {
    self.init()
    let shortest = FlowPolishing.shortPiece * (interval.upperBound - interval.lowerBound)
    let lengths = zip(curvature.ends.dropFirst(), curvature.ends).map { $0 - $1 }
    interiorKinks = max(lengths.count { $0 > shortest } - 1, 0)
    kinkedNeurons = interiorKinks > 0 ? lengths.count - 1 : 0
    let patterns = (0..<curvature.pieces).map(curvature.pattern)
    let canDie = curvature.canDie
    for neuron in patterns[0].indices {
      let segments = Set(patterns.map { $0[neuron] })
      if segments.count > 1 { continue }
      if canDie && segments.first == 0 {
        inactiveNeurons += 1
      } else {
        activeNeurons += 1
      }
    }
  }

  /// The structure of a shallow network. Leaky neurons without an interior kink are lines and count as active
  /// everywhere, on whichever side of their kink the interval lies.
  init(_ network: Network, activities: [NeuronActivity], interval: ClosedRange<Double>) {
    let canDie = network.architecture.activation.facts.canDie
    let tolerance = Self.mergingTolerance * (interval.upperBound - interval.lowerBound)
    let endTolerance = Self.endTolerance * (interval.upperBound - interval.lowerBound)
    var kinks: [Double] = []
    self.init()
    for (w, activity) in zip(network.shallow.innerWeights, activities) {
      var activity = activity
      if case .beyond(let kink) = activity {
        if kink - interval.lowerBound <= endTolerance { activity = w > 0 ? .everywhere : .nowhere }
        if interval.upperBound - kink <= endTolerance { activity = w < 0 ? .everywhere : .nowhere }
      }
      switch activity {
      case .beyond(let kink): kinks.append(kink)
      case .everywhere: activeNeurons += 1
      case .nowhere: if canDie { inactiveNeurons += 1 } else { activeNeurons += 1 }
      }
    }
    kinkedNeurons = kinks.count
    var last = -Double.infinity
    for kink in kinks.sorted() {
      if kink - last > tolerance { interiorKinks += 1 }
      last = kink
    }
  }
}
