import Kernels
import Networks
import Numerics
import Problems

/// Exact population risk of shallow ReLU networks without biases, sum_i a_i relu(w_i x), against such a network as
/// teacher, for normal inputs with independent coordinates of mean 0 and standard deviation s.
///
/// With t the angle between u and v, E relu(u x) relu(v x) = s^2 |u| |v| (sin t + (pi - t) cos t) / (2 pi), so the
/// risk is a finite sum over pairs of neurons (Cho and Saul, "Kernel methods for deep learning", 2009; Safran and
/// Shamir, arXiv:1712.08968, whose objective is half of this risk). Pure arithmetic, the same bits on every machine;
/// O((n + k)^2 d) for n neurons against k in d dimensions.
public struct GaussianReLURisk: Sendable {
  /// The teacher sum_j b_j relu(v_j x).
  public let teacher: RectifiedTeacher
  let deviation: Double
  /// The terms of the expectation of the teacher's square over s^2.
  private let teacherSquare: TwofoldSum
  private let teacherModulus: Double

  /// Nil unless the input has at least 2 independent centred normal coordinates and the target is a shallow ReLU
  /// teacher whose biases are 0.
  public init?(_ problem: Problem) {
    guard case .law(.normal(mean: 0, let deviation, let dimension)) = problem.inputs, dimension >= 2,
      case .teacher(let teacher) = problem.target
    else { return nil }
    let network = teacher.network
    guard Self.covers(network), teacher.architecture.inputDimension == dimension else { return nil }
    self.deviation = deviation
    let neurons = Neurons(network)
    var square = TwofoldSum(0)
    var modulus = 0.0
    for i in neurons.weights.indices {
      for j in neurons.weights.indices {
        let angle = VectorAngle(
          neurons.units, at: i * dimension, neurons.units, at: j * dimension, dimension: dimension)
        let term = neurons.weights[i] * neurons.weights[j] * angle.product
        square.add(term)
        modulus += term.magnitude
      }
    }
    teacherSquare = square
    teacherModulus = modulus
    self.teacher = RectifiedTeacher(
      dimension: dimension, directions: neurons.units, weights: neurons.weights,
      square: deviation * deviation * square.value, variance: deviation * deviation)
  }

  /// Whether the network is a shallow ReLU network whose biases are 0.
  public static func covers(_ network: Network) -> Bool {
    let architecture = network.architecture
    return architecture.depth == 1 && architecture.activation.kind == .relu
      && architecture.blocks.filter { $0.kind == .biases }.allSatisfy { network[$0].allSatisfy { $0 == 0 } }
  }

  /// The neurons a_i relu(w_i x) of a network.
  struct Neurons {
    /// a_i.
    let outerWeights: [Double]
    /// |w_i|.
    let norms: [Double]
    /// a_i |w_i|.
    let weights: [Double]
    /// w_i / |w_i|, one after the other; 0 where w_i is 0.
    let units: [Double]

    init(_ network: Network) {
      let dimension = network.architecture.inputDimension
      let inner = Array(network[ParameterBlock(layer: 1, kind: .weights)])
      outerWeights = Array(network[ParameterBlock(layer: 2, kind: .weights)])
      norms = outerWeights.indices.map { neuron in
        inner[neuron * dimension..<(neuron + 1) * dimension].euclideanNorm
      }
      weights = zip(outerWeights, norms).map { $0 * $1 }
      let norms = norms
      units = inner.indices.map { norms[$0 / dimension] == 0 ? 0 : inner[$0] / norms[$0 / dimension] }
    }
  }

  /// Risk and gradient at a network of the kind that ``covers(_:)`` names. The derivative of relu at 0 is 0, so the
  /// gradient of a neuron with weights 0 is 0.
  public func evaluate(_ network: Network) -> RiskEvaluation {
    precondition(Self.covers(network) && network.architecture.inputDimension == teacher.dimension)
    let dimension = teacher.dimension
    let student = Neurons(network)
    let width = student.norms.count
    // The residual is a network of the neurons of both: those of the teacher enter with the opposite sign.
    let weights = student.weights + teacher.weights.map { -$0 }
    let units = student.units + teacher.directions

    var square = teacherSquare
    var modulus = teacherModulus
    // For each neuron of the student: E r relu(w x) / (s^2 |w|), E r 1{w x > 0} / s, and E r x 1{w x > 0} / s^2.
    var products = [Double](repeating: 0, count: width)
    var halves = products
    var slopes = [Double](repeating: 0, count: width * dimension)
    for i in 0..<width {
      var product = TwofoldSum(0)
      var half = 0.0
      var own = 0.0
      for j in weights.indices {
        let angle = VectorAngle(units, at: i * dimension, units, at: j * dimension, dimension: dimension)
        let term = weights[i] * weights[j] * angle.product
        // Pairs with the teacher stand for their mirror images too.
        square.add(j < width ? term : 2 * term)
        modulus += (j < width ? 1 : 2) * term.magnitude
        product.add(weights[j] * angle.product)
        half += weights[j] * (1 + angle.cosine)
        own += weights[j] * angle.sine
        let other = weights[j] * angle.supplement
        for k in 0..<dimension { slopes[i * dimension + k] += other * units[j * dimension + k] }
      }
      for k in 0..<dimension { slopes[i * dimension + k] += own * units[i * dimension + k] }
      products[i] = product.value
      halves[i] = half
    }

    let variance = teacher.variance
    // E relu(u x) = |u| s / sqrt(2 pi), and E relu(u x) 1{w x > 0} is (1 + cos t) / 2 of that.
    let mean = deviation / (2 * Double.pi).squareRoot()
    var gradient: [Double] = []
    gradient.reserveCapacity(network.parameters.count)
    for (i, slope) in slopes.enumerated() {
      let neuron = i / dimension
      gradient.append(student.norms[neuron] == 0 ? 0 : student.outerWeights[neuron] * variance / .pi * slope)
    }
    for i in 0..<width { gradient.append(student.norms[i] == 0 ? 0 : student.outerWeights[i] * mean * halves[i]) }
    for i in 0..<width { gradient.append(2 * variance * student.norms[i] * products[i]) }
    gradient.append(2 * mean * weights.reduce(0, +))

    let risk = variance * square.value
    return RiskEvaluation(
      // Rounding may bring it below 0.
      risk: risk < 0 ? 0 : risk, error: 0x1p-51 * variance * modulus, gradient: gradient)
  }
}

extension VectorAngle {
  /// E relu(u x) relu(v x) for standard normal x and unit vectors at this angle.
  var product: Double { (sine + supplement * cosine) / (2 * .pi) }
}
