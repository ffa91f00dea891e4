import Foundation
import Networks

/// The rectified neurons of the first layer of a network on its way along the flow whose kinks are about to leave the
/// interval on their inactive side.
///
/// With e the end where such a neuron is active last, it is active on a bump of length y / |w|, y = w e + b, on which x
/// is e and r is r(e) up to O(y); so from w' = -2 v int x r p and b' = -2 v int r p over the bump, v the derivative of the
/// network at e by the activation, the outer weight of shallow networks (the flow of arXiv:2108.08106)
///
///     d ln y / dt = -2 v kappa r(e) p / |w|,  kappa = [b is trained] + e^2 [w is trained],
///
/// p the density in the middle of the bump. The right side is bounded, so y stays positive for all times; and where the
/// flow converges with y -> 0, its limit must not be positive, v r(e) >= 0: if v r(e) < 0 the neuron comes back,
/// however small y has become.
///
/// Since y may become smaller than any number, neurons within ``distance`` of the end are taken out of the network, by
/// a kink just beyond the end, and ln y is integrated instead. v and the position of the network do not feel the bump
/// but for O(y^2). When y has grown enough, the neuron is put back. Neurons that are dead from the start have gradient
/// 0 and are none of these.
package struct DyingNeurons: Sendable {
  package struct Neuron: Sendable {
    package let index: Int
    /// The end where it is active last.
    package let end: Double
    let kappa: Double
    /// ln y.
    package var logarithm: Double
  }

  let ends: IntervalEnds
  package private(set) var neurons: [Neuron] = []

  /// Neurons within this share of the interval from the end that move outwards are taken out, and put back when they
  /// are this far inside again. Those that move inwards are taken out within half of it.
  package static let distance = 1e-4
  /// ln y may be this much too large when a neuron is put back.
  private static let overshoot = 0.5
  /// How far beyond the end kinks are put, relative to w e and b: out of reach of rounding.
  private static let margin = 0x1p-48

  package init(_ ends: IntervalEnds) { self.ends = ends }

  package func contains(_ index: Int) -> Bool { neurons.contains { $0.index == index } }

  /// v r(e) of each of them: positive where it goes on dying, 0 where it does not move: where r(e) is 0, or where the
  /// neurons behind it are inactive.
  package func pressures(_ network: Network) -> [Double] {
    if neurons.isEmpty { return [] }
    let residuals = ends.residuals(network)
    let influences = ends.influences(network)
    return neurons.map { neuron in
      let weight = network.firstLayerWeight(neuron.index)
      return influences.last(weight: weight)[neuron.index] * residuals.last(weight: weight)
    }
  }

  /// Whether one of them does not go on dying where the network is now.
  package func areReturning(_ network: Network) -> Bool {
    zip(neurons, pressures(network)).contains { neuron, pressure in
      pressure < 0 || pressure == 0 && !isCutOff(neuron, network)
    }
  }

  /// Whether the output does not feel a neuron at the end where it is active last.
  private func isCutOff(_ neuron: Neuron, _ network: Network) -> Bool {
    let weight = network.firstLayerWeight(neuron.index)
    return ends.influences(network).last(weight: weight)[neuron.index] == 0
  }

  // MARK: Time

  /// -2 v kappa r(e) / |w|.
  private func drive(_ neuron: Neuron, pressure: Double, _ network: Network) -> Double {
    -2 * neuron.kappa * pressure / network.firstLayerWeight(neuron.index).magnitude
  }

  /// Where ln y has come after a step of the flow; nil where it has overshot the moment when a neuron is to be put
  /// back.
  func advanced(from start: Network, to end: Network, by time: Double) -> DyingNeurons? {
    if neurons.isEmpty { return self }
    var result = self
    let before = pressures(start)
    let after = pressures(end)
    for (k, neuron) in neurons.enumerated() {
      let mean = 0.5 * (drive(neuron, pressure: before[k], start) + drive(neuron, pressure: after[k], end))
      let weight = end.firstLayerWeight(neuron.index)
      result.neurons[k].logarithm = moved(neuron, by: mean * time, weight: weight)
      let limit = returnLogarithm(weight)
      if result.neurons[k].logarithm > max(limit, neuron.logarithm) + Self.overshoot { return nil }
    }
    return result
  }

  /// How long until the first of them has to be put back, if the rest of the network stays as it is; infinite where
  /// none comes back.
  func timeToReturn(_ network: Network, overshoot: Double = 0) -> Double {
    var time = Double.infinity
    for (neuron, pressure) in zip(neurons, pressures(network)) where pressure < 0 {
      let weight = network.firstLayerWeight(neuron.index)
      let goal = returnLogarithm(weight) + overshoot
      let integral = integral(neuron, to: goal, weight: weight)
      time = min(time, integral / drive(neuron, pressure: pressure, network))
    }
    return time
  }

  /// A step of the flow may come this far, so that ``advanced(from:to:by:)`` does not fail.
  func longestStep(_ network: Network) -> Double {
    neurons.isEmpty ? .infinity : timeToReturn(network, overshoot: 0.5 * Self.overshoot)
  }

  private func returnLogarithm(_ weight: Double) -> Double { log(Self.distance * ends.length * weight.magnitude) }

  private func density(_ neuron: Neuron, _ logarithm: Double, weight: Double) -> Double {
    let half = 0.5 * exp(logarithm) / weight.magnitude
    return max(ends.density(at: weight > 0 ? neuron.end - half : neuron.end + half), 0)
  }

  /// Solves d ln y = p d(drive), p a function of y: strides of ln y over which p hardly changes. Stops where the neuron
  /// is well inside again.
  private func moved(_ neuron: Neuron, by drive: Double, weight: Double) -> Double {
    let goal = drive > 0 ? max(returnLogarithm(weight), neuron.logarithm) + 2 * Self.overshoot : -.infinity
    return stride(neuron, to: goal, drive: drive.magnitude, weight: weight).logarithm
  }

  /// The integral of d ln y / p.
  private func integral(_ neuron: Neuron, to goal: Double, weight: Double) -> Double {
    if goal <= neuron.logarithm { return 0 }
    return stride(neuron, to: goal, drive: .infinity, weight: weight).drive
  }

  private func stride(
    _ neuron: Neuron, to goal: Double, drive: Double, weight: Double
  ) -> (logarithm: Double, drive: Double) {
    let sign = goal > neuron.logarithm ? 1.0 : -1.0
    var logarithm = neuron.logarithm
    var used = 0.0
    var length = 0.25
    while logarithm != goal {
      let next = density(neuron, logarithm + 2 * sign * length, weight: weight)
      let here = density(neuron, logarithm, weight: weight)
      length = (next - here).magnitude <= 0.01 * here ? 2 * length : 0.25
      let part = min(length, (goal - logarithm).magnitude)
      let middle = density(neuron, logarithm + 0.5 * sign * part, weight: weight)
      if middle * (drive - used) <= part { return (logarithm + sign * middle * (drive - used), drive) }
      // A density of 0 holds the neuron for ever.
      if middle == 0 { return (logarithm, .infinity) }
      logarithm = part < length ? goal : logarithm + sign * part
      used += part / middle
    }
    return (goal, used)
  }

  // MARK: Out and in

  /// Takes out the neurons that are about to leave, and those that a step of the flow has carried over the end.
  ///
  /// - Parameters:
  ///   - previous: the point before the step; nil at the start.
  ///   - time: the length of the step.
  /// - Returns: the network without them; nil if there are none.
  mutating func takeOut(
    of point: FlowPoint, previous: FlowPoint?, time: Double, trained: (Int) -> Bool
  ) -> Network? {
    guard point.isRectified else { return nil }
    var network: Network?
    for j in 0..<point.network.firstLayerWidth {
      guard let logarithm = leavingLogarithm(j, point, previous) else { continue }
      let weight = point.network.firstLayerWeight(j)
      let at = point.network.firstLayerPlaces(j)
      let end = ends.last(weight: weight)
      let kappa = (trained(at.bias) ? 1 : 0) + (trained(at.weight) ? end * end : 0)
      var neuron = Neuron(index: j, end: end, kappa: kappa, logarithm: logarithm)
      // Without a density nothing moves the neuron.
      guard kappa > 0, density(neuron, logarithm, weight: weight) > 0,
        let without = Self.placed(neuron, at: nil, in: network ?? point.network, trained: trained)
      else { continue }
      network = without
      if let previous, point.activities[j] == .nowhere {
        // What ln y has done during the step.
        let pressure = [previous.network, point.network].reduce(0) {
          $0 + 0.5 * ends.influences($1).last(weight: weight)[j] * ends.residuals($1).last(weight: weight)
        }
        neuron.logarithm = moved(
          neuron, by: drive(neuron, pressure: pressure, point.network) * time, weight: weight)
      }
      neurons.append(neuron)
    }
    return network
  }

  /// ln y of a neuron that is to be taken out, as it was before the step if that has carried the neuron over the end;
  /// nil for the others.
  private func leavingLogarithm(_ j: Int, _ point: FlowPoint, _ previous: FlowPoint?) -> Double? {
    let weight = point.network.firstLayerWeight(j)
    let end = ends.last(weight: weight)
    switch point.activities[j] {
    case .everywhere: return nil
    case .beyond(let kink):
      let distance = (end - kink).magnitude / ends.length
      guard distance <= Self.distance else { return nil }
      let y = point.network.firstLayerPreActivation(j, at: end)
      let outer = ends.influences(point.network).last(weight: weight)[j]
      // Without the bump, as it will be.
      let residual = ends.residuals(point.network).last(weight: weight) - outer * y
      return y > 0 && (outer * residual > 0 || distance <= 0.5 * Self.distance) ? log(y) : nil
    case .nowhere:
      guard let previous, previous.activities[j] != .nowhere, weight != 0 else { return nil }
      // From further inside than the distance neurons get here only in the shortest of steps.
      let y = previous.network.firstLayerPreActivation(j, at: end)
      return y > 0 ? min(log(y), returnLogarithm(weight)) : returnLogarithm(weight)
    }
  }

  /// Puts back the neurons that have come back.
  ///
  /// - Returns: the network with them; nil if there are none.
  mutating func putBack(into network: Network, trained: (Int) -> Bool) -> Network? {
    var result: Network?
    var rest: [Neuron] = []
    for neuron in neurons {
      if neuron.logarithm >= returnLogarithm(network.firstLayerWeight(neuron.index)) - 1e-9,
        let next = Self.placed(neuron, at: exp(neuron.logarithm), in: result ?? network, trained: trained)
      {
        result = next
      } else {
        rest.append(neuron)
      }
    }
    neurons = rest
    return result
  }

  /// Moves w and b along the gradient of y until y is as given, or just negative; nil where w would change too much.
  private static func placed(
    _ neuron: Neuron, at y: Double?, in network: Network, trained: (Int) -> Bool
  ) -> Network? {
    var network = network
    let at = network.firstLayerPlaces(neuron.index)
    let (w, b) = (network.parameters[at.weight], network.parameters[at.bias])
    let goal = y ?? -margin * ((w * neuron.end).magnitude + b.magnitude)
    let step = (goal - (w * neuron.end + b)) / neuron.kappa
    if trained(at.weight) {
      guard (step * neuron.end).magnitude <= 0.1 * w.magnitude else { return nil }
      network.parameters[at.weight] = w + step * neuron.end
    }
    if trained(at.bias) { network.parameters[at.bias] = b + step }
    return network
  }
}
