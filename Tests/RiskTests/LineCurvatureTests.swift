import Kernels
import Networks
import Numerics
import Problems
import Risk
import TestSupport
import Testing

/// Second derivatives in the space of the lines, against an independent program, differences and the dense Hessian.
@Suite struct LineCurvatureTests {
  private func all(_ network: Network) -> Set<ParameterBlock> { Set(network.architecture.blocks) }

  /// The largest difference in units of the largest modulus.
  private func difference(_ a: [Double], _ b: [Double]) -> Double {
    let size = b.reduce(0) { max($0, $1.magnitude) }
    return zip(a, b).reduce(0) { max($0, ($1.0 - $1.1).magnitude) } / size
  }

  @Test(arguments: DeepLimits.cases)
  func agreesWithAnIndependentProgram(_ reference: DeepLimits.Case) throws {
    let risk = try PopulationRisk(problem: Problem(reference.target))
    let network = reference.network
    let curvature = try #require(risk.lineCurvature(network, trained: all(network)))
    let evaluation = curvature.evaluation
    // The reference is good to 1e-9 (its own checks by differences) but for risks and cells, which are exact to rounding.
    #expect(abs(evaluation.risk - reference.risk) <= 1e-13 * reference.risk)
    #expect(difference(evaluation.gradient, reference.gradient) < 1e-12)
    #expect(curvature.pieces == reference.values.count)
    #expect(difference(curvature.ends, reference.ends) < 1e-14)
    #expect(difference(curvature.values, reference.values) < 1e-13)
    #expect(difference(curvature.slopes, reference.slopes) < 1e-13)
    let count = curvature.pieces
    #expect(difference(Array(curvature.residuals.prefix(count)), reference.residuals.map { 2 * $0 }) < 1e-12)
    #expect(difference(Array(curvature.residuals.suffix(count)), reference.moments.map { 2 * $0 }) < 1e-11)
    #expect(difference(curvature.hessianProduct(reference.direction), reference.product) < 1e-11)
  }

  @Test(arguments: DeepLimits.cases)
  func theGradientIsARowOfTheJacobian(_ reference: DeepLimits.Case) throws {
    let risk = try PopulationRisk(problem: Problem(reference.target))
    let network = reference.network
    let curvature = try #require(risk.lineCurvature(network, trained: all(network)))
    let jacobian = curvature.jacobian
    #expect(difference(jacobian.transposedProduct(curvature.residuals), curvature.evaluation.gradient) < 1e-13)
    // J J^T y by two products, and by the inner products of the layers.
    let y = (0..<2 * curvature.pieces).map { 0.3 + 0.7 * Double(($0 * 7) % 5) }
    let gram = jacobian.gram()
    let direct = jacobian.product(jacobian.transposedProduct(y))
    let rows = (0..<gram.order).map { row in (0..<gram.order).reduce(0) { $0 + gram[row, $1] * y[$1] } }
    #expect(difference(rows, direct) < 1e-13)
  }

  /// A central difference of exact gradients: its error is h^2 / 6 times a fourth derivative plus rounding over h.
  private func differenceProduct(_ risk: PopulationRisk, _ network: Network, _ u: [Double]) -> [Double] {
    func gradient(_ step: Double) -> [Double] {
      var moved = network
      for i in u.indices { moved.parameters[i] += step * u[i] }
      return risk.evaluate(moved, kernels: widest).gradient
    }
    let h = 1e-5
    return zip(gradient(h), gradient(-h)).map { ($0 - $1) / (2 * h) }
  }

  @Test(arguments: [Activation.relu, Activation(.leakyReLU, parameter: 0.2)])
  func isTheDerivativeOfTheGradient(_ activation: Activation) throws {
    for (hidden, inputs) in [
      ([5, 4], InputLaw.uniform(lower: -1, upper: 2)), ([3, 4, 3], .uniform(lower: 0, upper: 1)),
      ([6, 6], .density(PiecewisePolynomial(breaks: [0, 0.5, 1], pieces: [[0.4, 1.2], [1.6, -1.2]]))),
    ] {
      let risk = try PopulationRisk(problem: Problem("sin(3*x)", inputs))
      let network = standardNormal(hidden, 2, activation)
      let u = standardNormal(hidden, 3, activation).parameters
      let curvature = try #require(risk.lineCurvature(network, trained: all(network)))
      #expect(difference(curvature.hessianProduct(u), differenceProduct(risk, network, u)) < 1e-6)
    }
  }

  /// Shallow networks: the same as the dense Hessian, and so is the chain; for any part of the parameters.
  @Test(arguments: [Activation.relu, Activation(.leakyReLU, parameter: 0.1)])
  func shallowNetworks(_ activation: Activation) throws {
    let risk = try PopulationRisk(problem: Problem("x^2 + 2*x"))
    for trial in 0..<6 {
      let network = standardNormal([9], trial, activation)
      let blocks = network.architecture.blocks
      for trained in [Set(blocks), [blocks[1]], [blocks[0], blocks[2], blocks[3]]] {
        var mask = [Bool](repeating: false, count: network.parameters.count)
        for block in trained { for i in network.architecture.range(block) { mask[i] = true } }
        let places = mask.indices.filter { mask[$0] }
        let dense = try #require(risk.curvature(network))
        let hessian = dense.hessian.restricted(to: places)
        let u = standardNormal([9], trial + 100, activation).parameters.enumerated().map { mask[$0] ? $1 : 0 }
        var exact = [Double](repeating: 0, count: u.count)
        for (row, i) in places.enumerated() {
          for (column, k) in places.enumerated() { exact[i] += hessian[row, column] * u[k] }
        }
        let lines = try #require(risk.lineCurvature(network, trained: trained))
        #expect(lines.evaluation == dense.evaluation)
        #expect(difference(lines.hessianProduct(u).enumerated().map { mask[$0] ? $1 : 0 }, exact) < 1e-12)
        // S by its elements is S by the layers. Sums of nine terms of order 1 are rounded by less than 1e-13.
        let (some, general) = (lines.smoothProducts([u, u])[1], lines.smoothProduct(u))
        #expect(places.allSatisfy { abs(some[$0] - general[$0]) <= 1e-13 * (1 + abs(general[$0])) })
        if trained.count == blocks.count { #expect(general.contains { abs($0) > 1e-3 }) }

        let chain = try #require(risk.chainCurvature(network, trained: mask))
        #expect(chain.evaluation == dense.evaluation)
        // Shifts on either side of the smallest eigenvalue, and large ones.
        let eigen = SymmetricEigen(hessian)
        let (smallest, largest) = (eigen.values[0], eigen.values.last!)
        #expect(ShallowHessianFactor(chain.hessian, shift: -smallest - 1e-10 * largest)?.solve(u) == nil)
        for shift in [1e-10 * largest, 1e-3, 1, 1e3].map({ max(-smallest, 0) + $0 }) {
          guard let factor = ShallowHessianFactor(chain.hessian, shift: shift) else {
            Issue.record("trial \(trial), shift \(shift)")
            continue
          }
          let x = factor.solve(u)
          var image = x.map { shift * $0 }
          for (row, i) in places.enumerated() {
            for (column, k) in places.enumerated() { image[i] += hessian[row, column] * x[k] }
          }
          // The backward error of Cholesky's method: a modest multiple of 2^-53 times |shift + H| |x|.
          let scale = (largest + shift) * x.euclideanNorm
          #expect(zip(image, u).allSatisfy { abs($0 - $1) <= 1e-13 * scale })
        }
      }
    }
  }
}
