import Networks

/// Which neurons of a shallow network have a kink inside the interval, in which order and orientation, and where the
/// others are active.
struct KinkPattern {
  let activities: [NeuronActivity]
  private let isRightOriented: [Bool]

  init(_ network: Network, on interval: ClosedRange<Double>) {
    let shallow = network.shallow
    activities = shallow.activities(on: interval)
    isRightOriented = shallow.innerWeights.map { $0 > 0 }
  }

  /// Whether the patterns agree, up to the order of kinks that are within the tolerance of each other.
  func agrees(with other: KinkPattern, tolerance: Double) -> Bool {
    var kinks: [(Double, Double)] = []
    for j in activities.indices {
      switch (activities[j], other.activities[j]) {
      case (.beyond(let t), .beyond(let s)):
        guard isRightOriented[j] == other.isRightOriented[j] else { return false }
        kinks.append((t, s))
      case (.everywhere, .everywhere), (.nowhere, .nowhere): continue
      default: return false
      }
    }
    kinks.sort { $0.0 < $1.0 }
    var largest = -Double.infinity
    for (_, s) in kinks {
      if s < largest - tolerance { return false }
      largest = max(largest, s)
    }
    return true
  }
}
