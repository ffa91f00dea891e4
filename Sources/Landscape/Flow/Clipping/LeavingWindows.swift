import Foundation
import Training
import Networks

/// The windows of a clipping network on its way along the flow that are about to leave the interval.
///
/// With e the end, y the part of (0, 1) that w x + b still runs through inside, and r = r(e) up to O(y) on it,
///
///     d ln y / dt = -2 s p / |w|,  s = +-v r(e),
///
/// the sign + where w points out of the interval, and the neuron dies, - where it becomes saturated: ``DyingNeurons``
/// for (w, b, v) and for (-w, 1 - b, -v), since A(z) = 1 - A(1 - z). So a window never leaves altogether, and where the
/// flow converges with y -> 0, the pressure s is not negative in the limit; if it becomes negative, the window comes
/// back. Such windows are put just beyond the end, and ln y is integrated; what they would change is O(y^2).
struct LeavingWindows {
  struct Window {
    let index: Int
    let isUpper: Bool
    /// Whether the neuron dies; otherwise it becomes saturated.
    let isDying: Bool
    /// ln y.
    var logarithm: Double
  }

  let law: IntervalEnds
  private(set) var windows: [Window] = []

  /// Windows of which no more than this share is inside, or, of those longer than the interval, this share of the
  /// interval, are taken out when they move outwards.
  private static let share = 1e-3
  /// How far beyond the end edges are put, relative to w e and b: out of reach of rounding.
  private static let margin = 0x1p-48
  /// ln y may be this much too large when a window is put back.
  private static let overshoot = 0.5

  init(_ law: IntervalEnds) { self.law = law }

  private func end(_ isUpper: Bool) -> Double { isUpper ? law.interval.upperBound : law.interval.lowerBound }

  /// s: positive where windows at this end go on leaving.
  func pressure(_ neuron: ShallowNetwork.Neuron, isUpper: Bool, _ residuals: AtEnds<Double>) -> Double {
    let isDying = isUpper == (neuron.innerWeight > 0)
    return (isDying ? neuron.outerWeight : -neuron.outerWeight) * (isUpper ? residuals.upper : residuals.lower)
  }

  /// s of each of them.
  func pressures(_ network: Network) -> [Double] {
    if windows.isEmpty { return [] }
    let (shallow, residuals) = (network.shallow, law.residuals(network))
    return windows.map { pressure(shallow[$0.index], isUpper: $0.isUpper, residuals) }
  }

  /// Whether one of them does not go on leaving where the network is now.
  func areReturning(_ network: Network) -> Bool { pressures(network).contains { $0 <= 0 } }

  // MARK: Time

  /// -2 s p / |w|, with the density in the middle of what is inside.
  private func drive(_ window: Window, _ pressure: Double, _ neuron: ShallowNetwork.Neuron) -> Double {
    let half = 0.5 * exp(window.logarithm) / neuron.innerWeight.magnitude
    let density = law.density(at: end(window.isUpper) + (window.isUpper ? -half : half))
    return -2 * pressure * max(density, 0) / neuron.innerWeight.magnitude
  }

  /// ln y at which windows are taken out and put back.
  private func threshold(_ neuron: ShallowNetwork.Neuron, _ isUpper: Bool) -> Double {
    let share = Self.share * min(1, neuron.innerWeight.magnitude * law.length)
    let rounding = (neuron.innerWeight * end(isUpper)).magnitude + neuron.innerBias.magnitude
    return log(max(share, 0x1p-40 * rounding))
  }

  /// Where ln y has come after a step of the flow; nil where it has overshot the moment when a window is to be put back.
  func advanced(from start: Network, to end: Network, by time: Double) -> LeavingWindows? {
    if windows.isEmpty { return self }
    var result = self
    let (before, after) = (pressures(start), pressures(end))
    for (k, window) in windows.enumerated() {
      let neuron = end.shallow[window.index]
      let change = 0.5 * time * (drive(window, before[k], neuron) + drive(window, after[k], neuron))
      result.windows[k].logarithm += change
      let limit = max(threshold(neuron, window.isUpper), window.logarithm) + Self.overshoot
      if result.windows[k].logarithm > limit { return nil }
    }
    return result
  }

  /// How long until the first of them has to be put back, if the rest of the network stays as it is; infinite where
  /// none comes back.
  func timeToReturn(_ network: Network, overshoot: Double = 0) -> Double {
    if windows.isEmpty { return .infinity }
    let shallow = network.shallow
    var time = Double.infinity
    for (window, pressure) in zip(windows, pressures(network)) where pressure < 0 {
      let neuron = shallow[window.index]
      let way = threshold(neuron, window.isUpper) + overshoot - window.logarithm
      time = min(time, max(0, way) / drive(window, pressure, neuron))
    }
    return time
  }

  /// A step of the flow may come this far, so that ``advanced(from:to:by:)`` does not fail.
  func longestStep(_ network: Network) -> Double {
    windows.isEmpty ? .infinity : timeToReturn(network, overshoot: 0.5 * Self.overshoot)
  }

  // MARK: Places

  /// Takes out the windows that are leaving, and those that a step has moved out.
  ///
  /// - Returns: the network without them; nil if there are none.
  mutating func takeOut(of point: ClippingPoint, previous: ClippingPoint?) -> Network? {
    let shallow = point.network.shallow
    var leaving: [Window] = []
    func add(_ index: Int, isUpper: Bool, logarithm: Double) {
      let isDying = isUpper == (shallow[index].innerWeight > 0)
      leaving.append(Window(index: index, isUpper: isUpper, isDying: isDying, logarithm: logarithm))
    }
    if let previous {
      let inside = Set(point.windows.map(\.index))
      for window in previous.windows where !inside.contains(window.index) {
        let isUpper = Self.leavesAbove(shallow[window.index], law)
        add(window.index, isUpper: isUpper, logarithm: threshold(shallow[window.index], isUpper))
      }
    }
    let candidates = point.windows.filter { window in
      let isUpper = window.upper > law.interval.upperBound
      return log(window.visible) <= threshold(shallow[window.index], isUpper)
    }
    if !candidates.isEmpty {
      let residuals = law.residuals(point.network)
      for window in candidates {
        let isUpper = window.upper > law.interval.upperBound
        guard pressure(shallow[window.index], isUpper: isUpper, residuals) > 0 else { continue }
        add(window.index, isUpper: isUpper, logarithm: log(window.visible))
      }
    }
    if leaving.isEmpty { return nil }
    windows += leaving
    return leaving.reduce(point.network) { placed($1, visible: nil, in: $0) }
  }

  /// Whether a window that is outside is so at the upper end.
  static func leavesAbove(_ neuron: ShallowNetwork.Neuron, _ law: IntervalEnds) -> Bool {
    let isDead = neuron.preActivation(at: law.middle) <= 0
    return isDead == (neuron.innerWeight > 0)
  }

  /// Puts back the windows that have come back.
  ///
  /// - Returns: the network with them, and a time within which they hardly grow; nil if there are none.
  mutating func putBack(into network: Network) -> (network: Network, time: Double)? {
    if windows.isEmpty { return nil }
    let shallow = network.shallow
    var result = network
    var time = Double.infinity
    var rest: [Window] = []
    for (window, pressure) in zip(windows, pressures(network)) {
      let neuron = shallow[window.index]
      if pressure <= 0, window.logarithm >= threshold(neuron, window.isUpper) - 1e-9 {
        result = placed(window, visible: exp(window.logarithm), in: result)
        time = min(time, 0.1 / drive(window, pressure, neuron))
      } else {
        rest.append(window)
      }
    }
    if rest.count == windows.count { return nil }
    windows = rest
    return (result, time)
  }

  /// Moves the bias until so much of the window is inside, or it is just outside.
  private func placed(_ window: Window, visible: Double?, in network: Network) -> Network {
    var network = network
    let shallow = network.shallow
    let neuron = shallow[window.index]
    let product = neuron.innerWeight * end(window.isUpper)
    let y = visible ?? -Self.margin * (product.magnitude + neuron.innerBias.magnitude + 1)
    network.parameters[shallow.places[window.index].innerBias] = (window.isDying ? y : 1 - y) - product
    return network
  }
}
