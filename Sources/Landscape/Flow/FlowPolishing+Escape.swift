import Kernels
import Networks
import Risk

extension FlowPolishing {
  /// Dead neurons whose kink is at an end of the interval but for rounding can come to life again.
  private static let rounding = 0x1p-40

  /// Whether dead neurons lead down, where the Hessian does not see it.
  ///
  /// A neuron with its kink at an end e of the interval, inactive inside, changes the risk by v r(e) p(e) eps^2 / |w| up to
  /// a positive factor when the kink moves inside by eps / |w|; with v = 0, v can have either sign first.
  func escape(_ point: FlowPoint) -> FlowEnd.Escape {
    guard point.isRectified, point.risk > negligibleRisk else { return .none }
    let width = point.pattern.activities.count
    let parameters = point.network.parameters
    var escape = FlowEnd.Escape.none
    for j in 0..<width where point.pattern.activities[j] == .nowhere {
      guard trained.contains(j) || trained.contains(width + j) else { continue }
      let (w, b, v) = (parameters[j], parameters[width + j], parameters[2 * width + j])
      if w == 0 && b == 0 {
        escape = .unknown
        continue
      }
      let end = w > 0 ? interval.upperBound : interval.lowerBound
      guard w * end + b >= -Self.rounding * max(w.magnitude, b.magnitude) else { continue }
      let residual = value(of: point.network, at: end) - target.evaluate(at: [end])[0]
      if v * residual < 0 || v == 0 && residual != 0 && trained.contains(2 * width + j) { return .down }
    }
    return escape
  }

  private func value(of network: Network, at x: Double) -> Double {
    let width = network.architecture.width
    let p = network.parameters
    return (0..<width).reduce(p[3 * width]) { $0 + p[2 * width + $1] * max(p[$1] * x + p[width + $1], 0) }
  }
}
