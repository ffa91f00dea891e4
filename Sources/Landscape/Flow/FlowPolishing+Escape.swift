import Kernels
import Networks
import Risk

extension FlowPolishing {
  /// Dead neurons whose kink is at an end of the interval but for rounding can come to life again.
  private static let rounding = 0x1p-40

  /// Whether dead neurons lead down, where the Hessian does not see it.
  ///
  /// A neuron with its kink at an end e of the interval, inactive inside, changes the risk by v r(e) p(e) eps^2 / |w|
  /// up to a positive factor when the kink moves inside by eps / |w|; with v = 0, v can have either sign first.
  func escape(_ point: FlowPoint, dying: DyingNeurons) -> FlowEnd.Escape {
    guard point.risk > negligibleRisk else { return .none }
    let shallow = point.shallow
    let residuals = ends.residuals(point.network)
    var escape = FlowEnd.Escape.none
    for j in 0..<shallow.width where point.pattern.activities[j] == .nowhere && !dying.contains(j) {
      let (neuron, at) = (shallow[j], shallow.places[j])
      guard trained.contains(at.innerWeight) || trained.contains(at.innerBias) else { continue }
      let (w, b, v) = (neuron.innerWeight, neuron.innerBias, neuron.outerWeight)
      if w == 0 && b == 0 {
        escape = .unknown
        continue
      }
      guard point.isRectified else { continue }
      let end = ends.last(weight: w)
      guard w * end + b >= -Self.rounding * max(w.magnitude, b.magnitude) else { continue }
      let residual = residuals.last(weight: w)
      if v * residual < 0 || v == 0 && residual != 0 && trained.contains(at.outerWeight) { return .down }
    }
    return escape
  }
}
