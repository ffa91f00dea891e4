import Networks
import Outcomes
import Risk
import Training

/// What kind of critical point a limit is.
///
/// Where no kink stands at an end of the interval, and no two kinks in one place, the coordinates of
/// ``ReducedNetwork/coordinates(_:)`` are a submersion of the trained parameters, and the risk depends on these only
/// through them. A submersion is open and has local sections: the point is a local minimum exactly if the realization
/// is one in the reduced coordinates, and the Hessians have the same index. The other cases rest on one inequality: if
/// N is a realization of the reduced problem plus functions B_m of small support, each with r B_m >= 0, the risk is at
/// least that of the reduced one, since the mean of (r + B)^2 is that of r^2 + 2 r B + B^2.
extension FlowPolishing {
  /// Residuals above this share of the root of the risk count as different from 0.
  private static let clearResidual = 1e-6
  /// The reduced problem decides only where a Newton step in its coordinates promises at most this share of the risk.
  private static let decidingShare = 1e-6

  func kind(
    _ point: FlowPoint, _ lines: LineCurvature, _ hessian: LineHessian, _ stationarity: Stationarity,
    _ escape: FlowEnd.Escape
  ) -> LimitKind {
    if point.risk <= negligibleRisk { return .minimum }
    if stationarity.negativeEigenvalues > 0 { return .saddle }
    switch escape {
    case .down: return .degenerate
    case .unknown: return .unresolved
    case .none: break
    }
    guard point.network.architecture.depth == 1 else { return kindOfDeepNetwork(point, lines, hessian) }
    let part = TrainedPart(trained, point.network.shallow.places)
    guard part != .other, Self.isCovered(point.network),
      let reduced = ReducedNetwork(
        point.network, activities: point.activities, interval: interval,
        tolerance: LimitStructure.mergingTolerance * ends.length),
      let coordinates = reduced.coordinates(part)
    else { return .noWayDown }

    let exceptions =
      reduced.endNeurons.map { effect($0, point, part) } + reduced.knots.map { effect($0, point, part) }
    if exceptions.contains(.down) { return .saddle }
    guard exceptions.allSatisfy({ $0 == .none }) else { return .noWayDown }

    guard let curvature = risk.curvature(reduced.network) else { return .noWayDown }
    let judgement = Stationarity(
      gradient: coordinates.map { curvature.evaluation.gradient[$0] },
      hessian: curvature.hessian.restricted(to: coordinates))
    guard judgement.decrease <= Self.decidingShare * point.risk else { return .noWayDown }
    if judgement.negativeEigenvalues > 0 { return .saddle }
    return judgement.positiveEigenvalues == coordinates.count ? .minimum : .noWayDown
  }

  /// ReLU, and leaky ReLU whose slope is less steep on the negative side.
  private static func isCovered(_ network: Network) -> Bool {
    network.architecture.activation.facts.rectifiedSlope.map { $0 >= 0 && $0 < 1 } ?? false
  }

  /// What a kink at an end or several kinks in one place change in the judgement of the reduced problem.
  private enum Effect {
    case none
    case down
    case unknown
  }

  private func isClear(_ residual: Double, _ point: FlowPoint) -> Bool {
    residual.magnitude > Self.clearResidual * point.risk.squareRoot()
  }

  /// A neuron with its kink at an end e: moving the kink inside adds B = v (w x + b) or its negative part on a short
  /// piece there, so that the point is a minimum if the reduced one is and v r(e) > 0; if v r(e) < 0 the risk falls.
  private func effect(_ neuron: ReducedNetwork.EndNeuron, _ point: FlowPoint, _ part: TrainedPart) -> Effect {
    let residuals = ends.residuals(point.network)
    let residual = neuron.end == interval.lowerBound ? residuals.lower : residuals.upper
    guard isClear(residual, point) else { return .unknown }
    if neuron.outer == 0 { return part == .all ? .unknown : .none }
    if neuron.outer * residual > 0 { return .none }
    return neuron.isExact ? .down : .unknown
  }

  /// Neurons with jumps J_a of sum J at one knot q. The reduced problem has one knot at t = sum J_a t_a / J, so that B
  /// = sum J_a (x - t_a)^+ - J (x - t)^+. By Jensen's inequality B has the sign of J if all J_a have, and that of -J if
  /// exactly one has: then one J_a (x - t_a)^+ is at a mean of the other places. So the point is a minimum if the
  /// reduced one is and J r(q) > 0 or J r(q) < 0, respectively. Otherwise the second variation 2 r sum J_a d_a^2 of
  /// moves with sum J_a d_a = 0, along which N does not change to first order, takes negative values, and the risk
  /// falls.
  private func effect(_ knot: ReducedNetwork.Knot, _ point: FlowPoint, _ part: TrainedPart) -> Effect {
    guard knot.jumps.count > 1 else { return .none }
    let residual = point.network.value(at: knot.place) - target.evaluate(at: [knot.place])[0]
    let jump = knot.jump
    let largest = knot.jumps.reduce(0) { max($0, $1.magnitude) }
    guard isClear(residual, point), jump.magnitude > 1e-9 * largest,
      knot.jumps.allSatisfy({ $0.magnitude > 1e-12 * largest })
    else { return .unknown }
    let along = knot.jumps.count { $0 * jump > 0 }
    if along == knot.jumps.count ? jump * residual > 0 : along == 1 && jump * residual < 0 { return .none }
    // With both orientations such moves shift N by a constant, which something else has to take back.
    return part == .innerBiases(outer: false) && knot.isMixed ? .unknown : .down
  }
}
