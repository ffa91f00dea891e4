import Networks
import Outcomes

extension LimitStructure {
  /// Kinks nearer to each other than this share of the interval count as one.
  package static let mergingTolerance = 1e-6
  /// Kinks nearer than this share of the interval to one of its ends count as there.
  static let endTolerance = 1e-4

  /// The structure of a network with a Hessian. Leaky neurons without an interior kink are lines and count as active
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
