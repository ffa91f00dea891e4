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
          dimension: data.dimension, inputs: data.inputs, targets: data.targets(targetProgram), sampling: sampling))
    }
  }
}

extension DataSet {
  /// The targets of the points: the values of a function, or where there is none the labels.
  func targets(_ target: Program?) -> [Double] {
    target?.evaluate(at: inputs, dimension: dimension) ?? labels!
  }
}
