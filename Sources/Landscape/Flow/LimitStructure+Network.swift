import Networks
import Outcomes
import Risk

extension LimitStructure {
  /// Kinks nearer to each other than this share of the interval count as one.
  package static let mergingTolerance = 1e-6
  /// Kinks nearer than this share of the interval to one of its ends count as there.
  static let endTolerance = 1e-4

  /// The structure of a network with a Hessian. Leaky neurons without an interior kink are lines and count as active
  /// everywhere, on whichever side of their kink the interval lies.
  init(_ network: Network, activities: [NeuronActivity], interval: ClosedRange<Double>) {
    let isLeaky = network.architecture.activation.kind == .leakyReLU
    let tolerance = Self.mergingTolerance * (interval.upperBound - interval.lowerBound)
    let endTolerance = Self.endTolerance * (interval.upperBound - interval.lowerBound)
    var kinks: [Double] = []
    self.init()
    for (w, activity) in zip(network.parameters, activities) {
      var activity = activity
      if case .beyond(let kink) = activity {
        if kink - interval.lowerBound <= endTolerance { activity = w > 0 ? .everywhere : .nowhere }
        if interval.upperBound - kink <= endTolerance { activity = w < 0 ? .everywhere : .nowhere }
      }
      switch activity {
      case .beyond(let kink): kinks.append(kink)
      case .everywhere: activeNeurons += 1
      case .nowhere: if isLeaky { activeNeurons += 1 } else { inactiveNeurons += 1 }
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
