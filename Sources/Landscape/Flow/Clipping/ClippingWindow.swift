import Networks

/// The window of a clipped neuron, where 0 < w x + b < 1, which meets the interval of the inputs. Neurons without one
/// are dead or saturated there, and their biases have gradient 0.
struct ClippingWindow {
  let index: Int
  let weight: Double
  let bias: Double
  let outer: Double
  /// The edges, maybe outside of the interval.
  let lower: Double
  let upper: Double
  /// The part of (0, 1) that w x + b runs through inside the interval.
  let visible: Double

  /// Nil where the neuron is dead or saturated on the interval, and for w = 0.
  init?(_ neuron: ShallowNetwork.Neuron, index: Int, on interval: ClosedRange<Double>) {
    self.index = index
    (weight, bias, outer) = (neuron.innerWeight, neuron.innerBias, neuron.outerWeight)
    let ends = [interval.lowerBound, interval.upperBound].map(neuron.preActivation)
    visible = min(max(ends[0], ends[1]), 1) - max(min(ends[0], ends[1]), 0)
    let (zero, one) = (neuron.kink, (1 - bias) / weight)
    (lower, upper) = (min(zero, one), max(zero, one))
    guard weight != 0, visible > 0, lower < interval.upperBound, upper > interval.lowerBound else { return nil }
  }

  var length: Double { 1 / weight.magnitude }

  /// By how much the network rises over the window.
  var rise: Double { weight > 0 ? outer : -outer }

  /// How much of the window lies left of a point, a share from 0 to 1.
  func share(before x: Double) -> Double { max(0, min(1, (x - lower) * weight.magnitude)) }

  /// The unit in which moves of the bias are measured: it moves the window by 1, but one that is longer than the
  /// interval by its length in units of the interval, since then its height is what counts.
  func unit(_ interval: ClosedRange<Double>) -> Double {
    max(weight.magnitude, 1 / (interval.upperBound - interval.lowerBound))
  }
}
