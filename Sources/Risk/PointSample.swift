import Kernels
import Problems
import Randomness

/// Finitely many points: a data set, whose points may have weights, or a fixed evaluation set drawn from the input law.
struct PointSample: Sendable {
  private let points: [Double]
  private let targets: [Double]
  /// Of the points, with sum 1; nil: all are equal.
  private let weights: [Double]?
  private let isEstimate: Bool

  /// Half the width of a 99.9 % interval in standard errors: the quantile 0.9995 of the standard normal law.
  static let marginInStandardErrors = 3.2905

  /// A data set: the risk is the mean over its points, by their weights. A target goes before labels.
  init(_ data: DataSet, target: Program?) throws(RiskError) {
    points = data.inputs
    if let target {
      targets = try target.finiteValues(at: points, dimension: data.dimension)
    } else {
      guard let labels = data.labels else { preconditionFailure("data without a target have labels") }
      targets = labels
    }
    weights = data.normalizedWeights
    isEstimate = false
  }

  /// `count` independent points of a law. Coordinate k of point i is made of number i of the study's evaluation stream
  /// at step k: cell key and trial are 0, so every trial of the study has the same set.
  init(_ law: InputLaw, target: Program, count: Int, seed: UInt64) throws(RiskError) {
    let stream = StreamAddress(studySeed: seed, cellKey: 0, trial: 0, purpose: .evaluation)
    let kernels = KernelTable(.widest)
    let dimension = law.dimension
    var points = [Double](repeating: 0, count: count * dimension)
    for k in 0..<dimension {
      let coordinate: [Double]
      switch law {
      case .box(let bounds):
        let (lower, upper) = (bounds[k].rounded.lower, bounds[k].rounded.upper)
        coordinate = kernels.uniforms(count, stream: stream, step: UInt32(k)).map { lower + (upper - lower) * $0 }
      case .normal(let mean, let standardDeviation, _):
        coordinate = kernels.standardNormals(count, stream: stream, step: UInt32(k))
          .map { mean + standardDeviation * $0 }
      case .uniform, .density: preconditionFailure("scalar laws have a quadrature of their own")
      }
      for i in 0..<count { points[i * dimension + k] = coordinate[i] }
    }
    self.points = points
    targets = try target.finiteValues(at: points, dimension: dimension)
    weights = nil
    isEstimate = true
  }

  func evaluate(_ network: PointRisk) -> RiskEvaluation {
    let values = network.values(at: points)
    let n = Double(values.count)
    var mean = 0.0
    var rounding = 0.0
    for i in values.indices {
      let (r, target) = (values[i] - targets[i], targets[i])
      let weight = weights?[i] ?? 1
      mean += weight * (r * r)
      rounding += weight * abs(r) * (abs(target) + abs(r))
    }
    if weights == nil {
      mean /= n
      rounding /= n
    }
    var error = 0x1p-51 * rounding
    if isEstimate {
      var deviations = 0.0
      for (value, target) in zip(values, targets) {
        let r = value - target
        deviations += (r * r - mean) * (r * r - mean)
      }
      // Standard error of a mean of n independent squares.
      error = (deviations / (n * (n - 1))).squareRoot()
    }
    return RiskEvaluation(
      risk: mean, error: error,
      gradient: network.gradient(at: points, targets: targets, weights: weights))
  }
}
