import Kernels
import Networks
import Problems

/// The ends of the interval of the inputs, where neurons leave it.
package struct IntervalEnds: Sendable {
  package let interval: ClosedRange<Double>
  private let law: InputLaw
  package let target: Program
  private let targets: [Double]

  package init(_ interval: ClosedRange<Double>, law: InputLaw, target: Program) {
    self.interval = interval
    self.law = law
    self.target = target
    targets = target.evaluate(at: [interval.lowerBound, interval.upperBound])
  }

  package var length: Double { interval.upperBound - interval.lowerBound }
  package var middle: Double { 0.5 * (interval.lowerBound + interval.upperBound) }
  package var isUniform: Bool { if case .density = law { false } else { true } }

  /// The end where a rectified neuron that leaves on its inactive side is active last.
  package func last(weight: Double) -> Double { weight > 0 ? interval.upperBound : interval.lowerBound }

  /// The residual r = N - f at the lower and the upper end.
  package func residuals(_ network: Network) -> AtEnds<Double> {
    AtEnds(
      lower: network.value(at: interval.lowerBound) - targets[0],
      upper: network.value(at: interval.upperBound) - targets[1])
  }

  /// The derivatives of the network by the activations of its first layer.
  package func influences(_ network: Network) -> AtEnds<[Double]> {
    AtEnds(
      lower: network.firstLayerInfluences(at: interval.lowerBound),
      upper: network.firstLayerInfluences(at: interval.upperBound))
  }

  /// The density of the input.
  package func density(at x: Double) -> Double {
    guard case .density(let density) = law else { return 1 / length }
    let piece = density.breaks.dropFirst().firstIndex { x < $0 } ?? density.breaks.count - 1
    return density.pieces[piece - 1].reversed().reduce(0) { $0 * x + $1 }
  }

  /// The probability that the input lies between two points, the first of which is not the larger one.
  package func mass(from lower: Double, to upper: Double) -> Double {
    let (lower, upper) = (max(lower, interval.lowerBound), min(upper, interval.upperBound))
    guard lower < upper else { return 0 }
    guard case .density(let density) = law else { return (upper - lower) / length }
    return density.integral(from: lower, to: upper)
  }
}

package struct AtEnds<Value> {
  package let lower: Value
  package let upper: Value

  /// At the end where a neuron with this weight is active last.
  package func last(weight: Double) -> Value { weight > 0 ? upper : lower }
}
