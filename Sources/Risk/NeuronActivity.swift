/// Where on the interval of a scalar input a neuron of a shallow network has a positive pre-activation w x + b.
package enum NeuronActivity: Sendable, Hashable {
  /// On the side of this interior point to which w points: right of it for w > 0, left of it for w < 0.
  case beyond(_ kink: Double)
  case everywhere
  case nowhere
}
