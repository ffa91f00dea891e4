/// The shifted Hessian of the risk of a shallow network with one input, in O(h).
///
/// N(x) = c + sum of v_j A(w_j x + b_j), A(z) = z for z > 0 and g z otherwise; the risk is the integral of (N - f)^2 p
/// over an interval cut into cells at the K kinks inside it. Over the parameters its Hessian is
///
///     H = 2 int (dN)(dN)^T p + blockdiag(B_j),
///
/// B_j in (w_j, b_j, v_j): the mixed terms a_wv and a_bv and, for a kink t inside, k [[t^2, t], [t, 1]].
///
/// **Chain.** Go through the kinked neurons in the order of their kinks, then through the others and c, whose
/// derivative is one line on the whole interval; think of the latter as standing right of all cells. An increment of
/// neuron j changes N by a line q_j = C_j u_j times a factor left of its place (1 or g) and one right of it (g or 1).
/// Let the cells be split at the place of neuron j. What neurons before it contribute to N is a line on the right part,
/// and what j and the ones after it contribute is a line on the left part. Hence the integrals coupling j to the ones
/// before it are inner products of 4-vectors ("features"): of the projection of a function to lines on the left part
/// and to lines on the right part, each in the orthonormal basis of its part (value at the mean of p times the root of
/// its mass, and slope times the root of its central second moment). With Q_j the 4 x 3 features of neuron j,
///
///     H_jj = B_j + Q_j^T Q_j,    H_jk = Q_j^T T_j ... T_(k+1) Q_k   (k before j),
///
/// T_i the map of the features when the split moves over cell i: the cell is cut off the right part and merged into
/// the left one. It is an isometry followed by a projection, so no quantity grows here and nothing cancels.
///
/// **Factorization.** This is a Cholesky factorization in that order, without pivots. Let P
/// be the covariance of the features under the inverse of the part of s I + H already eliminated. The next pivot is
///
///     S = s I + B_j + Q_j^T (I - P) Q_j,
///
/// 3 x 3, and then P += Z S^-1 Z^T with Z = (I - P) Q_j, and P = T P T^T over the next cell. By Haynsworth s I + H is
/// positive definite exactly if all S are. Where all B_j are positive semidefinite, 0 <= P <= I; negative kink terms
/// can make P large where a leading part of s I + H is nearly singular. So P is kept as V V^T, V upper triangular, and
/// what is added to it is absorbed by reflections: with P itself its small parts would be lost in its large ones
/// (measured: backward errors up to 1e-6 instead of 1e-12 where P is 1e11 by construction). In the order of features
/// taken here T is upper triangular.
///
/// All errors are of the size of rounding times the norm of H, not times the shift: a shift below 1e-15 times the
/// largest eigenvalue of H is no shift. This holds for the dense factorization, too.
///
/// Neurons with two kinks (clipped ones) do not fit: their own two kinks would be far from each other in the chain.
public struct ShallowHessian: Sendable {
  /// The order of features: slope and value on the left part, value and slope on the right one.
  typealias Features = SIMD4<Double>

  /// How features change from one split to the next: the columns of an upper triangular matrix.
  struct Transition: Sendable {
    var column0 = Features.zero
    var column1 = Features.zero
    var column2 = Features.zero
    var column3 = Features.zero

    @inline(always)
    func apply(_ z: Features) -> Features {
      column0 * z[0] + column1 * z[1] + (column2 * z[2] + column3 * z[3])
    }

    @inline(always)
    func applyTransposed(_ z: Features) -> Features {
      Features(
        column0[0] * z[0], dot(column1, z), dot(column2, z), dot(column3, z))
    }
  }

  /// Up to three parameters that are eliminated together. Entries of ones not trained are zero, but 1 on the diagonal.
  struct Step: Sendable {
    var q0 = Features.zero
    var q1 = Features.zero
    var q2 = Features.zero
    /// B + Q^T Q.
    var d00 = 1.0
    var d10 = 0.0
    var d11 = 1.0
    var d20 = 0.0
    var d21 = 0.0
    var d22 = 1.0
    /// 1 for trained parameters.
    var mask = SIMD3<Double>.zero
    /// Their places among all parameters; -1 for others.
    var places = SIMD3<Int32>(repeating: -1)

    /// Without any trained parameter there is nothing to eliminate.
    var isTrained: Bool { mask != .zero }

    @inline(always)
    func gather(_ values: UnsafeBufferPointer<Double>) -> SIMD3<Double> {
      SIMD3(
        places[0] < 0 ? 0 : values[Int(places[0])], places[1] < 0 ? 0 : values[Int(places[1])],
        places[2] < 0 ? 0 : values[Int(places[2])])
    }

    @inline(always)
    func scatter(_ x: SIMD3<Double>, to values: UnsafeMutableBufferPointer<Double>) {
      if places[0] >= 0 { values[Int(places[0])] = x[0] }
      if places[1] >= 0 { values[Int(places[1])] = x[1] }
      if places[2] >= 0 { values[Int(places[2])] = x[2] }
    }

    @inline(always)
    func combine(_ x: SIMD3<Double>) -> Features { q0 * x[0] + q1 * x[1] + q2 * x[2] }

    @inline(always)
    func features(_ z: Features) -> SIMD3<Double> { SIMD3(dot(q0, z), dot(q1, z), dot(q2, z)) }
  }

  public let parameterCount: Int
  /// Transition i moves the split over cell i.
  let transitions: [Transition]
  /// The kinked neurons in the order of their kinks, then others with trained parameters, then c.
  let steps: [Step]
  /// K; step i < K follows transition i, all others follow transition K.
  let kinkCount: Int

  /// - Parameters:
  ///   - weights: The w_j.
  ///   - biases: The b_j.
  ///   - outerWeights: The v_j.
  ///   - slope: g.
  ///   - kinked: The neurons with a kink inside, in the order of their kinks; the one at place i stands between the
  ///     cells i and i + 1.
  ///   - activeEverywhere: Whether a neuron not in `kinked` has z > 0 on the interval; of kinked ones it is not asked.
  ///   - kinks: t for each of `kinked`.
  ///   - kinkTerms: k for each of `kinked`, 2 (1 - g) v r(t) p(t) / |w|.
  ///   - weightCouplings: a_wv of each neuron, 2 int A'(z) x r p.
  ///   - biasCouplings: a_bv of each neuron, 2 int A'(z) r p.
  ///   - middles: A point in each of the K + 1 cells.
  ///   - moments: The integrals of p, (x - middle) p and (x - middle)^2 p over each cell (not doubled).
  ///   - trained: For all w, all b, all v and c whether the parameter is trained.
  init(
    weights: [Double], biases: [Double], outerWeights: [Double], slope: Double, kinked: [Int],
    activeEverywhere: [Bool], kinks: [Double], kinkTerms: [Double], weightCouplings: [Double],
    biasCouplings: [Double], middles: [Double], moments: [SIMD3<Double>], trained: [Bool]
  ) {
    let width = weights.count
    let kinkCount = kinked.count
    precondition(biases.count == width && outerWeights.count == width && activeEverywhere.count == width)
    precondition(weightCouplings.count == width && biasCouplings.count == width)
    precondition(kinks.count == kinkCount && kinkTerms.count == kinkCount)
    precondition(middles.count == kinkCount + 1 && moments.count == kinkCount + 1)
    precondition(trained.count == 3 * width + 1)

    let places = trained.indices.map { trained[$0] ? Int32($0) : -1 }
    let cells = zip(middles, moments).map { Part(middle: $0, moments: $1) }
    // What is right of each place, and how it falls into the next cell and the rest.
    var rights = [Part](repeating: Part(), count: kinkCount + 2)
    var cuts = [Merge](repeating: Merge(), count: kinkCount + 1)
    for i in cells.indices.reversed() {
      (rights[i], cuts[i]) = cells[i].merged(with: rights[i + 1])
    }

    func step(_ j: Int, term: Double, kink: Double, left: Part, leftFactor: Double, right: Part, rightFactor: Double)
      -> Step
    {
      let (atW, atB, atV) = (places[j], places[width + j], places[2 * width + j])
      let mask = SIMD3(atW < 0 ? 0 : 1, atB < 0 ? 0 : 1, atV < 0 ? 0.0 : 1)
      var step = Step()
      if mask == .zero { return step }
      step.mask = mask
      step.places = SIMD3(atW, atB, atV)
      let (w, b, v) = (weights[j], biases[j], outerWeights[j])
      func features(_ slope: Double, _ offset: Double) -> Features {
        Features(
          leftFactor * left.spread * slope, leftFactor * left.weight * (offset + slope * left.mean),
          rightFactor * right.weight * (offset + slope * right.mean), rightFactor * right.spread * slope)
      }
      step.q0 = mask[0] * features(v, 0)
      step.q1 = mask[1] * features(0, v)
      step.q2 = mask[2] * features(w, b)
      step.d00 = 1 - mask[0] + mask[0] * (term * kink * kink) + dot(step.q0, step.q0)
      step.d10 = mask[1] * mask[0] * (term * kink) + dot(step.q1, step.q0)
      step.d11 = 1 - mask[1] + mask[1] * term + dot(step.q1, step.q1)
      step.d20 = mask[2] * mask[0] * weightCouplings[j] + dot(step.q2, step.q0)
      step.d21 = mask[2] * mask[1] * biasCouplings[j] + dot(step.q2, step.q1)
      step.d22 = 1 - mask[2] + dot(step.q2, step.q2)
      return step
    }

    var isKinked = [Bool](repeating: false, count: width)
    var transitions: [Transition] = []
    transitions.reserveCapacity(kinkCount + 1)
    var steps: [Step] = []
    steps.reserveCapacity(width + 1)
    var left = Part()
    for i in cells.indices {
      let (next, merge) = left.merged(with: cells[i])
      transitions.append(Transition(cut: cuts[i], merge: merge))
      left = next
      if i < kinkCount {
        let j = kinked[i]
        isKinked[j] = true
        let rises = weights[j] > 0
        steps.append(
          step(
            j, term: kinkTerms[i], kink: kinks[i], left: left, leftFactor: rises ? slope : 1, right: rights[i + 1],
            rightFactor: rises ? 1 : slope))
      }
    }
    for j in 0..<width where !isKinked[j] {
      let step = step(
        j, term: 0, kink: 0, left: left, leftFactor: activeEverywhere[j] ? 1 : slope, right: Part(), rightFactor: 0)
      if step.isTrained { steps.append(step) }
    }
    if trained[3 * width] {
      var step = Step()
      step.mask = SIMD3(1, 0, 0)
      step.places[0] = places[3 * width]
      step.q0[1] = left.weight
      step.d00 = dot(step.q0, step.q0)
      steps.append(step)
    }
    parameterCount = trained.count
    self.transitions = transitions
    self.steps = steps
    self.kinkCount = kinkCount
  }

  /// The largest element of the diagonal: at most the largest eigenvalue.
  public var scale: Double {
    steps.reduce(0) { max($0, $1.mask[0] * $1.d00, $1.mask[1] * $1.d11, $1.mask[2] * $1.d22) }
  }
}

@inline(always)
func dot(_ x: SIMD4<Double>, _ y: SIMD4<Double>) -> Double {
  let products = x * y
  return (products[0] + products[2]) + (products[1] + products[3])
}
