import Kernels

extension Problem {
  /// The law of the input, as sorted mini-batches are drawn from it; nil for vector inputs and data sets.
  public var scalarLaw: ScalarLaw? {
    switch inputs {
    case .law(let law): law.scalarLaw
    case .data: nil
    }
  }

  /// Where the samples of the optimizer steps come from.
  ///
  /// - Parameter sampling: how the points of a data set become samples; without a meaning for the other problems.
  /// - Precondition: there is a target, or the data set has labels.
  public func sampleSource(_ sampling: SampleSource.Sampling = .withReplacement) -> SampleSource {
    switch inputs {
    case .law(let law):
      let target = targetProgram!
      if let scalar = law.scalarLaw { return .scalar(scalar, target: target) }
      return .vector(law.vectorLaw!, target: target)
    case .data(let data):
      return .data(
        SampledData(
          dimension: data.dimension, inputs: data.inputs, targets: data.targets(targetProgram),
          weights: data.normalizedWeights, sampling: sampling))
    }
  }
}

extension DataSet {
  /// The targets of the points: the values of a function, or where there is none the labels.
  public func targets(_ target: Program?) -> [Double] {
    target?.evaluate(at: inputs, dimension: dimension) ?? labels!
  }
}

extension Problem {
  /// The targets of a data set as a whole; nil for inputs with a law.
  public var targetSize: TargetSize? {
    guard case .data(let data) = inputs else { return nil }
    return TargetSize(data.targets(targetProgram), weights: data.normalizedWeights)
  }
}

/// How large the targets y_i of a data set are.
public struct TargetSize: Sendable, Hashable {
  /// The risk of the network that is 0: the mean of y_i^2 by the weights. Infinite or NaN where it overflows.
  public let meanSquare: Double
  /// The number of the point whose target is largest in magnitude, from 1.
  public let largestPoint: Int
  /// The target of that point.
  public let largest: Double

  init(_ targets: [Double], weights: [Double]?) {
    let index = targets.indices.max { abs(targets[$0]) < abs(targets[$1]) }!
    largestPoint = index + 1
    largest = targets[index]
    meanSquare =
      weights.map { zip(targets, $0).reduce(0) { $0 + $1.1 * $1.0 * $1.0 } }
      ?? targets.reduce(0) { $0 + $1 * $1 } / Double(targets.count)
  }

  /// Whether the mean square is finite in a precision.
  public func isFinite(in precision: Precision) -> Bool { precision.isFinite(meanSquare) }
}
