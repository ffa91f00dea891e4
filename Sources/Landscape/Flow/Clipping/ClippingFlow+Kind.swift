import Networks
import Outcomes
import Risk
import Training

/// What kind of critical point a limit is.
///
/// The risk is twice continuously differentiable in the biases where no edge of a window is at an end of the interval, at
/// a jump of the density or where the target jumps: the Hessian of ``ClippingPoint`` is continuous there. So a positive
/// definite Hessian over the biases that matter makes a strict local minimum in them; dead and saturated neurons whose
/// windows are at a distance change nothing. A window that is outside, but at an end e, can only be moved inside, which
/// adds a function B of small support at e to the network, of the sign of v, or of -v where the neuron is saturated. If
/// its pressure is positive, r B >= 0, so that E (r + B)^2 >= E r^2 with the r of any network nearby: still a minimum. If
/// it is negative, the risk falls.
extension ClippingFlow {
  /// Residuals above this share of the root of the risk count as different from 0.
  private static let clearResidual = 1e-6
  /// A positive Hessian decides only where a Newton step promises at most this share of the risk.
  private static let decidingShare = 1e-6
  /// Edges nearer to ends and cuts than this share of the window, or of the interval for longer windows, are not told
  /// from them.
  private static let edgeTolerance = 1e-6
  /// Windows outside, but at an end but for rounding.
  private static let rounding = 0x1p-40

  /// Over the biases of windows, in their units, and the outer bias: for windows within the interval in their places x,
  /// where second derivatives are of the size v f' whatever the slopes are.
  func stationarity(_ point: ClippingPoint) -> Stationarity {
    let units = point.windows.map { $0.unit(law.interval) } + (movesOuterBias ? [1] : [])
    return Stationarity(
      gradient: zip(point.gradient, units).map { $0 * $1 }, hessian: point.hessian.dense(scales: units))
  }

  func kind(_ point: ClippingPoint, _ stationarity: Stationarity) -> LimitKind {
    if point.risk <= negligibleRisk { return .minimum }
    if stationarity.negativeEigenvalues > 0 { return .saddle }
    let effects = effectsAtEnds(point)
    if effects.contains(.down) { return .degenerate }
    guard !effects.contains(.unknown), !hasEdgeAtCut(point), stationarity.decrease <= Self.decidingShare * point.risk,
      stationarity.positiveEigenvalues == point.indices.count
    else { return .noWayDown }
    return .minimum
  }

  /// What a window outside, at an end of the interval, does when it is moved inside.
  private enum Effect {
    case up
    case down
    case unknown
  }

  private func effectsAtEnds(_ point: ClippingPoint) -> [Effect] {
    let inside = Set(point.windows.map(\.index))
    let shallow = point.network.shallow
    let residuals = law.residuals(point.network)
    let leaving = LeavingWindows(law)
    let clear = Self.clearResidual * point.risk.squareRoot()
    var effects: [Effect] = []
    for index in 0..<shallow.width where !inside.contains(index) {
      let neuron = shallow[index]
      if neuron.outerWeight == 0 { continue }
      if neuron.innerWeight == 0 {
        if neuron.innerBias == 0 || neuron.innerBias == 1 { effects.append(.unknown) }
        continue
      }
      let isUpper = LeavingWindows.leavesAbove(neuron, law)
      let end = isUpper ? law.interval.upperBound : law.interval.lowerBound
      let edge = isUpper == (neuron.innerWeight > 0) ? 0.0 : 1.0
      let size = (neuron.innerWeight * end).magnitude + neuron.innerBias.magnitude + 1
      guard (neuron.preActivation(at: end) - edge).magnitude <= Self.rounding * size else { continue }
      if (isUpper ? residuals.upper : residuals.lower).magnitude <= clear {
        effects.append(.unknown)
      } else {
        effects.append(leaving.pressure(neuron, isUpper: isUpper, residuals) > 0 ? .up : .down)
      }
    }
    return effects
  }

  private func hasEdgeAtCut(_ point: ClippingPoint) -> Bool {
    let points = cuts + [law.interval.lowerBound, law.interval.upperBound]
    return point.windows.contains { window in
      let rounding = Self.rounding * (window.bias.magnitude + 1) / window.weight.magnitude
      let tolerance = Self.edgeTolerance * min(window.length, law.length) + rounding
      return points.contains { min((window.lower - $0).magnitude, (window.upper - $0).magnitude) <= tolerance }
    }
  }

  // MARK: Structure

  /// Windows stand for kinks: two of them are one where their edges are. Saturated neurons are active everywhere.
  func structure(_ point: ClippingPoint) -> LimitStructure {
    let shallow = point.network.shallow
    var structure = LimitStructure()
    var windows: [ClippingWindow] = []
    for index in 0..<shallow.width {
      if let window = ClippingWindow(shallow[index], index: index, on: law.interval) {
        windows.append(window)
      } else if shallow[index].preActivation(at: law.middle) > 0 {
        structure.activeNeurons += 1
      } else {
        structure.inactiveNeurons += 1
      }
    }
    windows.sort { ($0.lower, $0.upper) < ($1.lower, $1.upper) }
    structure.kinkedNeurons = windows.count
    for (i, window) in windows.enumerated() {
      let tolerance = Self.edgeTolerance * min(window.length, law.length)
      let isNew =
        i == 0 || window.lower - windows[i - 1].lower > tolerance
        || (window.upper - windows[i - 1].upper).magnitude > tolerance
      if isNew { structure.interiorKinks += 1 }
    }
    return structure
  }
}
