import Kernels
import Networks
import Numerics

/// Risk and gradient of a piecewise linear network with a scalar input, and the part of its Hessian that acts through
/// the lines of its K pieces.
///
/// With r = N - f, p the density, J the derivatives of the lines (``Networks/LineJacobian``) and rho the integrals of 2 r
/// p and 2 (x - m_k) r p over the pieces,
///
///     gradient = J^T rho,  Hessian = J^T B J + S,  y^T B y = 2 int y(x)^2 p dx + sum_m c_m [y]_m^2,
///
/// y(x) the function with these lines and [y]_m its jump at the breakpoint x_m; c_m = 2 r(x_m) p(x_m) over the jump of the
/// slope of N there. For where one neuron passes a kink, dx_m = -dz / z', and moving the breakpoint adds 2 r p [slope]
/// dx_m^2, while the jump of dN is [slope] dx_m up to sign: in any layer, and without the neuron being known. S = sum_k
/// rho d^2 (lines) couples parameters of different layers. It vanishes where the residual moments do.
///
/// Exact where no breakpoint is at an end of the interval and no pre-activation is 0 on a piece.
public struct LineCurvature: Sendable {
  public let evaluation: RiskEvaluation
  public let jacobian: LineJacobian
  /// The ends of the pieces, increasing: K + 1 of them.
  public let ends: [Double]
  /// rho: K integrals of 2 r p, then K of 2 (x - m_k) r p.
  public let residuals: [Double]
  /// The values of the network in the middles of the pieces, and its slopes.
  public let values: [Double]
  public let slopes: [Double]
  private let form: LineForm
  private let linear: LinearPieces

  init?(_ network: Network, trained: Set<ParameterBlock>, _ quadrature: ScalarQuadrature) {
    guard let pieces = LinearPieces(network, on: quadrature.interval) else { return nil }
    let cells = pieces.integratedCells(quadrature)
    let density = quadrature.density.constant
    if network.architecture.depth == 1 {
      evaluation = ShallowLines(network).evaluate(quadrature)
    } else {
      evaluation = pieces.evaluation(cells, density: density)
    }
    linear = pieces
    jacobian = LineJacobian(pieces, trained: trained)
    ends = pieces.last.ends
    values = cells.map(\.value)
    slopes = cells.map(\.slope)
    residuals = cells.map { 2 * density * $0.residual } + cells.map { 2 * density * $0.centredMoment }
    form = LineForm(cells, quadrature)
  }

  /// K.
  public var pieces: Int { values.count }

  /// The segments of the activation that the neurons of all hidden layers are on, on a piece.
  public func pattern(_ piece: Int) -> [UInt8] { linear.pattern(at: linear.last.middle(piece)) }

  /// Whether neurons of the network can die.
  public var canDie: Bool { linear.network.architecture.activation.facts.canDie }

  /// For each parameter the largest derivative of the network by it that there can be on the interval, and 0 where the
  /// parameter has no effect.
  public func derivativeScales() -> [Double] {
    jacobian.columnScales(lengths: zip(ends.dropFirst(), ends).map { $0 - $1 })
  }

  /// B y.
  ///
  /// - Parameter convex: whether negative c_m count as 0, so that B is positive definite.
  public func lineProduct(
    _ y: UnsafePointer<Double>, _ result: UnsafeMutablePointer<Double>, convex: Bool = false
  ) {
    form.product(y, result, convex: convex)
  }

  /// S u. O(K P).
  public func smoothProduct(_ u: [Double]) -> [Double] { jacobian.secondDerivatives(weights: residuals, along: u) }

  /// S u of several vectors that are 0 at the parameters that are not trained. O(K P) each; of networks with one hidden
  /// layer O(P), and O(K P) once: there S couples w_j and b_j with v_j alone, so that what it makes of the vector that is 1
  /// at all v_j are its elements.
  public func smoothProducts(_ vectors: [[Double]]) -> [[Double]] {
    guard linear.network.architecture.depth == 1 else { return vectors.map(smoothProduct) }
    let shallow = linear.network.shallow
    let places = (0..<shallow.width).map { shallow.places[$0] }
    var outer = [Double](repeating: 0, count: jacobian.parameterCount)
    for at in places { outer[at.outerWeight] = 1 }
    let couplings = smoothProduct(outer)
    return vectors.map { u in
      var image = [Double](repeating: 0, count: u.count)
      for at in places {
        let (w, b) = (couplings[at.innerWeight], couplings[at.innerBias])
        image[at.innerWeight] = w * u[at.outerWeight]
        image[at.innerBias] = b * u[at.outerWeight]
        image[at.outerWeight] = w * u[at.innerWeight] + b * u[at.innerBias]
      }
      return image
    }
  }

  /// The product of the Hessian and a vector that is 0 at the parameters that are not trained. O(K P).
  public func hessianProduct(_ u: [Double]) -> [Double] {
    let smooth = smoothProduct(u)
    return zip(jacobian.transposedProduct(form.product(jacobian.product(u))), smooth).map { $0 + $1 }
  }

  /// B as a matrix.
  public func lineMatrix() -> SymmetricMatrix {
    var matrix = SymmetricMatrix(order: 2 * pieces)
    var unit = [Double](repeating: 0, count: 2 * pieces)
    for column in 0..<2 * pieces {
      unit[column] = 1
      let image = form.product(unit)
      for row in 0..<2 * pieces { matrix.set(row, column, image[row]) }
      unit[column] = 0
    }
    return matrix
  }
}
