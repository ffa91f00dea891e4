import Kernels
import Networks
import Risk
import Training

extension FlowPolishing {
  /// Dead neurons whose kink is at an end of the interval but for rounding can come to life again.
  private static let rounding = 0x1p-40

  /// Whether dead neurons lead down, where the Hessian does not see it.
  ///
  /// A neuron of the first layer with its kink at an end e of the interval, inactive inside, changes the risk by v r(e) p(e) eps^2 / |w|
  /// up to a positive factor when the kink moves inside by eps / |w|, v the derivative of the network by its activation; with v = 0, v can have either sign first.
  func escape(_ point: FlowPoint, dying: DyingNeurons) -> FlowEnd.Escape {
    guard point.risk > negligibleRisk else { return .none }
    let network = point.network
    let residuals = ends.residuals(network)
    let influences = ends.influences(network)
    var escape = FlowEnd.Escape.none
    for j in 0..<network.firstLayerWidth where point.activities[j] == .nowhere && !dying.contains(j) {
      let at = network.firstLayerPlaces(j)
      guard isTrained[at.weight] || isTrained[at.bias] else { continue }
      let (w, b) = (network.firstLayerWeight(j), network.firstLayerBias(j))
      if w == 0 && b == 0 {
        escape = .unknown
        continue
      }
      guard point.isRectified else { continue }
      let end = ends.last(weight: w)
      guard w * end + b >= -Self.rounding * max(w.magnitude, b.magnitude) else { continue }
      let (residual, v) = (residuals.last(weight: w), influences.last(weight: w)[j])
      let mayMove = blocks.contains(ParameterBlock(layer: 2, kind: .weights))
      if v * residual < 0 || v == 0 && residual != 0 && mayMove { return .down }
    }
    return escape
  }
}
