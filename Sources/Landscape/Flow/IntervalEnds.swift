import Kernels
import Networks
import Problems

/// The ends of the interval of the inputs, where neurons leave it.
struct IntervalEnds: Sendable {
  let interval: ClosedRange<Double>
  private let law: InputLaw
  private let targets: [Double]

  init(_ interval: ClosedRange<Double>, law: InputLaw, target: Program) {
    self.interval = interval
    self.law = law
    targets = target.evaluate(at: [interval.lowerBound, interval.upperBound])
  }

  var length: Double { interval.upperBound - interval.lowerBound }

  /// The end where a rectified neuron that leaves on its inactive side is active last.
  func last(weight: Double) -> Double { weight > 0 ? interval.upperBound : interval.lowerBound }

  /// The residual r = N - f at the lower and the upper end.
  func residuals(_ network: Network) -> EndResiduals {
    EndResiduals(
      lower: network.value(at: interval.lowerBound) - targets[0],
      upper: network.value(at: interval.upperBound) - targets[1])
  }

  /// The density of the input.
  func density(at x: Double) -> Double {
    guard case .density(let density) = law else { return 1 / length }
    let piece = density.breaks.dropFirst().firstIndex { x < $0 } ?? density.breaks.count - 1
    return density.pieces[piece - 1].reversed().reduce(0) { $0 * x + $1 }
  }
}

struct EndResiduals {
  let lower: Double
  let upper: Double

  /// At the end where a neuron with this weight is active last.
  func last(weight: Double) -> Double { weight > 0 ? upper : lower }
}
