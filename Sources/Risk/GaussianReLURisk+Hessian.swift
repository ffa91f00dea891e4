import Networks

extension GaussianReLURisk {
  /// The Hessian of the risk in the inner weights, row by row, in their order in the parameter vector; nil where a
  /// neuron has weights 0, where the risk is not differentiable.
  ///
  /// From the derivatives of |v| sin t w / |w| + (pi - t) v, t the angle between w and v: with p = v / |v| - cos t w /
  /// |w| they are (|v| / |w|) (sin t (1 - w w^T / |w|^2) + p p^T / sin t) in w, and with unit vectors w and v pi - t +
  /// sin t (w p^T + p w^T) + cos t (sin t w w^T - p p^T / sin t) in v (Safran and Shamir, arXiv:1712.08968, derive an
  /// equivalent form). Both have limits at parallel vectors.
  public func hessian(_ network: Network) -> [Double]? {
    precondition(Self.covers(network) && network.architecture.inputDimension == teacher.dimension)
    let dimension = teacher.dimension
    let student = Neurons(network)
    let width = student.norms.count
    guard student.norms.allSatisfy({ $0 > 0 }) else { return nil }
    let weights = student.weights + teacher.weights.map { -$0 }
    let units = student.units + teacher.directions
    let order = width * dimension
    var hessian = [Double](repeating: 0, count: order * order)
    let factor = teacher.variance / .pi
    for i in 0..<width {
      let row = i * dimension
      let outer = student.outerWeights[i]
      for k in 0..<dimension { hessian[(row + k) * order + row + k] += teacher.variance * outer * outer }
      for j in weights.indices where j != i {
        let angle = VectorAngle(units, at: row, units, at: j * dimension, dimension: dimension)
        let sine = angle.sine
        let across = (0..<dimension).map { units[j * dimension + $0] - angle.cosine * units[row + $0] }
        let own = factor * outer * weights[j] / student.norms[i]
        for a in 0..<dimension {
          for b in 0..<dimension {
            let alongBoth = units[row + a] * units[row + b]
            let acrossBoth = sine == 0 ? 0 : across[a] * across[b] / sine
            let one = a == b ? 1.0 : 0.0
            hessian[(row + a) * order + row + b] += own * (sine * (one - alongBoth) + acrossBoth)
            if j < width {
              let mixed = units[row + a] * across[b] + across[a] * units[row + b]
              hessian[(row + a) * order + j * dimension + b] =
                factor * outer * student.outerWeights[j]
                * (angle.supplement * one + sine * mixed + angle.cosine * (sine * alongBoth - acrossBoth))
            }
          }
        }
      }
    }
    return hessian
  }
}
