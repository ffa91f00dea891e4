import Networks
import Numerics

/// The Hessian of the risk of rectified networks.
///
/// With r = N - f, p the density and (dN) the gradient of N in the parameters, which is affine between kinks, the
/// Hessian is 2 int (dN)(dN)^T p plus 2 int r (d^2 N) p. The latter couples w_j and b_j to v_j by 2 int A'(z_j) x r p
/// and 2 int A'(z_j) r p. Where the kink t = -b_j / w_j lies inside, A'' is 1 - g times a point mass, g the slope
/// on the negative side: differentiating int_{z_j > 0} x r p and int_{z_j > 0} r p in the moving end t gives
/// 2 (1 - g) v_j r(t) p(t) / |w_j| times [[t^2, t], [t, 1]] in (w_j, b_j). Exact where no kink is at an end and no neuron
/// has w = b = 0. The moments of p over the common active interval of two neurons are differences of prefix sums.
extension ShallowLines {
  /// - Precondition: The activation is ReLU or leaky ReLU.
  func curvature(_ quadrature: ScalarQuadrature) -> RiskCurvature {
    let partition = self.partition(quadrature)
    let density = quadrature.density.constant
    let sums = rectifiedSums(partition, density: density)
    var hessian = squaredDerivatives(partition, quadrature.density)
    for j in 0..<width {
      let at = places[j]
      hessian.set(at.innerWeight, at.outerWeight, hessian[at.innerWeight, at.outerWeight] + 2 * sums.neurons[j][1])
      hessian.set(at.innerBias, at.outerWeight, hessian[at.innerBias, at.outerWeight] + 2 * sums.neurons[j][0])
    }
    addKinks(to: &hessian, partition, quadrature)
    return RiskCurvature(
      evaluation: evaluation(partition, density: density, gradient: rectifiedGradient(sums)), hessian: hessian)
  }

  /// Risk, gradient and the Hessian over some of the parameters, in O(h).
  ///
  /// - Parameters:
  ///   - trained: for each parameter whether it moves.
  ///   - convex: whether what can make the Hessian indefinite is left out: negative kink terms, and the coupling of inner
  ///     and outer weights.
  /// - Precondition: The activation is ReLU or leaky ReLU.
  func chainCurvature(
    _ quadrature: ScalarQuadrature, trained: [Bool], convex: Bool
  ) -> (RiskEvaluation, ShallowHessian) {
    let partition = self.partition(quadrature)
    let density = quadrature.density.constant
    let sums = rectifiedSums(partition, density: density)
    let terms = kinkTerms(partition, quadrature)
    let hessian = ShallowHessian(
      weights: w, biases: b, outerWeights: v, slope: slope, kinked: partition.kinked,
      activeEverywhere: partition.units.map(\.activeEverywhere),
      kinks: partition.kinked.map { partition.units[$0].kink! },
      kinkTerms: convex ? terms.map { max($0, 0) } : terms,
      weightCouplings: sums.neurons.map { convex ? 0 : 2 * $0[1] },
      biasCouplings: sums.neurons.map { convex ? 0 : 2 * $0[0] }, middles: partition.cells.map(\.middle),
      moments: quadrature.density.centredMoments(partition.cells).map { 0.5 * SIMD3($0[0], $0[1], $0[2]) },
      trained: trained)
    return (evaluation(partition, density: density, gradient: rectifiedGradient(sums)), hessian)
  }

  /// 2 int (dN)(dN)^T p.
  private func squaredDerivatives(_ partition: Partition, _ density: ScalarDensity) -> SymmetricMatrix {
    let cells = partition.cells
    let moments = density.moments(upTo: [cells[0].lower] + cells.map(\.upper))
    let total = moments[cells.count]
    // The cells where each neuron has z > 0.
    var ranges = partition.units.map { $0.activeEverywhere ? 0..<cells.count : 0..<0 }
    for (place, j) in partition.kinked.enumerated() {
      ranges[j] = partition.units[j].w > 0 ? place + 1..<cells.count : 0..<place + 1
    }
    func active(_ range: Range<Int>) -> SIMD4<Double> { moments[range.upperBound] - moments[range.lowerBound] }
    let g = slope
    let own = ranges.map { 2 * (g * total + (1 - g) * active($0)) }

    var matrix = SymmetricMatrix(order: places.count)
    let last = places.outerBias
    matrix.set(last, last, 2 * total[0])
    for j in 0..<width {
      let atJ = places[j]
      matrix.set(atJ.innerWeight, last, v[j] * own[j][1])
      matrix.set(atJ.innerBias, last, v[j] * own[j][0])
      matrix.set(atJ.outerWeight, last, w[j] * own[j][1] + b[j] * own[j][0])
      for k in j..<width {
        // The integrals of A'(z_j) A'(z_k) times (1, x, x^2) p, doubled.
        let start = max(ranges[j].lowerBound, ranges[k].lowerBound)
        let end = min(ranges[j].upperBound, ranges[k].upperBound)
        var m = start < end ? 2 * active(start..<end) : .zero
        if g != 0 { m = (1 - g) * ((1 - g) * m) + g * (own[j] + own[k]) - (2 * g * g) * total }
        let (m0, m1, m2) = (m[0], m[1], m[2])
        // With z = w x + b: integrals of x z and z for either neuron.
        let (xj, oj) = (w[j] * m2 + b[j] * m1, w[j] * m1 + b[j] * m0)
        let (xk, ok) = (w[k] * m2 + b[k] * m1, w[k] * m1 + b[k] * m0)
        let product = v[j] * v[k]
        let atK = places[k]
        matrix.set(atJ.innerWeight, atK.innerWeight, product * m2)
        matrix.set(atJ.innerWeight, atK.innerBias, product * m1)
        matrix.set(atK.innerWeight, atJ.innerBias, product * m1)
        matrix.set(atJ.innerBias, atK.innerBias, product * m0)
        matrix.set(atJ.innerWeight, atK.outerWeight, v[j] * xk)
        matrix.set(atK.innerWeight, atJ.outerWeight, v[k] * xj)
        matrix.set(atJ.innerBias, atK.outerWeight, v[j] * ok)
        matrix.set(atK.innerBias, atJ.outerWeight, v[k] * oj)
        matrix.set(atJ.outerWeight, atK.outerWeight, w[j] * xk + b[j] * ok)
      }
    }
    return matrix
  }

  /// For each kink the factor of [[t^2, t], [t, 1]] in the second derivatives that come from moving it.
  private func kinkTerms(_ partition: Partition, _ quadrature: ScalarQuadrature) -> [Double] {
    let kinks = partition.kinked.map { partition.units[$0].kink! }
    let targets = quadrature.target.evaluate(at: kinks)
    let densities = quadrature.density.values(at: kinks)
    return partition.kinked.enumerated().map { place, j in
      let cell = partition.cells[place]
      let residual = (cell.value + cell.slope * (kinks[place] - cell.middle)) - targets[place]
      return 2 * partition.units[j].factor * residual * (quadrature.density.constant * densities[place])
        / w[j].magnitude
    }
  }

  private func addKinks(to hessian: inout SymmetricMatrix, _ partition: Partition, _ quadrature: ScalarQuadrature) {
    for (j, size) in zip(partition.kinked, kinkTerms(partition, quadrature)) {
      let t = partition.units[j].kink!
      let (weight, bias) = (places[j].innerWeight, places[j].innerBias)
      hessian.set(weight, weight, hessian[weight, weight] + size * (t * t))
      hessian.set(weight, bias, hessian[weight, bias] + size * t)
      hessian.set(bias, bias, hessian[bias, bias] + size)
    }
  }
}
