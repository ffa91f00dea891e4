import Networks
import Risk

/// A network on its way along the gradient flow, with what is known of the risk there.
struct FlowPoint {
  let network: Network
  let curvature: RiskCurvature
  let pattern: KinkPattern

  /// Neurons with a kink within this share of the interval from one of its ends are frozen for the test of stationarity.
  private static let frozenShare = 1e-8

  /// Nil where something overflows.
  init?(_ network: Network, risk: PopulationRisk) {
    guard network.isFinite, let curvature = risk.curvature(network), let activities = risk.activities(network),
      curvature.evaluation.risk.isFinite, curvature.evaluation.gradient.allSatisfy(\.isFinite)
    else { return nil }
    self.network = network
    self.curvature = curvature
    pattern = KinkPattern(network, activities: activities)
  }

  var risk: Double { curvature.evaluation.risk }
  var isRectified: Bool { network.architecture.activation.kind == .relu }
  var largestParameter: Double { network.parameters.reduce(1) { max($0, $1.magnitude) } }

  func gradient(_ indices: [Int]) -> [Double] { indices.map { curvature.evaluation.gradient[$0] } }

  /// The network with an increment to some of its parameters.
  func moved(_ indices: [Int], by increment: [Double]) -> Network {
    var network = network
    for (i, d) in zip(indices, increment) { network.parameters[i] += d }
    return network
  }

  /// Those of the trained parameters that are not of dead neurons.
  func movable(_ trained: [Int]) -> [Int] {
    guard isRectified else { return trained }
    let width = pattern.activities.count
    return trained.filter { $0 == 3 * width || pattern.activities[$0 % width] != .nowhere }
  }

  /// Those of the trained parameters on which the risk has second derivatives: not those of dead and degenerate neurons
  /// and of neurons with a kink at an end of the interval.
  func smooth(_ trained: [Int], on interval: ClosedRange<Double>) -> [Int] {
    let width = pattern.activities.count
    let parameters = network.parameters
    let tolerance = Self.frozenShare * (interval.upperBound - interval.lowerBound)
    let isSmooth = pattern.activities.indices.map { j -> Bool in
      let (w, b) = (parameters[j], parameters[width + j])
      if w == 0 && b == 0 { return false }
      switch pattern.activities[j] {
      case .beyond(let kink): return min(kink - interval.lowerBound, interval.upperBound - kink) > tolerance
      case .nowhere where isRectified: return false
      case .everywhere, .nowhere:
        let kink = -b / w
        return
          !((kink - interval.lowerBound).magnitude <= tolerance || (kink - interval.upperBound).magnitude <= tolerance)
      }
    }
    return trained.filter { $0 == 3 * width || isSmooth[$0 % width] }
  }
}
