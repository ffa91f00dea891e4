import Networks
import Risk

/// Which kinks a network has inside the interval, in which order.
enum KinkPattern {
  /// Of a shallow network: where its neurons are active, and the orientation of each.
  case neurons([NeuronActivity], isRightOriented: [Bool])
  /// Of a deep one: on which segments of the activation the neurons of all layers are, piece after piece, without short
  /// ones, so that the order of kinks that are close to each other does not count.
  case pieces([[UInt8]])

  init(_ network: Network, _ activities: [NeuronActivity]) {
    self = .neurons(activities, isRightOriented: activities.indices.map { network.firstLayerWeight($0) > 0 })
  }

  /// - Parameter tolerance: pieces up to this length do not count.
  init(_ curvature: LineCurvature, tolerance: Double) {
    self = .pieces(
      (0..<curvature.pieces).compactMap { piece in
        curvature.ends[piece + 1] - curvature.ends[piece] > tolerance ? curvature.pattern(piece) : nil
      })
  }

  /// Whether the patterns agree, up to the order of kinks that are within the tolerance of each other.
  func agrees(with other: KinkPattern, tolerance: Double) -> Bool {
    switch (self, other) {
    case (.pieces(let own), .pieces(let others)): own == others
    case (.neurons(let own, let orientations), .neurons(let others, let otherOrientations)):
      Self.agree(own, orientations, others, otherOrientations, tolerance: tolerance)
    default: false
    }
  }

  private static func agree(
    _ own: [NeuronActivity], _ orientations: [Bool], _ others: [NeuronActivity], _ otherOrientations: [Bool],
    tolerance: Double
  ) -> Bool {
    var kinks: [(Double, Double)] = []
    for j in own.indices {
      switch (own[j], others[j]) {
      case (.beyond(let t), .beyond(let s)):
        guard orientations[j] == otherOrientations[j] else { return false }
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
