import Kernels
import Networks
import Numerics
import Outcomes
import Risk

/// The point in the landscape of a teacher-student problem at which a student's training ended.
///
/// The risk of a student with at least as many neurons as the teacher can be 0, and minima where it is not are called
/// spurious (Safran and Shamir, arXiv:1712.08968).
public struct TeacherStudentMinimum: Sendable, Hashable {
  public let risk: Double
  /// Euclidean norm of the gradient over the inner weights.
  public let gradientNorm: Double
  /// Whether the risk is 0 but for rounding and what a small gradient leaves: at most 1e-9 times that of the student 0.
  public let isGlobal: Bool
  /// The smallest eigenvalue of the Hessian in the inner weights; nil where a neuron has weights 0.
  public let smallestEigenvalue: Double?
  /// Eigenvalues below minus ``eigenvalueTolerance`` times the largest modulus of one; nil where a neuron has weights
  /// 0.
  public let negativeEigenvalues: Int?
  /// How far the risk is from that of the critical point nearby, see ``FlowEnd/decrease``; the risk itself where a neuron
  /// has weights 0.
  public let decrease: Double
  /// A number that tells minima apart, up to permutations of the student's neurons and of the teacher's of equal size,
  /// and up to replacing a neuron by parallel ones that add up to it: with c_ij the cosine of the angle between w_i and
  /// v_j, the sum over i of a_i |w_i| ((sum_j b_j |v_j| c_ij^3)^2 + sum_j b_j |v_j| c_ij^4).
  public let signature: Double

  /// Zero modes of the Hessian, which students with more neurons than the teacher have, come out a little negative.
  public static let eigenvalueTolerance = 1e-6

  /// - Precondition: a network that the closed form covers.
  public init(_ network: Network, risk closedForm: GaussianReLURisk) {
    let evaluation = closedForm.evaluate(network)
    risk = evaluation.risk
    let innerWeights = network.architecture.range(ParameterBlock(layer: 1, kind: .weights))
    gradientNorm = evaluation.norm(over: [innerWeights])
    isGlobal = risk <= 1e-9 * closedForm.teacher.square
    signature = Self.signature(network, closedForm.teacher)
    guard let elements = closedForm.hessian(network) else {
      smallestEigenvalue = nil
      negativeEigenvalues = nil
      decrease = evaluation.risk
      return
    }
    let stationarity = Stationarity(
      gradient: Array(evaluation.gradient[innerWeights]),
      hessian: SymmetricMatrix(order: innerWeights.count, lowerTriangleOf: elements),
      negativeTolerance: Self.eigenvalueTolerance)
    smallestEigenvalue = stationarity.smallestEigenvalue
    negativeEigenvalues = stationarity.negativeEigenvalues
    decrease = stationarity.decrease
  }

  /// The point as the limit of a flow that takes no time.
  ///
  /// - Parameter restingGradientNorm: the norm of the gradient up to which the student counts as at rest; nil: by second
  ///   derivatives, as other limits.
  public func limit(restingGradientNorm: Double?) -> FlowLimit {
    let isAtRest =
      isGlobal
      || restingGradientNorm.map { gradientNorm <= $0 }
        ?? (negativeEigenvalues == 0 && decrease <= FlowPolishing.stationaryShare * risk)
    let kind: LimitKind =
      isGlobal ? .minimum : negativeEigenvalues.map { $0 > 0 ? .saddle : .noWayDown } ?? .unresolved
    return FlowLimit(
      risk: risk, decrease: min(decrease, risk), gradientNorm: gradientNorm, flowTime: 0, isAtRest: isAtRest,
      isGlobal: isGlobal, kind: isAtRest ? kind : nil, negativeEigenvalues: negativeEigenvalues,
      smallestEigenvalue: smallestEigenvalue, signature: signature)
  }

  /// Terms are added in the order of their size, so that permutations do not change a bit.
  private static func signature(_ network: Network, _ teacher: RectifiedTeacher) -> Double {
    let dimension = teacher.dimension
    let inner = Array(network[ParameterBlock(layer: 1, kind: .weights)])
    let outer = Array(network[ParameterBlock(layer: 2, kind: .weights)])
    let terms = outer.indices.map { i -> Double in
      let weights = inner[i * dimension..<(i + 1) * dimension]
      let norm = weights.euclideanNormOfAnyOrder
      if norm == 0 { return 0 }
      var cubes: [Double] = []
      var fourths: [Double] = []
      for (j, size) in teacher.weights.enumerated() {
        let direction = teacher.directions[j * dimension..<(j + 1) * dimension]
        let cosine = zip(weights, direction).reduce(0) { $0 + $1.0 * $1.1 } / norm
        cubes.append(size * cosine * cosine * cosine)
        fourths.append(size * cosine * cosine * cosine * cosine)
      }
      let cube = cubes.sorted().reduce(0, +)
      return outer[i] * norm * (cube * cube + fourths.sorted().reduce(0, +))
    }
    return terms.sorted().reduce(0, +)
  }
}
