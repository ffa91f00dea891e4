import Networks
import Risk

extension AffineTarget {
  /// The kind of point that a shallow ReLU or leaky ReLU network is, all of whose parameters are trained; nil for other
  /// networks.
  ///
  /// A critical point of positive risk has as realization the best constant or one with kinks in the places of
  /// ``saddle(kinks:first:activation:)``. With kinks it is a saddle. The best constant is a local minimum of ReLU
  /// networks if every neuron is inactive, or semi-inactive at the end where it could only make the fit worse; otherwise
  /// some neurons lead down: semi-active and degenerate ones, and semi-inactive ones with v = 0 or of the other sign.
  /// Leaky networks have no local minima but the global ones (arXiv:2103.10922).
  ///
  /// - Parameters:
  ///   - evaluation: exact risk and gradient at the network.
  ///   - tolerance: what counts as 0: the risk as a share of the best constant's (and at most half the smallest of any
  ///     saddle); the gradient norm as a share of the square of the largest of 1, |slope| length and the moduli of
  ///     all parameters; pre-activations as shares of max(|w| X, |b|), X the largest of 1 and the moduli of the
  ///     interval's ends; outer weights, and max(|w| X, |b|) of degenerate neurons, as they are. The gradient flow brings
  ///     dying neurons to their end of the interval from the active side, so there they count as semi-inactive within
  ///     the tolerance, from the inactive side only within rounding. Risks match a level within 1e-3 of it,
  ///     kinks their places within 1 % of the shortest cell.
  public func classify(
    _ network: Network, evaluation: RiskEvaluation, tolerance: Double = 1e-6
  ) -> AffineClassification? {
    guard network.architecture.depth == 1, network.architecture.inputDimension == 1,
      let slope = network.architecture.activation.coveredSlope
    else { return nil }
    let point = AffinePoint(
      target: self, slope: slope, network: network, evaluation: evaluation, tolerance: tolerance)
    let (pointClass, escapeNeurons) = point.classified()
    return AffineClassification(
      pointClass: pointClass, isStrict: point.isStrict(pointClass), neurons: point.neurons,
      escapeNeurons: escapeNeurons)
  }
}

/// A network on its way to be classified.
private struct AffinePoint {
  typealias PointClass = AffineClassification.PointClass

  let target: AffineTarget
  /// Of the activation on z < 0.
  let slope: Double
  let network: Network
  let evaluation: RiskEvaluation
  let tolerance: Double
  let w: [Double]
  let b: [Double]
  let v: [Double]
  let neurons: [AffineClassification.Neuron]

  private static let levelTolerance = 1e-3
  private static let kinkTolerance = 1e-2

  init(target: AffineTarget, slope: Double, network: Network, evaluation: RiskEvaluation, tolerance: Double) {
    self.target = target
    self.slope = slope
    self.network = network
    self.evaluation = evaluation
    self.tolerance = tolerance
    let shallow = network.shallow
    (w, b, v) = (shallow.innerWeights, shallow.innerBiases, shallow.outerWeights)
    neurons = zip(zip(w, b), v).map { inner, v in
      AffineClassification.Neuron(
        type: target.neuronType(w: inner.0, b: inner.1, tolerance: tolerance), isFlat: v.magnitude <= tolerance)
    }
  }

  /// The class, and the neurons that lead down from a constant realization.
  func classified() -> (PointClass, escapeNeurons: [Int]) {
    let risk = evaluation.risk / target.variance
    if risk <= min(tolerance, 0.5 * target.relativeCertifyingRisk(neurons: w.count, slope: slope)) {
      return (.globalMinimum, [])
    }
    if neurons.contains(where: { $0.type == .degenerate && !$0.isFlat }) { return (.notDifferentiable, []) }
    let scale = network.parameters.reduce(max(1, target.slope.magnitude * target.length)) { max($0, $1.magnitude) }
    guard evaluation.norm(over: [evaluation.gradient.indices]) <= tolerance * scale * scale else {
      return (.notCritical, [])
    }
    func matches(_ level: Double) -> Bool { (risk / level - 1).magnitude < Self.levelTolerance }
    if matches(1), isConstant { return constantClass }
    let saddle = AffineSaddle.all(width: w.count, slope: slope)
      .first { matches($0.relativeRisk) && has(structureOf: $0) }
    return (saddle.map { .saddle(kinks: $0.kinks) } ?? .unresolved, [])
  }

  func isStrict(_ pointClass: PointClass) -> Bool? {
    guard case .saddle(let kinks) = pointClass else { return nil }
    guard !neurons.contains(where: { $0.type == .degenerate }) else { return false }
    return kinks > 0 || neurons.indices.contains(where: isFlatConstant)
  }

  // MARK: Structure

  /// w = 0 = v, and the derivative of the activation at b is not 0.
  private func isFlatConstant(_ j: Int) -> Bool {
    switch neurons[j].type {
    case .semiActive: neurons[j].isFlat
    case .inactive: slope > 0 && neurons[j].isFlat && target.isConstant(w: w[j], b: b[j], tolerance: tolerance)
    default: false
    }
  }

  /// Neurons that critical points with positive risk have beside those with kinks. Degenerate ones are flat where the
  /// risk is differentiable.
  private func isIdle(_ j: Int) -> Bool {
    switch neurons[j].type {
    case .degenerate: true
    case .inactive, .semiInactive: slope == 0 || isFlatConstant(j)
    case .semiActive: neurons[j].isFlat
    case .type1Active, .type2Active: false
    }
  }

  private var isConstant: Bool { neurons.indices.allSatisfy(isIdle) }

  private func has(structureOf saddle: AffineSaddle) -> Bool {
    let places = saddle.places(on: target)
    let reach = Self.kinkTolerance * target.length * saddle.lengths.min()! / saddle.total
    var met = Array(repeating: false, count: saddle.kinks)
    for j in neurons.indices {
      if isIdle(j) { continue }
      guard neurons[j].type == .type2Active,
        let kink = places.firstIndex(where: { ($0 + b[j] / w[j]).magnitude <= reach }),
        saddle.orientation(kink) == (w[j] > 0 ? .right : .left)
      else { return false }
      met[kink] = true
    }
    return met.allSatisfy { $0 }
  }

  // MARK: Constant realizations

  private var constantClass: (PointClass, escapeNeurons: [Int]) {
    let escape = neurons.indices.filter(leadsDown)
    return (escape.isEmpty ? .localMinimum : .saddle(kinks: 0), escape)
  }

  private func leadsDown(_ j: Int) -> Bool {
    switch neurons[j].type {
    case .degenerate, .semiActive: true
    case .inactive: slope > 0
    // With w > 0 the neuron begins to act at the upper end, where slope * (f - constant) is positive.
    case .semiInactive: slope > 0 || neurons[j].isFlat || (target.slope * v[j] > 0) == (w[j] > 0)
    case .type1Active, .type2Active: false
    }
  }
}

extension AffineTarget {
  /// max(|w| X, |b|): the size of the pre-activations that rounding and tolerances refer to.
  private func size(w: Double, b: Double) -> Double {
    max(w.magnitude * max(lower.magnitude, upper.magnitude, 1), b.magnitude)
  }

  /// Whether w = 0 up to the tolerance.
  fileprivate func isConstant(w: Double, b: Double, tolerance: Double) -> Bool {
    w.magnitude * max(lower.magnitude, upper.magnitude, 1) <= tolerance * size(w: w, b: b)
  }

  fileprivate func neuronType(w: Double, b: Double, tolerance: Double) -> AffineNeuronType {
    let size = size(w: w, b: b)
    if size <= tolerance { return .degenerate }
    if isConstant(w: w, b: b, tolerance: tolerance) { return b > 0 ? .semiActive : .inactive }
    let ends = (w * lower + b, w * upper + b)
    let high = max(ends.0, ends.1)
    if high < -0x1p-50 * size { return .inactive }
    if high <= tolerance * size { return .semiInactive }
    return min(ends.0, ends.1) >= -tolerance * size ? .type1Active : .type2Active
  }
}
